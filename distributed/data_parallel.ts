/**
 * One model trained by several processes, each on its own rows of every batch.
 *
 * @module
 */
import { crc32 } from "../internal/crc32.ts";
import { checkOptionNames } from "../internal/options.ts";
import { showValue } from "../internal/show.ts";
import type { Workspace } from "../kernels/mod.ts";
import type { NDArray } from "../ndarray/mod.ts";
import type { Model, SharedTraining, TrainableModel } from "../nn/mod.ts";
import { agreeOn, agreeOnModel, broadcastBuffers } from "./_agreement.ts";
import { readOnce } from "./_bytes.ts";
import { fingerprintOf, fingerprintOfNumbers } from "./_fingerprint.ts";
import { checkRowsOfAll, checkShares, rowsOf, takeRows } from "./_rows.ts";
import { SharedStep } from "./_shared_step.ts";
import type { Communicator } from "./communicator.ts";

/**
 * Options of {@linkcode dataParallel}. They must be the same on all ranks, but for `signal`.
 *
 * @category Several processes
 */
export interface DataParallelOptions {
  /**
   * How much of a batch each rank computes, relative to the others: `[2, 1]` gives the first two
   * thirds. Default: equal parts.
   */
  readonly shares?: readonly number[];
  /**
   * Whose statistics batch norm normalises by in training: `"local"`, those of a rank's own rows, or
   * `"synchronized"`, those of the whole batch, as a single process does; that costs three small sums
   * a layer and step. Default: `"local"`.
   */
  readonly batchNorm?: "local" | "synchronized";
  /** Whether gradients are summed while the backward pass goes on. Default: true. */
  readonly overlap?: boolean;
  /** Bytes of gradients that go in one message. Default: 1 MiB. */
  readonly bucketBytes?: number;
  /** Aborted, it stops all ranks after the same step; a Solver's own signal does as much. */
  readonly signal?: AbortSignal;
}

/**
 * What {@linkcode dataParallel} returns.
 *
 * @category Several processes
 */
export interface DataParallelModel extends Model {
  /** The processes. */
  readonly communicator: Communicator;

  /** What a Solver does otherwise than with a model of one process. */
  readonly shared: SharedTraining;

  /**
   * Aborted on all ranks in the same step, once the signal of the options was on any of them: for
   * loops of one's own.
   */
  readonly signal: AbortSignal;

  /** Milliseconds that this rank has spent waiting for others in training steps. */
  readonly waited: number;
}

/**
 * Makes a model whose loss and gradients are computed by all ranks together, each on its own part
 * of the batch. A Solver takes it like any other: every rank draws the same batches, gathers and
 * augments its own rows, and gets the loss and the gradients of the whole batch, the same bits on all
 * ranks and those of a single process up to rounding. Checks of accuracy are shared too, checkpoints
 * and progress belong to rank 0, `Solver.resume` reads there for all, and an abort on one rank ends
 * all after the same step.
 *
 * In loops of one's own every rank calls `loss(X, y)` with the same whole batch. The loss is taken for
 * a mean over the rows, plus what does not depend on them. `loss(X)` is not collective: each rank
 * computes all rows that it is given.
 *
 * At the start all get the parameters and buffers of rank 0. Masks that dropout draws from
 * `model.rng` are those of the whole batch, its own rows of them on each rank; masks with a seed of
 * their own are each rank's own. Local batch norm moves the running statistics of each rank by its own
 * rows; before every check, and when training ends, all get those of rank 0.
 *
 * @param model The model, made in the same way on all ranks
 * @param communicator The processes, of `connectMpi`
 * @param options How much each computes, how batch norm works, when sums begin, what stops all
 * @returns The model to train; its parameters, buffers and generator are those of `model`. Its
 * `loss` throws a RangeError on all ranks if batches differ between them, or a batch has fewer rows
 * than there are ranks with a share
 * @throws {TypeError} If an option is of the wrong kind or there is no such option, or batch norm is
 * to be synchronised in a model that does not say what it has of it
 * @throws {RangeError} If parameters or options differ between ranks, on all of them; if shares are
 * not a positive number for each rank
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
 *
 * @category Several processes
 */
export function dataParallel(
  model: TrainableModel,
  communicator: Communicator,
  options: DataParallelOptions = {},
): DataParallelModel {
  const { rank, size } = communicator;
  const { shares, batchNorm, overlap, bucketBytes, signal } = settle(model, size, options);
  agreeOn(
    communicator,
    [`shares ${shares.join()}`, `${batchNorm} batch norm`, `buckets of ${bucketBytes} bytes`],
    (rank, differs, first) =>
      `dataParallel: rank ${rank} has ${differs} and rank 0 ${first}; give all the same options`,
  );
  agreeOnModel("dataParallel", model, communicator);
  const stopper = new AbortController();
  const step = new SharedStep(model, communicator, {
    bucketBytes,
    overlap,
    synchronized: batchNorm === "synchronized",
  });

  const shared: SharedTraining = {
    rank,
    size,
    rowsOf: (total) => rowsOf(total, shares, rank),
    loss(X, y, { rows, indices, stop }, workspace) {
      checkRowsOfAll("dataParallel", rows.total, shares);
      const wish = stop || (signal?.aborted ?? false);
      const batch = fingerprintOfNumbers(indices);
      return noteStop(step.run(X, y, rows, batch, wish, workspace));
    },
    sum(value) {
      const sum = new Float64Array([value]);
      communicator.allReduce(sum);
      return sum[0];
    },
    agreeOnBuffers() {
      agreeOn(
        communicator,
        Object.entries(model.params).map(([name, { data }]) =>
          `${name} with the checksum ${checksum(data)}`
        ),
        (rank, differs, first) =>
          `dataParallel: rank ${rank} has ${differs} and rank 0 ${first}; update parameters in the ` +
          "same way on all ranks, with the same kernels",
      );
      broadcastBuffers(model, communicator);
    },
    readOnce: (read) => readOnce(read, communicator),
    agreeOn(caller, lines) {
      agreeOn(
        communicator,
        lines,
        (rank, differs, first) =>
          `${caller}: rank ${rank} has ${differs} and rank 0 ${first}; load the same data and give ` +
          "the same options on all ranks",
      );
    },
  };

  function noteStop<T extends { readonly stop: boolean }>(result: T): T {
    if (result.stop && !stopper.signal.aborted) {
      stopper.abort(
        signal?.aborted
          ? signal.reason
          : new DOMException("another rank was interrupted", "AbortError"),
      );
    }
    return result;
  }

  function train(X: NDArray, y: NDArray, workspace?: Workspace): [number, Record<string, NDArray>] {
    const total = X.shape[0];
    checkRowsOfAll("dataParallel", total, shares);
    const rows = rowsOf(total, shares, rank);
    const [own, labels] = [takeRows(X, rows), takeRows(y, rows)];
    const wish = signal?.aborted ?? false;
    const { loss, grads } = noteStop(
      step.run(own, labels, rows, fingerprintOf(X, y), wish, workspace),
    );
    return [loss, grads];
  }

  return {
    communicator,
    shared,
    signal: stopper.signal,
    get waited() {
      return step.waited;
    },
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

function checksum({ buffer, byteOffset, byteLength }: NDArray["data"]): string {
  return crc32(new Uint8Array(buffer, byteOffset, byteLength)).toString(16);
}

/** Checks options and fills in defaults. */
function settle(
  model: TrainableModel,
  size: number,
  options: DataParallelOptions,
): Required<Omit<DataParallelOptions, "signal">> & Pick<DataParallelOptions, "signal"> {
  const caller = "dataParallel";
  checkOptionNames(caller, options, ["shares", "batchNorm", "overlap", "bucketBytes", "signal"], {
    syncbatchnorm: 'batchNorm: "synchronized"',
    bucketcapmb: "bucketBytes",
  });
  const {
    shares = new Array<number>(size).fill(1),
    batchNorm = "local",
    overlap = true,
    bucketBytes = 2 ** 20,
    signal,
  } = options;
  checkShares(caller, shares, size);
  if (batchNorm !== "local" && batchNorm !== "synchronized") {
    throw new RangeError(
      `${caller}: batchNorm must be "local" or "synchronized", got ${showValue(batchNorm)}`,
    );
  }
  if (batchNorm === "synchronized" && !model.batchNorms) {
    throw new TypeError(
      `${caller}: this model does not say what it has of batch norm, so that it cannot be ` +
        "synchronised; give it batchNorms, as models of the library have",
    );
  }
  if (typeof overlap !== "boolean") {
    throw new TypeError(`${caller}: overlap must be true or false, got ${showValue(overlap)}`);
  }
  if (!(Number.isSafeInteger(bucketBytes) && bucketBytes >= 1)) {
    throw new RangeError(
      `${caller}: bucketBytes must be a whole number from 1 up, got ${showValue(bucketBytes)}`,
    );
  }
  return { shares, batchNorm, overlap, bucketBytes, signal };
}
