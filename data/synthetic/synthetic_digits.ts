/**
 * A procedural stand-in for MNIST: digits drawn by a pen, in memory and without any permission.
 *
 * What models reach on the default set (10,000 training images, seed 0), as
 * `deno run -A bench/synthetic_digits_profile.ts MNIST_FOLDER` prints it:
 *
 * | model | training | test | MNIST test |
 * | --- | --- | --- | --- |
 * | 3 nearest neighbours |  | 97.1 % | 92.3 % |
 * | softmax regression, 10 epochs | 90.6 % | 88.6 % | 88.4 % |
 * | 100 hidden units, 10 epochs | 98.5 % | 95.9 % | 90.9 % |
 * | `ThreeLayerConvNet`, 16 filters, 5 epochs | 99.4 % | 97.6 % | 94.4 % |
 *
 * The last column is for as many rows of MNIST: its first 2,000 test images. The synthetic pixels have a
 * mean of 27 and a standard deviation of 67, MNIST's 33 and 79.
 *
 * @module
 */
import { checkWhole } from "../../internal/numbers.ts";
import { checkOptionNames } from "../../internal/options.ts";
import { asNDArray, type NDArray } from "../../ndarray/mod.ts";
import { RandomState } from "../../random/mod.ts";
import type { Mnist } from "../mnist/load_mnist.ts";
import { DIGIT_SIDE, DIGIT_SIZE, DigitPainter } from "./_digit_picture.ts";
import { Draws } from "./_draws.ts";

/**
 * Options of {@linkcode syntheticDigits}.
 *
 * @category Data
 */
export interface SyntheticDigitsOptions {
  /** Training rows, at least 1. Default: 10,000. */
  readonly numTraining?: number;
  /** Test rows. Default: 2,000. */
  readonly numTest?: number;
  /** What the pictures depend on, a whole number in [0, 2³²). Default: 0. */
  readonly seed?: number;
}

/**
 * Makes 28×28 grey pictures of the ten digits, white on black like MNIST's. Each digit is written in
 * one of two or three ways; slant, width, size, place, pen and ink vary, and the strokes are bent.
 *
 * Rows are balanced: every ten from the first on hold each digit once, in random order. Each split
 * has a stream of its own, `RandomState([seed, split])` with split 0 for training, 1 for testing,
 * so the pictures of a split do not depend on its size or on the other split.
 *
 * @param options How many rows, and the seed
 * @returns The fields of `loadMnist`: images uint8, (N, 1, 28, 28), labels int32, (N,)
 * @throws {TypeError} If there is no option of a name
 * @throws {RangeError} If a number of rows or the seed is not a whole number in range
 *
 * @example
 * ```ts
 * import { syntheticDigits } from "@nndl/nndl/data";
 * import assert from "node:assert/strict";
 *
 * const { XTrain, yTrain, XTest } = syntheticDigits({ numTraining: 20, numTest: 0 });
 * assert.deepEqual(XTrain.shape, [20, 1, 28, 28]);
 * assert.deepEqual([...yTrain.data.slice(0, 10)].sort(), [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
 * assert.deepEqual(XTest.shape, [0, 1, 28, 28]);
 * ```
 *
 * @category Data
 */
export function syntheticDigits(options: SyntheticDigitsOptions = {}): Mnist {
  checkOptionNames("syntheticDigits", options, ["numTraining", "numTest", "seed"]);
  const { numTraining = 10_000, numTest = 2000, seed = 0 } = options;
  const most = Math.floor((2 ** 31 - 1) / DIGIT_SIZE);
  checkWhole("syntheticDigits", "numTraining", numTraining, 1, most);
  checkWhole("syntheticDigits", "numTest", numTest, 0, most);
  checkWhole("syntheticDigits", "seed", seed, 0, 2 ** 32 - 1);
  const [XTrain, yTrain] = makeRows(numTraining, [seed, 0]);
  const [XTest, yTest] = makeRows(numTest, [seed, 1]);
  return { XTrain, yTrain, XTest, yTest };
}

function makeRows(count: number, seed: readonly number[]): [images: NDArray, labels: NDArray] {
  const rng = new RandomState(seed);
  const draws = new Draws();
  const painter = new DigitPainter();
  const pixels = new Uint8ClampedArray(count * DIGIT_SIZE);
  const labels = new Int32Array(count);
  for (let i = 0; i < count; i++) {
    if (i % 10 === 0) labels.set(rng.permutation(10).data.subarray(0, count - i), i);
    draws.seed(rng.rand());
    painter.paint(labels[i], draws, pixels, i * DIGIT_SIZE);
  }
  return [
    asNDArray(new Uint8Array(pixels.buffer), [count, 1, DIGIT_SIDE, DIGIT_SIDE]),
    asNDArray(labels, [count]),
  ];
}
