/**
 * Normalisations that look at one example at a time, as modules.
 *
 * @module
 */
import { groupnorm, layernorm, type Tensor } from "../autograd/mod.ts";
import type { NDArray } from "../ndarray/mod.ts";
import { checkModule, filled, type FloatType } from "./_options.ts";
import { Module } from "./module.ts";
import type { Parameter } from "./parameter.ts";

/**
 * Options of {@linkcode LayerNorm} and {@linkcode GroupNorm}.
 *
 * @category Modules
 */
export interface NormOptions {
  /** Added to the variance under the root. Default 1e-5. */
  readonly eps?: number;
  /** Type of the parameters, `"float32"` if not given. */
  readonly dtype?: FloatType;
}

/**
 * Brings the last axis of every example to mean 0 and variance 1, then scales and shifts it.
 *
 * @example
 * ```ts
 * import { LayerNorm } from "@nndl/nndl/nn";
 * import { array } from "@nndl/nndl/ndarray";
 * import assert from "node:assert/strict";
 *
 * const norm = new LayerNorm(2, { eps: 0 });
 * assert.deepEqual(norm.forward(array([[[5, 7]]])).toArray(), [[[-1, 1]]]);
 * ```
 *
 * @category Modules
 */
export class LayerNorm extends Module {
  /** Scale, (D,), ones at first. */
  readonly weight: Parameter;
  /** Shift, (D,), zeros at first. */
  readonly bias: Parameter;
  readonly #eps: number;

  /**
   * Makes a layer.
   *
   * @param size Length of the last axis, D
   * @param options Constant and type
   * @throws {TypeError} If there is no option of a given name
   * @throws {RangeError} If the size is not a whole number from 1 up
   */
  constructor(size: number, options: NormOptions = {}) {
    super();
    checkModule("LayerNorm", { size }, options, ["eps", "dtype"]);
    const { eps = 1e-5, dtype = "float32" } = options;
    this.weight = filled([size], 1, dtype);
    this.bias = filled([size], 0, dtype);
    this.#eps = eps;
  }

  /**
   * Normalises.
   *
   * @param x Input, (..., D)
   * @returns A tensor of the shape of `x`
   * @throws {RangeError} If the last axis has another length
   */
  forward(x: Tensor | NDArray): Tensor {
    return layernorm(x, this.weight, this.bias, { eps: this.#eps });
  }
}

/**
 * Normalises groups of channels of each image, then scales and shifts each channel.
 *
 * @example
 * ```ts
 * import { GroupNorm } from "@nndl/nndl/nn";
 * import { zeros } from "@nndl/nndl/ndarray";
 * import assert from "node:assert/strict";
 *
 * assert.deepEqual(new GroupNorm(2, 6).forward(zeros([1, 6, 4, 4])).shape, [1, 6, 4, 4]);
 * ```
 *
 * @category Modules
 */
export class GroupNorm extends Module {
  /** Scale, (C,), ones at first. */
  readonly weight: Parameter;
  /** Shift, (C,), zeros at first. */
  readonly bias: Parameter;
  readonly #numGroups: number;
  readonly #eps: number;

  /**
   * Makes a layer.
   *
   * @param numGroups Number of groups
   * @param numChannels Number of channels, C, which the groups divide
   * @param options Constant and type
   * @throws {TypeError} If there is no option of a given name
   * @throws {RangeError} If a number is out of range, or the groups do not divide the channels
   */
  constructor(numGroups: number, numChannels: number, options: NormOptions = {}) {
    super();
    checkModule("GroupNorm", { numGroups, numChannels }, options, ["eps", "dtype"]);
    if (numChannels % numGroups !== 0) {
      throw new RangeError(
        `GroupNorm: numGroups must divide the ${numChannels} channels, got ${numGroups}; the ` +
          `groups come first, then the channels`,
      );
    }
    const { eps = 1e-5, dtype = "float32" } = options;
    this.weight = filled([numChannels], 1, dtype);
    this.bias = filled([numChannels], 0, dtype);
    this.#numGroups = numGroups;
    this.#eps = eps;
  }

  /**
   * Normalises.
   *
   * @param x Images, (N, C, H, W)
   * @returns A tensor of the shape of `x`
   * @throws {RangeError} If the number of channels is another
   */
  forward(x: Tensor | NDArray): Tensor {
    return groupnorm(x, this.weight, this.bias, this.#numGroups, { eps: this.#eps });
  }
}
