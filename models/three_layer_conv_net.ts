/**
 * A small convolutional network:
 * convolution - [batch normalisation] - ReLU - 2×2 max pooling - affine - [batch normalisation] -
 * ReLU - affine - softmax.
 *
 * @module
 */
import { amount, DescribedOptions, imageDim, oneOf, size } from "../internal/described_options.ts";
import {
  affineBackward,
  affineForward,
  type BatchnormParam,
  convBnReluBackward,
  type ConvBnReluCache,
  convBnReluForward,
  type ConvParam,
  convReluBackward,
  type ConvReluCache,
  convReluForward,
  genericBackward,
  genericForward,
  maxPoolBackwardFast,
  maxPoolForwardFast,
  softmaxLoss,
} from "../layers/mod.ts";
import type { NDArray } from "../ndarray/mod.ts";
import { Layers } from "./_layers.ts";
import {
  drawWeights,
  enterImages,
  filled,
  guardLoss,
  inputOnly,
  normalizedInputOnly,
  regularize,
  runningStatistics,
  scoreGradient,
  tell,
  untrainedBatchnorm,
} from "./_network.ts";
import { aliases, networkRules } from "./_options.ts";
import { Network, type PassResult } from "./network.ts";
import type { NetworkOptions } from "./network_options.ts";
import type { OnGradient } from "../nn/model.ts";
import type { LayerDescription } from "../nn/model_summary.ts";

/**
 * Options of {@linkcode ThreeLayerConvNet}.
 *
 * @category Models
 */
export interface ThreeLayerConvNetOptions extends NetworkOptions {
  /** Shape of an image, (C, H, W), height and width even; by default [3, 32, 32]. */
  inputDim?: readonly [channels: number, height: number, width: number];
  /** Filters of the convolution, by default 32. */
  numFilters?: number;
  /** Height and width of the filters, odd, by default 7. */
  filterSize?: number;
  /** Width of the hidden affine layer, by default 100. */
  hiddenDim?: number;
  /** Standard deviation of the initial weights, by default 1e-3. */
  weightScale?: number;
  /** What follows the convolution and the hidden affine layer, by default nothing. */
  normalization?: "batchnorm" | null;
}

const settings = new DescribedOptions<ThreeLayerConvNetOptions>("ThreeLayerConvNet", {
  inputDim: imageDim(),
  numFilters: size(32),
  filterSize: size(7),
  hiddenDim: size(100),
  weightScale: amount(1e-3),
  normalization: oneOf(["batchnorm", null], null),
  ...networkRules,
}, aliases);

const poolParam = { poolHeight: 2, poolWidth: 2, stride: 2 };

/**
 * A convolutional network with parameters `W1` (F, C, HH, WW), `b1` (F,), `W2` (F·H/2·W/2, M),
 * `b2` (M,), `W3` (M, K), `b3` (K,), and, if it normalises, `gamma1`, `beta1` (F,), `gamma2`,
 * `beta2` (M,). The convolution keeps height and width.
 *
 * Source: CS231n, assignment 2; the normalisation as in ECE 239AS, assignment 5.
 *
 * @example
 * ```ts
 * import { ThreeLayerConvNet } from "@nndl/nndl/models";
 * import { array } from "@nndl/nndl/ndarray";
 * import { RandomState } from "@nndl/nndl/random";
 * import assert from "node:assert/strict";
 *
 * const rng = new RandomState(231);
 * const net = new ThreeLayerConvNet({ inputDim: [3, 8, 8], numFilters: 4, filterSize: 3, rng });
 * const X = rng.randn(2, 3, 8, 8);
 * assert.deepEqual(net.loss(X).shape, [2, 10]);
 *
 * const [loss, grads] = net.loss(X, array([0, 9]));
 * assert.ok(Math.abs(loss - Math.log(10)) < 1e-3);
 * assert.deepEqual(grads.W1.shape, [4, 3, 3, 3]);
 * ```
 *
 * @category Models
 */
export class ThreeLayerConvNet extends Network {
  static {
    guardLoss(ThreeLayerConvNet);
  }

  readonly #inputDim: readonly [number, number, number];
  readonly #convParam: ConvParam;
  /** Batch normalisation of the convolution and of the hidden layer, if there is any. */
  readonly #bnParams: readonly BatchnormParam[];

  /**
   * Makes a network with normal weights, drawn in the order W1, W2, W3, biases and shifts of zero
   * and scales of one.
   *
   * @param options Sizes, initial weights, regularisation, normalisation
   * @throws {TypeError} If there is no option of a given name
   * @throws {RangeError} If a value is out of range
   */
  constructor(options: ThreeLayerConvNetOptions = {}) {
    super();
    const { inputDim, numFilters, filterSize, hiddenDim, numClasses, ...rest } = settings.resolve(
      options,
    );
    const { weightScale, reg, normalization, dtype, rng } = rest;
    checkGeometry(inputDim, filterSize);

    const [c, h, w] = inputDim;
    this.reg = reg;
    this.params = {
      W1: drawWeights(rng, [numFilters, c, filterSize, filterSize], weightScale, dtype),
      b1: filled(numFilters, 0, dtype),
      W2: drawWeights(rng, [numFilters * h / 2 * w / 2, hiddenDim], weightScale, dtype),
      b2: filled(hiddenDim, 0, dtype),
      W3: drawWeights(rng, [hiddenDim, numClasses], weightScale, dtype),
      b3: filled(numClasses, 0, dtype),
    };
    this.#bnParams = normalization
      ? [numFilters, hiddenDim].map((d) => untrainedBatchnorm(d, dtype))
      : [];
    this.#bnParams.forEach(({ runningMean }, i) => {
      this.params[`gamma${i + 1}`] = filled(runningMean!.size, 1, dtype);
      this.params[`beta${i + 1}`] = filled(runningMean!.size, 0, dtype);
    });
    this.#inputDim = inputDim;
    this.#convParam = { stride: 1, pad: (filterSize - 1) / 2 };
  }

  /** Its batch normalisations, which `dataParallel` can synchronise. */
  get batchNorms(): readonly BatchnormParam[] {
    return this.#bnParams;
  }

  /** The running statistics of batch normalisation: `"bn1.runningMean"`, `"bn1.runningVar"`, .... */
  get buffers(): Record<string, NDArray> {
    return runningStatistics(this.#bnParams.map((bnParam, i) => [`bn${i + 1}`, bnParam]));
  }

  /** The layers. */
  protected override layers(): readonly LayerDescription[] {
    const { W1, b2, b3 } = this.params;
    const [norm = null, hidden = null] = this.#bnParams;
    const [, h, w] = this.#inputDim;
    const layers = new Layers(this.#inputDim);
    layers.conv(1, [W1.shape, true, [h, w]], this.#convParam, norm);
    layers.pool("maxpool1", "max", poolParam, [h / 2, w / 2]);
    layers.affine(2, b2.size, false, hidden);
    layers.affine(3, b3.size, true);
    return layers.all;
  }

  /** Computes the gradient of the input. */
  protected override passToInput(X: NDArray, upstream: (scores: NDArray) => NDArray): NDArray {
    const pass = this.#forward("inputGradient", X, "test");
    const [dhidden] = affineBackward(
      scoreGradient("ThreeLayerConvNet.inputGradient", upstream, pass.scores),
      pass.scoresCache,
      inputOnly,
    );
    const [dpooled] = genericBackward(dhidden, pass.hiddenCache, normalizedInputOnly);
    const dmaps = maxPoolBackwardFast(dpooled, pass.poolCache);
    const { mapsCache } = pass;
    return isNormalized(mapsCache)
      ? convBnReluBackward(dmaps, mapsCache, normalizedInputOnly)[0]
      : convReluBackward(dmaps, mapsCache, inputOnly)[0];
  }

  #forward(caller: string, X: NDArray, mode: "train" | "test") {
    const { W1, b1, gamma1, beta1, W2, b2, gamma2, beta2, W3, b3 } = this.params;
    const [bn1, bn2] = this.#bnParams;
    for (const bnParam of this.#bnParams) bnParam.mode = mode;
    const images = enterImages(`ThreeLayerConvNet.${caller}`, X, this.#inputDim, W1);
    const [maps, mapsCache] = bn1
      ? convBnReluForward(images, W1, b1, gamma1, beta1, this.#convParam, bn1)
      : convReluForward(images, W1, b1, this.#convParam);
    const [pooled, poolCache] = maxPoolForwardFast(maps, poolParam);
    const [hidden, hiddenCache] = genericForward(pooled, W2, b2, gamma2, beta2, bn2);
    const [scores, scoresCache] = affineForward(hidden, W3, b3);
    return { scores, scoresCache, hiddenCache, poolCache, mapsCache };
  }

  /** Computes scores without labels, and with them the loss and its gradients. */
  protected override pass(X: NDArray, y?: NDArray, onGradient?: OnGradient): PassResult {
    const { params: { W1, W2, W3 }, reg } = this;
    const pass = this.#forward("loss", X, y ? "train" : "test");
    if (!y) return pass.scores;

    const [dataLoss, dscores] = softmaxLoss(pass.scores, y);
    const [dhidden, dW3, db3] = affineBackward(dscores, pass.scoresCache);
    const penalty3 = regularize(W3, dW3, reg);
    const grads: Record<string, NDArray> = { W3: dW3, b3: db3 };
    tell(onGradient, 3, grads);
    const [dpooled, dW2, db2, dgamma2, dbeta2] = genericBackward(dhidden, pass.hiddenCache);
    const penalty2 = regularize(W2, dW2, reg);
    Object.assign(grads, { W2: dW2, b2: db2 });
    if (dgamma2) Object.assign(grads, { gamma2: dgamma2, beta2: dbeta2 });
    tell(onGradient, 2, grads);
    const dmaps = maxPoolBackwardFast(dpooled, pass.poolCache);
    const { mapsCache } = pass;
    const needs = { needs: { dx: false } } as const;
    const [, dW1, db1, dgamma1, dbeta1] = isNormalized(mapsCache)
      ? convBnReluBackward(dmaps, mapsCache, needs)
      : convReluBackward(dmaps, mapsCache, needs);
    const loss = dataLoss + regularize(W1, dW1, reg) + penalty2 + penalty3;
    Object.assign(grads, { W1: dW1, b1: db1 });
    if (dgamma1) Object.assign(grads, { gamma1: dgamma1, beta1: dbeta1 });
    tell(onGradient, 1, grads);
    return [loss, grads];
  }
}

function isNormalized(
  cache: ConvReluCache<NDArray> | ConvBnReluCache<NDArray>,
): cache is ConvBnReluCache<NDArray> {
  return "batchnorm" in cache;
}

function checkGeometry([, h, w]: readonly number[], filterSize: number): void {
  if (filterSize % 2 === 0) {
    throw new RangeError(
      "ThreeLayerConvNet: filterSize must be odd, so that a pad of (filterSize - 1) / 2 keeps the " +
        `size of the image, got ${filterSize}; use ${filterSize - 1} or ${filterSize + 1}`,
    );
  }
  if (h % 2 === 0 && w % 2 === 0) return;
  throw new RangeError(
    "ThreeLayerConvNet: inputDim must have an even height and width for the 2×2 pooling, got " +
      `${h}×${w}; crop or pad the images by a pixel`,
  );
}
