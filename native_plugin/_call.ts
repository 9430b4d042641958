/**
 * What every call of a kernel does before and after.
 *
 * This is the border of trust. Behind it the library believes that every array has the length
 * that the sizes imply, so each wrapper checks the bytes of each array first: whatever a caller
 * passes, no kernel reads or writes outside the arrays. That written arrays do not overlap, and
 * that labels and positions point into their rows and planes, the library checks itself.
 *
 * @module
 */
import type { FloatArray } from "../kernels/mod.ts";
import type { Library } from "./symbols.ts";

/** An array as `Deno.dlopen` types a buffer: one that is not shared between threads. */
export type Buffer = FloatArray & ArrayBufferView<ArrayBuffer>;

/**
 * Checks that an array has at least a number of bytes.
 *
 * @param kernel Name of the kernel, for the message
 * @param argument Name of the argument, for the message
 * @param array The array
 * @param bytes What the sizes imply
 * @throws {RangeError} If it has fewer, or if a size made `bytes` not a number
 */
export function need(
  kernel: string,
  argument: string,
  array: ArrayBufferView,
  bytes: number,
): void {
  if (!(array.byteLength >= bytes)) {
    throw new RangeError(
      `${kernel}: ${argument} must have ${bytes} bytes for the sizes given, ` +
        `got ${array.byteLength}; a wrong size, type or length?`,
    );
  }
}

/**
 * Checks that a size is a whole number that the library can take.
 *
 * @param kernel Name of the kernel, for the message
 * @param size The size
 * @throws {RangeError} If it is not
 */
export function size(kernel: string, size: number): void {
  if (size >>> 0 !== size) {
    throw new RangeError(`${kernel}: sizes must be whole numbers from 0 to 2^32 - 1, got ${size}`);
  }
}

/**
 * Reads the message of the last failure and throws it.
 *
 * @param library The library
 * @param kernel Name of the kernel that failed
 * @param status What it returned
 * @throws {Error} Always
 */
export function fail(library: Library, kernel: string, status: number): never {
  const bytes = new Uint8Array(1000);
  const length = library.nndl_last_error(bytes, bytes.length);
  const message = new TextDecoder().decode(bytes.subarray(0, length));
  throw new Error(`${kernel}: native kernel failed with status ${status}: ${message}`);
}
