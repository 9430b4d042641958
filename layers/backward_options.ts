/**
 * What a backward pass may leave out.
 *
 * @module
 */

/** Options of the backward passes that begin with an affine or convolutional layer. */
export interface BackwardOptions {
  /**
   * Whether `dx` is wanted, by default true. The first layer of a network needs no gradient with
   * respect to the data, and there it is often the largest product of the pass; with false, `null`
   * comes in its place.
   */
  readonly needsDx?: boolean;
}
