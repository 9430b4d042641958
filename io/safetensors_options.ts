/**
 * What a safetensors file holds, and how it is read and written.
 *
 * @module
 */
import type { NDArray } from "../ndarray/mod.ts";

/**
 * What a safetensors file holds.
 *
 * @category Files
 */
export interface Safetensors {
  /** The arrays, by name. */
  readonly tensors: Record<string, NDArray>;
  /** The strings of the header's `__metadata__`, by name. */
  readonly metadata: Record<string, string>;
}

/**
 * Options of reading safetensors.
 *
 * @category Files
 */
export interface SafetensorsReadOptions {
  /**
   * Whether the file must carry a checksum that fits its content, as one written with
   * `checksum: true` does. Default false: a checksum, if any, is not looked at.
   */
  checksum?: boolean;
  /** How the file is called in errors. Default `"bytes"`. */
  file?: string;
}

/**
 * Options of writing safetensors.
 *
 * @category Files
 */
export interface SafetensorsWriteOptions {
  /**
   * Whether to store a CRC-32 of the whole file in its metadata, under `nndl.crc32`. It finds
   * every damage to up to 32 neighbouring bits. Default false.
   */
  checksum?: boolean;
}
