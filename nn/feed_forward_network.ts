/**
 * What a Transformer computes at each position.
 *
 * Source: A. Vaswani et al., "Attention Is All You Need", NeurIPS 2017,
 * https://arxiv.org/abs/1706.03762; D. Hendrycks and K. Gimpel, "Gaussian Error Linear Units", 2016.
 *
 * @module
 */
import { gelu, type Tensor } from "../autograd/mod.ts";
import type { NDArray } from "../ndarray/mod.ts";
import { RandomState } from "../random/mod.ts";
import { checkModule } from "./_options.ts";
import { Dropout } from "./dropout.ts";
import { Linear } from "./linear.ts";
import { Module } from "./module.ts";
import type { AttentionOptions } from "./multi_head_attention.ts";

/**
 * Linear, exact GELU, dropout, linear, over the last axis.
 *
 * @example
 * ```ts
 * import { FeedForwardNetwork } from "@nndl/nndl/nn";
 * import { zeros } from "@nndl/nndl/ndarray";
 * import assert from "node:assert/strict";
 *
 * assert.deepEqual(new FeedForwardNetwork(4, 16).forward(zeros([2, 3, 4])).shape, [2, 3, 4]);
 * ```
 *
 * @category Modules
 */
export class FeedForwardNetwork extends Module {
  /** Into the inner features. */
  readonly fc1: Linear;
  /** Drops inner features. */
  readonly drop: Dropout;
  /** Out of the inner features. */
  readonly fc2: Linear;

  /**
   * Makes a network.
   *
   * @param embedDim Number of features that come in and go out
   * @param ffnDim Number of inner features
   * @param options Dropout, type, and where the numbers come from
   * @throws {TypeError} If there is no option of a given name
   * @throws {RangeError} If a number is out of range
   */
  constructor(embedDim: number, ffnDim: number, options: AttentionOptions = {}) {
    super();
    const known = ["dropout", "dtype", "rng"];
    checkModule("FeedForwardNetwork", { embedDim, ffnDim }, options, known);
    const { dropout = 0.1, dtype = "float32", rng = new RandomState() } = options;
    this.fc1 = new Linear(embedDim, ffnDim, { dtype, rng });
    this.drop = new Dropout(dropout, { rng });
    this.fc2 = new Linear(ffnDim, embedDim, { dtype, rng });
  }

  /**
   * Computes.
   *
   * @param x Input, (..., E)
   * @returns A tensor of the shape of `x`
   * @throws {RangeError} If the last axis has another length
   */
  forward(x: Tensor | NDArray): Tensor {
    return this.fc2.forward(this.drop.forward(gelu(this.fc1.forward(x))));
  }
}
