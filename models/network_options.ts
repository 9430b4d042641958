/**
 * Options that several networks have.
 *
 * @module
 */
import type { RandomState } from "../random/mod.ts";

/**
 * Options of every network.
 *
 * @category Models
 */
export interface NetworkOptions {
  /** Number of classes, by default 10. */
  numClasses?: number;
  /** Strength of the regularisation `0.5·reg·ΣW²`, by default 0. */
  reg?: number;
  /** Type of the parameters, and so of all arithmetic, by default `"float32"`. */
  dtype?: "float32" | "float64";
  /** Draws the initial weights, and dropout masks if there is no seed; by default unseeded. */
  rng?: RandomState;
}

/**
 * Options of networks with dropout.
 *
 * @category Models
 */
export interface DropoutOptions {
  /** Probability with which dropout keeps a value; 1, the default, is no dropout. */
  dropoutKeepRatio?: number;
  /** Makes every dropout layer draw its mask from a fresh generator with this seed at every pass. */
  seed?: number | null;
}
