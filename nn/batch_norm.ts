/**
 * Batch normalisation as modules.
 *
 * @module
 */
import { batchnormRelu } from "../autograd/batchnorm_relu.ts";
import { batchnorm, relu, reshape, spatialBatchnorm, type Tensor } from "../autograd/mod.ts";
import { isRecording } from "../autograd/recording.ts";
import { showShape } from "../internal/shapes.ts";
import type { BatchnormParam, ReduceSums } from "../layers/mod.ts";
import type { NDArray } from "../ndarray/mod.ts";
import { checkModule, filled, filledArray, type FloatType } from "./_options.ts";
import { Module } from "./module.ts";
import type { Parameter } from "./parameter.ts";

/**
 * Options of {@linkcode BatchNorm1d} and {@linkcode BatchNorm2d}.
 *
 * @category Modules
 */
export interface BatchNormOptions {
  /** Added to the variance under the root. Default 1e-5. */
  readonly eps?: number;
  /**
   * Share of the NEW batch in the running statistics, as in PyTorch, 0.1 if not given. The layer
   * functions' `bnParam.momentum` is the share of the old ones that stays.
   */
  readonly momentum?: number;
  /** Type of parameters and statistics, `"float32"` if not given. */
  readonly dtype?: FloatType;
}

/**
 * What {@linkcode BatchNorm1d} and {@linkcode BatchNorm2d} have in common.
 *
 * @category Modules
 */
export abstract class BatchNorm extends Module {
  /** Scale, (C,), ones at first. */
  readonly weight: Parameter;
  /** Shift, (C,), zeros at first. */
  readonly bias: Parameter;
  /** Running mean, (C,), zeros at first. */
  readonly runningMean: NDArray;
  /** Running (biased) variance, (C,), ones at first. */
  readonly runningVar: NDArray;
  /** Batches that the running statistics have seen. */
  numBatchesTracked = 0;
  /** Sums over all processes that hold parts of a batch; without it the batch is what `x` holds. */
  reduceSums?: ReduceSums;
  readonly #eps: number;
  readonly #momentum: number;

  /**
   * Makes a layer that has seen nothing yet.
   *
   * @param numFeatures Number of features, C
   * @param options Constants and type
   * @param name What errors call it
   */
  constructor(numFeatures: number, options: BatchNormOptions, name: string) {
    super();
    checkModule(name, { numFeatures }, options, ["eps", "momentum", "dtype"]);
    const { eps = 1e-5, momentum = 0.1, dtype = "float32" } = options;
    if (!(momentum >= 0 && momentum <= 1)) {
      throw new RangeError(
        `${name}: momentum, the share of the new batch, must be from 0 to 1, got ${momentum}; ` +
          `usual is 0.1`,
      );
    }
    this.weight = filled([numFeatures], 1, dtype);
    this.bias = filled([numFeatures], 0, dtype);
    this.runningMean = filledArray([numFeatures], 0, dtype);
    this.runningVar = filledArray([numFeatures], 1, dtype);
    this.#eps = eps;
    this.#momentum = momentum;
  }

  /** Normalises. */
  abstract override forward(x: Tensor | NDArray): Tensor;

  /** Whether `x` is of the shape that is usual, and nothing has taken the place of `forward`. */
  protected abstract isUsual(x: Tensor | NDArray): boolean;

  /**
   * Normalises and applies ReLU, in one pass through memory where it can.
   *
   * @param x What `forward` takes
   * @returns What `relu` makes of what `forward` returns
   */
  forwardRelu(x: Tensor | NDArray): Tensor {
    if (!this.isUsual(x)) return relu(this.forward(x));
    return batchnormRelu(x, this.weight, this.bias, this.settings(x));
  }

  /** What the layer function is told; under noGrad it gets copies of the statistics to move. */
  protected settings(x: Tensor | NDArray): BatchnormParam {
    const { runningMean, runningVar, reduceSums } = this;
    const settings = { eps: this.#eps, momentum: 1 - this.#momentum, reduceSums };
    if (!this.training) return { ...settings, mode: "test", runningMean, runningVar };
    if (x.size === x.shape[1] && !reduceSums) {
      throw new RangeError(
        `${this.constructor.name}: in train mode x must hold more than one value for each of ` +
          `${x.shape[1]} features, got shape ${showShape(x.shape)}; for predictions call eval() ` +
          `first`,
      );
    }
    if (!isRecording()) {
      const copies = { runningMean: runningMean.copy(), runningVar: runningVar.copy() };
      return { ...settings, mode: "train", ...copies };
    }
    this.numBatchesTracked++;
    return { ...settings, mode: "train", runningMean, runningVar };
  }
}

/**
 * Normalises features over a batch: rows (N, C), or sequences (N, C, L).
 *
 * In train mode with the statistics of the batch, which move the running ones (`running = 0.9·running
 * + 0.1·batch`, the variance biased), in eval mode with the running ones, which start at mean 0 and
 * variance 1. Under `noGrad` the running statistics stay as they are, whatever the mode.
 *
 * @example
 * ```ts
 * import { BatchNorm1d } from "@nndl/nndl/nn";
 * import { array } from "@nndl/nndl/ndarray";
 * import assert from "node:assert/strict";
 *
 * const norm = new BatchNorm1d(1, { eps: 0, dtype: "float64" });
 * assert.deepEqual(norm.forward(array([[1], [3]])).toArray(), [[-1], [1]]);
 * assert.equal(norm.runningMean.item().toFixed(12), "0.200000000000");
 * assert.throws(() => norm.forward(array([[1]])), /call eval\(\) first/);
 * ```
 *
 * @category Modules
 */
export class BatchNorm1d extends BatchNorm {
  /**
   * Makes a layer that has seen nothing yet.
   *
   * @param numFeatures Number of features, C
   * @param options Constants and type
   * @throws {TypeError} If there is no option of a given name
   * @throws {RangeError} If a number is out of range
   */
  constructor(numFeatures: number, options: BatchNormOptions = {}) {
    super(numFeatures, options, "BatchNorm1d");
  }

  /**
   * Normalises.
   *
   * @param x Rows (N, C), or sequences (N, C, L)
   * @returns A tensor of the shape of `x`
   * @throws {RangeError} If the shape does not fit, or in train mode a feature has a single value
   */
  override forward(x: Tensor | NDArray): Tensor {
    if (x.ndim !== 3) return batchnorm(x, this.weight, this.bias, this.settings(x));
    const images = reshape(x, [...x.shape, 1]);
    const out = spatialBatchnorm(images, this.weight, this.bias, this.settings(x));
    return reshape(out, x.shape);
  }

  /** Whether these are rows. */
  protected override isUsual(x: Tensor | NDArray): boolean {
    return x.ndim === 2 && this.forward === BatchNorm1d.prototype.forward;
  }
}

/**
 * Normalises the channels of images (N, C, H, W) over the batch and all pixels; the rest is as in
 * {@linkcode BatchNorm1d}.
 *
 * @category Modules
 */
export class BatchNorm2d extends BatchNorm {
  /**
   * Makes a layer that has seen nothing yet.
   *
   * @param numChannels Number of channels, C
   * @param options Constants and type
   * @throws {TypeError} If there is no option of a given name
   * @throws {RangeError} If a number is out of range
   */
  constructor(numChannels: number, options: BatchNormOptions = {}) {
    super(numChannels, options, "BatchNorm2d");
  }

  /**
   * Normalises.
   *
   * @param x Images, (N, C, H, W)
   * @returns A tensor of the shape of `x`
   * @throws {RangeError} If the shape does not fit, or in train mode a channel has a single value
   */
  override forward(x: Tensor | NDArray): Tensor {
    return spatialBatchnorm(x, this.weight, this.bias, this.settings(x));
  }

  /** Whether these are images. */
  protected override isUsual(x: Tensor | NDArray): boolean {
    return x.ndim === 4 && this.forward === BatchNorm2d.prototype.forward;
  }
}
