/**
 * Transposed convolution of images.
 *
 * @module
 */
import { convTranspose2d, type Tensor } from "../autograd/mod.ts";
import { perAxis } from "../internal/per_axis.ts";
import type { ConvTransposeParam, PerAxis } from "../layers/mod.ts";
import type { NDArray } from "../ndarray/mod.ts";
import { RandomState } from "../random/mod.ts";
import { checkModule, drawn } from "./_options.ts";
import type { Conv2dOptions } from "./conv2d.ts";
import { uniformFanIn } from "./initializers.ts";
import { biasValues } from "./linear.ts";
import { Module } from "./module.ts";
import type { Parameter } from "./parameter.ts";

/**
 * Options of {@linkcode ConvTranspose2d}.
 *
 * @category Modules
 */
export interface ConvTranspose2dOptions extends Conv2dOptions {
  /** Pixels that are added to the output below and to the right, less than the stride. Default 0. */
  readonly outputPad?: PerAxis;
}

/**
 * Spreads each pixel over a window of filter weights, where windows overlap as the sum: what a
 * convolution does to gradients. Weights and biases begin uniform within ±1/√(out·kh·kw), as in
 * PyTorch.
 *
 * @example
 * ```ts
 * import { ConvTranspose2d } from "@nndl/nndl/nn";
 * import { zeros } from "@nndl/nndl/ndarray";
 * import assert from "node:assert/strict";
 *
 * const layer = new ConvTranspose2d(8, 3, 4, { stride: 2, pad: 1 });
 * assert.deepEqual(layer.weight.shape, [8, 3, 4, 4]);
 * assert.deepEqual(layer.forward(zeros([1, 8, 7, 7])).shape, [1, 3, 14, 14]);
 * ```
 *
 * @category Modules
 */
export class ConvTranspose2d extends Module {
  /** Filters, (in, out / groups, kh, kw). */
  readonly weight: Parameter;
  /** Biases, (out,), or null. */
  readonly bias: Parameter | null;
  readonly #convParam: ConvTransposeParam;

  /**
   * Makes a layer; the weights are drawn before the biases.
   *
   * @param inChannels Channels that come in
   * @param outChannels Channels that go out
   * @param kernelSize Size of a filter, one number or [vertical, horizontal]
   * @param options Stride, pad and so on; biases, type, and initial values
   * @throws {TypeError} If there is no option of a given name
   * @throws {RangeError} If a size or setting is out of range
   */
  constructor(
    inChannels: number,
    outChannels: number,
    kernelSize: PerAxis,
    options: ConvTranspose2dOptions = {},
  ) {
    super();
    checkModule("ConvTranspose2d", { inChannels, outChannels }, options, [
      "stride",
      "pad",
      "outputPad",
      "dilation",
      "groups",
      "bias",
      "dtype",
      "rng",
      "init",
    ]);
    const { stride = 1, pad = 0, outputPad = 0, dilation = 1, groups = 1, bias = true } = options;
    const { dtype = "float32", rng = new RandomState(), init = uniformFanIn } = options;
    const size = perAxis("ConvTranspose2d", "kernelSize", kernelSize, 1);
    perAxis("ConvTranspose2d", "stride", stride, 1);
    perAxis("ConvTranspose2d", "pad", pad, 0);
    perAxis("ConvTranspose2d", "outputPad", outputPad, 0);
    perAxis("ConvTranspose2d", "dilation", dilation, 1);
    if (!(Number.isInteger(groups) && inChannels % groups === 0 && outChannels % groups === 0)) {
      throw new RangeError(
        `ConvTranspose2d: groups must divide the ${inChannels} channels that come in and the ` +
          `${outChannels} that go out, got ${groups}`,
      );
    }
    this.#convParam = { stride, pad, outputPad, dilation, groups };
    this.weight = drawn([inChannels, outChannels / groups, ...size], init, rng, dtype);
    const fanIn = this.weight.size / inChannels;
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
    return convTranspose2d(x, this.weight, this.bias, this.#convParam);
  }
}
