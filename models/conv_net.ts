/**
 * A convolutional network of any depth:
 * {convolution - [normalisation] - ReLU - [pooling] - [dropout]} × N - [global average pooling] -
 * {affine - [normalisation] - ReLU - [dropout]} × M - affine - softmax.
 *
 * @module
 */
import type { Workspace } from "../kernels/mod.ts";
import {
  avgPoolBackward,
  type AvgPoolCache,
  avgPoolForward,
  type BatchnormParam,
  dropoutBackward,
  type DropoutCache,
  dropoutForward,
  type DropoutParam,
  genericBackward,
  type GenericCache,
  genericForward,
  type LayernormParam,
  type PoolParam,
  softmaxLoss,
} from "../layers/mod.ts";
import type { NDArray } from "../ndarray/mod.ts";
import type { RandomState } from "../random/mod.ts";
import type { StagePlan } from "./_conv_net_plan.ts";
import { type ConvNetSettings, resolveOptions } from "./_conv_net_settings.ts";
import {
  type ConvStage,
  convStageBackward,
  type ConvStageCache,
  convStageForward,
} from "./_conv_stage.ts";
import { affineLayers, dropoutLayer, inputLayer, stageLayers } from "./_description.ts";
import {
  checkAttached,
  drawWeights,
  enterImages,
  filled,
  normalizedInputOnly,
  regularize,
  runningStatistics,
  untrainedBatchnorm,
} from "./_network.ts";
import type { ConvNetOptions } from "./conv_net_options.ts";
import type { Model } from "../nn/model.ts";
import { type LayerDescription, ModelSummary } from "../nn/model_summary.ts";

/** What the backward pass of the network needs from the forward pass. */
interface Caches {
  readonly stages: ConvStageCache[];
  globalPool?: AvgPoolCache;
  dropout?: DropoutCache;
  readonly affines: GenericCache[];
}

/** The gradients of a layer, null where it has no such parameter. */
type LayerGradients = readonly [
  dx: NDArray | null,
  dw: NDArray,
  db: NDArray | null,
  dgamma: NDArray | null,
  dbeta: NDArray | null,
];

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
  readonly #plans: readonly StagePlan[];
  readonly #stages: readonly ConvStage[];
  readonly #globalPool: PoolParam | null;
  /** Dropout of what the last layer reads, if there are no hidden layers. */
  readonly #featureDropout: DropoutParam | null;
  readonly #hiddenDropout: DropoutParam | null;
  /** What normalises the affine layers. */
  readonly #affineNorms: readonly (BatchnormParam | LayernormParam | null)[];

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
    const { inputDim, stages, widths, normalization, normGroups, dtype, seed, rng } = settings;
    const dropoutParam = (keep: number): DropoutParam | null =>
      keep === 1 ? null : { mode: "train", p: keep, ...(seed === null ? { rng } : { seed }) };
    const batchnorm = normalization === "batchnorm";

    this.reg = settings.reg;
    this.rng = rng;
    this.numLayers = stages.length + widths.length - 1;
    this.#inputDim = inputDim;
    this.#plans = stages;
    this.#stages = stages.map((plan) => ({
      ...plan,
      norm: batchnorm ? untrainedBatchnorm(plan.convolved[0], dtype) : normGroups,
      dropoutParam: dropoutParam(plan.keep),
    }));
    this.#affineNorms = widths.slice(1).map((width, i) =>
      normalization === null || i === widths.length - 2
        ? null
        : batchnorm
        ? untrainedBatchnorm(width, dtype)
        : {}
    );
    const [, h, w] = stages[stages.length - 1].out;
    this.#globalPool = settings.globalAveragePool
      ? { poolHeight: h, poolWidth: w, stride: 1 }
      : null;
    const dropout = dropoutParam(settings.dropoutKeepRatio);
    this.#hiddenDropout = widths.length > 2 ? dropout : null;
    this.#featureDropout = widths.length > 2 ? null : dropout;
    this.params = {};
    stages.forEach(({ filterShape, bias }, j) =>
      this.#addLayer(j + 1, filterShape, bias, this.#stages[j].norm, settings)
    );
    this.#affineNorms.forEach((norm, j) =>
      this.#addLayer(stages.length + 1 + j, [widths[j], widths[j + 1]], true, norm, settings)
    );
  }

  /** Gives a layer parameters; weights are (F, C, HH, WW) or (D, M). */
  #addLayer(
    i: number,
    shape: readonly number[],
    bias: boolean,
    norm: unknown,
    { weightScale, dtype, rng }: ConvNetSettings,
  ): void {
    const width = shape.length === 4 ? shape[0] : shape[1];
    const fanIn = shape.reduce((a, b) => a * b) / width;
    // ReLU halves the power of what goes through it, and none follows the last layer.
    const gain = i === this.numLayers ? 1 : 2;
    const scale = weightScale === "he" ? Math.sqrt(gain / fanIn) : weightScale;
    this.params[`W${i}`] = drawWeights(rng, shape, scale, dtype);
    if (bias) this.params[`b${i}`] = filled(width, 0, dtype);
    if (norm === null) return;
    this.params[`gamma${i}`] = filled(width, 1, dtype);
    this.params[`beta${i}`] = filled(width, 0, dtype);
  }

  /** The running statistics of batch normalisation: `"bn1.runningMean"`, `"bn1.runningVar"`, .... */
  get buffers(): Record<string, NDArray> {
    return runningStatistics([...this.#stages.map(({ norm }) => norm), ...this.#affineNorms]);
  }

  /**
   * Describes the layers.
   *
   * @returns Names, settings, output shapes and numbers of parameters; prints as a table
   */
  summary(): ModelSummary {
    const layers: LayerDescription[] = [inputLayer(this.#inputDim)];
    this.#stages.forEach(({ norm }, i) => {
      const kind = typeof norm === "number" ? norm === 1 ? "ln" : "gn" : norm && "bn";
      const description = kind === "gn" ? `${norm} groups` : "";
      layers.push(...stageLayers(i + 1, this.#plans[i], kind, description));
    });
    if (this.#globalPool) {
      const [filters, h, w] = this.#plans[this.#plans.length - 1].out;
      const description = `${h}×${w}`;
      layers.push({ name: "globalavgpool", description, outputShape: [filters] });
    }
    const { outputShape } = layers[layers.length - 1];
    if (this.#featureDropout) {
      layers.push(dropoutLayer("dropout", this.#featureDropout.p, outputShape));
    }
    this.#affineNorms.forEach((norm, j) => {
      const i = this.#stages.length + 1 + j;
      const kind = norm && ("mode" in norm ? "bn" : "ln");
      const keep = this.#hiddenDropout?.p;
      layers.push(
        ...affineLayers(i, this.params[`W${i}`], i === this.numLayers, kind, keep),
      );
    });
    return new ModelSummary(layers, this.params);
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
    const pass = () => this.#backwardToInput(X, upstream);
    return workspace ? workspace.run(pass) : pass();
  }

  #backwardToInput(X: NDArray, upstream: (scores: NDArray) => NDArray): NDArray {
    const caches: Caches = { stages: [], affines: [] };
    this.#setMode("test");
    let dout = upstream(this.#forward("inputGradient", X, caches));
    const depth = this.#stages.length;
    for (let i = this.numLayers; i > depth; i--) {
      [dout] = genericBackward(dout, caches.affines[i], normalizedInputOnly);
    }
    if (caches.globalPool) dout = avgPoolBackward(dout, caches.globalPool);
    for (let i = depth; i >= 1; i--) {
      [dout] = convStageBackward(dout, caches.stages[i], normalizedInputOnly);
    }
    return dout;
  }

  #pass(X: NDArray, y?: NDArray): NDArray | [loss: number, grads: Record<string, NDArray>] {
    const caches: Caches = { stages: [], affines: [] };
    this.#setMode(y ? "train" : "test");
    const scores = this.#forward("loss", X, caches);
    if (!y) return scores;

    const [dataLoss, dscores] = softmaxLoss(scores, y);
    return this.#backward(dataLoss, dscores, caches);
  }

  #setMode(mode: "train" | "test"): void {
    for (const { norm, dropoutParam } of this.#stages) {
      if (norm !== null && typeof norm === "object") norm.mode = mode;
      if (dropoutParam) dropoutParam.mode = mode;
    }
    for (const norm of this.#affineNorms) if (norm && "mode" in norm) norm.mode = mode;
    if (this.#featureDropout) this.#featureDropout.mode = mode;
    if (this.#hiddenDropout) this.#hiddenDropout.mode = mode;
  }

  #forward(caller: string, X: NDArray, caches: Caches): NDArray {
    const { params, numLayers } = this;
    let out = enterImages(`ConvNet.${caller}`, X, this.#inputDim, params.W1);
    let i = 1;
    for (const stage of this.#stages) {
      const [w, b] = [params[`W${i}`], params[`b${i}`] ?? null];
      const [gamma, beta] = [params[`gamma${i}`], params[`beta${i}`]];
      [out, caches.stages[i++]] = convStageForward(out, w, b, gamma, beta, stage);
    }
    if (this.#globalPool) [out, caches.globalPool] = avgPoolForward(out, this.#globalPool);
    if (this.#featureDropout) [out, caches.dropout] = dropoutForward(out, this.#featureDropout);
    for (const norm of this.#affineNorms) {
      [out, caches.affines[i]] = genericForward(
        out,
        params[`W${i}`],
        params[`b${i}`],
        params[`gamma${i}`],
        params[`beta${i}`],
        norm,
        this.#hiddenDropout,
        i === numLayers,
      );
      i++;
    }
    return out;
  }

  #backward(
    dataLoss: number,
    dscores: NDArray,
    { stages, globalPool, dropout, affines }: Caches,
  ): [loss: number, grads: Record<string, NDArray>] {
    const { params, reg, numLayers } = this;
    const grads: Record<string, NDArray> = {};
    let loss = dataLoss;
    const collect = (i: number, [dx, dW, db, dgamma, dbeta]: LayerGradients) => {
      loss += regularize(params[`W${i}`], dW, reg);
      grads[`W${i}`] = dW;
      if (db) grads[`b${i}`] = db;
      if (dgamma && dbeta) Object.assign(grads, { [`gamma${i}`]: dgamma, [`beta${i}`]: dbeta });
      return dx!;
    };
    let upstream = dscores;
    const depth = this.#stages.length;
    for (let i = numLayers; i > depth; i--) {
      upstream = collect(i, genericBackward(upstream, affines[i]));
    }
    if (dropout) upstream = dropoutBackward(upstream, dropout);
    if (globalPool) upstream = avgPoolBackward(upstream, globalPool);
    for (let i = depth; i >= 1; i--) {
      upstream = collect(i, convStageBackward(upstream, stages[i], { needs: { dx: i > 1 } }));
    }
    return [loss, grads];
  }
}
