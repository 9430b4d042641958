import assert from "node:assert/strict";
import { decodeImage } from "../../io/mod.ts";
import { full } from "../../ndarray/mod.ts";
import { imageGrid, linePlot, saveChart } from "../../plot/mod.ts";
import { textWidth } from "../../plot/_text.ts";
import { pixels } from "./_svg.ts";

const chart = linePlot({
  title: `Loss & "more"`,
  width: 320,
  height: 200,
  series: [{ y: [2, 1] }],
});

async function inFolder(work: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await work(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("saveChart() picks the format by the ending of the name", () =>
  inFolder(async (folder) => {
    for (const name of ["a.svg", "b.html", "c.PNG"]) await saveChart(`${folder}/${name}`, chart);
    await saveChart(new URL(`file://${folder}/d.png`), chart, { scale: 1 });
    const svg = await Deno.readTextFile(`${folder}/a.svg`);
    assert.equal(svg, `${await chart.toSvg()}\n`);
    const html = await Deno.readTextFile(`${folder}/b.html`);
    assert.ok(html.startsWith("<!DOCTYPE html>"));
    assert.ok(html.includes("<title>Loss &amp; &quot;more&quot;</title>"));
    assert.ok(html.includes(svg.trim()));
    assert.doesNotMatch(html, /https?:(?!\/\/www\.w3\.org\/)/);
    const shapes = await Promise.all(
      ["c.PNG", "d.png"].map(async (name) =>
        (await decodeImage(await Deno.readFile(`${folder}/${name}`))).shape.slice(0, 2)
      ),
    );
    assert.deepEqual(shapes, [[400, 640], [200, 320]]);
  }));

Deno.test("saveChart() writes nothing when it fails", () =>
  inFolder(async (folder) => {
    await assert.rejects(
      saveChart(`${folder}/a.pdf`, chart),
      (error: unknown) =>
        error instanceof RangeError &&
        error.message === `saveChart: path must end in .svg, .png or .html, got ${folder}/a.pdf`,
    );
    await assert.rejects(saveChart(`${folder}/svg`, chart), RangeError);
    await assert.rejects(
      saveChart(`${folder}/none/a.svg`, chart),
      /cannot write .*a\.svg: .*; create its folder first/,
    );
    assert.deepEqual([...Deno.readDirSync(folder)], []);
  }));

Deno.test("toPng() draws at any scale, and refuses what is no scale", async () => {
  assert.deepEqual((await pixels(chart, 1.5)).shape.slice(0, 2), [300, 480]);
  for (const scale of [0, -1, NaN, Infinity]) {
    await assert.rejects(
      chart.toPng({ scale }),
      (error: unknown) =>
        error instanceof RangeError &&
        error.message === `toPng: scale must be a positive number, got ${scale}`,
    );
  }
  await assert.rejects(chart.toPng({ scale: 1000 }), /320000 × 200000 pixels are too many/);
});

Deno.test("a PNG has text, as wide as its letters", async () => {
  const white = full([1, 40, 200], 255, "uint8");
  const ink = async (title: string) => {
    const picture = await pixels(imageGrid(white, { title, scale: 1 }), 2);
    const dark = Array.from(picture.data).flatMap((value, i) => value < 100 ? [i] : []);
    const [, width, channels] = picture.shape;
    const columns = dark.map((i) => Math.floor(i / channels) % width);
    return { count: dark.length, width: Math.max(...columns) - Math.min(...columns) };
  };
  assert.equal((await ink("")).count, 0);
  const [narrow, wide] = [await ink("illi"), await ink("WMWM")];
  assert.ok(narrow.count > 100 && wide.count > 2 * narrow.count);
  for (const [{ width }, text] of [[narrow, "illi"], [wide, "WMWM"]] as const) {
    const expected = 2 * textWidth(text, 15);
    assert.ok(Math.abs(width - expected) < 5, `${text}: ${width}, expected ${expected}`);
  }
});
