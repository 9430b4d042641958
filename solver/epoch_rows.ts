/**
 * Rows for loops of one's own that see every example once an epoch.
 *
 * @module
 */
import { checkWhole } from "../internal/numbers.ts";
import { asNDArray, NDArray } from "../ndarray/mod.ts";
import type { RandomState } from "../random/mod.ts";

/**
 * Where an {@linkcode EpochRows} stands.
 *
 * @category Training
 */
export interface EpochRowsState {
  /** The order of the epoch, int32, (N,); null before the first. */
  readonly order: NDArray | null;
  /** Rows of it that were dealt out. */
  readonly position: number;
}

/**
 * Deals out rows in batches, without replacement: each epoch in a new order, drawn with one
 * `rng.permutation`. It is a part of a `Trainer`'s state, so that a run can be resumed in the middle
 * of an epoch.
 *
 * @example
 * ```ts
 * import { linear, mse } from "@nndl/nndl/autograd";
 * import { zeros } from "@nndl/nndl/ndarray";
 * import { Optimizer, Parameter } from "@nndl/nndl/nn";
 * import { RandomState } from "@nndl/nndl/random";
 * import { EpochRows, Trainer } from "@nndl/nndl/solver";
 * import assert from "node:assert/strict";
 *
 * const rng = new RandomState(231);
 * const X = rng.randn(50, 3);
 * const y = X.sum(1, { keepdims: true });
 * const w = new Parameter(zeros([1, 3]));
 * const optimizer = new Optimizer([w], "adam", { learningRate: 0.1 });
 * const rows = new EpochRows(50, 16, rng);
 * const trainer = new Trainer({
 *   stepsPerEpoch: rows.stepsPerEpoch,
 *   numEpochs: 30,
 *   state: { w, optimizer, rows, rng },
 *   progress: [],
 *   step() {
 *     const batch = rows.next();
 *     optimizer.zeroGrad();
 *     const loss = mse(linear(X.take(batch, 0), w, null), y.take(batch, 0));
 *     loss.backward();
 *     optimizer.step();
 *     return loss.item();
 *   },
 * });
 * await trainer.train();
 * assert.ok(trainer.history.loss.at(-1)! < 1e-2);
 * ```
 *
 * @category Training
 */
export class EpochRows {
  /** Batches in an epoch. */
  readonly stepsPerEpoch: number;
  readonly #numRows: number;
  readonly #batchSize: number;
  readonly #rng: RandomState;
  #order: NDArray | null = null;
  #position = 0;

  /**
   * Draws nothing yet.
   *
   * @param numRows How many rows there are
   * @param batchSize Rows in a batch; the last of an epoch may have fewer
   * @param rng Draws the orders; it is to be declared as state of its own
   * @throws {RangeError} If there are no rows, or the batch size is no size
   */
  constructor(numRows: number, batchSize: number, rng: RandomState) {
    checkWhole("EpochRows", "numRows", numRows, 1);
    checkWhole("EpochRows", "batchSize", batchSize, 1);
    this.#numRows = numRows;
    this.#batchSize = batchSize;
    this.#rng = rng;
    this.stepsPerEpoch = Math.ceil(numRows / batchSize);
  }

  /**
   * Deals out the next batch; after the last of an epoch a new order is drawn.
   *
   * @returns Row numbers, int32, (B,)
   */
  next(): NDArray {
    if (this.#order === null || this.#position >= this.#numRows) {
      this.#order = this.#rng.permutation(this.#numRows);
      this.#position = 0;
    }
    const end = Math.min(this.#position + this.#batchSize, this.#numRows);
    const rows = this.#order.data.slice(this.#position, end);
    this.#position = end;
    return asNDArray(rows, [rows.length]);
  }

  /**
   * Tells where it stands, for a checkpoint.
   *
   * @returns The order of the epoch, and how far it was dealt out
   */
  getState(): EpochRowsState {
    return { order: this.#order, position: this.#position };
  }

  /**
   * Goes on from what {@linkcode EpochRows.getState} returned.
   *
   * @param state Where one of as many rows stood
   * @throws {RangeError} If it is not an order of these rows
   */
  setState({ order, position }: EpochRowsState): void {
    const n = this.#numRows;
    const isOrder = order === null || order instanceof NDArray && order.dtype === "int32" &&
        order.size === n && new Set(order.data).size === n &&
        order.data.every((row: number) => row >= 0 && row < n);
    if (!isOrder || !Number.isInteger(position) || position < 0 || position > n) {
      throw new RangeError(`EpochRows.setState: the state must be that of ${n} rows`);
    }
    this.#order = order;
    this.#position = position;
  }
}
