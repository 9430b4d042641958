/**
 * Many images side by side, such as filters or misclassified examples.
 *
 * @module
 */
import { toBase64 } from "../internal/base64.ts";
import { checkWhole } from "../internal/numbers.ts";
import { encodePng } from "../io/mod.ts";
import { asNDArray, type NDArray } from "../ndarray/mod.ts";
import { type ImagePixels, toPixels } from "./_image_pixels.ts";
import { SvgChart } from "./_svg_chart.ts";
import { escapeText, fitText, fontFamily, textWidth } from "./_text.ts";
import { ink, labelSize, titleSize } from "./_theme.ts";
import type { Chart } from "./chart.ts";
import type { ImageGridOptions } from "./image_grid_options.ts";

/** Where everything goes, in pixels. */
interface GridPlan {
  readonly width: number;
  readonly height: number;
  readonly padding: number;
  /** Left edges of the columns and top edges of the rows of images. */
  readonly lefts: readonly number[];
  readonly tops: readonly number[];
}

const labelHeight = labelSize + 6;
const titleHeight = titleSize + 12;

/**
 * Draws images in a grid, pixel by pixel: each becomes a square of one colour, without smoothing.
 *
 * @param images The images: (N, C, H, W) or (N, H, W, C) with C = 1 or 3, or (N, H, W)
 * @param options The grid, labels, brightness and heading
 * @returns The grid as a chart, whose PNG has its pixels one to one
 * @throws {TypeError} If the images are not an NDArray
 * @throws {RangeError} If their shape is another or they are empty, or an option is out of range
 *
 * @example
 * ```ts
 * import { RandomState } from "@nndl/nndl/random";
 * import { imageGrid } from "@nndl/nndl/plot";
 * import { decodeImage } from "@nndl/nndl/io";
 * import assert from "node:assert/strict";
 *
 * const filters = new RandomState(0).randn(6, 3, 5, 5);
 * const grid = imageGrid(filters, { columns: 3, scale: 8, gap: 2 });
 * const png = await decodeImage(await grid.toPng());
 * assert.deepEqual(png.shape, [2 * 40 + 2, 3 * 40 + 2 * 2, 3]);
 * ```
 *
 * @category Plots
 */
export function imageGrid(images: NDArray, options: ImageGridOptions = {}): Chart {
  const pixels = toPixels(images, options);
  const { count, height, width } = pixels;
  const {
    title,
    columns = Math.ceil(Math.sqrt(count)),
    labels = [],
    scale = Math.max(1, Math.round(96 / Math.max(height, width))),
    gap = 4,
  } = options;
  checkWhole("imageGrid", "columns", columns, 1);
  checkWhole("imageGrid", "scale", scale, 1);
  checkWhole("imageGrid", "gap", gap, 0);
  if (labels.length > count) {
    throw new RangeError(`imageGrid: there are ${labels.length} labels for ${count} images`);
  }
  const cell = { height: height * scale, width: width * scale };
  const plan = planGrid(count, Math.min(columns, count), cell, gap, labels, title);
  const encode = () => encodePng(compose(pixels, plan, scale));
  const hasText = Boolean(title) || labels.some((label) => label !== "");
  return new SvgChart({
    title,
    width: plan.width,
    height: plan.height,
    pngScale: 1,
    draw: async () => drawSvg(plan, await encode(), cell.width, labels, title),
    ...(hasText ? {} : { drawPng: encode }),
  });
}

function planGrid(
  count: number,
  columns: number,
  cell: { height: number; width: number },
  gap: number,
  labels: readonly string[],
  title = "",
): GridPlan {
  const padding = title || labels.some((label) => label !== "") ? 10 : 0;
  const lefts = Array.from({ length: columns }, (_, i) => padding + i * (cell.width + gap));
  const tops: number[] = [];
  let top = padding + (title ? titleHeight : 0);
  for (let first = 0; first < count; first += columns) {
    const labelled = labels.slice(first, first + columns).some((label) => label !== "");
    tops.push(top + (labelled ? labelHeight : 0));
    top = tops.at(-1)! + cell.height + gap;
  }
  const width = lefts.at(-1)! + cell.width + padding;
  return {
    width: Math.max(width, Math.ceil(textWidth(title, titleSize)) + 2 * padding),
    height: tops.at(-1)! + cell.height + padding,
    padding,
    lefts,
    tops,
  };
}

/** The whole grid as one image, white where no image is. */
function compose({ count, height, width, rgb }: ImagePixels, plan: GridPlan, scale: number) {
  const out = new Uint8Array(plan.height * plan.width * 3).fill(255);
  const line = new Uint8Array(width * scale * 3);
  for (let n = 0; n < count; n++) {
    const left = plan.lefts[n % plan.lefts.length];
    const top = plan.tops[Math.floor(n / plan.lefts.length)];
    for (let y = 0; y < height; y++) {
      const from = (n * height + y) * width * 3;
      for (let i = 0; i < line.length; i++) {
        line[i] = rgb[from + Math.floor(i / (3 * scale)) * 3 + i % 3];
      }
      for (let k = 0; k < scale; k++) {
        out.set(line, ((top + y * scale + k) * plan.width + left) * 3);
      }
    }
  }
  return asNDArray(out, [plan.height, plan.width, 3]);
}

function drawSvg(
  { width, height, padding, lefts, tops }: GridPlan,
  png: Uint8Array,
  cellWidth: number,
  labels: readonly string[],
  title = "",
): string {
  const texts = labels.map((label, i) => {
    if (label === "") return "";
    const x = lefts[i % lefts.length] + cellWidth / 2;
    const y = tops[Math.floor(i / lefts.length)] - 5;
    const text = escapeText(fitText(label, labelSize, cellWidth));
    return `<text x="${x}" y="${y}" font-size="${labelSize}" text-anchor="middle">${text}</text>`;
  });
  const heading = title &&
    `<text x="${padding}" y="${padding + titleSize}" font-size="${titleSize}" ` +
      `font-weight="500">${escapeText(title)}</text>`;
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" ` +
    `viewBox="0 0 ${width} ${height}" font-family="${fontFamily}" fill="${ink}">` +
    `<image width="${width}" height="${height}" style="image-rendering: pixelated" ` +
    `href="data:image/png;base64,${toBase64(png)}"/>${heading}${texts.join("")}</svg>`;
}
