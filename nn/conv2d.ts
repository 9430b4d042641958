/**
 * Convolution of images.
 *
 * @module
 */
import { conv2d, type Tensor } from "../autograd/mod.ts";
import { perAxis } from "../internal/per_axis.ts";
import type { ConvParam, PerAxis } from "../layers/mod.ts";
import type { NDArray } from "../ndarray/mod.ts";
import { RandomState } from "../random/mod.ts";
import { checkModule, drawn, type WeightOptions } from "./_options.ts";
import { uniformFanIn } from "./initializers.ts";
import { biasValues } from "./linear.ts";
import { Module } from "./module.ts";
import type { Parameter } from "./parameter.ts";

/**
 * Options of {@linkcode Conv2d}.
 *
 * @category Modules
 */
export interface Conv2dOptions extends WeightOptions {
  /** Pixels from one place to the next, one number or [vertical, horizontal]. Default 1. */
  readonly stride?: PerAxis;
  /** Zeros around the image, one number or [vertical, horizontal]. Default 0. */
  readonly pad?: PerAxis;
  /** Pixels from one weight to the next, one number or [vertical, horizontal]. Default 1. */
  readonly dilation?: PerAxis;
  /** Groups of channels that are convolved apart. Default 1. */
  readonly groups?: number;
  /** Whether there are biases. Default true. */
  readonly bias?: boolean;
}

/**
 * Convolves images with filters. Weights and biases begin uniform within ±1/√fan-in.
 *
 * @example
 * ```ts
 * import { Conv2d } from "@nndl/nndl/nn";
 * import { zeros } from "@nndl/nndl/ndarray";
 * import assert from "node:assert/strict";
 *
 * const layer = new Conv2d(3, 8, 5, { stride: 2, pad: 2 });
 * assert.deepEqual(layer.weight.shape, [8, 3, 5, 5]);
 * assert.deepEqual(layer.forward(zeros([1, 3, 32, 32])).shape, [1, 8, 16, 16]);
 * ```
 *
 * @category Modules
 */
export class Conv2d extends Module {
  /** Filters, (out, in / groups, kh, kw). */
  readonly weight: Parameter;
  /** Biases, (out,), or null. */
  readonly bias: Parameter | null;
  readonly #convParam: ConvParam;

  /**
   * Makes a layer; the weights are drawn before the biases.
   *
   * @param inChannels Channels that come in
   * @param outChannels Channels that go out, the number of filters
   * @param kernelSize Size of a filter, one number or [vertical, horizontal]
   * @param options Stride, pad and so on; biases, type, and initial values
   * @throws {TypeError} If there is no option of a given name
   * @throws {RangeError} If a size or setting is out of range
   */
  constructor(
    inChannels: number,
    outChannels: number,
    kernelSize: PerAxis,
    options: Conv2dOptions = {},
  ) {
    super();
    checkModule("Conv2d", { inChannels, outChannels }, options, [
      "stride",
      "pad",
      "dilation",
      "groups",
      "bias",
      "dtype",
      "rng",
      "init",
    ]);
    const { stride = 1, pad = 0, dilation = 1, groups = 1, bias = true } = options;
    const { dtype = "float32", rng = new RandomState(), init = uniformFanIn } = options;
    const size = perAxis("Conv2d", "kernelSize", kernelSize, 1);
    perAxis("Conv2d", "stride", stride, 1);
    perAxis("Conv2d", "pad", pad, 0);
    perAxis("Conv2d", "dilation", dilation, 1);
    if (!(Number.isInteger(groups) && inChannels % groups === 0 && outChannels % groups === 0)) {
      throw new RangeError(
        `Conv2d: groups must divide the ${inChannels} channels that come in and the ` +
          `${outChannels} that go out, got ${groups}`,
      );
    }
    this.#convParam = { stride, pad, dilation, groups };
    const shape = [outChannels, inChannels / groups, ...size];
    this.weight = drawn(shape, init, rng, dtype);
    const fanIn = this.weight.size / outChannels;
    this.bias = bias
      ? drawn([outChannels], (shape, rng) => biasValues(shape, rng, fanIn), rng, dtype)
      : null;
  }

  /**
   * Convolves.
   *
   * @param x Images, (N, in, H, W)
   * @returns Images, (N, out, H', W')
   * @throws {RangeError} If the shapes do not fit
   */
  forward(x: Tensor | NDArray): Tensor {
    return conv2d(x, this.weight, this.bias, this.#convParam);
  }
}
