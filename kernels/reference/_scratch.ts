/**
 * Buffers that the kernels of one file keep from call to call.
 *
 * @module
 */
import type { FloatArray } from "../types.ts";

/** One buffer of each float type, which grows to the largest length ever asked for. */
export class Scratch {
  #float32 = new Float32Array(0);
  #float64 = new Float64Array(0);

  /**
   * Hands out the buffer, with arbitrary content, to be used until the next call.
   *
   * @param model An array of the wanted type
   * @param length How many elements are needed
   * @returns A buffer of the type of `model` with at least `length` elements
   */
  like(model: FloatArray, length: number): FloatArray {
    if (model instanceof Float32Array) {
      if (this.#float32.length < length) this.#float32 = new Float32Array(length);
      return this.#float32;
    }
    if (this.#float64.length < length) this.#float64 = new Float64Array(length);
    return this.#float64;
  }
}
