import assert from "node:assert/strict";
import { array } from "../../ndarray/mod.ts";
import { barPlot, linePlot, type LinePlotOptions, scatterPlot } from "../../plot/mod.ts";
import { fails } from "../layers/_fails.ts";
import { assertNames, attribute, marks, numbers, texts } from "./_svg.ts";

Deno.test("linePlot() draws one line for each series, with names, labels and heading", async () => {
  const chart = linePlot({
    title: "Loss of two nets",
    xLabel: "epoch",
    yLabel: "loss",
    series: [{ name: "small", y: [3, 2, 1] }, { name: "large", y: [2, 1, 0.5] }],
  });
  const svg = await chart.toSvg();
  const lines = marks(svg, "mark-line");
  assert.equal(lines.length, 2);
  assert.deepEqual(lines.map((line) => attribute(line, "stroke")), ["#0072B2", "#D55E00"]);
  assert.equal(marks(svg, "mark-symbol").length, 0);
  const words = texts(svg);
  for (const text of ["Loss of two nets", "epoch", "loss", "small", "large"]) {
    assert.equal(words.filter((word) => word === text).length, 1, text);
  }
  assert.deepEqual([chart.title, chart.width, chart.height], ["Loss of two nets", 640, 400]);
});

Deno.test("linePlot() puts points where they belong", async () => {
  const svg = await linePlot({
    xRange: [0, 4],
    yRange: [0, 10],
    series: [{ y: [0, 10, 5, 10, 0] }],
  })
    .toSvg();
  const line = numbers(attribute(marks(svg, "mark-line")[0], "d"));
  const xs = line.filter((_, i) => i % 2 === 0);
  const ys = line.filter((_, i) => i % 2 === 1);
  const width = xs[4] - xs[0];
  for (const i of [1, 2, 3]) assert.ok(Math.abs(xs[i] - xs[0] - width * i / 4) < 0.01);
  assert.deepEqual([ys[1], ys[3], ys[4]], [0, 0, ys[0]]);
  assert.equal(ys[2], ys[0] / 2);
});

Deno.test("charts draw the rest when a value is very far outside of the axis", async () => {
  const draw = async (y: number) => {
    const svg = await linePlot({ yRange: [0, 1], series: [{ y: [0.2, y, 0.4] }] }).toSvg();
    return numbers(attribute(marks(svg, "mark-line")[0], "d"));
  };
  const [near, far, negative] = [await draw(1e3), await draw(1e300), await draw(-1e300)];
  assert.ok([...far, ...negative].every((value) => Math.abs(value) < 1e6));
  assert.deepEqual([far[1], far[5]], [near[1], near[5]]);
  for (const plot of [barPlot, scatterPlot]) {
    const chart = plot === barPlot
      ? barPlot({ yRange: [0, 1], labels: ["a", "b"], series: [{ y: [0.5, 1e300] }] })
      : scatterPlot({ xRange: [0, 1], series: [{ x: [0.5, -1e300], y: [1, 2] }] });
    const svg = (await chart.toSvg()).replaceAll(/#[0-9a-f]{6}/g, "");
    const places = svg.match(/-?\d+(\.\d+)?(e[+-]?\d+)?/g) ?? [];
    assert.ok(places.every((place) => Math.abs(Number(place)) < 1e6));
  }
});

Deno.test("linePlot() has a legend only for more than one series", async () => {
  const one = await linePlot({ series: [{ name: "alone", y: [1, 2] }] }).toSvg();
  assert.ok(!texts(one).includes("alone"));
  const two = await linePlot({ series: [{ y: [1, 2] }, { y: [1, 3] }] }).toSvg();
  assert.ok(texts(two).includes("series 1") && texts(two).includes("series 2"));
});

Deno.test("linePlot() leaves gaps at NaN and infinities, and marks a point between gaps", async () => {
  const y = [1, 2, NaN, 3, Infinity, 4, 5, 6, -Infinity];
  const svg = await linePlot({ series: [{ y }] }).toSvg();
  const lengths = marks(svg, "mark-line").map((line) => numbers(attribute(line, "d")).length / 2);
  assert.deepEqual(lengths, [2, 1, 3]);
  assert.equal(marks(svg, "mark-symbol").length, 1);
  const gapInX = await linePlot({ series: [{ x: [0, NaN, 2, 3], y: [1, 1, 1, 1] }] }).toSvg();
  assert.equal(marks(gapInX, "mark-line").length, 2);
});

Deno.test("linePlot() joins points in the order given", async () => {
  const svg = await linePlot({ series: [{ x: [0, 2, 1], y: [0, 0, 1] }] }).toSvg();
  const d = numbers(attribute(marks(svg, "mark-line")[0], "d"));
  assert.ok(d[2] > d[4], `${d}`);
});

Deno.test("linePlot() dashes lines, in the legend too, and tells the eighth from the first", async () => {
  const eight = Array.from({ length: 8 }, (_, i) => ({ y: [i, 1], dashed: i === 1 }));
  const svg = await linePlot({ series: eight }).toSvg();
  const dashes = marks(svg, "mark-line").map((line) => attribute(line, "stroke-dasharray"));
  assert.deepEqual([...new Set(dashes)], ["1,0", "6,4", "2,3"]);
  assert.equal(dashes[1], "6,4");
  assert.equal(dashes[7], "2,3");
  const symbols = [...svg.matchAll(/legend-symbol[^>]*>(<path [^>]*>)/g)];
  assert.equal(attribute(symbols[1][1], "stroke-dasharray"), "6,4");
});

Deno.test("linePlot() marks points and draws error bars", async () => {
  const svg = await linePlot({
    series: [{ x: [1, 2, 3], y: [1, 2, 3], error: [0.1, NaN, 0.3], points: true }],
  }).toSvg();
  assert.equal(marks(svg, "mark-symbol").length, 3);
  assert.equal(marks(svg, "mark-rule", "line").length, 2);
});

Deno.test("linePlot() has powers of ten on a long log scale, where zero is a gap", async () => {
  const svg = await linePlot({ yScale: "log", series: [{ y: [1, 1e-3, 0, 1e-8, 1e-8, -1] }] })
    .toSvg();
  assert.equal(marks(svg, "mark-line").length, 2);
  const words = texts(svg);
  for (const text of ["1", "0.1", "0.001", "1e-4", "1e-8"]) assert.ok(words.includes(text), text);
  const [top, low] = numbers(attribute(marks(svg, "mark-line")[0], "d")).filter((_, i) => i % 2);
  const bottom = numbers(attribute(marks(svg, "mark-line")[1], "d"))[1];
  assert.ok(Math.abs((low - top) / (bottom - top) - 3 / 8) < 1e-3);
  const short = await linePlot({ yScale: "log", series: [{ y: [1, 1.5, 2] }] }).toSvg();
  assert.ok(texts(short).includes("1.5"));
});

Deno.test("linePlot() takes lists, typed arrays and NDArrays alike", async () => {
  const kinds: LinePlotOptions["series"][number]["y"][] = [
    [1, 2, 3],
    Float32Array.of(1, 2, 3),
    array([1, 2, 3]),
    array([1, 2, 3], "int32"),
  ];
  const drawings = await Promise.all(kinds.map((y) => linePlot({ series: [{ y }] }).toSvg()));
  assert.equal(new Set(drawings).size, 1);
});

Deno.test("linePlot() draws the same chart the same way, whatever was drawn before", async () => {
  const chart = linePlot({ yRange: [0, 2], series: [{ y: [3, 2, 1] }, { y: [1, 2, 3] }] });
  const first = await chart.toSvg();
  await linePlot({ yRange: [0, 1], series: [{ y: [1, 2] }] }).toSvg();
  assert.equal(await chart.toSvg(), first);
  assertNames(first);
});

Deno.test("linePlot() keeps text as text", async () => {
  const name = `<b> & "c" 'd' \\ {e} [f]`;
  const svg = await linePlot({ title: name, series: [{ name, y: [1, 2] }, { y: [1] }] }).toSvg();
  const escaped = name.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
  assert.equal(texts(svg).filter((text) => text === escaped).length, 2, svg);
});

Deno.test("linePlot() draws 20,000 points", async () => {
  const y = Float64Array.from({ length: 20_000 }, (_, i) => Math.sin(i / 500));
  const svg = await linePlot({ series: [{ y }] }).toSvg();
  assert.equal(numbers(attribute(marks(svg, "mark-line")[0], "d")).length, 40_000);
});

Deno.test("linePlot() says what is wrong with its options", () => {
  const plot = (options: Partial<LinePlotOptions>) => () =>
    linePlot({ series: [{ y: [1, 2] }], ...options });
  fails(RangeError, "linePlot: series must hold at least one series", plot({ series: [] }));
  fails(
    RangeError,
    'linePlot: y of series "a" is empty; there is nothing to draw',
    plot({ series: [{ name: "a", y: [] }] }),
  );
  fails(
    RangeError,
    'linePlot: series "series 1" must have as many x as y, got 3 and 2',
    plot({ series: [{ x: [1, 2, 3], y: [1, 2] }] }),
  );
  fails(
    RangeError,
    "as many error as y, got 1 and 2",
    plot({ series: [{ y: [1, 2], error: [1] }] }),
  );
  fails(
    RangeError,
    'linePlot: two series are called "a"; give each its own name',
    plot({ series: [{ name: "a", y: [1] }, { name: "a", y: [1] }] }),
  );
  fails(
    RangeError,
    "linePlot: no value can be drawn; all are NaN or infinite",
    plot({ series: [{ y: [NaN, Infinity] }] }),
  );
  fails(
    RangeError,
    "not positive on a log scale",
    plot({ series: [{ y: [0, -1] }], yScale: "log" }),
  );
  fails(RangeError, 'yScale must be "linear" or "log", got "ln"', plot({ yScale: "ln" as never }));
  fails(
    RangeError,
    "linePlot: yRange must be two finite numbers, the smaller first, got [1, 1]",
    plot({ yRange: [1, 1] }),
  );
  fails(
    RangeError,
    "xRange must be two positive numbers",
    plot({ xScale: "log", xRange: [0, 1] }),
  );
  fails(
    RangeError,
    "linePlot: width must be a whole number of pixels from 100 to 10000, got 0",
    plot({ width: 0 }),
  );
  fails(RangeError, "height must be", plot({ height: NaN }));
  fails(
    RangeError,
    'y of series "series 1" must have one axis, got shape (1, 2)',
    plot({ series: [{ y: array([[1, 2]]) }] }),
  );
  fails(
    TypeError,
    "must be a list of numbers, a typed array or an NDArray, got undefined",
    () => linePlot({ series: [{} as never] }),
  );
  fails(
    TypeError,
    "must hold numbers, got string at 1; use NaN for a gap",
    () => linePlot({ series: [{ y: [1, "2"] as never }] }),
  );
});
