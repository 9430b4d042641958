/**
 * Settings of convolution and pooling layers, and what their backward passes need.
 *
 * @module
 */
import type { ConvGeometry, PoolGeometry } from "../kernels/mod.ts";
import type { NDArray } from "../ndarray/mod.ts";

/**
 * One number for both axes, or one for the vertical and one for the horizontal axis.
 *
 * @category Layers
 */
export type PerAxis = number | readonly [vertical: number, horizontal: number];

/**
 * Settings of a convolution.
 *
 * @category Layers
 */
export interface ConvParam {
  /** Pixels between the receptive fields of neighbouring outputs, at least 1. */
  stride: PerAxis;
  /** Pixels of zeros on each side of the image, at least 0. */
  pad: PerAxis;
  /** Pixels between neighbouring taps of a filter, at least 1, by default 1. */
  dilation?: PerAxis;
  /**
   * Groups of channels that are convolved each with its own filters, by default 1; as many groups
   * as channels make a depthwise convolution.
   */
  groups?: number;
}

/**
 * Settings of a transposed convolution.
 *
 * @category Layers
 */
export interface ConvTransposeParam extends ConvParam {
  /**
   * Pixels that the output has more at the bottom and on the right, below the stride, by default 0:
   * images of several sizes lead to the same size under a convolution, and this tells which is
   * meant.
   */
  outputPad?: PerAxis;
}

/**
 * Settings of a pooling layer.
 *
 * @category Layers
 */
export interface PoolParam {
  /** Height of the window, pixels. */
  poolHeight: number;
  /** Width of the window, pixels. */
  poolWidth: number;
  /** Pixels between neighbouring windows, at least 1. */
  stride: PerAxis;
  /** Pixels that windows go past each side of the image, at most half a window, by default 0. */
  pad?: PerAxis;
  /**
   * Whether pixels that the windows would leave over at the bottom and on the right get windows
   * that go past the edge, by default false.
   */
  ceilMode?: boolean;
}

/**
 * Settings of average pooling.
 *
 * @category Layers
 */
export interface AvgPoolParam extends PoolParam {
  /** Whether the zeros of the pad count in the mean, by default true, as in PyTorch. */
  countPad?: boolean;
}

/**
 * The sizes of a pooling layer whose windows may go past the edge of the image.
 *
 * @category Layers
 */
export interface PaddedPoolGeometry extends PoolGeometry {
  /** Pixels that windows go past the upper edge. */
  readonly padH: number;
  /** Pixels that windows go past the left edge. */
  readonly padW: number;
}

/**
 * What the backward passes of convolution need from the forward pass. The naive and the fast layer
 * share it, so that either can go back from what the other computed.
 *
 * @category Layers
 */
export interface ConvCache<Bias extends NDArray | null = NDArray | null> {
  /** Input, (N, C, H, W). */
  readonly x: NDArray;
  /** Filters, (F, C / groups, HH, WW). */
  readonly w: NDArray;
  /** Biases, (F,), or null. */
  readonly b: Bias;
  /** All sizes of the convolution. */
  readonly geometry: ConvGeometry;
}

/**
 * What the backward passes of max pooling need from the forward pass, naive or fast.
 *
 * @category Layers
 */
export interface MaxPoolCache {
  /** Input, (N, C, H, W). */
  readonly x: NDArray;
  /** Where each window has its first maximum: `row·W + column` in its plane, (N, C, H', W'). */
  readonly argmax: NDArray;
  /** All sizes of the pooling. */
  readonly geometry: PaddedPoolGeometry;
}

/**
 * What the backward pass of average pooling needs from the forward pass.
 *
 * @category Layers
 */
export interface AvgPoolCache {
  /** Input, (N, C, H, W). */
  readonly x: NDArray;
  /** All sizes of the pooling. */
  readonly geometry: PaddedPoolGeometry;
  /** Whether the zeros of the pad count in the mean. */
  readonly countPad: boolean;
}
