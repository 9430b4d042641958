/**
 * How often values occur.
 *
 * @module
 */
import { checkWhole } from "../internal/numbers.ts";
import { onDemand } from "../internal/packages.ts";
import { type Bin, countBins } from "./_bins.ts";
import { checkAxes, checkSize, checkValues, nothingToDraw } from "./_checks.ts";
import { position } from "./_encoding.ts";
import { SvgChart } from "./_svg_chart.ts";
import { palette } from "./_theme.ts";
import type { Chart } from "./chart.ts";
import type { AxesOptions, PlotValues } from "./options.ts";

/**
 * Options of {@linkcode histogram}.
 *
 * @category Plots
 */
export interface HistogramOptions extends Omit<AxesOptions, "xScale" | "yScale" | "yRange"> {
  /** The values; NaN and infinities do not count. */
  readonly values: PlotValues;
  /** How many bins of equal width. Default 30. */
  readonly bins?: number;
}

/**
 * Draws a histogram. A value on the border of two bins counts in the right one, the largest in the
 * last, as in NumPy's `histogram`. With `xRange` only values in it count.
 *
 * @param options The values, the bins, the axes, heading and size
 * @returns The chart
 * @throws {TypeError} If values are not numbers
 * @throws {RangeError} If there are no values, or `bins` is not a whole number from 1 to 1000
 *
 * @example
 * ```ts
 * import { RandomState } from "@nndl/nndl/random";
 * import { histogram } from "@nndl/nndl/plot";
 * import assert from "node:assert/strict";
 *
 * const values = new RandomState(1).randn(1000);
 * const chart = histogram({ values, bins: 20, xLabel: "weight" });
 * assert.ok((await chart.toSvg()).includes("weight"));
 * ```
 *
 * @category Plots
 */
export function histogram(options: HistogramOptions): Chart {
  const size = checkSize("histogram", options);
  const { title, bins = 30 } = options;
  checkAxes("histogram", options);
  const values = Array.from(checkValues("histogram", "values", options.values))
    .filter(Number.isFinite);
  checkWhole("histogram", "bins", bins, 1, 1000);
  if (values.length === 0) throw nothingToDraw("histogram", {});
  const rows = countBins(values, bins, options.xRange);
  const draw = async () => {
    const { renderSpec } = await onDemand("histogram", "Vega", () => import("./_vega.ts"));
    return await renderSpec(specOf(options, rows, size));
  };
  return new SvgChart({ title, ...size, draw });
}

function specOf(
  options: HistogramOptions,
  rows: readonly Bin[],
  size: { width: number; height: number },
): object {
  const { title } = options;
  const heights = [0, ...rows.map(({ y }) => y)];
  return {
    ...(title ? { title } : {}),
    ...size,
    autosize: { type: "fit", contains: "padding" },
    data: { values: rows.filter(({ y }) => y > 0) },
    mark: { type: "rect", color: palette[0], stroke: "white", strokeWidth: 0.5 },
    encoding: {
      x: {
        ...position("x", options, [rows[0].x, rows.at(-1)!.end], false),
        axis: { grid: false },
      },
      x2: { field: "end" },
      y: position("y", { yLabel: "count", ...options }, heights),
      y2: { datum: 0 },
    },
  };
}
