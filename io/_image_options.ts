/** What is asked of reading an image, and its checks. */
import { checkOptionNames } from "../internal/options.ts";
import { showValue } from "../internal/show.ts";
import type { DecodeOptions } from "./npy.ts";

/**
 * Options of reading images.
 *
 * @category Files
 */
export interface ImageReadOptions extends DecodeOptions {
  /**
   * The most pixels an image may have. The file's header is held against it before memory is
   * taken. Default 100 million; `Infinity` takes any.
   */
  maxPixels?: number;
  /**
   * Whether to turn and mirror the image as its Exif orientation says, as programs that show
   * pictures do. Default true; false gives the pixels as they are stored.
   */
  upright?: boolean;
  /**
   * Whether to take a JPEG whose compressed data are damaged or end early: what cannot be read is
   * grey or wrong, as browsers show it. Default false, an error.
   */
  acceptDamage?: boolean;
}

/** The options with their defaults. */
export type ImageReading = Required<ImageReadOptions>;

/** Checks the options. */
export function imageReading(caller: string, options: ImageReadOptions): ImageReading {
  checkOptionNames(caller, options, ["file", "maxPixels", "upright", "acceptDamage"]);
  const { file = "bytes", maxPixels = 100_000_000, upright = true, acceptDamage = false } = options;
  if (typeof file !== "string") {
    throw new TypeError(`${caller}: file must be a name for messages, got ${showValue(file)}`);
  }
  if (typeof maxPixels !== "number" || !(maxPixels >= 1)) {
    throw new RangeError(
      `${caller}: maxPixels must be a number from 1 up, got ${showValue(maxPixels)}`,
    );
  }
  for (const [name, value] of Object.entries({ upright, acceptDamage })) {
    if (typeof value !== "boolean") {
      throw new TypeError(`${caller}: ${name} must be true or false, got ${typeof value}`);
    }
  }
  return { file, maxPixels, upright, acceptDamage };
}

/** Checks the sizes that a header claims. `bad` builds the error. */
export function checkPixelCount(
  height: number,
  width: number,
  maxPixels: number,
  bad: (problem: string) => Error,
): void {
  if (height === 0 || width === 0) {
    throw bad(`the image has ${height} rows and ${width} columns; the file is damaged`);
  }
  if (height * width > maxPixels) {
    throw bad(
      `the image has ${height} rows and ${width} columns, more than ${maxPixels} pixels; ` +
        `if that is right, raise maxPixels`,
    );
  }
}
