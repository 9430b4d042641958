/**
 * What all charts can do.
 *
 * @module
 */

/**
 * Options of {@linkcode Chart.toPng}.
 *
 * @category Plots
 */
export interface PngOptions {
  /**
   * Pixels of the PNG for each pixel of the chart. Default 2, which is sharp on any screen; 1 for
   * image grids.
   */
  readonly scale?: number;
}

/**
 * A chart or an image grid, drawn when it is asked for.
 *
 * Drawing loads packages at the first call (`vega`, `vega-lite`, `@resvg/resvg-wasm`, and the font
 * Roboto). It needs no permission.
 *
 * @example
 * ```ts
 * import { type Chart, linePlot } from "@nndl/nndl/plot";
 * import assert from "node:assert/strict";
 *
 * const chart: Chart = linePlot({ title: "Squares", series: [{ y: [0, 1, 4, 9] }] });
 * assert.ok((await chart.toSvg()).startsWith("<svg"));
 * assert.ok((await chart.toHtml()).includes("<title>Squares</title>"));
 * ```
 *
 * @category Plots
 */
export interface Chart {
  /** The heading, empty if there is none. */
  readonly title: string;
  /** Width, pixels. */
  readonly width: number;
  /** Height, pixels. */
  readonly height: number;
  /**
   * Draws the chart as SVG.
   *
   * @returns An `<svg>` element, which is also a whole file
   */
  toSvg(): Promise<string>;
  /**
   * Draws the chart as PNG.
   *
   * @param options How large
   * @returns The content of the file
   * @throws {RangeError} If the scale is not a positive number, or the picture would be too large
   */
  toPng(options?: PngOptions): Promise<Uint8Array>;
  /**
   * Draws the chart as a web page that needs nothing else.
   *
   * @returns An HTML document with the SVG in it
   */
  toHtml(): Promise<string>;
}
