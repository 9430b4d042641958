/**
 * A matrix as colours, such as distances or a confusion matrix.
 *
 * @module
 */
import { toBase64 } from "../internal/base64.ts";
import { showShape } from "../internal/shapes.ts";
import { encodePng } from "../io/mod.ts";
import { onDemand } from "../internal/packages.ts";
import { NDArray } from "../ndarray/mod.ts";
import { canDraw, checkSize, nothingToDraw } from "./_checks.ts";
import { type Color, colorIndex, isLight, paint } from "./_colors.ts";
import { extent } from "./_encoding.ts";
import { SvgChart } from "./_svg_chart.ts";
import { textWidth } from "./_text.ts";
import { labelSize } from "./_theme.ts";
import type { Chart } from "./chart.ts";
import type { ChartOptions } from "./options.ts";

/**
 * Colour schemes: three from dark or light to the other, and one with a neutral middle.
 *
 * @category Plots
 */
export type HeatmapColors = "viridis" | "greys" | "blues" | "blueorange";

/**
 * Options of {@linkcode heatmap}.
 *
 * @category Plots
 */
export interface HeatmapOptions extends ChartOptions {
  /** The matrix, (R, C). NaN and infinities stay white. */
  readonly values: NDArray;
  /** What the numbers are. */
  readonly valueLabel?: string;
  /** What the columns are. */
  readonly xLabel?: string;
  /** What the rows are. */
  readonly yLabel?: string;
  /** A name for each column. Default: their numbers. */
  readonly columnNames?: readonly string[];
  /** A name for each row. Default: their numbers. */
  readonly rowNames?: readonly string[];
  /** The numbers at the ends of the colours. Default: smallest and largest. */
  readonly range?: readonly [low: number, high: number];
  /** The colours. Default `"viridis"`. */
  readonly colors?: HeatmapColors;
  /** Whether to write the number into each cell. Default false. */
  readonly annotate?: boolean;
}

type Range = readonly [low: number, high: number];

/** The most cells with text in them. */
const annotateLimit = 1000;

/**
 * Draws a matrix as a picture, row 0 at the top, each entry a cell of one colour. Large matrices
 * are fine: the cells are pixels of one image.
 *
 * @param options The matrix, names, colours, heading and size
 * @returns The chart
 * @throws {TypeError} If the matrix is not an NDArray
 * @throws {RangeError} If it does not have two axes, has no finite entry, or more than 1000 to be
 * annotated; if there is not a name for each row and column; or if the range is empty
 *
 * @example
 * ```ts
 * import { array } from "@nndl/nndl/ndarray";
 * import { heatmap } from "@nndl/nndl/plot";
 * import assert from "node:assert/strict";
 *
 * const chart = heatmap({
 *   title: "Confusion",
 *   values: array([[45, 5], [8, 42]]),
 *   rowNames: ["cat", "dog"],
 *   columnNames: ["cat", "dog"],
 *   annotate: true,
 * });
 * assert.ok((await chart.toSvg()).includes("dog"));
 * ```
 *
 * @category Plots
 */
export function heatmap(options: HeatmapOptions): Chart {
  const size = checkSize("heatmap", options);
  const { values, title, rowNames, columnNames } = options;
  checkMatrix(values, options.annotate ?? false);
  checkNames("rowNames", rowNames, values.shape[0]);
  checkNames("columnNames", columnNames, values.shape[1]);
  const range = checkRange(options);
  const draw = async () => {
    const { renderSpec, schemeColors } = await onDemand(
      "heatmap",
      "Vega",
      () => import("./_vega.ts"),
    );
    const colors = schemeColors(options.colors ?? "viridis");
    const png = await encodePng(paint(values, colors, range));
    const url = `data:image/png;base64,${toBase64(png)}`;
    return await renderSpec(specOf(options, url, colors, range, size));
  };
  return new SvgChart({ title, ...size, draw });
}

function checkMatrix(values: NDArray, annotate: boolean): void {
  if (!(values instanceof NDArray)) {
    throw new TypeError(`heatmap: values must be an NDArray, got ${typeof values}`);
  }
  if (values.ndim !== 2 || values.size === 0) {
    throw new RangeError(
      `heatmap: values must have shape (R, C) and at least one entry, ` +
        `got ${showShape(values.shape)}; use reshape or slice`,
    );
  }
  if (annotate && values.size > annotateLimit) {
    throw new RangeError(
      `heatmap: at most ${annotateLimit} cells can be annotated, got ${values.size}`,
    );
  }
}

function checkNames(name: string, names: readonly string[] | undefined, count: number): void {
  if (names && names.length !== count) {
    throw new RangeError(`heatmap: ${name} must hold ${count} names, got ${names.length}`);
  }
}

function checkRange({ values, range }: HeatmapOptions): Range {
  if (range && !(range.every(Number.isFinite) && range[0] < range[1])) {
    throw new RangeError(
      `heatmap: range must be two finite numbers, the smaller first, got [${range.join(", ")}]`,
    );
  }
  const found = range ?? extent(Array.from(values.data).filter((value) => canDraw(value)));
  if (found[0] > found[1]) throw nothingToDraw("heatmap", {});
  return found[0] < found[1] ? found : [found[0] - 0.5, found[0] + 0.5];
}

function specOf(
  options: HeatmapOptions,
  url: string,
  colors: readonly Color[],
  range: Range,
  size: { width: number; height: number },
): object {
  const { title, values, valueLabel, annotate } = options;
  const [rows, columns] = values.shape;
  const x = sideOf(columns, options.xLabel, options.columnNames, size.width, false);
  const y = sideOf(rows, options.yLabel, options.rowNames, size.height, true);
  return {
    ...(title ? { title } : {}),
    ...size,
    autosize: { type: "fit", contains: "padding" },
    layer: [
      {
        data: { values: [{}] },
        mark: {
          type: "image",
          url,
          width: { expr: "width" },
          height: { expr: "height" },
          align: "left",
          baseline: "top",
          aspect: false,
          smooth: false,
        },
        encoding: { x: { value: 0 }, y: { value: 0 } },
      },
      {
        // Nothing to see: it makes the axes and the legend.
        data: { values: range.map((value) => ({ value, x: 0, y: 0 })) },
        mark: { type: "point", opacity: 0 },
        encoding: {
          x,
          y,
          color: {
            field: "value",
            type: "quantitative",
            title: valueLabel ?? null,
            scale: { scheme: options.colors ?? "viridis", domain: range },
            legend: { gradientLength: Math.round(size.height * 0.6) },
          },
        },
      },
      ...(annotate
        ? [{
          data: { values: textsOf(values, colors, range) },
          mark: { type: "text", fontSize: 11 },
          encoding: {
            x,
            y,
            text: { field: "text" },
            color: { field: "ink", type: "nominal", scale: null },
          },
        }]
        : []),
    ],
  };
}

/** The number of each cell that has one, in the ink that can be read there. */
function textsOf(values: NDArray, colors: readonly Color[], range: Range): object[] {
  const columns = values.shape[1];
  return Array.from(values.data).flatMap((value, i) => {
    if (!Number.isFinite(value)) return [];
    const light = isLight(colors[colorIndex(value, range, colors.length)]);
    return [{
      x: i % columns,
      y: Math.floor(i / columns),
      text: String(Number(value.toPrecision(3))),
      ink: light ? "#222222" : "white",
    }];
  });
}

/** An axis on which entry `i` takes the place from `i - ½` to `i + ½`. */
function sideOf(
  count: number,
  title: string | undefined,
  names: readonly string[] | undefined,
  pixels: number,
  upright: boolean,
): Record<string, unknown> {
  const ends = [-0.5, count - 0.5];
  const widest = Math.max(0, ...(names ?? []).map((name) => textWidth(name, labelSize)));
  return {
    field: upright ? "y" : "x",
    type: "quantitative",
    title: title ?? null,
    scale: { domain: upright ? ends.reverse() : ends, nice: false, zero: false },
    axis: {
      grid: false,
      domain: false,
      tickMinStep: 1,
      ...(names
        ? {
          values: names.map((_, i) => i),
          labelExpr: `${JSON.stringify(names)}[datum.value]`,
          labelAngle: !upright && widest > (pixels - 200) / count - 6 ? -35 : 0,
          labelOverlap: pixels / count < 20,
        }
        : {}),
    },
  };
}
