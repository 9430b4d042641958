/**
 * The types of the kernel table: every computation that is worth a fast implementation, as a plain
 * function on typed arrays. `contracts.ts` describes each, `definition/` says in plain loops what it
 * computes, `reference` implements all of it in TypeScript, and the wasm and native tables overlay
 * the entries that they do faster.
 *
 * Conventions, which callers guarantee and kernels rely on:
 *
 * - Sizes come first, then inputs, then outputs. Everything is dense and row-major.
 * - The float arrays of one call share one type, `Float32Array` or `Float64Array`.
 * - Outputs are fully overwritten, and do not overlap inputs, unless the contract says that they may.
 * - Shapes and values are checked before a kernel is called; a kernel checks nothing.
 * - Any size may be 0. A sum, a mean, a variance or a loss over nothing is 0.
 *
 * @module
 */
/**
 * An array that kernels compute with.
 *
 * @category Kernels
 */
export type FloatArray = Float32Array | Float64Array;

/**
 * The geometry of a convolution. All numbers are whole; `outH` and `outW` are at least 1.
 *
 * @category Kernels
 */
export interface ConvGeometry {
  /** Images in the batch. */
  readonly n: number;
  /** Input channels. */
  readonly c: number;
  /** Input height, pixels. */
  readonly h: number;
  /** Input width, pixels. */
  readonly w: number;
  /** Filters, which are the output channels. */
  readonly f: number;
  /** Filter height. */
  readonly kh: number;
  /** Filter width. */
  readonly kw: number;
  /** Vertical step, at least 1. */
  readonly strideH: number;
  /** Horizontal step, at least 1. */
  readonly strideW: number;
  /** Rows of zeros above and below the image. */
  readonly padH: number;
  /** Columns of zeros left and right of the image. */
  readonly padW: number;
  /** Vertical distance between the taps of a filter, at least 1. */
  readonly dilationH: number;
  /** Horizontal distance between the taps of a filter, at least 1. */
  readonly dilationW: number;
  /** Groups that split both input and output channels; weights are (f, c / groups, kh, kw). */
  readonly groups: number;
  /** Output height. */
  readonly outH: number;
  /** Output width. */
  readonly outW: number;
}

/**
 * The geometry of a pooling layer, without padding.
 *
 * @category Kernels
 */
export interface PoolGeometry {
  /** Images in the batch. */
  readonly n: number;
  /** Channels. */
  readonly c: number;
  /** Input height, pixels. */
  readonly h: number;
  /** Input width, pixels. */
  readonly w: number;
  /** Window height. */
  readonly kh: number;
  /** Window width. */
  readonly kw: number;
  /** Vertical step, at least 1. */
  readonly strideH: number;
  /** Horizontal step, at least 1. */
  readonly strideW: number;
  /** Output height. */
  readonly outH: number;
  /** Output width. */
  readonly outW: number;
}

/**
 * The table of kernels: for each contract in `contracts.ts` the function that it describes.
 *
 * @category Kernels
 */
export type Kernels = (typeof import("./contracts.ts"))["table"];

/**
 * The name of a kernel.
 *
 * @category Kernels
 */
export type KernelName = keyof Kernels;
