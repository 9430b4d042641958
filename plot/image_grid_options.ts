/**
 * How images are laid out in a grid.
 *
 * @module
 */

/**
 * How the axes of an array of images are ordered.
 *
 * @category Plots
 */
export type ImageLayout = "NCHW" | "NHWC";

/**
 * Options of {@linkcode imageGrid}.
 *
 * @category Plots
 */
export interface ImageGridOptions {
  /** Heading. Default: none. */
  readonly title?: string;
  /** Images in a row. Default: about as many as there are rows. */
  readonly columns?: number;
  /**
   * Text above the images, in their order; fewer are fine, and `""` is none. A row of images without
   * text takes no space for it, so that labels for the first row are column headings.
   */
  readonly labels?: readonly string[];
  /**
   * How numbers become brightness. `"each"`: each image from its smallest to its largest; `"all"`:
   * all from the smallest to the largest of all; null: they are 0 to 255 already. Default null for
   * uint8, else `"each"`. NaN is black.
   */
  readonly normalize?: "each" | "all" | null;
  /** Side of the square that each pixel becomes, whole. Default: images of about 96 pixels. */
  readonly scale?: number;
  /** Pixels between images. Default 4. */
  readonly gap?: number;
  /** Order of the axes. Default: the one in which there are 1 or 3 channels, first `"NCHW"`. */
  readonly layout?: ImageLayout;
}
