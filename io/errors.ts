/**
 * What goes wrong with files: the content is not what it should be, or the disk says no.
 *
 * @module
 */

/**
 * A file that is truncated, corrupt, or of a kind that is not read here. The message names the
 * file, the byte and the remedy.
 *
 * @example
 * ```ts
 * import { decodeNpy, FileFormatError } from "@nndl/nndl/io";
 * import assert from "node:assert/strict";
 *
 * assert.throws(() => decodeNpy(new Uint8Array(3)), FileFormatError);
 * ```
 *
 * @category Files
 */
export class FileFormatError extends Error {
  /** The class name, `"FileFormatError"`. */
  override readonly name = "FileFormatError";
  /** The file's path, or `"bytes"` if it was given as an array. */
  readonly file: string;
  /** Where in the file the trouble is, in bytes from its start. */
  readonly offset: number;

  /**
   * Builds the error.
   *
   * @param caller The function that read the file
   * @param file The file's path, or `"bytes"`
   * @param offset Where the trouble is, bytes from the start
   * @param problem What is wrong, and what to do about it
   */
  constructor(caller: string, file: string, offset: number, problem: string) {
    super(`${caller}: ${file}, byte ${offset}: ${problem}`);
    this.file = file;
    this.offset = offset;
  }
}
