/**
 * Options that all charts take.
 *
 * @module
 */
import type { NDArray } from "../ndarray/mod.ts";

/**
 * Numbers to draw: a list, a typed array, or an NDArray with one axis.
 *
 * @category Plots
 */
export type PlotValues =
  | readonly number[]
  | Float32Array
  | Float64Array
  | Int32Array
  | Uint8Array
  | NDArray;

/**
 * What every chart has.
 *
 * @category Plots
 */
export interface ChartOptions {
  /** Heading. Default: none. */
  readonly title?: string;
  /** Width of the whole chart, pixels. Default 640. */
  readonly width?: number;
  /** Height of the whole chart, pixels. Default 400. */
  readonly height?: number;
}

/**
 * How numbers are laid out along an axis.
 *
 * @category Plots
 */
export type AxisScale = "linear" | "log";

/**
 * What every chart with two axes has.
 *
 * @category Plots
 */
export interface AxesOptions extends ChartOptions {
  /** What the horizontal axis shows, with its unit. */
  readonly xLabel?: string;
  /** What the vertical axis shows, with its unit. */
  readonly yLabel?: string;
  /** Scale of the horizontal axis. Default `"linear"`. */
  readonly xScale?: AxisScale;
  /** Scale of the vertical axis. Default `"linear"`. */
  readonly yScale?: AxisScale;
  /** Ends of the horizontal axis; what lies beyond is cut off. Default: all data. */
  readonly xRange?: readonly [low: number, high: number];
  /** Ends of the vertical axis; what lies beyond is cut off. Default: all data. */
  readonly yRange?: readonly [low: number, high: number];
}
