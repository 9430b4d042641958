import assert from "node:assert/strict";
import { array, asNDArray, zeros } from "../../ndarray/mod.ts";
import * as plot from "../../plot/mod.ts";
import { barPlot, heatmap, histogram, scatterPlot } from "../../plot/mod.ts";
import { countBins } from "../../plot/_bins.ts";
import { fails } from "../layers/_fails.ts";
import { assertNames, attribute, colorAt, marks, numbers, pixels, texts } from "./_svg.ts";

/** Left, top, width and height of a bar. */
function box(tag: string): number[] {
  return numbers(attribute(tag, "d")).slice(0, 4);
}

Deno.test("scatterPlot() draws a point for each pair that has a place", async () => {
  const svg = await scatterPlot({
    series: [
      { name: "a", x: [1, 2, NaN], y: [1, NaN, 1] },
      { name: "b", x: [3, 4], y: [3, 4] },
    ],
  }).toSvg();
  const points = marks(svg, "mark-symbol");
  assert.deepEqual(
    points.map((point) => attribute(point, "fill")),
    ["#0072B2", "#D55E00", "#D55E00"],
  );
});

Deno.test("scatterPlot() shows a third quantity by colour, with its scale", async () => {
  const svg = await scatterPlot({
    series: [{ x: [1, 2, 3], y: [1, 2, 3] }],
    values: [0.2, 0.3, 0.4],
    valueLabel: "accuracy",
  }).toSvg();
  const fills = marks(svg, "mark-symbol").map((point) => attribute(point, "fill"));
  assert.equal(fills[0], "rgb(68, 1, 84)");
  assert.equal(fills[2], "rgb(253, 231, 37)");
  assert.ok(texts(svg).includes("accuracy"));
  assertNames(svg);
});

Deno.test("scatterPlot() says what is wrong with its options", () => {
  fails(
    RangeError,
    "as many x as y, got 1 and 2",
    () => scatterPlot({ series: [{ x: [1], y: [1, 2] }] }),
  );
  fails(
    RangeError,
    "as many values as y, got 1 and 2",
    () => scatterPlot({ series: [{ x: [1, 2], y: [1, 2] }], values: [1] }),
  );
  fails(
    RangeError,
    "values colour the points of one series, got 2",
    () => scatterPlot({ series: [{ x: [1], y: [1] }, { x: [1], y: [1] }], values: [1] }),
  );
  fails(RangeError, "no value can be drawn", () => scatterPlot({ series: [{ x: [NaN], y: [1] }] }));
});

Deno.test("barPlot() draws bars as high as their numbers, from zero", async () => {
  const svg = await barPlot({
    labels: ["p", "q", "r"],
    series: [{ name: "a", y: [1, 2, 4] }, { name: "b", y: [3, NaN, -1] }],
  }).toSvg();
  const bars = marks(svg, "mark-rect").map(box);
  assert.equal(bars.length, 5);
  const unit = bars[0][3];
  const heights = bars.map(([, , , height]) => height / unit);
  [1, 2, 4, 3, 1].forEach((height, i) => assert.ok(Math.abs(heights[i] - height) < 1e-6));
  const zero = bars[0][1] + bars[0][3];
  assert.ok(Math.abs(bars[4][1] - zero) < 1e-6, "a negative bar hangs from zero");
  // The second bar of a group stands beside the first.
  assert.ok(Math.abs(bars[3][0] - bars[0][0] - bars[0][2]) < 1e-6);
  assert.ok(["p", "q", "r", "a", "b"].every((text) => texts(svg).includes(text)));
});

Deno.test("barPlot() on a log scale stands on a power of ten", async () => {
  const svg = await barPlot({ labels: ["p", "q"], yScale: "log", series: [{ y: [10, 1000] }] })
    .toSvg();
  const [low, high] = marks(svg, "mark-rect").map(box);
  assert.ok(Math.abs(high[3] / low[3] - 3) < 1e-6, `${high[3]} / ${low[3]}`);
  assert.ok(texts(svg).includes("1"));
});

Deno.test("barPlot() turns labels that are too wide", async () => {
  const names = Array.from({ length: 10 }, (_, i) => `a rather long name ${i}`);
  const svg = await barPlot({ labels: names, series: [{ y: names.map((_, i) => i) }] }).toSvg();
  assert.match(svg, /rotate\(325\)[^>]*>a rather long name 0</);
});

Deno.test("barPlot() says what is wrong with its options", () => {
  fails(
    RangeError,
    'series "series 1" must have as many heights as labels, got 1 and 2',
    () => barPlot({ labels: ["a", "b"], series: [{ y: [1] }] }),
  );
  fails(RangeError, "at least one series", () => barPlot({ labels: ["a"], series: [] }));
  fails(
    RangeError,
    "no value can be drawn",
    () => barPlot({ labels: ["a"], series: [{ y: [NaN] }] }),
  );
});

Deno.test("countBins() counts as NumPy's histogram does", () => {
  const counts = (values: number[], bins: number, range?: [number, number]) =>
    countBins(values, bins, range).map(({ y }) => y);
  const values = [
    ...[0.4, -0.3, 2.4, -0.3, 0.1, 1.6, -0.9, -0.6, 0.2, -0.3, -1.2, -0.2, -0.4, 0.6],
    ...[-1.7, -0.7, 1.2, 1.9, -1.0, -0.6, -1.0, -0.9, 0.2, -0.8, 1.6, -0.2, -0.1, -0.1],
  ];
  assert.deepEqual(counts(values, 7), [2, 8, 8, 5, 1, 2, 2]);
  assert.deepEqual(counts(values, 10, [-1, 1]), [4, 2, 3, 5, 2, 3, 1, 1, 0, 0]);
  assert.deepEqual(counts(Array.from({ length: 21 }, (_, i) => i / 10), 20), [
    1,
    1,
    2,
    0,
    1,
    2,
    1,
    0,
    1,
    1,
    1,
    2,
    0,
    2,
    0,
    1,
    2,
    0,
    2,
    1,
  ]);
  assert.deepEqual(countBins([3, 3, 3], 3).map(({ x, y }) => [x, y]), [
    [2.5, 0],
    [2.5 + 1 / 3, 3],
    [2.5 + 2 / 3, 0],
  ]);
});

Deno.test("histogram() draws a bar for each bin that is not empty", async () => {
  const svg = await histogram({ values: [0, 0, 1, 3, NaN, 4], bins: 4, xLabel: "weight" }).toSvg();
  const bars = marks(svg, "mark-rect").map(box);
  assert.equal(bars.length, 3);
  const heights = bars.map(([, , , height]) => Math.abs(height));
  assert.ok(Math.abs(heights[0] / heights[1] - 2) < 1e-6 && heights[2] === heights[0]);
  assert.ok(texts(svg).includes("weight") && texts(svg).includes("count"));
});

Deno.test("histogram() says what is wrong with its options", () => {
  fails(RangeError, "values is empty", () => histogram({ values: [] }));
  fails(RangeError, "no value can be drawn", () => histogram({ values: [NaN] }));
  for (const bins of [0, 1.5, 1001]) {
    fails(
      RangeError,
      `bins must be a whole number from 1 to 1000, got ${bins}`,
      () => histogram({ values: [1], bins }),
    );
  }
});

Deno.test("heatmap() paints each entry in its colour, without smoothing", async () => {
  const chart = heatmap({ values: array([[0, 1], [NaN, 0.5]]), width: 300, height: 200 });
  const svg = await chart.toSvg();
  const [image] = marks(svg, "mark-image", "image");
  const [left, top] = numbers(/translate\([^)]*\)/.exec(svg)![0]);
  const [width, height] = ["width", "height"].map((name) => Number(attribute(image, name)));
  const picture = await pixels(chart, 1);
  const at = (row: number, column: number) =>
    colorAt(
      picture,
      Math.round(top + height * row),
      Math.round(left + width * column),
    );
  assert.deepEqual(at(0.05, 0.05), [68, 1, 84]);
  assert.deepEqual(at(0.45, 0.45), [68, 1, 84]);
  assert.deepEqual(at(0.05, 0.95), [253, 231, 37]);
  assert.deepEqual(at(0.45, 0.55), [253, 231, 37]);
  assert.deepEqual(at(0.75, 0.25), [255, 255, 255]);
  assertNames(svg);
});

Deno.test("heatmap() names rows and columns and writes numbers that can be read", async () => {
  const svg = await heatmap({
    values: array([[45, 5], [8, NaN]]),
    rowNames: ["cat", "dog"],
    columnNames: ['"x"', "y"],
    xLabel: "predicted",
    yLabel: "true",
    valueLabel: "images",
    annotate: true,
  }).toSvg();
  const words = texts(svg);
  for (const text of ["cat", "dog", '"x"', "y", "predicted", "true", "images", "45", "5", "8"]) {
    assert.ok(words.includes(text), text);
  }
  const inks = marks(svg, "mark-text", "text").map((tag) => attribute(tag, "fill"));
  // Light is high in viridis.
  assert.deepEqual(inks, ["#222222", "white", "white"]);
});

Deno.test("heatmap() draws a matrix of a million entries, and one of equal entries", async () => {
  const large = asNDArray(Float32Array.from({ length: 1e6 }, (_, i) => i % 1000), [500, 2000]);
  const svg = await heatmap({ values: large }).toSvg();
  assert.equal(marks(svg, "mark-image", "image").length, 1);
  await heatmap({ values: zeros([2, 2]) }).toSvg();
});

Deno.test("heatmap() says what is wrong with its options", () => {
  const values = zeros([2, 3]);
  fails(
    TypeError,
    "values must be an NDArray, got object",
    () => heatmap({ values: [[1]] as never }),
  );
  fails(
    RangeError,
    "values must have shape (R, C) and at least one entry, got (3,)",
    () => heatmap({ values: zeros([3]) }),
  );
  fails(RangeError, "got (0, 3)", () => heatmap({ values: zeros([0, 3]) }));
  fails(
    RangeError,
    "rowNames must hold 2 names, got 3",
    () => heatmap({ values, rowNames: ["a", "b", "c"] }),
  );
  fails(
    RangeError,
    "range must be two finite numbers, the smaller first, got [1, 0]",
    () => heatmap({ values, range: [1, 0] }),
  );
  fails(RangeError, "no value can be drawn", () => heatmap({ values: array([[NaN]]) }));
  fails(
    RangeError,
    "at most 1000 cells can be annotated, got 1200",
    () => heatmap({ values: zeros([30, 40]), annotate: true }),
  );
});

Deno.test("charts of bare values say what to write", () => {
  const charts: Record<string, string> = {
    linePlot: "{ series: [{ y: values }] }",
    scatterPlot: "{ series: [{ x: values, y: values }] }",
    barPlot: "{ labels: names, series: [{ y: values }] }",
    histogram: "{ values }",
    heatmap: "{ values }",
  };
  for (const [name, options] of Object.entries(charts)) {
    // deno-lint-ignore no-explicit-any
    const chart = (plot as any)[name];
    const write = `write ${name}(${options})`;
    fails(
      TypeError,
      `${name}: options must be an object, got a list; ${write}`,
      () => chart([1, 2]),
    );
    fails(TypeError, `got an NDArray; ${write}`, () => chart(zeros([2, 2])));
    fails(TypeError, `got undefined; ${write}`, () => chart());
    fails(TypeError, `got null; ${write}`, () => chart(null));
  }
});
