/**
 * What the Solver trains: parameters, and a loss with its gradients.
 *
 * @module
 */
import type { Workspace } from "../kernels/mod.ts";
import type { ReduceSums } from "../layers/mod.ts";
import type { NDArray } from "../ndarray/mod.ts";
import type { RandomState } from "../random/mod.ts";
import type { SharedTraining } from "./shared_training.ts";

/**
 * Told of a gradient as soon as it is final, while the backward pass goes on.
 *
 * @param name The parameter
 * @param grad Its gradient: the array that the pass will return
 * @category Modules
 */
export type OnGradient = (name: string, grad: NDArray) => void;

/**
 * Batch normalisation whose statistics may be those of a batch that several processes hold.
 *
 * @category Modules
 */
export interface SharedNormalization {
  /** Sums over all parts of the batch; without it a process normalises by its own rows. */
  reduceSums?: ReduceSums;
}

/**
 * What the Solver takes: any object with `params` and a `loss` of one signature will do. The rest
 * lets checkpoints hold everything that a continued run needs.
 *
 * @example
 * ```ts
 * import type { TrainableModel } from "@nndl/nndl/models";
 * import { softmaxLoss } from "@nndl/nndl/layers";
 * import { matmul, type NDArray, zeros } from "@nndl/nndl/ndarray";
 * import assert from "node:assert/strict";
 *
 * class Linear implements TrainableModel {
 *   params: Record<string, NDArray> = { W: zeros([2, 3]) };
 *
 *   loss(X: NDArray, y?: NDArray): NDArray | [number, Record<string, NDArray>] {
 *     const scores = matmul(X, this.params.W);
 *     if (!y) return scores;
 *     const [loss, dscores] = softmaxLoss(scores, y);
 *     return [loss, { W: matmul(X, dscores, { transposeA: true }) }];
 *   }
 * }
 * assert.deepEqual((new Linear().loss(zeros([5, 2])) as NDArray).shape, [5, 3]);
 * ```
 *
 * @category Modules
 */
export interface TrainableModel {
  /** The trained arrays by name, such as `W1`, `b1`, `gamma1`, `beta1`. */
  params: Record<string, NDArray>;

  /**
   * Without `y`, computes the scores as at test time; with it, the loss and its gradients as in
   * training.
   *
   * @param X Examples, (N, d₁, …, d_k)
   * @param y Labels, (N,), or whatever the model is trained with
   * @param workspace Where the arrays of the pass come from; without one they are fresh
   * @param onGradient Told of each gradient as soon as it is final; a model need not call it
   * @returns Scores, (N, C); or the loss, and the gradient of every parameter under its name
   */
  loss(
    X: NDArray,
    y?: NDArray,
    workspace?: Workspace,
    onGradient?: OnGradient,
  ): NDArray | [loss: number, grads: Record<string, NDArray>];

  /**
   * Says how good a batch is, the larger the better. A model that has it may be trained with labels
   * of any shape and type; without it labels are class numbers, and the score is the accuracy.
   *
   * @param out What `loss(X)` returned
   * @param y The labels of the batch
   * @returns The mean over the batch
   */
  score?(out: NDArray, y: NDArray): number;

  /** State that is kept between passes but not trained, by name, live: `"bn1.runningMean"`. */
  readonly buffers?: Record<string, NDArray>;

  /** The generator that dropout draws from. */
  readonly rng?: RandomState;

  /** Its batch normalisations, so that several processes can normalise as one. */
  readonly batchNorms?: readonly SharedNormalization[];

  /** How several processes train it together, if they do: what `dataParallel` returns has it. */
  readonly shared?: SharedTraining;
}

/**
 * A model whose `loss` tells its callers apart: without labels it gives an array, with labels a loss
 * and gradients. All models of the library are such.
 *
 * @example
 * ```ts
 * import { type Model, TwoLayerNet } from "@nndl/nndl/models";
 * import { array, zeros } from "@nndl/nndl/ndarray";
 * import assert from "node:assert/strict";
 *
 * const model: Model = new TwoLayerNet({ inputDim: 4, numClasses: 3 });
 * assert.deepEqual(model.loss(zeros([5, 4])).shape, [5, 3]);
 * const [loss, grads] = model.loss(zeros([1, 4]), array([2], "int32"));
 * assert.ok(loss > 1 && "W1" in grads);
 * ```
 *
 * @category Modules
 */
export interface Model extends TrainableModel {
  /**
   * Computes the class scores, as at test time.
   *
   * @param X Examples, (N, d₁, …, d_k)
   * @param y Nothing
   * @param workspace Where the arrays of the pass come from; without one they are fresh
   * @returns Scores, (N, C)
   */
  loss(X: NDArray, y?: undefined, workspace?: Workspace): NDArray;

  /**
   * Computes the loss and its gradients, as in training.
   *
   * @param X Examples, (N, d₁, …, d_k)
   * @param y Labels, (N,)
   * @param workspace Where the arrays of the pass come from; without one they are fresh
   * @param onGradient Told of each gradient as soon as it is final; a model need not call it
   * @returns The loss, and the gradient of every parameter under its name
   */
  loss(
    X: NDArray,
    y: NDArray,
    workspace?: Workspace,
    onGradient?: OnGradient,
  ): [loss: number, grads: Record<string, NDArray>];
}
