/**
 * How a {@linkcode ConvNet} is put together.
 *
 * @module
 */
import type { PerAxis } from "../layers/mod.ts";
import type { RandomState } from "../random/mod.ts";

/** Pooling at the end of a convolutional stage. */
export interface ConvNetPool {
  /** Height and width of the window. */
  size: PerAxis;
  /** Pixels between neighbouring windows, by default the size. */
  stride?: PerAxis;
  /** What is taken of a window, by default its maximum. */
  kind?: "max" | "average";
}

/** One convolutional stage: convolution - [normalisation] - ReLU - [pooling] - [dropout]. */
export interface ConvNetStage {
  /** Number of filters, which are the channels that come out. */
  filters: number;
  /** Height and width of the filters, by default 3. */
  size?: PerAxis;
  /** Pixels between the receptive fields of neighbouring outputs, by default 1. */
  stride?: PerAxis;
  /**
   * Pixels of zeros on each side; `"same"`, the default, is what keeps height and width at stride
   * 1, for which the size must be odd.
   */
  pad?: PerAxis | "same";
  /** Pixels between neighbouring taps of a filter, by default 1. */
  dilation?: PerAxis;
  /** Groups of channels with filters of their own; as many as channels make it depthwise. */
  groups?: number;
  /** Whether filters have biases; by default they have, unless batch normalisation follows. */
  bias?: boolean;
  /**
   * True for windows of 2×2 side by side, a number for larger ones, which must divide height and
   * width; an object for any others. By default there is no pooling.
   */
  pool?: boolean | number | ConvNetPool;
  /** Probability with which dropout keeps a value at the end of the stage; 1, the default, is none. */
  dropoutKeepRatio?: number;
}

/** Options of {@linkcode ConvNet}. */
export interface ConvNetOptions {
  /** Shape of an image, (C, H, W), by default [3, 32, 32]. */
  inputDim?: readonly [channels: number, height: number, width: number];
  /** The convolutional stages in order, at least one; a number is a stage of so many filters. */
  conv: readonly (ConvNetStage | number)[];
  /** Whether each channel is averaged over its pixels in the end, by default no. */
  globalAveragePool?: boolean;
  /** Widths of the hidden affine layers, by default none. */
  hidden?: readonly number[];
  /** Number of classes, by default 10. */
  numClasses?: number;
  /**
   * What follows every layer but the last, by default nothing. Layer normalisation of images is
   * group normalisation of one group; with `"groupnorm"` the hidden affine layers have layer
   * normalisation.
   */
  normalization?: "batchnorm" | "groupnorm" | "layernorm" | null;
  /** Groups of group normalisation, a divisor of every number of filters, by default 8. */
  normGroups?: number;
  /**
   * Probability with which dropout keeps a value after each hidden affine layer, or, if there are
   * none, of what the last layer reads; 1, the default, is no dropout.
   */
  dropoutKeepRatio?: number;
  /** Strength of the regularisation `0.5·reg·ΣW²`, by default 0. */
  reg?: number;
  /**
   * Standard deviation of the initial weights; `"he"`, the default, is `sqrt(2 / n)` for weights of
   * which n meet in a sum, and `sqrt(1 / n)` in the last layer, which no ReLU follows.
   */
  weightScale?: number | "he";
  /** Type of the parameters, and so of all arithmetic, by default `"float32"`. */
  dtype?: "float32" | "float64";
  /** Makes every dropout layer draw its mask from a fresh generator with this seed at every pass. */
  seed?: number | null;
  /** Draws the initial weights, and dropout masks if there is no seed; by default unseeded. */
  rng?: RandomState;
}
