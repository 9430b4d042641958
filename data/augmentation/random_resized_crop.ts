/**
 * Crops of random size and shape, brought back to one size.
 *
 * @module
 */
import { checkWhole } from "../../internal/numbers.ts";
import { checkOptionNames } from "../../internal/options.ts";
import type { RandomState } from "../../random/mod.ts";
import { augmentationOf, type ImageSize } from "./_images.ts";
import { type Crop, resampleCrop } from "./_resample.ts";
import type { Augmentation } from "./augmentation.ts";

/**
 * Options of {@linkcode randomResizedCrop}.
 *
 * @category Data
 */
export interface RandomResizedCropOptions {
  /** Side of the result, pixels. Default: the height and width that the images have. */
  readonly size?: number;
  /** The least and the greatest part of the area that is cropped. Default: [0.08, 1]. */
  readonly scale?: readonly [least: number, greatest: number];
  /** The least and the greatest width over height of the crop. Default: [3/4, 4/3]. */
  readonly ratio?: readonly [least: number, greatest: number];
}

/** Crops that are tried before the middle of the image is taken. */
const tries = 10;

/**
 * Makes an augmentation that crops each image at random and brings the crop to one size by bilinear
 * interpolation, as torchvision's `RandomResizedCrop`: the part of the area is uniform, the
 * logarithm of width over height is uniform, and so is the place.
 *
 * For each image it draws `rng.rand()` twice, for area and shape, until the crop is no larger than
 * the image, at most ten times; then its row and its column by `rng.randint`. After ten crops that
 * are too large it draws no place and takes the middle of the image.
 *
 * @param options The size, and how small and how oblong crops get
 * @returns The augmentation. Images are (N, C, H, W), floats or bytes; bytes are read as 0 to 1. The
 * result is float64 if they are, and float32 otherwise
 * @throws {TypeError} If there is no option of a given name
 * @throws {RangeError} If an option is out of range
 *
 * @example
 * ```ts
 * import { randomResizedCrop } from "@nndl/nndl/data";
 * import { zeros } from "@nndl/nndl/ndarray";
 * import { RandomState } from "@nndl/nndl/random";
 * import assert from "node:assert/strict";
 *
 * const crop = randomResizedCrop({ size: 24, scale: [0.5, 1] });
 * assert.deepEqual(crop(zeros([2, 3, 32, 32]), new RandomState(0)).shape, [2, 3, 24, 24]);
 * ```
 *
 * @category Data
 */
export function randomResizedCrop(options: RandomResizedCropOptions = {}): Augmentation {
  const caller = "randomResizedCrop";
  checkOptionNames(caller, options, ["size", "scale", "ratio"]);
  const { size, scale = [0.08, 1], ratio = [3 / 4, 4 / 3] } = options;
  if (size !== undefined) checkWhole(caller, "size", size, 1);
  checkRange(caller, "scale", scale, 1);
  checkRange(caller, "ratio", ratio, Infinity);
  let between = new Float64Array(0);
  const resize = ({ channels, height, width }: ImageSize) => ({
    channels,
    height: size ?? height,
    width: size ?? width,
  });
  return augmentationOf(caller, [{
    resize,
    draw: (image, rng) => {
      const { height, width } = resize(image);
      const crop = drawCrop(image, scale, ratio, rng);
      return (pixels, out) => {
        const room = image.height * width;
        if (between.length < room) between = new Float64Array(room);
        resampleCrop(pixels, image, crop, out, [height, width], between);
      };
    },
  }]);
}

/** Draws a crop as torchvision's `get_params` does. */
function drawCrop(
  { height, width }: ImageSize,
  scale: readonly [number, number],
  ratio: readonly [number, number],
  rng: RandomState,
): Crop {
  const [low, high] = ratio.map(Math.log);
  for (let i = 0; i < tries; i++) {
    const area = height * width * (scale[0] + (scale[1] - scale[0]) * rng.rand());
    const shape = Math.exp(low + (high - low) * rng.rand());
    const w = roundHalfToEven(Math.sqrt(area * shape));
    const h = roundHalfToEven(Math.sqrt(area / shape));
    if (w < 1 || w > width || h < 1 || h > height) continue;
    const top = rng.randint(0, height - h + 1);
    const left = rng.randint(0, width - w + 1);
    return { top, left, height: h, width: w };
  }
  const shape = Math.min(ratio[1], Math.max(ratio[0], width / height));
  const w = Math.max(1, Math.min(width, roundHalfToEven(height * shape)));
  const h = Math.max(1, Math.min(height, roundHalfToEven(width / shape)));
  return {
    top: Math.floor((height - h) / 2),
    left: Math.floor((width - w) / 2),
    height: h,
    width: w,
  };
}

/** As Python rounds. */
function roundHalfToEven(value: number): number {
  const rounded = Math.round(value);
  return rounded - value === 0.5 && rounded % 2 !== 0 ? rounded - 1 : rounded;
}

function checkRange(
  caller: string,
  name: string,
  range: readonly [number, number],
  most: number,
): void {
  const fits = Array.isArray(range) && range.length === 2 && range[0] > 0 &&
    range[1] >= range[0] && range[1] <= most && range[1] < Infinity;
  if (fits) return;
  throw new RangeError(
    `${caller}: ${name} must be a pair [least, greatest] of numbers above 0` +
      `${most < Infinity ? ` and up to ${most}` : ""}, got ${
        Array.isArray(range) ? `[${range.join(", ")}]` : range
      }`,
  );
}
