/**
 * A procedural stand-in for CIFAR-10: as many classes, pictures of the same size, about the same
 * statistics and difficulty, made in memory in a second or two without any permission.
 *
 * What the course's models reach on the default set (9,000 training images, seed 0) after the last
 * epoch, as `deno run -A bench/synthetic_cifar10_profile.ts` prints it with the native kernels:
 *
 * | model | training | validation |
 * | --- | --- | --- |
 * | 10 nearest neighbours of 5,000 images | | 37.0 % |
 * | SVM, learning rate 1e-7, reg 2.5e4 | 40.1 % | 39.6 % |
 * | softmax regression, learning rate 1e-7, reg 2.5e4 | 33.6 % | 35.4 % |
 * | softmax regression, learning rate 1e-6, reg 1e3 | 43.7 % | 40.9 % |
 * | `TwoLayerNet`, 50 hidden units, SGD, 10 epochs | 67.5 % | 55.8 % |
 * | `TwoLayerNet`, 128 hidden units, SGD, 10 epochs | 69.4 % | 56.1 % |
 * | 100-100-100 with batch norm and dropout, Adam, 10 epochs | 73.5 % | 61.9 % |
 * | the same, 20 epochs | 88.7 % | 64.9 % |
 * | 500 hidden units on 500 images, Adam, 25 epochs | 99.4 % | 34.7 % |
 * | the same, keeping a quarter of the units | 84.8 % | 37.5 % |
 * | 100-100 on 50 images, Adam, 40 epochs | 100.0 % | 22.7 % |
 * | `ThreeLayerConvNet`, Adam, 2 epochs | 66.9 % | 64.7 % |
 * | `ThreeLayerConvNet`, Adam, 6 epochs | 84.4 % | 78.3 % |
 *
 * Pixels have a mean of 122 and a standard deviation of 62; CIFAR-10's have 121 and 64.
 *
 * @module
 */
import { checkWhole } from "../../internal/numbers.ts";
import { checkOptionNames } from "../../internal/options.ts";
import { asNDArray, type NDArray } from "../../ndarray/mod.ts";
import { RandomState } from "../../random/mod.ts";
import { convertPixels, meanImage } from "../_pixels.ts";
import type { Dataset } from "../dataset.ts";
import { Canvas, IMAGE_SIZE, SIDE } from "./_canvas.ts";
import { Draws } from "./_draws.ts";
import { makePicture } from "./_scene.ts";
import { OBJECTS } from "./_shapes.ts";

/**
 * Options of {@linkcode syntheticCifar10}.
 *
 * @category Data
 */
export interface SyntheticCifar10Options {
  /** Training rows, at least 1. Default: 9,000. */
  readonly numTraining?: number;
  /** Validation rows. Default: 1,000. */
  readonly numValidation?: number;
  /** Test rows. Default: 1,000. */
  readonly numTest?: number;
  /** What the pictures depend on, a whole number in [0, 2³²). Default: 0. */
  readonly seed?: number;
  /** Whether to subtract the mean training image from all images. Default: true. */
  readonly subtractMean?: boolean;
  /** The dtype of the images; `"uint8"` only without `subtractMean`. Default: `"float32"`. */
  readonly dtype?: "float32" | "float64" | "uint8";
}

/**
 * What {@linkcode syntheticCifar10} returns: the fields of CIFAR-10's data but for the source.
 *
 * @category Data
 */
export interface SyntheticCifar10Data extends Dataset {
  /** Test images, (numTest, 3, 32, 32). */
  XTest: NDArray;
  /** Test labels, int32, (numTest,). */
  yTest: NDArray;
  /** The mean training image, (3, 32, 32), if it was subtracted. */
  meanImage?: NDArray;
  /** The names of the ten classes: disc, ring, square, … */
  labelNames: readonly string[];
}

/**
 * Makes a set of 32×32 colour pictures of ten kinds of objects: disc, ring, square, triangle, star,
 * cross, crescent, stripes, checks and dots. Place, size, angle, colours, light, contrast and noise
 * vary, clutter lies behind the object, and at times something in front of it.
 *
 * It is as hard as CIFAR-10 in the ways that matter to the course. Colours say a little about the
 * class, outlines more, and small details most, so linear classifiers, fully connected networks
 * and convolutional ones reach more and more; and a few hundred pictures are easily learned by
 * heart.
 *
 * Rows are balanced: every ten from the first on hold each class once, in random order. Each split
 * has a stream of its own, `RandomState([seed, split])` with split 0 for training, 1 for
 * validation, 2 for test. From it come one permutation every ten rows, and one double a row that
 * seeds all there is in the picture. So the pictures of a split do not depend on its size or on
 * the other splits, the first rows of a larger set being those of a smaller one (before the mean
 * image is subtracted).
 *
 * @param options How many rows, which seed, what to subtract
 * @returns The rows, (N, 3, 32, 32) and (N,)
 * @throws {TypeError} If there is no option of a name
 * @throws {RangeError} If a number of rows or the seed is negative or not whole, or the dtype
 * cannot hold the images
 *
 * @example
 * ```ts
 * import { syntheticCifar10 } from "@nndl/nndl/data";
 * import assert from "node:assert/strict";
 *
 * const data = syntheticCifar10({ numTraining: 50, numValidation: 20, numTest: 0, seed: 7 });
 * assert.deepEqual(data.XTrain.shape, [50, 3, 32, 32]);
 * assert.deepEqual(data.yVal.shape, [20]);
 * assert.equal(data.labelNames[4], "star");
 * ```
 *
 * @category Data
 */
export function syntheticCifar10(options: SyntheticCifar10Options = {}): SyntheticCifar10Data {
  const { numTraining, numValidation, numTest, seed, subtractMean, dtype } = resolve(options);
  const train = makeRows(numTraining, [seed, 0]);
  const val = makeRows(numValidation, [seed, 1]);
  const test = makeRows(numTest, [seed, 2]);
  const mean = subtractMean ? meanImage(train.images, IMAGE_SIZE) : new Float64Array(IMAGE_SIZE);
  return {
    XTrain: imagesOf(train, mean, dtype),
    yTrain: asNDArray(train.labels, [numTraining]),
    XVal: imagesOf(val, mean, dtype),
    yVal: asNDArray(val.labels, [numValidation]),
    XTest: imagesOf(test, mean, dtype),
    yTest: asNDArray(test.labels, [numTest]),
    ...(subtractMean ? { meanImage: asNDArray(mean, [3, SIDE, SIDE]).astype(dtype) } : {}),
    labelNames: OBJECTS.map(({ name }) => name),
  };
}

type ResolvedOptions = Required<SyntheticCifar10Options>;

const defaults: ResolvedOptions = {
  numTraining: 9000,
  numValidation: 1000,
  numTest: 1000,
  seed: 0,
  subtractMean: true,
  dtype: "float32",
};

function resolve(options: SyntheticCifar10Options): ResolvedOptions {
  if (typeof options !== "object" || options === null) {
    throw new TypeError(`syntheticCifar10: options must be an object, got ${options}`);
  }
  const given = Object.entries(options).filter(([, value]) => value !== undefined);
  const resolved: ResolvedOptions = { ...defaults, ...Object.fromEntries(given) };
  checkOptionNames("syntheticCifar10", options, Object.keys(defaults));
  checkWhole("syntheticCifar10", "numTraining", resolved.numTraining, 1);
  checkWhole("syntheticCifar10", "numValidation", resolved.numValidation, 0);
  checkWhole("syntheticCifar10", "numTest", resolved.numTest, 0);
  checkWhole("syntheticCifar10", "seed", resolved.seed, 0, 2 ** 32 - 1);
  checkFormat(resolved);
  return resolved;
}

function checkFormat({ dtype, subtractMean }: ResolvedOptions): void {
  if (!["float32", "float64", "uint8"].includes(dtype)) {
    throw new RangeError(
      `syntheticCifar10: dtype must be "float32", "float64" or "uint8", got "${dtype}"`,
    );
  }
  if (dtype === "uint8" && subtractMean) {
    throw new RangeError(
      "syntheticCifar10: uint8 has no negative numbers for images less their mean; " +
        "pass subtractMean: false",
    );
  }
}

/** The rows of a split, in bytes. */
interface Rows {
  readonly images: Uint8Array<ArrayBuffer>;
  readonly labels: Int32Array;
}

function makeRows(count: number, seed: readonly number[]): Rows {
  const rng = new RandomState(seed);
  const draws = new Draws();
  const canvas = new Canvas();
  const pixels = new Uint8ClampedArray(count * IMAGE_SIZE);
  const labels = new Int32Array(count);
  const classes = OBJECTS.length;
  for (let i = 0; i < count; i++) {
    if (i % classes === 0) labels.set(rng.permutation(classes).data.subarray(0, count - i), i);
    draws.seed(rng.rand());
    makePicture(labels[i], draws, canvas, pixels, i * IMAGE_SIZE);
  }
  return { images: new Uint8Array(pixels.buffer), labels };
}

function imagesOf(
  { images, labels }: Rows,
  mean: Float64Array,
  dtype: ResolvedOptions["dtype"],
): NDArray {
  const out = dtype === "uint8"
    ? images
    : new (dtype === "float64" ? Float64Array : Float32Array)(images.length);
  if (out !== images) convertPixels(images, mean, out, 0);
  return asNDArray(out, [labels.length, 3, SIDE, SIDE]);
}
