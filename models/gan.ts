/**
 * The networks of generative adversarial training on 28×28 digits, as the course has them: a
 * generator that makes images of noise, and a discriminator that tells them from real ones, fully
 * connected or convolutional.
 *
 * Images are -1 to 1, flat or (N, 1, 28, 28).
 *
 * Source: CS231n, assignment 3; the convolutional nets follow A. Radford et al., "Unsupervised
 * Representation Learning with Deep Convolutional Generative Adversarial Networks", ICLR 2016,
 * https://arxiv.org/abs/1511.06434.
 *
 * @module
 */
import { flatten, leakyRelu, maxPool, relu, reshape, tanh, type Tensor } from "../autograd/mod.ts";
import { checkWhole } from "../internal/numbers.ts";
import { checkOptionNames } from "../internal/options.ts";
import { showValue } from "../internal/show.ts";
import type { NDArray } from "../ndarray/mod.ts";
import {
  BatchNorm1d,
  BatchNorm2d,
  Conv2d,
  ConvTranspose2d,
  Linear,
  Sequential,
  xavierUniform,
} from "../nn/mod.ts";
import { RandomState } from "../random/mod.ts";

/**
 * Options of the networks.
 *
 * @category Models
 */
export interface GanOptions {
  /** Draws the initial weights; by default a fresh, unseeded generator. */
  readonly rng?: RandomState;
  /** Type of the parameters. Default `"float32"`. */
  readonly dtype?: "float32" | "float64";
}

type X = Tensor | NDArray;

const SIDE = 28;
const PIXELS = SIDE * SIDE;

function settings(caller: string, options: GanOptions): Required<GanOptions> {
  checkOptionNames(caller, options, ["rng", "dtype"]);
  const { rng = new RandomState(), dtype = "float32" } = options;
  if (!(rng instanceof RandomState)) {
    throw new TypeError(`${caller}: rng must be a RandomState, got ${showValue(rng)}`);
  }
  if (dtype !== "float32" && dtype !== "float64") {
    throw new RangeError(
      `${caller}: dtype must be "float32" or "float64", got ${showValue(dtype)}`,
    );
  }
  return { rng, dtype };
}

function images(x: X): Tensor {
  return reshape(x, [-1, 1, SIDE, SIDE]);
}

function halve(x: X): Tensor {
  return maxPool(x, { poolHeight: 2, poolWidth: 2, stride: 2 });
}

/**
 * Makes a fully connected discriminator: 784 - 256 - 256 - 1 with leaky ReLU. Weights begin as
 * PyTorch's.
 *
 * @param options Generator of the weights, type
 * @returns A module from images (N, ...) to logits (N, 1)
 * @throws {TypeError} If there is no option of a given name
 *
 * @example
 * ```ts
 * import { ganDiscriminator, ganGenerator, sampleNoise } from "@nndl/nndl/models";
 * import { discriminatorLoss } from "@nndl/nndl/nn";
 * import { RandomState } from "@nndl/nndl/random";
 * import assert from "node:assert/strict";
 *
 * const rng = new RandomState(231);
 * const [G, D] = [ganGenerator(96, { rng }), ganDiscriminator({ rng })];
 * const fake = G.forward(sampleNoise(5, 96, { rng }));
 * assert.deepEqual(fake.shape, [5, 784]);
 * const loss = discriminatorLoss(D.forward(fake), D.forward(fake));
 * assert.ok(loss.item() > 1 && loss.item() < 2);
 * ```
 *
 * @category Models
 */
export function ganDiscriminator(options: GanOptions = {}): Sequential {
  const made = settings("ganDiscriminator", options);
  return new Sequential(
    flatten,
    new Linear(PIXELS, 256, made),
    leakyRelu,
    new Linear(256, 256, made),
    leakyRelu,
    new Linear(256, 1, made),
  );
}

/**
 * Makes a fully connected generator: noise - 1024 - 1024 - 784 with ReLU, and tanh at the end.
 *
 * @param noiseDim Numbers in the noise of an image, the course's 96 if not given
 * @param options Generator of the weights, type
 * @returns A module from noise (N, noiseDim) to images (N, 784)
 * @throws {RangeError} If `noiseDim` is not a whole number from 1 up
 * @category Models
 */
export function ganGenerator(noiseDim = 96, options: GanOptions = {}): Sequential {
  checkWhole("ganGenerator", "noiseDim", noiseDim, 1);
  const made = settings("ganGenerator", options);
  return new Sequential(
    new Linear(noiseDim, 1024, made),
    relu,
    new Linear(1024, 1024, made),
    relu,
    new Linear(1024, PIXELS, made),
    tanh,
  );
}

/**
 * Makes a convolutional discriminator: two 5×5 convolutions with leaky ReLU and max pooling, then
 * 1024 - 1024 - 1. Weights of affine layers begin as in `xavierUniform`.
 *
 * @param options Generator of the weights, type
 * @returns A module from images (N, ...) to logits (N, 1)
 * @throws {TypeError} If there is no option of a given name
 * @category Models
 */
export function dcDiscriminator(options: GanOptions = {}): Sequential {
  const made = settings("dcDiscriminator", options);
  const affine = { ...made, init: xavierUniform };
  return new Sequential(
    images,
    new Conv2d(1, 32, 5, made),
    leakyRelu,
    halve,
    new Conv2d(32, 64, 5, made),
    leakyRelu,
    halve,
    flatten,
    new Linear(1024, 1024, affine),
    leakyRelu,
    new Linear(1024, 1, affine),
  );
}

/**
 * Makes a convolutional generator: noise - 1024 - 128×7×7, then two transposed convolutions to 28×28,
 * each layer with ReLU and, behind it, batch normalisation, and tanh at the end. Weights of affine
 * layers and transposed convolutions begin as in `xavierUniform`.
 *
 * @param noiseDim Numbers in the noise of an image, the course's 96 if not given
 * @param options Generator of the weights, type
 * @returns A module from noise (N, noiseDim) to images (N, 784)
 * @throws {RangeError} If `noiseDim` is not a whole number from 1 up
 * @category Models
 */
export function dcGenerator(noiseDim = 96, options: GanOptions = {}): Sequential {
  checkWhole("dcGenerator", "noiseDim", noiseDim, 1);
  const { rng, dtype } = settings("dcGenerator", options);
  const made = { rng, dtype, init: xavierUniform };
  const maps = (x: X): Tensor => reshape(x, [-1, 128, 7, 7]);
  return new Sequential(
    new Linear(noiseDim, 1024, made),
    relu,
    new BatchNorm1d(1024, { dtype }),
    new Linear(1024, 128 * 7 * 7, made),
    relu,
    new BatchNorm1d(128 * 7 * 7, { dtype }),
    maps,
    new ConvTranspose2d(128, 64, 4, { ...made, stride: 2, pad: 1 }),
    relu,
    new BatchNorm2d(64, { dtype }),
    new ConvTranspose2d(64, 1, 4, { ...made, stride: 2, pad: 1 }),
    tanh,
    flatten,
  );
}

/**
 * Draws noise for a generator.
 *
 * @param count Images to make
 * @param noiseDim Numbers for each
 * @param options Where the numbers come from, and their type
 * @returns Uniform numbers from -1 to 1, (count, noiseDim)
 * @throws {RangeError} If a size is not a whole number from 1 up
 *
 * @example
 * ```ts
 * import { sampleNoise } from "@nndl/nndl/models";
 * import { RandomState } from "@nndl/nndl/random";
 * import assert from "node:assert/strict";
 *
 * const noise = sampleNoise(100, 4, { rng: new RandomState(0) });
 * assert.deepEqual(noise.shape, [100, 4]);
 * assert.ok(noise.min() >= -1 && noise.max() < 1);
 * ```
 *
 * @category Models
 */
export function sampleNoise(count: number, noiseDim: number, options: GanOptions = {}): NDArray {
  checkWhole("sampleNoise", "count", count, 1);
  checkWhole("sampleNoise", "noiseDim", noiseDim, 1);
  const { rng, dtype } = settings("sampleNoise", options);
  return rng.uniform(-1, 1, [count, noiseDim]).astype(dtype);
}
