/**
 * What the processes of a job say to each other.
 *
 * @module
 */
import type { NDArray } from "../ndarray/mod.ts";

/**
 * What is summed and sent: arrays of floats, in place.
 *
 * @category Several processes
 */
export type Summable = NDArray | Float32Array | Float64Array;

/**
 * A sum that is under way. Its array must not be touched before it is done.
 *
 * @category Several processes
 */
export interface PendingReduction {
  /**
   * Drives the sum on, and tells whether it is done.
   *
   * @throws {Error} If the library reports an error
   */
  poll(): boolean;

  /**
   * Blocks until the sum is done. It sleeps between polls, so that processes which share cores do
   * not starve each other.
   *
   * @throws {Error} If the library reports an error
   */
  wait(): void;
}

/**
 * The processes of a job, seen from one of them. Every method but `poll` and `wait` is collective:
 * all ranks must call it, in the same order, with arrays of the same length and type, or all wait
 * for ever.
 *
 * @category Several processes
 */
export interface Communicator {
  /** Number of this process, from 0. */
  readonly rank: number;

  /** How many processes there are. */
  readonly size: number;

  /** What the communicator runs on, such as the first line of the library's version. */
  readonly description: string;

  /**
   * Replaces an array by its sum over all ranks.
   *
   * @param x A float32 or float64 array
   * @throws {TypeError} If it is no such array
   * @throws {Error} If the library reports an error, or the communicator is closed
   */
  allReduce(x: Summable): void;

  /**
   * Replaces an array by that of one rank.
   *
   * @param x A float32 or float64 array
   * @param root Whose array all get
   * @throws {TypeError} If it is no such array
   * @throws {RangeError} If there is no such rank
   * @throws {Error} If the library reports an error, or the communicator is closed
   */
  broadcast(x: Summable, root: number): void;

  /**
   * Waits until all ranks are here.
   *
   * @throws {Error} If the library reports an error, or the communicator is closed
   */
  barrier(): void;

  /**
   * Begins to replace an array by its sum over all ranks. Several may be under way, begun in the
   * same order on all ranks.
   *
   * @param x A float32 or float64 array, not to be touched until the sum is done
   * @returns The way to drive it on and to wait for it
   * @throws {TypeError} If it is no such array
   * @throws {Error} If the library reports an error, or the communicator is closed
   */
  startAllReduce(x: Summable): PendingReduction;

  /**
   * Runs work while sums that were begun are driven on by a thread, where there can be one; not
   * collective.
   *
   * @param work Computes without waiting for promises, and may begin sums
   * @returns What it returns
   */
  whileDriving?<T>(work: () => T): T;

  /**
   * Takes leave of the others, who must do so too. Call it at the end of all work and not in a
   * `finally`: a process that fails must end without it, for then the launcher ends the whole job
   * with a non-zero status. A process of several that ends without it ends the job.
   *
   * @throws {Error} If the library reports an error
   */
  close(): void;
}
