/**
 * What batch normalisation is told and what it remembers between passes.
 *
 * @module
 */
import type { NDArray } from "../ndarray/mod.ts";

/**
 * Replaces numbers by their sums over all processes that hold parts of one batch. All of them call it
 * equally often, with equally many numbers.
 *
 * @category Layers
 */
export type ReduceSums = (sums: Float64Array) => void;

/**
 * Settings and running statistics of a batch normalisation layer. The forward pass in train mode
 * updates the running statistics in place; it is the one place where a layer writes to what it is
 * given.
 *
 * @category Layers
 */
export interface BatchnormParam {
  /** `"train"` normalises with the statistics of the batch, `"test"` with the running ones. */
  mode: "train" | "test";
  /** Added to the variance under the root, by default 1e-5. */
  eps?: number;
  /** Share of the old running statistics that a training pass keeps, 0 to 1, by default 0.9. */
  momentum?: number;
  /** Running mean of every feature, (D,); zeros if not given. */
  runningMean?: NDArray;
  /** Running (biased) variance of every feature, (D,); zeros if not given. */
  runningVar?: NDArray;
  /**
   * Where the rows are a part of a batch that other processes hold the rest of: sums over all of
   * them, so that a training pass normalises by the statistics of the whole batch. The upstream
   * gradient is then that of a mean over the rows of each part. Without it the rows are the batch.
   */
  reduceSums?: ReduceSums;
}
