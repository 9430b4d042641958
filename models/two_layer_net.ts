/**
 * A network of two affine layers with ReLU between them: affine - ReLU - affine - softmax.
 *
 * @module
 */
import { amount, DescribedOptions, size } from "../internal/described_options.ts";
import {
  affineBackward,
  affineForward,
  affineReluBackward,
  affineReluForward,
  softmaxLoss,
} from "../layers/mod.ts";
import type { NDArray } from "../ndarray/mod.ts";
import { Layers } from "./_layers.ts";
import {
  drawWeights,
  enter,
  filled,
  guardLoss,
  inputOnly,
  regularize,
  scoreGradient,
  tell,
} from "./_network.ts";
import { aliases, networkRules } from "./_options.ts";
import { Network, type PassResult } from "./network.ts";
import type { NetworkOptions } from "./network_options.ts";
import type { OnGradient } from "../nn/model.ts";
import type { LayerDescription } from "../nn/model_summary.ts";

/**
 * Options of {@linkcode TwoLayerNet}.
 *
 * @category Models
 */
export interface TwoLayerNetOptions extends NetworkOptions {
  /** Values an example has, by default 3·32·32. */
  inputDim?: number;
  /** Width of the hidden layer, by default 100. */
  hiddenDim?: number;
  /** Standard deviation of the initial weights, by default 1e-3. */
  weightScale?: number;
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
 *
 * @category Models
 */
export class TwoLayerNet extends Network {
  static {
    guardLoss(TwoLayerNet);
  }

  /**
   * Makes a network with normal weights, drawn in the order W1, W2, and biases of zero.
   *
   * @param options Sizes, initial weights, regularisation
   * @throws {TypeError} If there is no option of a given name
   * @throws {RangeError} If a value is out of range
   */
  constructor(options: TwoLayerNetOptions = {}) {
    super();
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

  /** The layers. */
  protected override layers(): readonly LayerDescription[] {
    const { W1, W2 } = this.params;
    const layers = new Layers([W1.shape[0]]);
    layers.affine(1, W1.shape[1], false);
    layers.affine(2, W2.shape[1], true);
    return layers.all;
  }

  /** Computes the gradient of the input. */
  protected override passToInput(X: NDArray, upstream: (scores: NDArray) => NDArray): NDArray {
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

  /** Computes scores without labels, and with them the loss and its gradients. */
  protected override pass(X: NDArray, y?: NDArray, onGradient?: OnGradient): PassResult {
    const { params: { W1, b1, W2, b2 }, reg } = this;
    const [hidden, hiddenCache] = affineReluForward(enter("TwoLayerNet.loss", X, W1), W1, b1);
    const [scores, scoresCache] = affineForward(hidden, W2, b2);
    if (!y) return scores;

    const [dataLoss, dscores] = softmaxLoss(scores, y);
    const [dhidden, dW2, db2] = affineBackward(dscores, scoresCache);
    const penalty = regularize(W2, dW2, reg);
    tell(onGradient, 2, { W2: dW2, b2: db2 });
    const [, dW1, db1] = affineReluBackward(dhidden, hiddenCache, { needs: { dx: false } });
    const loss = dataLoss + regularize(W1, dW1, reg) + penalty;
    const grads = { W1: dW1, b1: db1, W2: dW2, b2: db2 };
    tell(onGradient, 1, grads);
    return [loss, grads];
  }
}
