import assert from "node:assert/strict";
import { zeros } from "../../ndarray/mod.ts";
import { figure, heatmap, imageGrid, linePlot } from "../../plot/mod.ts";
import { renameIds } from "../../plot/_svg.ts";
import { fails } from "../layers/_fails.ts";
import { assertNames, attribute, marks, pixels, texts } from "./_svg.ts";

const line = linePlot({ width: 300, height: 200, yRange: [0, 2], series: [{ y: [3, 2, 1] }] });
const grid = imageGrid(zeros([1, 8, 8], "uint8"), { scale: 10 });

Deno.test("figure() puts charts in columns and rows as wide and high as they need", async () => {
  const whole = figure([[line, grid], [grid]], { gap: 20 });
  assert.deepEqual([whole.width, whole.height], [300 + 20 + 80, 200 + 20 + 80]);
  const svg = await whole.toSvg();
  const places = [...svg.matchAll(/<svg [^>]*>/g)].slice(1)
    .map(([tag]) => [Number(attribute(tag, "x")), Number(attribute(tag, "y"))]);
  assert.deepEqual(places, [[0, 0], [320, 0], [0, 220]]);
  const picture = await pixels(whole, 1);
  assert.deepEqual(picture.shape.slice(0, 2), [300, 400]);
  // The grids are grey: they have one value.
  assert.deepEqual([picture.at(40, 360, 0), picture.at(260, 40, 0), picture.at(260, 360, 0)], [
    0,
    0,
    255,
  ]);
});

Deno.test("figure() keeps the names of its charts apart", async () => {
  const heat = heatmap({ values: zeros([2, 2]) });
  const svg = await figure([[line, line], [heat, figure([[heat, line]])]]).toSvg();
  assertNames(svg);
  assert.equal(marks(svg, "mark-line").length, 3);
});

Deno.test("figure() has a heading, for which it grows", async () => {
  const plain = figure([[grid]]);
  const titled = figure([[grid]], { title: "A heading that is wider than the grid" });
  assert.ok(titled.height > plain.height && titled.width > plain.width);
  assert.ok(texts(await titled.toSvg()).includes(titled.title));
});

Deno.test("figure() says what is wrong with its arguments", () => {
  fails(RangeError, "figure: rows must hold at least one chart each", () => figure([]));
  fails(RangeError, "figure: rows must hold at least one chart each", () => figure([[line], []]));
  fails(
    RangeError,
    "gap must be a whole number from 0 up, got 0.5",
    () => figure([[line]], { gap: 0.5 }),
  );
});

Deno.test("renameIds() renames definitions and references, and nothing else", () => {
  const svg = `<svg><text data-id="a > b" fill="url(#b)">id="b" url(#b)</text>` +
    `<use href="#a" xlink:href="#b"/><g id="a"/><g id="b"/><a href="#c"/></svg>`;
  assert.equal(
    renameIds(svg, (i) => `n${i}`),
    `<svg><text data-id="a > b" fill="url(#n1)">id="b" url(#b)</text>` +
      `<use href="#n0" xlink:href="#n1"/><g id="n0"/><g id="n1"/><a href="#c"/></svg>`,
  );
});
