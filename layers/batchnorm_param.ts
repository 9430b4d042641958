/**
 * What batch normalisation is told and what it remembers between passes.
 *
 * @module
 */
import type { NDArray } from "../ndarray/mod.ts";

/**
 * Settings and running statistics of a batch normalisation layer. The forward pass in train mode
 * updates the running statistics in place; it is the one place where a layer writes to what it is
 * given.
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
}
