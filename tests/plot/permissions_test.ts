/** What the charts need: no permission, and no package before they are drawn. */
import assert from "node:assert/strict";
import config from "../../deno.json" with { type: "json" };

const room = (name: string) => import.meta.resolve(`../../${name}/mod.ts`);

async function deno(args: readonly string[]): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [...args],
    env: { NO_COLOR: "1" },
    signal: AbortSignal.timeout(120_000),
  }).output();
  const errors = new TextDecoder().decode(stderr);
  assert.ok(success, errors);
  // Packages that were not in the cache are announced there.
  assert.equal(errors.replace(/^Download .*\n/gm, ""), "");
  return new TextDecoder().decode(stdout);
}

Deno.test("every kind of chart is drawn without any permission", async () => {
  const folder = await Deno.makeTempDir();
  try {
    await Deno.writeTextFile(
      `${folder}/program.ts`,
      `import { zeros } from ${JSON.stringify(room("ndarray"))};
      import * as plot from ${JSON.stringify(room("plot"))};
      const y = [1, 2, 3];
      const charts = {
        line: plot.linePlot({ title: "a", series: [{ y }, { y: [2, 1] }] }),
        scatter: plot.scatterPlot({ series: [{ x: y, y }], values: y }),
        bar: plot.barPlot({ labels: ["a", "b", "c"], series: [{ y }] }),
        histogram: plot.histogram({ values: y }),
        heatmap: plot.heatmap({ values: zeros([2, 2]), annotate: true }),
        grid: plot.imageGrid(zeros([4, 3, 8, 8]), { labels: ["a"] }),
      };
      const all = { ...charts, figure: plot.figure([Object.values(charts)]) };
      for (const [name, chart] of Object.entries(all)) {
        const svg = await chart.toSvg();
        const png = await chart.toPng({ scale: 1 });
        console.log(name, svg.slice(0, 4), String.fromCharCode(...png.subarray(1, 4)));
      }
      try {
        await plot.saveChart("a.svg", charts.grid);
      } catch (error) {
        console.log(error.message);
      }`,
    );
    const flags = ["--no-prompt", "--no-check", "--no-config"];
    const lines = (await deno(["run", ...flags, `${folder}/program.ts`])).trim().split("\n");
    const names = ["line", "scatter", "bar", "histogram", "heatmap", "grid", "figure"];
    assert.deepEqual(lines.slice(0, -1), names.map((name) => `${name} <svg PNG`));
    assert.match(
      lines.at(-1)!,
      /cannot write a\.svg: .*; allow it with --allow-read=\. --allow-write=\.$/,
    );
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("importing the rooms loads no package", async () => {
  for (const name of ["plot", "io"]) {
    const info = JSON.parse(await deno(["info", "--json", room(name)]));
    const specifiers: string[] = info.modules.map(({ specifier }: { specifier: string }) =>
      specifier
    );
    assert.ok(specifiers.length > 10);
    assert.deepEqual(specifiers.filter((specifier) => specifier.startsWith("npm:")), []);
  }
});

Deno.test("packages are loaded in the versions that deno.json names", async () => {
  const wanted: string[] = Object.values(config.imports);
  const found = new Set<string>();
  for (const folder of ["io", "plot"]) {
    const url = new URL(`../../${folder}/`, import.meta.url);
    for await (const { name } of Deno.readDir(url)) {
      const text = await Deno.readTextFile(new URL(name, url));
      for (const [specifier] of text.matchAll(/npm:@?[^"`@]+@[^"`/]+/g)) found.add(specifier);
    }
  }
  assert.equal(found.size, 5);
  assert.deepEqual([...found].filter((specifier) => !wanted.includes(specifier)), []);
});
