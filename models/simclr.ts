/**
 * The network of contrastive learning: an encoder of images whose features are kept, and a head that
 * only the loss sees.
 *
 * Source: T. Chen et al., "A Simple Framework for Contrastive Learning of Visual Representations",
 * ICML 2020, https://arxiv.org/abs/2002.05709. The course's encoder is a ResNet-50; this one, of a
 * few convolutions, trains in minutes on two cores.
 *
 * @module
 */
import { maxPool, mean, relu, type Tensor, type TensorLike } from "../autograd/mod.ts";
import { checkWhole } from "../internal/numbers.ts";
import { checkOptionNames } from "../internal/options.ts";
import { showValue } from "../internal/show.ts";
import { BatchNorm1d, BatchNorm2d, Conv2d, Linear, Module, Sequential, unit } from "../nn/mod.ts";
import { RandomState } from "../random/mod.ts";

/**
 * Options of {@linkcode SimclrNet}.
 *
 * @category Models
 */
export interface SimclrNetOptions {
  /** Filters of the convolutions; images are halved behind all but the last. */
  readonly widths?: readonly number[];
  /** Width of the head's hidden layer. Default 128. */
  readonly hiddenDim?: number;
  /** Numbers that the loss sees of an image. Default 64. */
  readonly featureDim?: number;
  /** Channels of the images. Default 3. */
  readonly inChannels?: number;
  /** Draws the initial weights; by default a fresh, unseeded generator. */
  readonly rng?: RandomState;
  /** Type of the parameters. Default `"float32"`. */
  readonly dtype?: "float32" | "float64";
}

function halve(x: TensorLike): Tensor {
  return maxPool(x, { poolHeight: 2, poolWidth: 2, stride: 2 });
}

function globalAverage(x: TensorLike): Tensor {
  return mean(x, [2, 3]);
}

/**
 * An encoder, {3×3 convolution - batch normalisation - ReLU - pooling} for each width with a global
 * average at the end, and the head of SimCLR, affine - batch normalisation - ReLU - affine.
 *
 * @example
 * ```ts
 * import { SimclrNet } from "@nndl/nndl/models";
 * import { simclrLossVectorized } from "@nndl/nndl/nn";
 * import { RandomState } from "@nndl/nndl/random";
 * import assert from "node:assert/strict";
 *
 * const rng = new RandomState(231);
 * const net = new SimclrNet({ widths: [8, 16], featureDim: 4, rng });
 * const [left, right] = [rng.randn(6, 3, 8, 8), rng.randn(6, 3, 8, 8)];
 * const [features, out] = net.forward(left);
 * assert.deepEqual([features.shape, out.shape], [[6, 16], [6, 4]]);
 * const loss = simclrLossVectorized(out, net.forward(right)[1], 0.5);
 * assert.ok(loss.item() > 0);
 * ```
 *
 * @category Models
 */
export class SimclrNet extends Module {
  /** From images to features. */
  readonly encoder: Sequential;
  /** From features to what the loss sees. */
  readonly head: Sequential;
  /** Numbers in the features of an image. */
  readonly numFeatures: number;

  /**
   * Makes the network.
   *
   * @param options Widths, generator of the weights, type
   * @throws {TypeError} If there is no option of a given name
   * @throws {RangeError} If a width or another size is not a whole number from 1 up, or there are no widths
   */
  constructor(options: SimclrNetOptions = {}) {
    super();
    const known = ["widths", "hiddenDim", "featureDim", "inChannels", "rng", "dtype"];
    checkOptionNames("SimclrNet", options, known);
    const { widths = [32, 64, 128, 128], hiddenDim = 128, featureDim = 64 } = options;
    const { inChannels = 3, rng = new RandomState(), dtype = "float32" } = options;
    if (!Array.isArray(widths) || widths.length === 0) {
      throw new RangeError(
        `SimclrNet: widths must be a list such as [32, 64], got ${showValue(widths)}`,
      );
    }
    for (const [name, size] of Object.entries({ hiddenDim, featureDim, inChannels })) {
      checkWhole("SimclrNet", name, size, 1);
    }
    widths.forEach((width, i) => checkWhole("SimclrNet", `widths[${i}]`, width, 1));
    const made = { rng, dtype, bias: false };
    this.numFeatures = widths[widths.length - 1];
    this.encoder = new Sequential(
      ...widths.flatMap((width, i) => [
        new Conv2d(i === 0 ? inChannels : widths[i - 1], width, 3, { ...made, pad: 1 }),
        new BatchNorm2d(width, { dtype }),
        relu,
        i < widths.length - 1 ? halve : globalAverage,
      ]),
    );
    this.head = new Sequential(
      new Linear(this.numFeatures, hiddenDim, made),
      new BatchNorm1d(hiddenDim, { dtype }),
      relu,
      new Linear(hiddenDim, featureDim, { rng, dtype }),
    );
  }

  /**
   * Encodes images.
   *
   * @param x Images, (N, C, H, W)
   * @returns The features (N, numFeatures) and what the loss sees of them (N, featureDim), both of
   * length 1 in each row
   * @throws {RangeError} If the images do not fit
   */
  forward(x: TensorLike): [features: Tensor, out: Tensor] {
    const features = this.encoder.forward(x);
    return [unit(features), unit(this.head.forward(features))];
  }
}
