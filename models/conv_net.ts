/**
 * A convolutional network of any depth:
 * {convolution - [normalisation] - ReLU - [pooling] - [dropout]} × N - [global average pooling] -
 * {affine - [normalisation] - ReLU - [dropout]} × M - affine - softmax.
 *
 * @module
 */
import { noGrad, Tensor } from "../autograd/mod.ts";
import { type BatchnormParam, type PerAxis, softmaxLoss } from "../layers/mod.ts";
import type { NDArray } from "../ndarray/mod.ts";
import type { OnGradient } from "../nn/model.ts";
import type { LayerDescription } from "../nn/model_summary.ts";
import type { RandomState } from "../random/mod.ts";
import { ConvNetLayers } from "./_conv_net_layers.ts";
import type { NetLayer, X } from "./_layers.ts";
import * as common from "./_network.ts";
import { Network, type PassResult } from "./network.ts";
import type { DropoutOptions, NetworkOptions } from "./network_options.ts";

/**
 * Pooling at the end of a convolutional stage.
 *
 * @category Models
 */
export interface ConvNetPool {
  /** Height and width of the window. */
  size: PerAxis;
  /** Pixels between neighbouring windows, by default the size. */
  stride?: PerAxis;
  /** What is taken of a window, by default its maximum. */
  kind?: "max" | "average";
}

/**
 * One convolutional stage: convolution - [normalisation] - ReLU - [pooling] - [dropout].
 *
 * @category Models
 */
export interface ConvNetStage {
  /** Number of filters, which are the channels that come out. */
  filters: number;
  /** Height and width of the filters, by default 3. */
  size?: PerAxis;
  /** Pixels between the receptive fields of neighbouring outputs, by default 1. */
  stride?: PerAxis;
  /** Pixels of zeros on each side; `"same"`, the default, keeps the image at stride 1 and odd size. */
  pad?: PerAxis | "same";
  /** Pixels between neighbouring taps of a filter, by default 1. */
  dilation?: PerAxis;
  /** Groups of channels with filters of their own; as many as channels make it depthwise. */
  groups?: number;
  /** Whether filters have biases; by default they have, unless batch normalisation follows. */
  bias?: boolean;
  /** True for windows of 2×2, a number for larger ones that divide the image, or any; default false. */
  pool?: boolean | number | ConvNetPool;
  /** Probability with which dropout keeps a value at the end of the stage; 1, the default, is none. */
  dropoutKeepRatio?: number;
}

/**
 * Options of {@linkcode ConvNet}. `dropoutKeepRatio` is for each hidden affine layer, or, if there
 * are none, for what the last layer reads.
 *
 * @category Models
 */
export interface ConvNetOptions extends NetworkOptions, DropoutOptions {
  /** Shape of an image, (C, H, W), by default [3, 32, 32]. */
  inputDim?: readonly [channels: number, height: number, width: number];
  /** The convolutional stages in order, at least one; a number is a stage of so many filters. */
  conv: readonly (ConvNetStage | number)[];
  /** Whether each channel is averaged over its pixels in the end, by default no. */
  globalAveragePool?: boolean;
  /** Widths of the hidden affine layers, by default none. */
  hidden?: readonly number[];
  /**
   * What follows every layer but the last, by default nothing. Layer normalisation of images is
   * group normalisation of one group; with `"groupnorm"` hidden affine layers have layer
   * normalisation.
   */
  normalization?: "batchnorm" | "groupnorm" | "layernorm" | null;
  /** Groups of group normalisation, a divisor of every number of filters, by default 8. */
  normGroups?: number;
  /**
   * Standard deviation of the initial weights; `"he"`, the default, is `sqrt(2 / n)` for weights of
   * which n meet in a sum, and `sqrt(1 / n)` in the last layer, which no ReLU follows.
   */
  weightScale?: number | "he";
}

/**
 * A convolutional network put together from options. Layers are counted from 1, through the stages
 * and on through the affine layers; layer i has parameters `Wi` and `bi`, and `gammai` and `betai`
 * if it is normalised. {@linkcode ConvNet.summary} shows them all.
 *
 * Source of the initial weights: K. He et al., "Delving Deep into Rectifiers", 2015,
 * https://arxiv.org/abs/1502.01852.
 *
 * @example
 * ```ts
 * import { ConvNet } from "@nndl/nndl/models";
 * import { array } from "@nndl/nndl/ndarray";
 * import { RandomState } from "@nndl/nndl/random";
 * import assert from "node:assert/strict";
 *
 * const rng = new RandomState(231);
 * const net = new ConvNet({
 *   inputDim: [3, 8, 8],
 *   conv: [{ filters: 4, size: 5, pool: true }, { filters: 8, stride: 2 }],
 *   hidden: [10],
 *   numClasses: 3,
 *   normalization: "batchnorm",
 *   rng,
 * });
 * const [loss, grads] = net.loss(rng.randn(2, 3, 8, 8), array([0, 2]));
 * assert.ok(Number.isFinite(loss));
 * assert.deepEqual(Object.keys(grads).sort(), Object.keys(net.params).sort());
 *
 * const shapes = net.summary().layers.map(({ name, outputShape }) => `${name} ${outputShape}`);
 * assert.deepEqual(shapes.slice(0, 5), [
 *   "input 3,8,8",
 *   "conv1 4,8,8",
 *   "bn1 4,8,8",
 *   "relu1 4,8,8",
 *   "maxpool1 4,4,4",
 * ]);
 * ```
 *
 * @category Models
 */
export class ConvNet extends Network {
  static {
    common.guardLoss(ConvNet);
  }

  /** Draws dropout masks if there is no dropout seed. */
  readonly rng: RandomState;
  /** Number of convolutional and affine layers. */
  readonly numLayers: number;
  readonly #layers: readonly NetLayer[];

  /**
   * Makes a network with normal weights, drawn layer by layer, biases and shifts of zero and scales
   * of one.
   *
   * @param options Stages, hidden layers, initial weights, regularisation, normalisation, dropout
   * @throws {TypeError} If there are no stages, or there is no option of a given name
   * @throws {RangeError} If a value is out of range, or an image is too small for its stages
   */
  constructor(options: ConvNetOptions) {
    super();
    const { all: layers, settings } = new ConvNetLayers(options);
    const { reg, rng, weightScale, dtype } = settings;
    this.reg = reg;
    this.rng = rng;
    this.numLayers = layers.filter(({ weights }) => weights).length;
    this.#layers = layers;
    for (const layer of layers) {
      const { params = [], weights = [], outputShape: [width] } = layer;
      const fanIn = weights.reduce((a, b) => a * b, 1) / width;
      // ReLU halves the power of what goes through it, and none follows the last layer.
      const he = Math.sqrt((layer === layers.at(-1) ? 1 : 2) / fanIn);
      for (const name of params) {
        this.params[name] = name.startsWith("W")
          ? common.drawWeights(rng, weights, weightScale === "he" ? he : weightScale, dtype)
          : common.filled(width, name.startsWith("gamma") ? 1 : 0, dtype);
      }
    }
  }

  /** Its batch normalisations, which `dataParallel` can synchronise. */
  get batchNorms(): readonly BatchnormParam[] {
    return this.#layers.flatMap(({ moded }) => moded && "runningMean" in moded ? [moded] : []);
  }

  /** The running statistics of batch normalisation: `"bn1.runningMean"`, `"bn1.runningVar"`, .... */
  get buffers(): Record<string, NDArray> {
    return common.runningStatistics(this.#layers.map(({ name, moded }) => [name, moded]));
  }

  /** The layers. */
  protected override layers(): readonly LayerDescription[] {
    return this.#layers;
  }

  /** Computes the gradient of the input. */
  protected override passToInput(X: NDArray, upstream: (scores: NDArray) => NDArray): NDArray {
    const caller = "ConvNet.inputGradient";
    const images = common.enterImages(caller, X, this.#layers[0].outputShape, this.params.W1);
    const x = new Tensor(images);
    const scores = this.#scores(x, this.params, "test");
    return scores.gradients([x], common.scoreGradient(caller, upstream, scores.value))[0]!;
  }

  /** Computes scores without labels, and with them the loss and its gradients. */
  protected override pass(X: NDArray, y?: NDArray, onGradient?: OnGradient): PassResult {
    const x = common.enterImages("ConvNet.loss", X, this.#layers[0].outputShape, this.params.W1);
    if (!y) return noGrad(() => this.#scores(x, this.params, "test")).value;

    const names = Object.keys(this.params);
    const tensors = names.map((name) => new Tensor(this.params[name]));
    const params = Object.fromEntries(names.map((name, i) => [name, tensors[i]]));
    const scores = this.#scores(x, params, "train");
    const [dataLoss, dscores] = softmaxLoss(scores.value, y);
    const penalties: Record<string, number> = {};
    const gradients = scores.gradients(tensors, dscores, (k, grad) => {
      const name = names[k];
      if (name.startsWith("W")) {
        penalties[name] = common.regularize(this.params[name], grad, this.reg);
      }
      onGradient?.(name, grad);
    });
    const grads = Object.fromEntries(names.map((name, i) => [name, gradients[i]!]));
    let loss = dataLoss;
    for (let i = this.numLayers; i >= 1; i--) loss += penalties[`W${i}`];
    return [loss, grads];
  }

  #scores(x: X, params: Readonly<Record<string, X>>, mode: "train" | "test"): Tensor {
    for (const { moded, op, params: [first, second] = [] } of this.#layers) {
      if (moded) moded.mode = mode;
      if (op) x = op(x, params[first], params[second]);
    }
    return x as Tensor;
  }
}
