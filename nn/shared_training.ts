/**
 * What a training loop has to know of a model that several processes train.
 *
 * @module
 */
import type { Rows } from "../internal/rows.ts";
import type { Workspace } from "../kernels/mod.ts";
import type { NDArray } from "../ndarray/mod.ts";

export type { Rows };

/**
 * A batch of which a process holds a part.
 *
 * @category Modules
 */
export interface SharedBatch {
  /** Which of its rows the process holds. */
  readonly rows: Rows;
  /** Numbers that tell it from other batches, such as the rows of the data that were drawn. */
  readonly indices: ArrayLike<number>;
  /** Whether this process wants to stop. */
  readonly stop: boolean;
}

/**
 * What all processes get of a batch, the same bits on all of them.
 *
 * @category Modules
 */
export interface SharedLoss {
  /** The loss of the whole batch. */
  readonly loss: number;
  /** Its gradients, by the names of the parameters. */
  readonly grads: Record<string, NDArray>;
  /** Whether any process wants to stop. */
  readonly stop: boolean;
}

/**
 * How the processes of a job share the training of a model. Every method is collective but `rowsOf`:
 * all processes call it, in the same order. `dataParallel` makes it; Solvers use it.
 *
 * @category Modules
 */
export interface SharedTraining {
  /** Number of this process, from 0. The first one writes checkpoints and shows progress. */
  readonly rank: number;

  /** How many processes there are. */
  readonly size: number;

  /**
   * Which rows this process computes.
   *
   * @param total Rows of a batch, or of data that are scored
   * @returns Its rows; none if there are too few for all
   */
  rowsOf(total: number): Rows;

  /**
   * Computes the loss and the gradients of a batch together.
   *
   * @param X The rows of this process
   * @param y Their labels
   * @param batch Which batch it is
   * @param workspace Where the arrays of the pass come from; without one they are fresh
   * @returns Loss and gradients of the whole batch
   * @throws {RangeError} On all, if there are too few rows for all, or batches differ between them
   */
  loss(X: NDArray, y: NDArray, batch: SharedBatch, workspace?: Workspace): SharedLoss;

  /**
   * Sums a number over all processes.
   *
   * @param value That of this process
   * @returns The sum, the same bits on all
   */
  sum(value: number): number;

  /**
   * Gives all processes the buffers of the first: running statistics that each moved by its own rows.
   * Called before a model is scored.
   *
   * @throws {Error} On all, if parameters are not the same on all processes any more
   */
  agreeOnBuffers(): void;

  /**
   * Gives all processes what the first reads.
   *
   * @param read Called on the first process only
   * @returns The bytes
   * @throws {Error} On all, if reading fails
   */
  readOnce(read: () => Promise<Uint8Array>): Promise<Uint8Array>;

  /**
   * Checks that what must be the same is so.
   *
   * @param caller Who asks, for messages
   * @param lines What must be the same, in words
   * @throws {RangeError} On all, if a process has other lines than the first
   */
  agreeOn(caller: string, lines: readonly string[]): void;
}
