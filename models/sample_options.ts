/**
 * How captions are made word by word.
 *
 * @module
 */
import type { RandomState } from "../random/mod.ts";

/**
 * Options of the sampling of captions.
 *
 * @category Models
 */
export interface SampleOptions {
  /** Words of a caption, by default 30. */
  maxLength?: number;
  /**
   * By 0, the default, each word is the most probable one; above, it is drawn from the softmax of
   * the scores divided by this: 1 draws by the model's own probabilities, less is more cautious.
   */
  temperature?: number;
  /**
   * How many of the most probable beginnings are followed at a time, by default 1. Above 1 each
   * caption ends with its `<END>` and is filled up with `<NULL>`.
   */
  beamWidth?: number;
  /** Draws the words if there is a temperature; by default a fresh, unseeded generator. */
  rng?: RandomState;
}
