/**
 * Linear classifiers trained by stochastic gradient descent: the multiclass SVM and softmax
 * regression. There is no bias; a column of ones in X makes one (the bias trick).
 *
 * Source: CS231n notes, "Linear classification", https://cs231n.github.io/linear-classify/.
 *
 * @module
 */
import { checkLabels } from "../internal/labels.ts";
import {
  amount,
  DescribedOptions,
  flag,
  generator,
  orNull,
  size,
} from "../internal/described_options.ts";
import { showShape } from "../internal/shapes.ts";
import { showNoArray } from "../internal/show.ts";
import { type FloatArray, kernels, Workspace } from "../kernels/mod.ts";
import { argmax, matmul, NDArray } from "../ndarray/mod.ts";
import { RandomState } from "../random/mod.ts";
import { type LinearLoss, softmaxLossVectorized, svmLossVectorized } from "./linear_losses.ts";

/**
 * Options of {@linkcode LinearClassifier.train}.
 *
 * @category Models
 */
export interface LinearTrainOptions {
  /** Step length, by default 1e-3. */
  learningRate?: number;
  /** Strength of the regularisation `reg·ΣW²`, by default 1e-5. */
  reg?: number;
  /** Number of classes; by null, the default, the largest label of the first training tells it. */
  numClasses?: number | null;
  /** Number of steps, by default 100. */
  numIters?: number;
  /** Examples in a minibatch, drawn with replacement, by default 200. */
  batchSize?: number;
  /** Whether to print the loss every 100 steps, by default false. */
  verbose?: boolean;
  /** Draws the initial weights and the minibatches; by default a fresh, unseeded generator. */
  rng?: RandomState;
}

const settings = new DescribedOptions<LinearTrainOptions>("LinearClassifier.train", {
  learningRate: amount(1e-3),
  reg: amount(1e-5),
  numClasses: orNull(size()),
  numIters: size(100),
  batchSize: size(200),
  verbose: flag(false),
  rng: generator(RandomState),
}, {
  lr: "learningRate",
  iterations: "numIters",
  niters: "numIters",
  maxiter: "numIters",
  epochs: "training is counted in steps: numIters",
  numepochs: "training is counted in steps: numIters",
  batch: "batchSize",
  weightdecay: "reg",
  l2: "reg",
  seed: "a seed goes into rng: new RandomState(seed)",
  randomstate: "rng",
});

/**
 * A classifier whose scores are `X·W`. Subclasses say what loss it is trained with.
 *
 * @example
 * ```ts
 * import { LinearClassifier, svmLossNaive } from "@nndl/nndl/models";
 * import type { NDArray } from "@nndl/nndl/ndarray";
 *
 * class SlowSVM extends LinearClassifier {
 *   loss(X: NDArray, y: NDArray, reg: number): [loss: number, dW: NDArray] {
 *     return svmLossNaive(this.weights(), X, y, reg);
 *   }
 * }
 * new SlowSVM();
 * ```
 *
 * @category Models
 */
export abstract class LinearClassifier {
  /** Weights, (D, C); null before the first training. */
  W: NDArray | null = null;

  /**
   * Computes the loss of a batch, and its gradient with respect to W.
   *
   * @param X Examples, (N, D)
   * @param y Labels, (N,)
   * @param reg Strength of the regularisation `reg·ΣW²`
   * @returns The loss, and `dW` (D, C)
   */
  abstract loss(X: NDArray, y: NDArray, reg: number): [loss: number, dW: NDArray];

  /**
   * The weights.
   *
   * @returns W, (D, C)
   * @throws {RangeError} If there are none yet
   */
  weights(): NDArray {
    if (this.W) return this.W;
    throw new RangeError(`${this.constructor.name}: there are no weights yet; call train first`);
  }

  /**
   * Trains by stochastic gradient descent. The first call draws W as 0.001 times normal numbers,
   * later ones go on from where W is.
   *
   * @param X Training examples, (N, D)
   * @param y Labels, (N,), whole numbers from 0 up. Without `numClasses` the largest one of the first
   * training tells how many classes there are, and there must be a 0
   * @param options Learning rate, regularisation, steps, batch size, generator
   * @returns The loss of every step
   * @throws {TypeError} If there is no option of a given name
   * @throws {RangeError} If a shape, a label or an option is out of range
   */
  train(X: NDArray, y: NDArray, options: LinearTrainOptions = {}): number[] {
    const caller = `${this.constructor.name}.train`;
    const given = settings.resolve(options, caller);
    const { learningRate, reg, numIters, batchSize, verbose, rng } = given;
    checkExamples(caller, X);
    const [n, d] = X.shape;
    const classes = this.#classes(caller, given.numClasses);
    checkLabels(caller, "y", y, { rows: n, each: "one label for each row of X", classes });
    if (classes === undefined) checkBegin(caller, y);
    const dtype = X.dtype === "float32" ? "float32" : "float64";
    this.W ??= rng.randn(d, classes ?? y.max() + 1).multiply(0.001).astype(dtype);

    const lossHistory: number[] = [];
    const workspace = new Workspace();
    for (let iteration = 0; iteration < numIters; iteration++) {
      const rows = rng.choice(n, batchSize) as NDArray;
      const loss = workspace.run(() => {
        const [loss, dW] = this.loss(X.take(rows, 0), y.take(rows, 0), reg);
        const W = this.weights();
        kernels.sgdStep(W.data as FloatArray, dW.data as FloatArray, learningRate);
        return loss;
      });
      lossHistory.push(loss);
      if (verbose && iteration % 100 === 0) {
        console.log(`iteration ${iteration} / ${numIters}: loss ${loss.toFixed(6)}`);
      }
    }
    return lossHistory;
  }

  /** How many classes there are, if that is known before the labels are. */
  #classes(caller: string, numClasses: number | null): number | undefined {
    const columns = this.W?.shape[1];
    if (columns === undefined || numClasses === null || numClasses === columns) {
      return columns ?? numClasses ?? undefined;
    }
    throw new RangeError(
      `${caller}: numClasses must be ${columns}, the columns of W from an earlier training, got ` +
        `${numClasses}; make a new classifier`,
    );
  }

  /**
   * Predicts labels: the class of the largest score, of several the smallest.
   *
   * @param X Examples, (N, D)
   * @returns Labels, int32, (N,)
   * @throws {RangeError} If X does not fit the weights, or there are none yet
   */
  predict(X: NDArray): NDArray {
    const W = this.weights();
    const caller = `${this.constructor.name}.predict`;
    checkExamples(caller, X);
    if (X.shape[1] !== W.shape[0]) {
      throw new RangeError(
        `${caller}: X must have ${W.shape[0]} values a row like the training examples, got ` +
          `${X.shape[1]}; is the bias column missing?`,
      );
    }
    const scores = matmul(X.dtype === W.dtype ? X : X.astype(W.dtype), W);
    return argmax(scores, 1) as NDArray;
  }
}

/**
 * The multiclass support vector machine: a linear classifier with the hinge loss.
 *
 * @example
 * ```ts
 * import { LinearSVM } from "@nndl/nndl/models";
 * import { array } from "@nndl/nndl/ndarray";
 * import { RandomState } from "@nndl/nndl/random";
 * import assert from "node:assert/strict";
 *
 * const svm = new LinearSVM();
 * const [X, y] = [array([[1, 0], [0, 1]]), array([0, 1])];
 * const history = svm.train(X, y, { learningRate: 0.1, rng: new RandomState(0) });
 * assert.ok(history[99] < history[0]);
 * assert.deepEqual(svm.predict(X).toArray(), [0, 1]);
 * ```
 *
 * @category Models
 */
export class LinearSVM extends LinearClassifier {
  /**
   * Computes the hinge loss of a batch, see `svmLossVectorized`.
   *
   * @param X Examples, (N, D)
   * @param y Labels, (N,)
   * @param reg Strength of the regularisation `reg·ΣW²`
   * @returns The loss, and `dW` (D, C)
   */
  override loss(X: NDArray, y: NDArray, reg: number): ReturnType<LinearLoss> {
    return svmLossVectorized(this.weights(), X, y, reg);
  }
}

/**
 * Softmax regression: a linear classifier with the cross-entropy loss.
 *
 * @example
 * ```ts
 * import { Softmax } from "@nndl/nndl/models";
 * import { array } from "@nndl/nndl/ndarray";
 * import { RandomState } from "@nndl/nndl/random";
 * import assert from "node:assert/strict";
 *
 * const softmax = new Softmax();
 * const [X, y] = [array([[1, 0], [0, 1]]), array([0, 1])];
 * const history = softmax.train(X, y, { learningRate: 0.1, rng: new RandomState(0) });
 * assert.ok(history[99] < history[0]);
 * assert.deepEqual(softmax.predict(X).toArray(), [0, 1]);
 * ```
 *
 * @category Models
 */
export class Softmax extends LinearClassifier {
  /**
   * Computes the softmax loss of a batch, see `softmaxLossVectorized`.
   *
   * @param X Examples, (N, D)
   * @param y Labels, (N,)
   * @param reg Strength of the regularisation `reg·ΣW²`
   * @returns The loss, and `dW` (D, C)
   */
  override loss(X: NDArray, y: NDArray, reg: number): ReturnType<LinearLoss> {
    return softmaxLossVectorized(this.weights(), X, y, reg);
  }
}

function checkExamples(caller: string, X: NDArray): void {
  if (!(X instanceof NDArray)) {
    throw new TypeError(`${caller}: X must be an NDArray, got ${showNoArray(X, "X")}`);
  }
  if (X.ndim === 2 && X.size > 0) return;
  throw new RangeError(
    `${caller}: X must have shape (N, D) with at least one row, got ${showShape(X.shape)}` +
      (X.ndim > 2 ? "; reshape it to rows: X.reshape([X.shape[0], -1])" : ""),
  );
}

/** Throws if no label is 0: they probably count from 1, and 0 would be one more class. */
function checkBegin(caller: string, y: NDArray): void {
  const least = y.min();
  if (least === 0) return;
  const most = y.max();
  throw new RangeError(
    `${caller}: y must hold labels from 0 up, got ${least} to ${most}; do they count from ` +
      `${least}? use y.subtract(${least}), or if some classes are missing, numClasses: ${most + 1}`,
  );
}
