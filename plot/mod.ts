/**
 * Charts and image grids as SVG, PNG and HTML, drawn without any permission.
 *
 * @example
 * ```ts
 * import { figure, linePlot } from "@nndl/nndl/plot";
 * import assert from "node:assert/strict";
 *
 * const loss = linePlot({ xLabel: "iteration", yLabel: "loss", series: [{ y: [2.3, 1.8, 1.6] }] });
 * const accuracy = linePlot({
 *   xLabel: "epoch",
 *   yLabel: "accuracy",
 *   series: [{ name: "training", y: [0.1, 0.4] }, { name: "validation", y: [0.1, 0.35] }],
 * });
 * const png = await figure([[loss, accuracy]], { title: "Two-layer net" }).toPng({ scale: 1 });
 * assert.deepEqual([...png.subarray(1, 4)], [...new TextEncoder().encode("PNG")]);
 * ```
 *
 * @module
 */
export * from "./bar_plot.ts";
export * from "./chart.ts";
export * from "./figure.ts";
export * from "./heatmap.ts";
export * from "./histogram.ts";
export * from "./image_grid.ts";
export * from "./image_grid_options.ts";
export * from "./line_plot.ts";
export * from "./options.ts";
export * from "./save_chart.ts";
export * from "./scatter_plot.ts";
