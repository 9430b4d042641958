/**
 * Points in the plane, such as the trials of a search.
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
import type { Chart } from "./chart.ts";
import type { AxesOptions, PlotValues } from "./options.ts";

/**
 * One cloud of points.
 *
 * @category Plots
 */
export interface ScatterSeries {
  /** Its name in the legend. Default `"series 1"`, … */
  readonly name?: string;
  /** Horizontal places. */
  readonly x: PlotValues;
  /** Vertical places. A point with NaN or infinity is left out, on a log scale with zero or less too. */
  readonly y: PlotValues;
}

/**
 * Options of {@linkcode scatterPlot}.
 *
 * @category Plots
 */
export interface ScatterPlotOptions extends AxesOptions {
  /** The clouds. */
  readonly series: readonly ScatterSeries[];
  /** A number for each point of the only series, which its colour shows (dark low, light high). */
  readonly values?: PlotValues;
  /** What the numbers are. */
  readonly valueLabel?: string;
}

interface Row {
  readonly x: number;
  readonly y: number;
  readonly series: string;
  readonly value?: number;
}

/**
 * Draws points.
 *
 * @param options The points, the axes, heading and size
 * @returns The chart
 * @throws {TypeError} If values are not numbers
 * @throws {RangeError} If there are no series or no points, lengths differ, two series have the
 * same name, there are `values` for more than one series, or nothing has a place on the axes
 *
 * @example
 * ```ts
 * import { scatterPlot } from "@nndl/nndl/plot";
 * import assert from "node:assert/strict";
 *
 * const chart = scatterPlot({
 *   xLabel: "learning rate",
 *   yLabel: "regularisation",
 *   xScale: "log",
 *   yScale: "log",
 *   series: [{ x: [1e-4, 1e-3, 1e-2], y: [10, 100, 1000] }],
 *   values: [0.31, 0.38, 0.1],
 *   valueLabel: "accuracy",
 * });
 * assert.ok((await chart.toSvg()).includes("accuracy"));
 * ```
 *
 * @category Plots
 */
export function scatterPlot(options: ScatterPlotOptions): Chart {
  const size = checkSize("scatterPlot", options);
  const { title, series } = options;
  checkAxes("scatterPlot", options);
  const names = seriesNames("scatterPlot", series);
  if (options.values && series.length > 1) {
    throw new RangeError(
      `scatterPlot: values colour the points of one series, got ${series.length}; ` +
        `draw them one by one`,
    );
  }
  const rows = series.flatMap((cloud, i) => rowsOf(cloud, names[i], options));
  if (rows.length === 0) throw nothingToDraw("scatterPlot", options);
  const draw = async () => {
    const { renderSpec } = await onDemand("scatterPlot", "Vega", () => import("./_vega.ts"));
    return await renderSpec(specOf(options, names, rows, size));
  };
  return new SvgChart({ title, ...size, draw });
}

function rowsOf(cloud: ScatterSeries, series: string, options: ScatterPlotOptions): Row[] {
  const name = `series "${series}"`;
  const x = checkValues("scatterPlot", `x of ${name}`, cloud.x);
  const y = checkValues("scatterPlot", `y of ${name}`, cloud.y);
  checkSameLength("scatterPlot", name, ["x", x], ["y", y]);
  const values = options.values && checkValues("scatterPlot", "values", options.values);
  if (values) checkSameLength("scatterPlot", name, ["values", values], ["y", y]);
  const rows: Row[] = [];
  for (let i = 0; i < y.length; i++) {
    if (!canDraw(x[i], options.xScale) || !canDraw(y[i], options.yScale)) continue;
    const point = {
      x: withinReach("x", options, x[i]),
      y: withinReach("y", options, y[i]),
      series,
    };
    if (!values) rows.push(point);
    else if (canDraw(values[i])) rows.push({ ...point, value: values[i] });
  }
  return rows;
}

function specOf(
  options: ScatterPlotOptions,
  names: readonly string[],
  rows: readonly Row[],
  size: { width: number; height: number },
): object {
  const { title, values, valueLabel, xRange, yRange } = options;
  const many = rows.length > 500;
  const look = { symbolType: "circle", symbolSize: 60, symbolOpacity: 1 };
  return {
    ...(title ? { title } : {}),
    ...size,
    autosize: { type: "fit", contains: "padding" },
    data: { values: rows },
    mark: {
      type: "point",
      filled: true,
      clip: Boolean(xRange || yRange),
      size: values ? 90 : many ? 12 : 36,
      opacity: many ? 0.5 : 0.85,
    },
    encoding: {
      x: position("x", options, rows.map(({ x }) => x)),
      y: position("y", options, rows.map(({ y }) => y)),
      color: values
        ? {
          field: "value",
          type: "quantitative",
          title: valueLabel ?? null,
          scale: { scheme: "viridis", zero: false, nice: false },
          legend: { gradientLength: size.height / 2 },
        }
        : { ...seriesColor(names), legend: seriesLegend(names, size.width, look) },
    },
  };
}
