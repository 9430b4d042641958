/**
 * One model trained by several processes, each on its own rows of every batch.
 *
 * @module
 */
import { checkOptionNames } from "../internal/options.ts";
import { sameShape, showShape } from "../internal/shapes.ts";
import type { Workspace } from "../kernels/mod.ts";
import type { NDArray } from "../ndarray/mod.ts";
import type { Model, TrainableModel } from "../nn/model.ts";
import { agreeOnModel, floatBuffers } from "./_agreement.ts";
import { allEqual, fingerprintOf } from "./_fingerprint.ts";
import { withMasksOfRows } from "./_masks.ts";
import { checkShares, rowsOf, takeRows } from "./_rows.ts";
import { WeightedSums } from "./_weighted_sums.ts";
import type { Communicator } from "./communicator.ts";

type Grads = Record<string, NDArray>;

/** Options of {@linkcode dataParallel}. */
export interface DataParallelOptions {
  /**
   * How much of a batch each rank computes, relative to the others: `[2, 1]` gives the first two
   * thirds. The same on all ranks. Default: equal parts.
   */
  readonly shares?: readonly number[];
  /** Aborted, it stops all ranks after the same step; see {@linkcode DataParallelModel.signal}. */
  readonly signal?: AbortSignal;
}

/** What {@linkcode dataParallel} returns. */
export interface DataParallelModel extends Model {
  /** The processes. */
  readonly communicator: Communicator;

  /**
   * Aborted on all ranks in the same step, once the signal of the options was on any of them. Give
   * it to the Solver.
   */
  readonly signal: AbortSignal;
}

/** Places of what every step sums beside the gradients. */
const [LOSS, STOP, BATCH, SQUARE, HEAD] = [0, 1, 2, 3, 4];

/**
 * Makes a model whose loss and gradients are computed by all ranks together, each on its own part
 * of the batch. Every rank calls `loss(X, y)` with the same whole batch, as Solvers do whose
 * generators have the same seed, and gets the loss and the gradients of the whole batch: the same
 * bits on all ranks, and those of a single process up to rounding. It takes the loss for a mean over
 * the rows, plus what does not depend on them.
 *
 * At the start all get the parameters and buffers of rank 0. Masks that dropout draws from
 * `model.rng` are those of the whole batch, its own rows of them on each rank; masks with a seed of
 * their own are each rank's own. Batch norm normalises by the statistics of a rank's own rows; the
 * running statistics are averaged over the ranks in every step. `loss(X)` is not collective: each
 * rank computes all rows that it is given.
 *
 * @param model The model, made in the same way on all ranks
 * @param communicator The processes, of `connectMpi`
 * @param options How much each computes, and what stops all
 * @returns The model to train; its parameters, buffers and generator are those of `model`. Its
 * `loss` throws a RangeError on all ranks if batches differ between them, or a batch has fewer rows
 * than there are ranks with a share
 * @throws {TypeError} If the model has a parameter or a buffer that is no float array
 * @throws {RangeError} If parameters differ in names or shapes between ranks, on all of them; if
 * shares are not a positive number for each rank
 *
 * @example Without a launcher there is one rank
 * ```ts
 * import { type Communicator, dataParallel } from "@nndl/nndl/distributed";
 * import { TwoLayerNet } from "@nndl/nndl/models";
 * import { RandomState } from "@nndl/nndl/random";
 * import assert from "node:assert/strict";
 *
 * const done = { poll: () => true, wait() {} };
 * const alone: Communicator = { // as connectMpi() makes it
 *   rank: 0,
 *   size: 1,
 *   description: "one process",
 *   allReduce() {},
 *   broadcast() {},
 *   barrier() {},
 *   startAllReduce: () => done,
 *   close() {},
 * };
 * const rng = new RandomState(231);
 * const model = new TwoLayerNet({ inputDim: 4, hiddenDim: 5, numClasses: 3, rng });
 * const X = rng.randn(6, 4);
 * const y = rng.randint(0, 3, 6);
 * assert.equal(dataParallel(model, alone).loss(X, y)[0], model.loss(X, y)[0]);
 * ```
 */
export function dataParallel(
  model: TrainableModel,
  communicator: Communicator,
  options: DataParallelOptions = {},
): DataParallelModel {
  checkOptionNames("dataParallel", options, ["shares", "signal"]);
  const { shares = new Array<number>(communicator.size).fill(1), signal } = options;
  checkShares("dataParallel", shares, communicator.size);
  agreeOnModel("dataParallel", model, communicator);
  const stopper = new AbortController();
  const sums = new WeightedSums(communicator);
  const head = new Float64Array(HEAD);

  function train(X: NDArray, y: NDArray, workspace?: Workspace): [number, Grads] {
    const rows = rowsOf("dataParallel", X.shape[0], shares, communicator.rank);
    const [loss, grads] = withMasksOfRows(
      model.rng,
      rows,
      () => model.loss(takeRows(X, rows), takeRows(y, rows), workspace),
    ) as [number, Grads];
    const weight = (rows.end - rows.start) / rows.total;
    const batch = fingerprintOf(X, y);
    head.set([weight * loss, signal?.aborted ? 1 : 0, batch, batch * batch]);
    sums.reduce(head, [...gradsInOrder(model, grads), ...floatBuffers(model)], weight);
    if (!allEqual(communicator.size, head[BATCH], head[SQUARE])) {
      throw new RangeError(
        "dataParallel: ranks were given different batches; load the same data on all ranks, and " +
          "give Solvers generators of the same seed",
      );
    }
    if (head[STOP] > 0 && !stopper.signal.aborted) {
      stopper.abort(
        signal?.aborted
          ? signal.reason
          : new DOMException("another rank was interrupted", "AbortError"),
      );
    }
    return [head[LOSS], grads];
  }

  return {
    communicator,
    signal: stopper.signal,
    get params() {
      return model.params;
    },
    set params(params) {
      model.params = params;
    },
    get buffers() {
      return model.buffers;
    },
    get rng() {
      return model.rng;
    },
    ...(model.score ? { score: model.score.bind(model) } : {}),
    loss:
      ((X: NDArray, y?: NDArray, workspace?: Workspace) =>
        y === undefined ? model.loss(X, undefined, workspace) : train(X, y, workspace)) as Model[
          "loss"
        ],
  };
}

/** The gradients in the order of the parameters, which is the same on all ranks. */
function gradsInOrder({ params }: TrainableModel, grads: Grads): NDArray[] {
  return Object.entries(params).map(([name, { shape }]) => {
    const grad = grads[name];
    if (grad !== undefined && sameShape(grad.shape, shape)) return grad;
    const got = grad === undefined ? "nothing" : showShape(grad.shape);
    throw new RangeError(
      `dataParallel: model.loss(X, y) must return a gradient of shape ${showShape(shape)} for ` +
        `${name}, got ${got}`,
    );
  });
}
