/**
 * A network of two affine layers with ReLU between them: affine - ReLU - affine - softmax.
 *
 * @module
 */
import { amount, DescribedOptions, size } from "../internal/described_options.ts";
import type { Workspace } from "../kernels/mod.ts";
import {
  affineBackward,
  affineForward,
  affineReluBackward,
  affineReluForward,
  softmaxLoss,
} from "../layers/mod.ts";
import type { NDArray } from "../ndarray/mod.ts";
import type { RandomState } from "../random/mod.ts";
import { affineLayers, inputLayer } from "./_layers.ts";
import {
  checkAttached,
  drawWeights,
  enter,
  filled,
  inputOnly,
  regularize,
  scoreGradient,
} from "./_network.ts";
import { aliases, networkRules } from "./_options.ts";
import type { Model } from "../nn/model.ts";
import { ModelSummary } from "../nn/model_summary.ts";

/** Options of {@linkcode TwoLayerNet}. */
export interface TwoLayerNetOptions {
  /** Values an example has, by default 3·32·32. */
  inputDim?: number;
  /** Width of the hidden layer, by default 100. */
  hiddenDim?: number;
  /** Number of classes, by default 10. */
  numClasses?: number;
  /** Standard deviation of the initial weights, by default 1e-3. */
  weightScale?: number;
  /** Strength of the regularisation `0.5·reg·ΣW²`, by default 0. */
  reg?: number;
  /** Type of the parameters, and so of all arithmetic, by default `"float32"`. */
  dtype?: "float32" | "float64";
  /** Draws the initial weights; by default a fresh, unseeded generator. */
  rng?: RandomState;
}

const settings = new DescribedOptions<TwoLayerNetOptions>("TwoLayerNet", {
  inputDim: size(3 * 32 * 32),
  hiddenDim: size(100),
  weightScale: amount(1e-3),
  ...networkRules,
}, aliases);

/**
 * A two-layer network with parameters `W1` (D, H), `b1` (H,), `W2` (H, C), `b2` (C,).
 *
 * Source: CS231n, assignment 1.
 *
 * @example
 * ```ts
 * import { TwoLayerNet } from "@nndl/nndl/models";
 * import { array } from "@nndl/nndl/ndarray";
 * import { RandomState } from "@nndl/nndl/random";
 * import assert from "node:assert/strict";
 *
 * const rng = new RandomState(231);
 * const net = new TwoLayerNet({ inputDim: 4, hiddenDim: 5, numClasses: 3, rng });
 * const X = rng.randn(2, 4);
 * assert.deepEqual(net.loss(X).shape, [2, 3]);
 *
 * const [loss, grads] = net.loss(X, array([0, 2]));
 * assert.ok(Math.abs(loss - Math.log(3)) < 1e-3);
 * assert.deepEqual(Object.keys(grads), ["W1", "b1", "W2", "b2"]);
 * ```
 */
export class TwoLayerNet implements Model {
  /** Weights and biases by name. */
  params: Record<string, NDArray>;
  /** Strength of the regularisation `0.5·reg·ΣW²`. */
  reg: number;

  /**
   * Makes a network with normal weights, drawn in the order W1, W2, and biases of zero.
   *
   * @param options Sizes, initial weights, regularisation
   * @throws {TypeError} If there is no option of a given name
   * @throws {RangeError} If a value is out of range
   */
  constructor(options: TwoLayerNetOptions = {}) {
    const { inputDim, hiddenDim, numClasses, weightScale, reg, dtype, rng } = settings.resolve(
      options,
    );
    this.reg = reg;
    this.params = {
      W1: drawWeights(rng, [inputDim, hiddenDim], weightScale, dtype),
      b1: filled(hiddenDim, 0, dtype),
      W2: drawWeights(rng, [hiddenDim, numClasses], weightScale, dtype),
      b2: filled(numClasses, 0, dtype),
    };
  }

  /**
   * Describes the layers.
   *
   * @returns Names, settings, output shapes and numbers of parameters; prints as a table
   */
  summary(): ModelSummary {
    const { W1, W2 } = this.params;
    const layers = [
      inputLayer([W1.shape[0]]),
      ...affineLayers(1, W1.shape, false),
      ...affineLayers(2, W2.shape, true),
    ];
    return new ModelSummary(layers, this.params);
  }

  /**
   * Computes the class scores.
   *
   * @param X Examples, (N, d₁, …, d_k)
   * @param y Nothing
   * @param workspace Where the arrays of the pass come from; without one they are fresh
   * @returns Scores, (N, C)
   * @throws {RangeError} If X does not fit the network
   */
  loss(X: NDArray, y?: undefined, workspace?: Workspace): NDArray;
  /**
   * Computes the softmax loss with regularisation, and its gradients.
   *
   * @param X Examples, (N, d₁, …, d_k)
   * @param y Labels, (N,), whole numbers from 0 to C - 1
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
    checkAttached("TwoLayerNet.loss", this instanceof TwoLayerNet);
    return workspace ? workspace.run(() => this.#pass(X, y)) : this.#pass(X, y);
  }

  /**
   * Computes the gradient with respect to the input, as at test time: with running statistics.
   * Saliency maps, images that fool a network, and layers below the network need it.
   * No gradient of a parameter is computed.
   *
   * @param X Examples, (N, d₁, …, d_k)
   * @param upstream Makes the gradient with respect to the scores, (N, C), from the scores
   * @param workspace Where the arrays of the pass come from; without one they are fresh
   * @returns The gradient, of the shape of X
   * @throws {RangeError} If X does not fit the network, or the upstream gradient not the scores
   *
   * @example
   * ```ts
   * import { softmaxLoss } from "@nndl/nndl/layers";
   * import { TwoLayerNet } from "@nndl/nndl/models";
   * import { array } from "@nndl/nndl/ndarray";
   * import { RandomState } from "@nndl/nndl/random";
   * import assert from "node:assert/strict";
   *
   * const rng = new RandomState(231);
   * const net = new TwoLayerNet({ inputDim: 4, hiddenDim: 5, numClasses: 3, rng });
   * const [X, y] = [rng.randn(2, 4), array([0, 2])];
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
    const { W1, b1, W2, b2 } = this.params;
    const images = enter("TwoLayerNet.inputGradient", X, W1);
    const [hidden, hiddenCache] = affineReluForward(images, W1, b1);
    const [scores, scoresCache] = affineForward(hidden, W2, b2);
    const [dhidden] = affineBackward(
      scoreGradient("TwoLayerNet.inputGradient", upstream, scores),
      scoresCache,
      inputOnly,
    );
    return affineReluBackward(dhidden, hiddenCache, inputOnly)[0];
  }

  #pass(X: NDArray, y?: NDArray): NDArray | [loss: number, grads: Record<string, NDArray>] {
    const { params: { W1, b1, W2, b2 }, reg } = this;
    const [hidden, hiddenCache] = affineReluForward(enter("TwoLayerNet.loss", X, W1), W1, b1);
    const [scores, scoresCache] = affineForward(hidden, W2, b2);
    if (!y) return scores;

    const [dataLoss, dscores] = softmaxLoss(scores, y);
    const [dhidden, dW2, db2] = affineBackward(dscores, scoresCache);
    const [, dW1, db1] = affineReluBackward(dhidden, hiddenCache, { needs: { dx: false } });
    const loss = dataLoss + regularize(W1, dW1, reg) + regularize(W2, dW2, reg);
    return [loss, { W1: dW1, b1: db1, W2: dW2, b2: db2 }];
  }
}
