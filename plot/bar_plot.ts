/**
 * Bars side by side, such as the times of several programs.
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
import { extent, position, seriesColor, seriesLegend, withinReach } from "./_encoding.ts";
import { SvgChart } from "./_svg_chart.ts";
import { textWidth } from "./_text.ts";
import { labelSize } from "./_theme.ts";
import type { Chart } from "./chart.ts";
import type { AxesOptions, PlotValues } from "./options.ts";

/**
 * The bars of one colour.
 *
 * @category Plots
 */
export interface BarSeries {
  /** Its name in the legend. Default `"series 1"`, … */
  readonly name?: string;
  /** One height for each label; NaN for no bar. On a log scale zero or less is no bar either. */
  readonly y: PlotValues;
}

/**
 * Options of {@linkcode barPlot}.
 *
 * @category Plots
 */
export interface BarPlotOptions extends Omit<AxesOptions, "xScale" | "xRange"> {
  /** What stands below each group of bars. */
  readonly labels: readonly string[];
  /** The bars, one series for each bar of a group. */
  readonly series: readonly BarSeries[];
}

interface Row {
  readonly label: number;
  readonly series: string;
  readonly y: number;
}

/**
 * Draws bars, in a group for each label. They stand on zero; on a log scale, on the bottom.
 *
 * @param options The bars and their labels, the axes, heading and size
 * @returns The chart
 * @throws {TypeError} If heights are not numbers
 * @throws {RangeError} If there are no series or no labels, a series has more or fewer heights than
 * there are labels, two series have the same name, or there is nothing to draw
 *
 * @example
 * ```ts
 * import { barPlot } from "@nndl/nndl/plot";
 * import assert from "node:assert/strict";
 *
 * const chart = barPlot({
 *   yLabel: "time, ms",
 *   yScale: "log",
 *   labels: ["forward", "backward"],
 *   series: [{ name: "naive", y: [2100, 3400] }, { name: "fast", y: [4, 9] }],
 * });
 * assert.ok((await chart.toSvg()).includes("backward"));
 * ```
 *
 * @category Plots
 */
export function barPlot(options: BarPlotOptions): Chart {
  const size = checkSize("barPlot", options);
  const { title, labels, series } = options;
  checkAxes("barPlot", options);
  const names = seriesNames("barPlot", series);
  const rows = series.flatMap(({ y }, i) => {
    const name = `series "${names[i]}"`;
    const heights = checkValues("barPlot", `y of ${name}`, y);
    checkSameLength("barPlot", name, ["heights", heights], ["labels", labels]);
    return Array.from(heights, (y, label) => ({ label, series: names[i], y }));
  }).filter(({ y }) => canDraw(y, options.yScale))
    .map((row) => ({ ...row, y: withinReach("y", options, row.y) }));
  if (rows.length === 0) throw nothingToDraw("barPlot", options);
  const draw = async () => {
    const { renderSpec } = await onDemand("barPlot", "Vega", () => import("./_vega.ts"));
    return await renderSpec(specOf(options, names, rows, size));
  };
  return new SvgChart({ title, ...size, draw });
}

function specOf(
  options: BarPlotOptions,
  names: readonly string[],
  rows: readonly Row[],
  size: { width: number; height: number },
): object {
  const { title, labels, yRange, yScale, xLabel } = options;
  const heights = rows.map(({ y }) => y);
  // A log scale has no zero to stand on.
  const bottom = yScale === "log"
    ? yRange?.[0] ?? 10 ** Math.floor(Math.log10(extent(heights)[0] / 1.5))
    : 0;
  const wide = labels.some((label) =>
    textWidth(label, labelSize) > (size.width - 80) / labels.length - 8
  );
  const places = labels.map((_, i) => i);
  const y = position("y", options, [...heights, bottom]);
  return {
    ...(title ? { title } : {}),
    ...size,
    autosize: { type: "fit", contains: "padding" },
    data: { values: rows.map((row) => ({ ...row, bottom })) },
    mark: { type: "bar", clip: Boolean(yRange) },
    encoding: {
      x: {
        field: "label",
        type: "ordinal",
        title: xLabel ?? null,
        scale: { domain: places, paddingInner: 0.25, paddingOuter: 0.15 },
        axis: {
          labelExpr: `${JSON.stringify(labels)}[datum.value]`,
          labelAngle: wide ? -35 : 0,
          labelLimit: size.height / 3,
          ticks: false,
          grid: false,
        },
      },
      ...(names.length > 1
        ? { xOffset: { field: "series", type: "nominal", scale: { domain: names } } }
        : {}),
      y: { ...y, stack: null },
      y2: { field: "bottom" },
      color: {
        ...seriesColor(names),
        legend: seriesLegend(names, size.width, { symbolType: "square", symbolStrokeWidth: 0 }),
      },
    },
  };
}
