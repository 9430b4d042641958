/**
 * Blocks that add what goes in to what comes out.
 *
 * Source: K. He et al., "Deep Residual Learning for Image Recognition", CVPR 2016,
 * https://arxiv.org/abs/1512.03385.
 *
 * @module
 */
import { add, relu, type Tensor } from "../autograd/mod.ts";
import type { NDArray } from "../ndarray/mod.ts";
import { RandomState } from "../random/mod.ts";
import { checkModule, type WeightOptions } from "./_options.ts";
import { BatchNorm2d } from "./batch_norm.ts";
import { Conv2d } from "./conv2d.ts";
import { kaimingNormal } from "./initializers.ts";
import { Module } from "./module.ts";
import { type Layer, Sequential } from "./sequential.ts";

/**
 * `body(x) + x`, or `body(x) + shortcut(x)`.
 *
 * @example
 * ```ts
 * import { Linear, Residual, Sequential } from "@nndl/nndl/nn";
 * import { relu } from "@nndl/nndl/autograd";
 * import { ones } from "@nndl/nndl/ndarray";
 * import assert from "node:assert/strict";
 *
 * const block = new Residual(new Sequential(new Linear(4, 4), relu));
 * assert.deepEqual(block.forward(ones([2, 4])).shape, [2, 4]);
 * ```
 *
 * @category Modules
 */
export class Residual extends Module {
  /** What is added to the input. */
  readonly body: Layer;
  /** What is done to the input before; null for nothing. */
  readonly shortcut: Layer | null;

  /**
   * Makes a block.
   *
   * @param body A module or function
   * @param shortcut A module or function that brings the input to the shape of the body's output
   */
  constructor(body: Layer, shortcut: Layer | null = null) {
    super();
    this.body = body;
    this.shortcut = shortcut;
  }

  /**
   * Adds both ways.
   *
   * @param x Input of the body
   * @returns The sum
   * @throws {RangeError} If the shapes do not broadcast
   */
  forward(x: Tensor | NDArray): Tensor {
    return add(applied(this.body, x), this.shortcut ? applied(this.shortcut, x) : x);
  }
}

function applied(layer: Layer, x: Tensor | NDArray): Tensor {
  return layer instanceof Module ? layer.forward(x) : layer(x);
}

/**
 * Options of {@linkcode ResidualBlock}.
 *
 * @category Modules
 */
export interface ResidualBlockOptions extends WeightOptions {
  /** Stride of the first convolution. Default 1. */
  readonly stride?: number;
}

/**
 * The basic block of ResNet-18 and -34: 3×3 convolution, batch normalisation, ReLU, 3×3 convolution,
 * batch normalisation; added to the input, which a 1×1 convolution with normalisation brings to the
 * same shape where that changes; then ReLU. Its parameters have torchvision's names (`conv1`, `bn1`,
 * `conv2`, `bn2`, `downsample.0`, `downsample.1`); its filters begin as in {@linkcode kaimingNormal}.
 *
 * @example
 * ```ts
 * import { ResidualBlock } from "@nndl/nndl/nn";
 * import { RandomState } from "@nndl/nndl/random";
 * import assert from "node:assert/strict";
 *
 * const rng = new RandomState(231);
 * const block = new ResidualBlock(4, 8, { stride: 2, rng });
 * assert.deepEqual(block.forward(rng.randn(2, 4, 6, 6)).shape, [2, 8, 3, 3]);
 * ```
 *
 * @category Modules
 */
export class ResidualBlock extends Module {
  /** First convolution, with the stride. */
  readonly conv1: Conv2d;
  /** Normalises what it puts out. */
  readonly bn1: BatchNorm2d;
  /** Second convolution. */
  readonly conv2: Conv2d;
  /** Normalises what it puts out. */
  readonly bn2: BatchNorm2d;
  /** Brings the input to the shape of the output; null if it has it. */
  readonly downsample: Sequential | null;

  /**
   * Makes a block.
   *
   * @param inChannels Channels that come in
   * @param outChannels Channels that go out
   * @param options Stride, type, and initial values
   * @throws {TypeError} If there is no option of a given name
   * @throws {RangeError} If a number is out of range
   */
  constructor(inChannels: number, outChannels: number, options: ResidualBlockOptions = {}) {
    super();
    const known = ["stride", "dtype", "rng", "init"];
    checkModule("ResidualBlock", { inChannels, outChannels }, options, known);
    const { stride = 1, dtype = "float32", rng = new RandomState(), init = kaimingNormal } =
      options;
    const shared = { bias: false, dtype, rng, init };
    this.conv1 = new Conv2d(inChannels, outChannels, 3, { ...shared, stride, pad: 1 });
    this.bn1 = new BatchNorm2d(outChannels, { dtype });
    this.conv2 = new Conv2d(outChannels, outChannels, 3, { ...shared, pad: 1 });
    this.bn2 = new BatchNorm2d(outChannels, { dtype });
    this.downsample = stride === 1 && inChannels === outChannels ? null : new Sequential(
      new Conv2d(inChannels, outChannels, 1, { ...shared, stride }),
      new BatchNorm2d(outChannels, { dtype }),
    );
  }

  /**
   * Computes the block.
   *
   * @param x Images, (N, in, H, W)
   * @returns Images, (N, out, H', W')
   * @throws {RangeError} If the shapes do not fit
   */
  forward(x: Tensor | NDArray): Tensor {
    const inner = this.bn1.forwardRelu(this.conv1.forward(x));
    const out = this.bn2.forward(this.conv2.forward(inner));
    return relu(add(out, this.downsample ? this.downsample.forward(x) : x));
  }
}
