/**
 * Random changes to training images that leave their class as it is, so that a network sees more
 * than there are.
 *
 * @module
 */
import type { NDArray } from "../../ndarray/mod.ts";
import type { RandomState } from "../../random/mod.ts";

/**
 * Changes a batch of examples at random. It draws from `rng` alone, so that a run can be repeated,
 * and leaves `X` as it is.
 *
 * @param X Examples, (N, d₁, …, d_k)
 * @param rng Where the randomness comes from
 * @param out An array of the shape and type of the result to write to; without one it is fresh
 * @returns The changed examples
 */
export type Augmentation = (X: NDArray, rng: RandomState, out?: NDArray) => NDArray;
