/**
 * The memory of the wasm module, as far as it holds operands.
 *
 * Arrays live outside, so every kernel copies its operands in and its results out. That costs
 * about 0.05 ns a byte, little beside the arithmetic; and no array that users see depends on this
 * memory, so it may grow, which makes all views of it unusable.
 *
 * @module
 */

const PAGE = 65536;
/** Pages by which the memory grows at least. */
const GROWTH = 64;
/** Floats to which every array is aligned: a cache line. */
const LINE = 16;

/** A stack of arrays that lasts for one call. Addresses are in bytes, lengths in floats. */
export class Heap {
  readonly #memory: WebAssembly.Memory;
  readonly #start: number;
  #floats: Float32Array;
  #bytes: Uint8Array;
  #top = 0;

  /**
   * @param memory The memory of the module
   * @param start The address from which on it is free
   */
  constructor(memory: WebAssembly.Memory, start: number) {
    this.#memory = memory;
    this.#start = start / 4;
    this.#floats = new Float32Array(memory.buffer);
    this.#bytes = new Uint8Array(memory.buffer);
  }

  /**
   * Drops what the last call left, and makes room.
   *
   * @param lengths What all arrays of the call need
   * @returns Whether there is room
   */
  open(...lengths: number[]): boolean {
    this.#top = this.#start;
    let end = this.#start;
    for (const length of lengths) end += length + LINE;
    if (end <= this.#floats.length) return true;
    const missing = Math.ceil((end - this.#floats.length) * 4 / PAGE);
    try {
      this.#memory.grow(Math.max(missing, GROWTH));
    } catch {
      return false;
    }
    this.#floats = new Float32Array(this.#memory.buffer);
    this.#bytes = new Uint8Array(this.#memory.buffer);
    return true;
  }

  /** Makes an array of arbitrary content and returns its address. */
  take(length: number): number {
    const at = this.#top;
    this.#top = (at + length + LINE - 1) & -LINE;
    return at * 4;
  }

  /** Makes an array that holds a copy and returns its address. */
  put(x: Float32Array): number {
    const at = this.take(x.length);
    this.#floats.set(x, at / 4);
    return at;
  }

  /** Copies an array in. */
  write(x: Float32Array, address: number): void {
    this.#floats.set(x, address / 4);
  }

  /** Copies bytes in. */
  writeBytes(x: Uint8Array, address: number): void {
    this.#bytes.set(x, address);
  }

  /** Copies an array out. */
  read(address: number, out: Float32Array): void {
    const at = address / 4;
    out.set(this.#floats.subarray(at, at + out.length));
  }
}
