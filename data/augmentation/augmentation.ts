/**
 * Random changes to training images that leave their class as it is, so that a network sees more
 * than there are.
 *
 * @module
 */
import type { Rows } from "../../internal/rows.ts";
import type { NDArray } from "../../ndarray/mod.ts";
import type { RandomState } from "../../random/mod.ts";

export type { Rows };

/**
 * Changes a batch of examples at random. It draws from `rng` alone, so that a run can be repeated,
 * and leaves `X` as it is.
 *
 * Any function of this kind will do; those of this library have `ofRows` too.
 *
 * @category Data
 */
export interface Augmentation {
  /**
   * Changes a batch.
   *
   * @param X Examples, (N, d₁, …, d_k)
   * @param rng Where the randomness comes from
   * @param out An array of the shape and type of the result to write to; without one it is fresh
   * @returns The changed examples
   */
  (X: NDArray, rng: RandomState, out?: NDArray): NDArray;

  /**
   * Changes some rows of a batch as if it were given all of it, and draws as much. A process of
   * several that train one model makes its own rows so.
   *
   * @param X Those rows
   * @param rows Which they are
   * @param rng Where the randomness comes from
   * @param out An array of the shape and type of the result to write to; without one it is fresh
   * @returns The changed rows
   */
  readonly ofRows?: (X: NDArray, rows: Rows, rng: RandomState, out?: NDArray) => NDArray;
}
