/**
 * Random changes of colour.
 *
 * @module
 */
import { checkOptionNames } from "../../internal/options.ts";
import { adjustBrightness, adjustContrast, adjustHue, adjustSaturation, toGrey } from "./_color.ts";
import { augmentationOf, type Pixels } from "./_images.ts";
import { checkProbability, happens } from "./_probability.ts";
import type { Augmentation } from "./augmentation.ts";

/**
 * Options of {@linkcode colorJitter}.
 *
 * @category Data
 */
export interface ColorJitterOptions {
  /** Light is multiplied by a number from `1 - brightness`, but not below 0, to `1 + brightness`. Default: 0. */
  readonly brightness?: number;
  /** The same for the distance from the image's mean grey level. Default: 0. */
  readonly contrast?: number;
  /** The same for the distance from each pixel's grey level. Default: 0. */
  readonly saturation?: number;
  /** Colours turn by up to this part of the colour wheel, at most 0.5, to either side. Default: 0. */
  readonly hue?: number;
  /** How often an image is changed at all. Default: 1. */
  readonly p?: number;
}

type Adjust = (pixels: Pixels, area: number, amount: number) => void;

/**
 * Makes an augmentation that changes brightness, contrast, saturation and hue in random order, as
 * torchvision's `ColorJitter` does.
 *
 * For each image it draws `rng.rand()` if `p` is below 1, then, for an image that is changed,
 * `rng.permutation(4)`, the order (0 brightness, 1 contrast, 2 saturation, 3 hue), and `rng.rand()`
 * for each of the four, in that sequence, whose option is not 0.
 *
 * @param options How far each goes, and how often
 * @returns The augmentation. Images are (N, 3, H, W), floats from 0 to 1, or bytes, which are read as
 * such. The result is float64 if they are, and float32 otherwise, from 0 to 1
 * @throws {TypeError} If there is no option of a given name
 * @throws {RangeError} If an option is out of range
 *
 * @example
 * ```ts
 * import { colorJitter } from "@nndl/nndl/data";
 * import { full } from "@nndl/nndl/ndarray";
 * import { RandomState } from "@nndl/nndl/random";
 * import assert from "node:assert/strict";
 *
 * const images = full([1, 3, 2, 2], 0.5);
 * const lit = colorJitter({ brightness: 0.4 })(images, new RandomState(0));
 * assert.ok(lit.min() >= 0.3 && lit.max() <= 0.7 && lit.max() !== 0.5);
 * ```
 *
 * @category Data
 */
export function colorJitter(options: ColorJitterOptions = {}): Augmentation {
  const caller = "colorJitter";
  checkOptionNames(caller, options, ["brightness", "contrast", "saturation", "hue", "p"]);
  const { brightness = 0, contrast = 0, saturation = 0, hue = 0, p = 1 } = options;
  for (const [name, amount] of Object.entries({ brightness, contrast, saturation })) {
    if (amount >= 0 && amount < Infinity) continue;
    throw new RangeError(`${caller}: ${name} must be a number from 0 up, got ${amount}`);
  }
  if (!(hue >= 0 && hue <= 0.5)) {
    throw new RangeError(`${caller}: hue must be from 0 to 0.5, half a turn, got ${hue}`);
  }
  checkProbability(caller, "p", p);
  const around1 = (amount: number) => [Math.max(0, 1 - amount), 1 + amount] as const;
  const adjustments: readonly [adjust: Adjust, low: number, high: number, used: boolean][] = [
    [adjustBrightness, ...around1(brightness), brightness > 0],
    [adjustContrast, ...around1(contrast), contrast > 0],
    [adjustSaturation, ...around1(saturation), saturation > 0],
    [adjustHue, -hue, hue, hue > 0],
  ];
  return augmentationOf(caller, [{
    channels: 3,
    draw: ({ height, width }, rng) => {
      if (!happens(p, rng)) return null;
      const order = rng.permutation(4).data;
      const amounts = adjustments.map(([, low, high, used]) =>
        used ? low + (high - low) * rng.rand() : 0
      );
      return (pixels) => {
        for (const which of order) {
          const [adjust, , , used] = adjustments[which];
          if (used) adjust(pixels, height * width, amounts[which]);
        }
      };
    },
  }]);
}

/**
 * Options of {@linkcode randomGrayscale}.
 *
 * @category Data
 */
export interface RandomGrayscaleOptions {
  /** How often an image loses its colours. Default: 0.1. */
  readonly p?: number;
}

/**
 * Makes an augmentation that takes the colours off some images, as torchvision's `RandomGrayscale`.
 * For each image it draws `rng.rand()`, unless `p` is 1.
 *
 * @param options How often
 * @returns The augmentation. Images are (N, 3, H, W), floats, or bytes, which are read as 0 to 1. The
 * result is float64 if they are, and float32 otherwise
 * @throws {TypeError} If there is no option of a given name
 * @throws {RangeError} If `p` is no probability
 *
 * @example
 * ```ts
 * import { randomGrayscale } from "@nndl/nndl/data";
 * import { array } from "@nndl/nndl/ndarray";
 * import { RandomState } from "@nndl/nndl/random";
 * import assert from "node:assert/strict";
 *
 * const red = array([1, 0, 0]).reshape([1, 3, 1, 1]);
 * const grey = randomGrayscale({ p: 1 })(red, new RandomState(0));
 * assert.deepEqual(grey.ravel().toArray(), [0.2989, 0.2989, 0.2989]);
 * ```
 *
 * @category Data
 */
export function randomGrayscale(options: RandomGrayscaleOptions = {}): Augmentation {
  checkOptionNames("randomGrayscale", options, ["p"]);
  const { p = 0.1 } = options;
  checkProbability("randomGrayscale", "p", p);
  return augmentationOf("randomGrayscale", [{
    channels: 3,
    draw: ({ height, width }, rng) =>
      happens(p, rng) ? (pixels) => toGrey(pixels, height * width) : null,
  }]);
}
