/**
 * A fully connected network of any depth:
 * {affine - [batch or layer normalisation] - ReLU - [dropout]} × (L - 1) - affine - softmax.
 *
 * @module
 */
import {
  amount,
  checkValue,
  DescribedOptions,
  oneOf,
  size,
} from "../internal/described_options.ts";
import {
  type BatchnormParam,
  type DropoutParam,
  genericBackward,
  type GenericCache,
  genericForward,
  type LayernormParam,
  softmaxLoss,
} from "../layers/mod.ts";
import type { NDArray } from "../ndarray/mod.ts";
import type { RandomState } from "../random/mod.ts";
import { Layers } from "./_layers.ts";
import {
  drawWeights,
  enter,
  filled,
  guardLoss,
  normalizedInputOnly,
  regularize,
  runningStatistics,
  scoreGradient,
  tell,
  untrainedBatchnorm,
} from "./_network.ts";
import { aliases, dropoutRules, networkRules } from "./_options.ts";
import { Network, type PassResult } from "./network.ts";
import type { DropoutOptions, NetworkOptions } from "./network_options.ts";
import type { OnGradient } from "../nn/model.ts";
import type { LayerDescription } from "../nn/model_summary.ts";

/**
 * Options of {@linkcode FullyConnectedNet}.
 *
 * @category Models
 */
export interface FullyConnectedNetOptions extends NetworkOptions, DropoutOptions {
  /** Values an example has, by default 3·32·32. */
  inputDim?: number;
  /** What follows every affine layer but the last, by default nothing. */
  normalization?: "batchnorm" | "layernorm" | null;
  /** Standard deviation of the initial weights, by default 1e-2. */
  weightScale?: number;
}

const settings = new DescribedOptions<FullyConnectedNetOptions>("FullyConnectedNet", {
  inputDim: size(3 * 32 * 32),
  normalization: oneOf(["batchnorm", "layernorm", null], null),
  weightScale: amount(1e-2),
  ...networkRules,
  ...dropoutRules,
}, aliases);

/**
 * A fully connected network with parameters `W1`, `b1`, ..., and, if it normalises, `gamma1`,
 * `beta1`, ... for every layer but the last.
 *
 * Source: CS231n, assignment 2.
 *
 * @example
 * ```ts
 * import { FullyConnectedNet } from "@nndl/nndl/models";
 * import { array } from "@nndl/nndl/ndarray";
 * import { RandomState } from "@nndl/nndl/random";
 * import assert from "node:assert/strict";
 *
 * const rng = new RandomState(231);
 * const net = new FullyConnectedNet([6, 5], {
 *   inputDim: 4,
 *   numClasses: 3,
 *   normalization: "batchnorm",
 *   dropoutKeepRatio: 0.8,
 *   rng,
 * });
 * const X = rng.randn(2, 4);
 * const [loss, grads] = net.loss(X, array([0, 2]));
 * assert.ok(Number.isFinite(loss));
 * assert.deepEqual(Object.keys(grads).sort(), Object.keys(net.params).sort());
 * assert.deepEqual(net.loss(X).shape, [2, 3]);
 * ```
 *
 * @category Models
 */
export class FullyConnectedNet extends Network {
  static {
    guardLoss(FullyConnectedNet);
  }

  /** Draws dropout masks if there is no dropout seed. */
  readonly rng: RandomState;
  /** Number of affine layers. */
  readonly numLayers: number;
  readonly #bnParams: (BatchnormParam | LayernormParam)[];
  readonly #dropoutParam: DropoutParam | null;

  /**
   * Makes a network with normal weights, drawn layer by layer, biases and shifts of zero and
   * scales of one.
   *
   * @param hiddenDims Widths of the hidden layers; none makes a linear classifier
   * @param options Sizes, initial weights, regularisation, normalisation, dropout
   * @throws {TypeError} If hiddenDims is no list, or there is no option of a given name
   * @throws {RangeError} If a value is out of range
   */
  constructor(hiddenDims: readonly number[], options: FullyConnectedNetOptions = {}) {
    super();
    if (!Array.isArray(hiddenDims)) {
      throw new TypeError(
        `FullyConnectedNet: hiddenDims must be a list of widths such as [100, 100], got ` +
          `${typeof hiddenDims}`,
      );
    }
    const {
      inputDim,
      numClasses,
      dropoutKeepRatio,
      normalization,
      reg,
      weightScale,
      dtype,
      seed,
      rng,
    } = settings.resolve(options);
    hiddenDims.forEach((width, i) =>
      checkValue("FullyConnectedNet", `hiddenDims[${i}]`, width, size())
    );
    const widths = [inputDim, ...hiddenDims, numClasses];

    this.reg = reg;
    this.rng = rng;
    this.numLayers = widths.length - 1;
    this.params = {};
    this.#bnParams = [];
    for (let i = 1; i <= this.numLayers; i++) {
      const [from, to] = [widths[i - 1], widths[i]];
      this.params[`W${i}`] = drawWeights(rng, [from, to], weightScale, dtype);
      this.params[`b${i}`] = filled(to, 0, dtype);
      if (!normalization || i === this.numLayers) continue;
      this.params[`gamma${i}`] = filled(to, 1, dtype);
      this.params[`beta${i}`] = filled(to, 0, dtype);
      this.#bnParams.push(
        normalization === "layernorm" ? {} : untrainedBatchnorm(to, dtype),
      );
    }
    this.#dropoutParam = dropoutKeepRatio === 1
      ? null
      : { mode: "train", p: dropoutKeepRatio, ...(seed === null ? { rng } : { seed }) };
  }

  /** Its batch normalisations, which `dataParallel` can synchronise. */
  get batchNorms(): readonly BatchnormParam[] {
    return this.#bnParams.filter((norm) => "mode" in norm);
  }

  /** The running statistics of batch normalisation: `"bn1.runningMean"`, `"bn1.runningVar"`, .... */
  get buffers(): Record<string, NDArray> {
    return runningStatistics(this.#bnParams.map((bnParam, i) => [`bn${i + 1}`, bnParam]));
  }

  /** The layers. */
  protected override layers(): readonly LayerDescription[] {
    const layers = new Layers(this.params.W1.shape.slice(0, 1));
    for (let i = 1; i < this.numLayers; i++) {
      layers.affine(i, this.params[`b${i}`].size, false, this.#bnParams[i - 1]);
      layers.dropout(`dropout${i}`, this.#dropoutParam ?? null);
    }
    layers.affine(this.numLayers, this.params[`b${this.numLayers}`].size, true);
    return layers.all;
  }

  /** Computes the gradient of the input. */
  protected override passToInput(X: NDArray, upstream: (scores: NDArray) => NDArray): NDArray {
    const caches: GenericCache[] = [];
    let dout = scoreGradient(
      "FullyConnectedNet.inputGradient",
      upstream,
      this.#forward("inputGradient", X, "test", caches),
    );
    for (let i = this.numLayers; i >= 1; i--) {
      [dout] = genericBackward(dout, caches[i], normalizedInputOnly);
    }
    return dout;
  }

  /** Computes scores without labels, and with them the loss and its gradients. */
  protected override pass(X: NDArray, y?: NDArray, onGradient?: OnGradient): PassResult {
    const caches: GenericCache[] = [];
    const scores = this.#forward("loss", X, y ? "train" : "test", caches);
    if (!y) return scores;

    const [dataLoss, dscores] = softmaxLoss(scores, y);
    return this.#backward(dataLoss, dscores, caches, onGradient);
  }

  #forward(
    caller: string,
    X: NDArray,
    mode: "train" | "test",
    caches: GenericCache[],
  ): NDArray {
    const { params, numLayers } = this;
    if (this.#dropoutParam) this.#dropoutParam.mode = mode;
    let out = enter(`FullyConnectedNet.${caller}`, X, params.W1);
    for (let i = 1; i <= numLayers; i++) {
      const bnParam = this.#bnParams[i - 1];
      if (bnParam && "mode" in bnParam) bnParam.mode = mode;
      [out, caches[i]] = genericForward(
        out,
        params[`W${i}`],
        params[`b${i}`],
        params[`gamma${i}`],
        params[`beta${i}`],
        bnParam,
        this.#dropoutParam,
        i === numLayers,
      );
    }
    return out;
  }

  #backward(
    dataLoss: number,
    dscores: NDArray,
    caches: readonly GenericCache[],
    onGradient?: OnGradient,
  ): [loss: number, grads: Record<string, NDArray>] {
    const { params, reg, numLayers } = this;
    const grads: Record<string, NDArray> = {};
    let loss = dataLoss;
    let upstream = dscores;
    for (let i = numLayers; i >= 1; i--) {
      const [dx, dW, db, dgamma, dbeta] = genericBackward(
        upstream,
        caches[i],
        { needs: { dx: i > 1 } },
      );
      loss += regularize(params[`W${i}`], dW, reg);
      grads[`W${i}`] = dW;
      grads[`b${i}`] = db;
      if (dgamma && dbeta) {
        grads[`gamma${i}`] = dgamma;
        grads[`beta${i}`] = dbeta;
      }
      tell(onGradient, i, grads);
      upstream = dx!;
    }
    return [loss, grads];
  }
}
