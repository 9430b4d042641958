/**
 * Lines over an axis, such as loss over iterations.
 *
 * @module
 */
import { onDemand } from "../internal/packages.ts";
import {
  canDraw,
  checkAxes,
  checkSameLength,
  checkSize,
  checkValues,
  nothingToDraw,
  seriesNames,
} from "./_checks.ts";
import { position, seriesColor, seriesLegend, withinReach } from "./_encoding.ts";
import { SvgChart } from "./_svg_chart.ts";
import { palette } from "./_theme.ts";
import type { Chart } from "./chart.ts";
import type { AxesOptions, PlotValues } from "./options.ts";

/**
 * One line.
 *
 * @category Plots
 */
export interface LineSeries {
  /** Its name in the legend. Default `"series 1"`, … */
  readonly name?: string;
  /** Where its points lie along the axis. Default 0, 1, 2, … */
  readonly x?: PlotValues;
  /** Its values; NaN and infinities are gaps, on a log scale zero and less too. */
  readonly y: PlotValues;
  /** Half the length of an error bar at each point. Default: none. */
  readonly error?: PlotValues;
  /** Whether the line is dashed. Default false. */
  readonly dashed?: boolean;
  /** Whether points are marked. Default false. A point without neighbours is marked anyway. */
  readonly points?: boolean;
}

/**
 * Options of {@linkcode linePlot}.
 *
 * @category Plots
 */
export interface LinePlotOptions extends AxesOptions {
  /** The lines. */
  readonly series: readonly LineSeries[];
}

interface Row {
  readonly x: number;
  readonly y: number;
  readonly series: string;
  /** Points without a gap between them have the same. */
  readonly run: number;
  readonly low?: number;
  readonly high?: number;
  marked: boolean;
}

/**
 * Draws lines.
 *
 * @param options The lines, the axes, heading and size
 * @returns The chart
 * @throws {TypeError} If values are not numbers
 * @throws {RangeError} If there are no series or no values, `x`, `y` and `error` of a series are not
 * equally long, two series have the same name, or nothing has a place on the axes
 *
 * @example
 * ```ts
 * import { linePlot } from "@nndl/nndl/plot";
 * import assert from "node:assert/strict";
 *
 * const chart = linePlot({
 *   title: "Accuracy",
 *   xLabel: "epoch",
 *   series: [
 *     { name: "training", y: [0.1, 0.35, 0.52, 0.61] },
 *     { name: "validation", y: [0.1, 0.33, 0.45, 0.48], dashed: true },
 *   ],
 * });
 * const svg = await chart.toSvg();
 * assert.ok(["Accuracy", "epoch", "training", "validation"].every((text) => svg.includes(text)));
 * ```
 *
 * @category Plots
 */
export function linePlot(options: LinePlotOptions): Chart {
  const size = checkSize("linePlot", options);
  const { title, series } = options;
  checkAxes("linePlot", options);
  const names = seriesNames("linePlot", series);
  const rows = series.flatMap((line, i) => rowsOf(line, names[i], options));
  if (rows.length === 0) throw nothingToDraw("linePlot", options);
  const draw = async () => {
    const { renderSpec } = await onDemand("linePlot", "Vega", () => import("./_vega.ts"));
    return await renderSpec(specOf(options, names, rows, size));
  };
  return new SvgChart({ title, ...size, draw });
}

function rowsOf(line: LineSeries, series: string, options: AxesOptions): Row[] {
  const { xScale, yScale } = options;
  const reach = (value: number) => withinReach("y", options, value);
  const name = `series "${series}"`;
  const y = checkValues("linePlot", `y of ${name}`, line.y);
  const x = line.x && checkValues("linePlot", `x of ${name}`, line.x);
  const error = line.error && checkValues("linePlot", `error of ${name}`, line.error);
  if (x) checkSameLength("linePlot", name, ["x", x], ["y", y]);
  if (error) checkSameLength("linePlot", name, ["error", error], ["y", y]);
  const rows: Row[] = [];
  let run = 0;
  for (let i = 0; i < y.length; i++) {
    const at = x ? x[i] : i;
    if (!canDraw(at, xScale) || !canDraw(y[i], yScale)) {
      run++;
      continue;
    }
    const bar = error && { low: reach(y[i] - error[i]), high: reach(y[i] + error[i]) };
    const drawn = bar && canDraw(bar.low, yScale) && canDraw(bar.high, yScale) ? bar : {};
    const place = { x: withinReach("x", options, at), y: reach(y[i]) };
    rows.push({ ...place, series, run, marked: line.points ?? false, ...drawn });
  }
  rows.forEach((row, i) => {
    row.marked ||= rows[i - 1]?.run !== row.run && rows[i + 1]?.run !== row.run;
  });
  return rows;
}

function specOf(
  options: LinePlotOptions,
  names: readonly string[],
  rows: readonly Row[],
  size: { width: number; height: number },
): object {
  const { title, series, xRange, yRange } = options;
  const clip = Boolean(xRange || yRange);
  const long = rows.length / names.length > 500;
  const dashes = series.map(({ dashed }, i) =>
    dashed ? [6, 4] : i < palette.length ? [1, 0] : [2, 3]
  );
  const ends = rows.flatMap(({ y, low = y, high = y }) => [low, high]);
  const bars = rows.some(({ low }) => low !== undefined);
  const legend = seriesLegend(names, size.width, { symbolType: "stroke", symbolSize: 500 });
  const color = { ...seriesColor(names), legend };
  const layers = [
    {
      mark: { type: "line", clip, strokeWidth: long ? 1.25 : 2, strokeJoin: "round" },
      encoding: {
        detail: { field: "run" },
        // Points are joined in the order given.
        order: { value: null },
        strokeDash: { ...color, scale: { domain: names, range: dashes } },
      },
    },
    ...(bars
      ? [{
        mark: { type: "rule", clip, strokeWidth: 1.5 },
        transform: [{ filter: "isValid(datum.low)" }],
        encoding: { y: { field: "low", type: "quantitative" }, y2: { field: "high" } },
      }]
      : []),
    ...(rows.some(({ marked }) => marked)
      ? [{
        mark: { type: "point", filled: true, clip, opacity: 1, size: long ? 9 : 36 },
        transform: [{ filter: "datum.marked" }],
      }]
      : []),
  ];
  return {
    ...(title ? { title } : {}),
    ...size,
    autosize: { type: "fit", contains: "padding" },
    data: { values: rows },
    encoding: {
      x: position("x", options, rows.map(({ x }) => x), false),
      y: position("y", options, ends),
      color,
    },
    layer: layers,
  };
}
