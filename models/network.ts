/**
 * What networks that learn to classify have in common: how they are asked for scores, a loss,
 * gradients and a summary.
 *
 * @module
 */
import type { Workspace } from "../kernels/mod.ts";
import type { NDArray } from "../ndarray/mod.ts";
import type { Model, OnGradient } from "../nn/model.ts";
import { type LayerDescription, ModelSummary } from "../nn/model_summary.ts";

/**
 * Scores, (N, K); or a loss, and the gradient of every parameter under its name.
 *
 * @category Models
 */
export type PassResult = NDArray | [loss: number, grads: Record<string, NDArray>];

/**
 * A network that is trained by the softmax loss with regularisation. What it is made of, and its
 * passes forward and back, are its own: {@linkcode TwoLayerNet}, {@linkcode FullyConnectedNet},
 * {@linkcode ThreeLayerConvNet} and {@linkcode ConvNet}.
 *
 * @example
 * ```ts
 * import { type Network, TwoLayerNet } from "@nndl/nndl/models";
 * import { softmaxLoss } from "@nndl/nndl/layers";
 * import { array } from "@nndl/nndl/ndarray";
 * import { RandomState } from "@nndl/nndl/random";
 * import assert from "node:assert/strict";
 *
 * const rng = new RandomState(231);
 * const net: Network = new TwoLayerNet({ inputDim: 4, hiddenDim: 5, numClasses: 3, rng });
 * const [X, y] = [rng.randn(2, 4), array([0, 2])];
 * assert.deepEqual(net.loss(X).shape, [2, 3]);
 *
 * const [loss, grads] = net.loss(X, y);
 * assert.ok(Math.abs(loss - Math.log(3)) < 1e-3);
 * assert.deepEqual(Object.keys(grads), Object.keys(net.params));
 *
 * const dX = net.inputGradient(X, (scores) => softmaxLoss(scores, y)[1]);
 * assert.deepEqual(dX.shape, X.shape);
 * ```
 *
 * @category Models
 */
export abstract class Network implements Model {
  /** Weights, biases, scales and shifts by name. */
  params: Record<string, NDArray> = {};
  /** Strength of the regularisation `0.5·reg·ΣW²`. */
  reg = 0;

  /**
   * Describes the layers.
   *
   * @returns Names, settings, output shapes and numbers of parameters; prints as a table
   */
  summary(): ModelSummary {
    return new ModelSummary(this.layers(), this.params);
  }

  /**
   * Computes the class scores as at test time: with running statistics and without dropout.
   *
   * @param X Examples, (N, d₁, …, d_k), or images, (N, C, H, W)
   * @param y Nothing
   * @param workspace Where the arrays of the pass come from; without one they are fresh
   * @returns Scores, (N, K)
   * @throws {RangeError} If X does not fit the network
   */
  loss(X: NDArray, y?: undefined, workspace?: Workspace): NDArray;
  /**
   * Computes the softmax loss with regularisation, and its gradients, as in training.
   *
   * @param X Examples, (N, d₁, …, d_k), or images, (N, C, H, W)
   * @param y Labels, (N,), whole numbers from 0 to K - 1
   * @param workspace Where the arrays of the pass come from; without one they are fresh
   * @param onGradient Told of each gradient as soon as it is final, while the pass goes on
   * @returns The loss, and the gradient of every parameter under its name
   * @throws {RangeError} If X does not fit the network, or y not X
   */
  loss(
    X: NDArray,
    y: NDArray,
    workspace?: Workspace,
    onGradient?: OnGradient,
  ): [loss: number, grads: Record<string, NDArray>];
  loss(X: NDArray, y?: NDArray, workspace?: Workspace, onGradient?: OnGradient): PassResult {
    return workspace
      ? workspace.run(() => this.pass(X, y, onGradient))
      : this.pass(X, y, onGradient);
  }

  /**
   * Computes the gradient with respect to the input, as at test time: with running statistics and
   * without dropout. Saliency maps, images that fool a network, and layers below the network need
   * it. No gradient of a parameter is computed.
   *
   * @param X Examples, (N, d₁, …, d_k), or images, (N, C, H, W)
   * @param upstream Makes the gradient with respect to the scores, (N, K), from the scores
   * @param workspace Where the arrays of the pass come from; without one they are fresh
   * @returns The gradient, of the shape of X
   * @throws {RangeError} If X does not fit the network, or the upstream gradient not the scores
   */
  inputGradient(
    X: NDArray,
    upstream: (scores: NDArray) => NDArray,
    workspace?: Workspace,
  ): NDArray {
    return workspace
      ? workspace.run(() => this.passToInput(X, upstream))
      : this.passToInput(X, upstream);
  }

  /** The layers, what enters first. */
  protected abstract layers(): readonly LayerDescription[];

  /** Computes scores without labels, and with them the loss and its gradients. */
  protected abstract pass(X: NDArray, y?: NDArray, onGradient?: OnGradient): PassResult;

  /** Computes the gradient of the input. */
  protected abstract passToInput(X: NDArray, upstream: (scores: NDArray) => NDArray): NDArray;
}
