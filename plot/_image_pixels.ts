/** Arrays of numbers as pixels that can be shown. */

import { showShape } from "../internal/shapes.ts";
import { NDArray } from "../ndarray/mod.ts";
import { extent } from "./_encoding.ts";
import type { ImageGridOptions, ImageLayout } from "./image_grid_options.ts";

/** Images as bytes. */
export interface ImagePixels {
  readonly count: number;
  readonly height: number;
  readonly width: number;
  /** Red, green and blue of each pixel, row by row, image after image. */
  readonly rgb: Uint8Array;
}

/** The sizes of an array of images, and how many elements apart its neighbours are. */
interface Places {
  readonly count: number;
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  readonly row: number;
  readonly column: number;
  readonly channel: number;
}

/** Turns images into bytes. */
export function toPixels(images: NDArray, options: ImageGridOptions): ImagePixels {
  const { count, height, width, channels, row, column, channel } = findPlaces(images, options);
  const { data, dtype } = images;
  const { normalize = dtype === "uint8" ? null : "each" } = options;
  if (normalize !== null && normalize !== "each" && normalize !== "all") {
    throw new RangeError(
      `imageGrid: normalize must be "each", "all" or null, got ${JSON.stringify(normalize)}`,
    );
  }
  const size = height * width * channels;
  const rgb = new Uint8Array(count * height * width * 3);
  const all = normalize === "all" ? toByte(data) : undefined;
  let to = 0;
  for (let first = 0; first < images.size; first += size) {
    const byte = normalize === null ? clampByte : all ?? toByte(data.subarray(first, first + size));
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        const at = first + y * row + x * column;
        for (let c = 0; c < 3; c++) rgb[to++] = byte(data[at + (c % channels) * channel]);
      }
    }
  }
  return { count, height, width, rgb };
}

function findPlaces(images: NDArray, options: ImageGridOptions): Places {
  if (!(images instanceof NDArray)) {
    throw new TypeError(`imageGrid: images must be an NDArray, got ${typeof images}`);
  }
  const { shape } = images;
  if (images.size === 0) {
    throw new RangeError(
      `imageGrid: images must hold at least one pixel, got shape ${showShape(shape)}`,
    );
  }
  if (shape.length === 3) {
    const [count, height, width] = shape;
    return { count, height, width, channels: 1, row: width, column: 1, channel: 0 };
  }
  const layout = shape.length === 4 ? options.layout ?? guessLayout(shape) : undefined;
  if (layout === "NCHW" && isColor(shape[1])) {
    const [count, channels, height, width] = shape;
    return { count, height, width, channels, row: width, column: 1, channel: height * width };
  }
  if (layout === "NHWC" && isColor(shape[3])) {
    const [count, height, width, channels] = shape;
    const row = width * channels;
    return { count, height, width, channels, row, column: channels, channel: 1 };
  }
  throw new RangeError(
    `imageGrid: images must have shape (N, C, H, W), (N, H, W, C) with C = 1 or 3, or (N, H, W), ` +
      `got ${showShape(shape)}${options.layout ? ` as ${options.layout}` : ""}; ` +
      (shape.length === 2
        ? "reshape its rows to images"
        : "reshape it or pick channels with slice"),
  );
}

function guessLayout(shape: readonly number[]): ImageLayout {
  return isColor(shape[1]) ? "NCHW" : "NHWC";
}

function isColor(channels: number): boolean {
  return channels === 1 || channels === 3;
}

/** The map from the range of some values to 0-255. A range of one value is grey. */
function toByte(values: ArrayLike<number>): (value: number) => number {
  const [low, high] = extent(Array.from(values).filter(Number.isFinite));
  if (!(low < high)) return (value) => Number.isFinite(value) ? 128 : 0;
  return (value) => clampByte(255 * (value - low) / (high - low));
}

/** NaN is 0. */
function clampByte(value: number): number {
  return Math.min(255, Math.max(0, Math.round(value))) || 0;
}
