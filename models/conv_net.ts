/**
 * A convolutional network of any depth:
 * {convolution - [normalisation] - ReLU - [pooling] - [dropout]} × N - [global average pooling] -
 * {affine - [normalisation] - ReLU - [dropout]} × M - affine - softmax.
 *
 * @module
 */
import { noGrad, Tensor } from "../autograd/mod.ts";
import type { Workspace } from "../kernels/mod.ts";
import {
  type BatchnormParam,
  type DropoutParam,
  type LayernormParam,
  softmaxLoss,
} from "../layers/mod.ts";
import type { NDArray } from "../ndarray/mod.ts";
import type { Model } from "../nn/model.ts";
import { ModelSummary } from "../nn/model_summary.ts";
import type { RandomState } from "../random/mod.ts";
import { type ConvNetSettings, resolveOptions } from "./_conv_net_settings.ts";
import {
  affineLayers,
  dropoutLayers,
  inputLayer,
  type NetLayer,
  poolLayer,
  stageLayers,
  type X,
} from "./_layers.ts";
import {
  checkAttached,
  drawWeights,
  enterImages,
  filled,
  regularize,
  runningStatistics,
  scoreGradient,
  untrainedBatchnorm,
} from "./_network.ts";
import type { ConvNetOptions } from "./conv_net_options.ts";

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
 */
export class ConvNet implements Model {
  /** Weights, biases, scales and shifts by name. */
  params: Record<string, NDArray>;
  /** Strength of the regularisation `0.5·reg·ΣW²`. */
  reg: number;
  /** Draws dropout masks if there is no dropout seed. */
  readonly rng: RandomState;
  /** Number of convolutional and affine layers. */
  readonly numLayers: number;
  readonly #inputDim: readonly [number, number, number];
  readonly #layers: readonly NetLayer[];
  readonly #norms: (BatchnormParam | LayernormParam | number | null)[] = [];
  readonly #dropoutParams: DropoutParam[] = [];

  /**
   * Makes a network with normal weights, drawn layer by layer, biases and shifts of zero and scales
   * of one.
   *
   * @param options Stages, hidden layers, initial weights, regularisation, normalisation, dropout
   * @throws {TypeError} If there are no stages, or there is no option of a given name
   * @throws {RangeError} If a value is out of range, or an image is too small for its stages
   */
  constructor(options: ConvNetOptions) {
    const settings = resolveOptions(options);
    const { inputDim, stages, widths, normalization, normGroups, dtype } = settings;
    const { globalAveragePool, dropoutKeepRatio } = settings;
    this.reg = settings.reg;
    this.rng = settings.rng;
    this.numLayers = stages.length + widths.length - 1;
    this.#inputDim = inputDim;
    this.params = {};
    const layers = [inputLayer(inputDim)];
    const batchnorm = normalization === "batchnorm";
    stages.forEach((plan, j) => {
      const norm = batchnorm ? untrainedBatchnorm(plan.convolved[0], dtype) : normGroups;
      this.#addParams(j + 1, plan.filterShape, plan.bias, norm, settings);
      layers.push(...stageLayers(j + 1, plan, norm, this.#dropout(plan.keep, settings)));
    });
    const [filters, h, w] = stages[stages.length - 1].out;
    if (globalAveragePool) {
      const param = { poolHeight: h, poolWidth: w, stride: 1 };
      layers.push(poolLayer("globalavgpool", { kind: "average", param }, [filters]));
    }
    const dropoutParam = this.#dropout(dropoutKeepRatio, settings);
    if (widths.length === 2) {
      layers.push(...dropoutLayers("dropout", layers[layers.length - 1].outputShape, dropoutParam));
    }
    for (let j = 1; j < widths.length; j++) {
      const [i, shape, last] = [
        stages.length + j,
        widths.slice(j - 1, j + 1),
        j + 1 === widths.length,
      ];
      const norm = normalization === null || last
        ? null
        : batchnorm
        ? untrainedBatchnorm(widths[j], dtype)
        : {};
      this.#addParams(i, shape, true, norm, settings);
      layers.push(...affineLayers(i, shape, last, norm, dropoutParam));
    }
    this.#layers = layers;
  }

  #dropout(keep: number, { seed, rng }: ConvNetSettings): DropoutParam | null {
    if (keep === 1) return null;
    const param: DropoutParam = { mode: "train", p: keep, ...(seed === null ? { rng } : { seed }) };
    this.#dropoutParams.push(param);
    return param;
  }

  /** Gives a layer parameters; weights are (F, C, HH, WW) or (D, M). */
  #addParams(
    i: number,
    shape: readonly number[],
    bias: boolean,
    norm: BatchnormParam | LayernormParam | number | null,
    { weightScale, dtype, rng }: ConvNetSettings,
  ): void {
    const width = shape.length === 4 ? shape[0] : shape[1];
    const fanIn = shape.reduce((a, b) => a * b) / width;
    // ReLU halves the power of what goes through it, and none follows the last layer.
    const gain = i === this.numLayers ? 1 : 2;
    const scale = weightScale === "he" ? Math.sqrt(gain / fanIn) : weightScale;
    this.params[`W${i}`] = drawWeights(rng, shape, scale, dtype);
    if (bias) this.params[`b${i}`] = filled(width, 0, dtype);
    this.#norms.push(norm);
    if (norm === null) return;
    this.params[`gamma${i}`] = filled(width, 1, dtype);
    this.params[`beta${i}`] = filled(width, 0, dtype);
  }

  /** The running statistics of batch normalisation: `"bn1.runningMean"`, `"bn1.runningVar"`, .... */
  get buffers(): Record<string, NDArray> {
    return runningStatistics(this.#norms);
  }

  /**
   * Describes the layers.
   *
   * @returns Names, settings, output shapes and numbers of parameters; prints as a table
   */
  summary(): ModelSummary {
    return new ModelSummary(this.#layers, this.params);
  }

  /**
   * Computes the class scores as at test time: with running statistics and without dropout.
   *
   * @param X Images, (N, C, H, W)
   * @param y Nothing
   * @param workspace Where the arrays of the pass come from; without one they are fresh
   * @returns Scores, (N, K)
   * @throws {RangeError} If X does not fit the network
   */
  loss(X: NDArray, y?: undefined, workspace?: Workspace): NDArray;
  /**
   * Computes the softmax loss with regularisation, and its gradients, as in training.
   *
   * @param X Images, (N, C, H, W)
   * @param y Labels, (N,), whole numbers from 0 to K - 1
   * @param workspace Where the arrays of the pass come from; without one they are fresh
   * @returns The loss, and the gradient of every parameter under its name
   * @throws {RangeError} If X does not fit the network, or y not X
   */
  loss(
    X: NDArray,
    y: NDArray,
    workspace?: Workspace,
  ): [loss: number, grads: Record<string, NDArray>];
  loss(
    X: NDArray,
    y?: NDArray,
    workspace?: Workspace,
  ): NDArray | [loss: number, grads: Record<string, NDArray>] {
    checkAttached("ConvNet.loss", this instanceof ConvNet);
    return workspace ? workspace.run(() => this.#pass(X, y)) : this.#pass(X, y);
  }

  /**
   * Computes the gradient with respect to the input, as at test time: with running statistics and without dropout.
   * Saliency maps, images that fool a network, and layers below the network need it.
   * No gradient of a parameter is computed.
   *
   * @param X Images, (N, C, H, W)
   * @param upstream Makes the gradient with respect to the scores, (N, K), from the scores
   * @param workspace Where the arrays of the pass come from; without one they are fresh
   * @returns The gradient, of the shape of X
   * @throws {RangeError} If X does not fit the network, or the upstream gradient not the scores
   *
   * @example
   * ```ts
   * import { softmaxLoss } from "@nndl/nndl/layers";
   * import { ConvNet } from "@nndl/nndl/models";
   * import { array } from "@nndl/nndl/ndarray";
   * import { RandomState } from "@nndl/nndl/random";
   * import assert from "node:assert/strict";
   *
   * const rng = new RandomState(231);
   * const net = new ConvNet({ inputDim: [1, 4, 4], conv: [2], numClasses: 3, rng });
   * const [X, y] = [rng.randn(2, 1, 4, 4), array([0, 2])];
   * const dX = net.inputGradient(X, (scores) => softmaxLoss(scores, y)[1]);
   * assert.deepEqual(dX.shape, X.shape);
   * ```
   */
  inputGradient(
    X: NDArray,
    upstream: (scores: NDArray) => NDArray,
    workspace?: Workspace,
  ): NDArray {
    const pass = () => {
      const x = new Tensor(enterImages("ConvNet.inputGradient", X, this.#inputDim, this.params.W1));
      const scores = this.#scores(x, this.params, "test");
      return scores.gradients(
        [x],
        scoreGradient("ConvNet.inputGradient", upstream, scores.value),
      )[0]!;
    };
    return workspace ? workspace.run(pass) : pass();
  }

  #pass(X: NDArray, y?: NDArray): NDArray | [loss: number, grads: Record<string, NDArray>] {
    const x = enterImages("ConvNet.loss", X, this.#inputDim, this.params.W1);
    if (!y) return noGrad(() => this.#scores(x, this.params, "test")).value;

    const names = Object.keys(this.params);
    const tensors = names.map((name) => new Tensor(this.params[name]));
    const params = Object.fromEntries(names.map((name, i) => [name, tensors[i]]));
    const scores = this.#scores(x, params, "train");
    const [dataLoss, dscores] = softmaxLoss(scores.value, y);
    const gradients = scores.gradients(tensors, dscores);
    const grads = Object.fromEntries(names.map((name, i) => [name, gradients[i]!]));
    let loss = dataLoss;
    for (let i = this.numLayers; i >= 1; i--) {
      loss += regularize(this.params[`W${i}`], grads[`W${i}`], this.reg);
    }
    return [loss, grads];
  }

  #scores(x: X, params: Readonly<Record<string, X>>, mode: "train" | "test"): Tensor {
    for (const norm of this.#norms) {
      if (typeof norm === "object" && norm !== null && "mode" in norm) norm.mode = mode;
    }
    for (const dropoutParam of this.#dropoutParams) dropoutParam.mode = mode;
    for (const { forward } of this.#layers) if (forward) x = forward(x, params);
    return x as Tensor;
  }
}
