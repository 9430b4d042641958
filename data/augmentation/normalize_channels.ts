/**
 * Pixels less their mean, over their deviation.
 *
 * @module
 */
import { augmentationOf } from "./_images.ts";
import type { Augmentation } from "./augmentation.ts";

/**
 * Mean and standard deviation of CIFAR-10's red, green and blue, from 0 to 1.
 *
 * @category Data
 */
export const cifar10Statistics: {
  readonly mean: readonly number[];
  readonly std: readonly number[];
} = { mean: [0.4914, 0.4822, 0.4465], std: [0.2023, 0.1994, 0.2010] };

/**
 * Makes an augmentation that takes off a mean and divides by a deviation, channel by channel. It
 * draws nothing.
 *
 * @param statistics Mean and standard deviation of each channel, where pixels are from 0 to 1
 * @returns The augmentation. Images are (N, C, H, W), floats, or bytes, which are read as 0 to 1. The
 * result is float64 if they are, and float32 otherwise
 * @throws {RangeError} If there is not a deviation above 0 for each mean
 *
 * @example
 * ```ts
 * import { normalizeChannels } from "@nndl/nndl/data";
 * import { array } from "@nndl/nndl/ndarray";
 * import { RandomState } from "@nndl/nndl/random";
 * import assert from "node:assert/strict";
 *
 * const image = array([0, 255], "uint8").reshape([1, 1, 1, 2]);
 * const centred = normalizeChannels({ mean: [0.5], std: [0.25] })(image, new RandomState(0));
 * assert.deepEqual(centred.ravel().toArray(), [-2, 2]);
 * ```
 *
 * @category Data
 */
export function normalizeChannels(
  { mean, std }: { readonly mean: readonly number[]; readonly std: readonly number[] },
): Augmentation {
  const channels = mean.length;
  const fits = channels > 0 && std.length === channels && mean.every(Number.isFinite) &&
    std.every((deviation) => deviation > 0 && deviation < Infinity);
  if (!fits) {
    throw new RangeError(
      "normalizeChannels: mean and std must hold a number for each channel, std above 0, got " +
        `[${mean.join(", ")}] and [${std.join(", ")}]`,
    );
  }
  return augmentationOf("normalizeChannels", [{
    channels,
    draw: ({ height, width }) => (pixels) => {
      const area = height * width;
      for (let c = 0; c < channels; c++) {
        const scale = 1 / std[c];
        for (let i = c * area; i < (c + 1) * area; i++) pixels[i] = (pixels[i] - mean[c]) * scale;
      }
    },
  }]);
}
