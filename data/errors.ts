/**
 * What goes wrong before a single byte of data is read.
 *
 * @module
 */

/**
 * The data is nowhere to be found, as far as this program may look. Programs that can do without,
 * with synthetic data, catch this error and no other.
 *
 * @example
 * ```ts
 * import { DataNotFoundError, loadMnist } from "@nndl/nndl/data";
 * import assert from "node:assert/strict";
 *
 * await assert.rejects(loadMnist("no/such/folder"), DataNotFoundError);
 * ```
 *
 * @category Data
 */
export class DataNotFoundError extends Error {
  /** The class name, `"DataNotFoundError"`. */
  override readonly name = "DataNotFoundError";
}
