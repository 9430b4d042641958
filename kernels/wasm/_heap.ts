/**
 * The memory of a wasm module, as far as it holds operands.
 *
 * Arrays live outside, so every kernel copies its operands in and its results out, which costs
 * little beside the arithmetic. No array that users see depends on this memory, so it can grow.
 *
 * @module
 */

const PAGE = 65536;
/** Pages by which the memory grows at least. */
const GROWTH = 64;
/** Floats to which every array is aligned: a cache line. */
const LINE = 16;

/** That a call needs more memory than a module may have: the reference serves. */
export class HeapFull extends RangeError {}

/** Arrays that last for one call. Addresses are in bytes, lengths in floats. */
export class Heap {
  readonly #memory: WebAssembly.Memory;
  readonly #start: number;
  readonly #capacity: number;
  #floats: Float32Array;
  #ints: Int32Array;
  #bytes: Uint8Array;
  #top: number;

  /**
   * @param memory The memory of the module
   * @param start The address from which on it is free
   * @param pages How large it may become
   */
  constructor(memory: WebAssembly.Memory, start: number, pages: number) {
    this.#memory = memory;
    this.#start = this.#top = start / 4;
    this.#capacity = pages * PAGE / 4 - this.#start;
    this.#floats = new Float32Array(memory.buffer);
    this.#ints = new Int32Array(memory.buffer);
    this.#bytes = new Uint8Array(memory.buffer);
  }

  /** Whether arrays of these lengths fit, if the heap is otherwise empty. */
  fits(...lengths: number[]): boolean {
    return lengths.reduce((sum, length) => sum + length + LINE, 0) <= this.#capacity;
  }

  /** Drops all arrays. */
  reset(): void {
    this.#top = this.#start;
  }

  /**
   * Makes an array of arbitrary content and returns its address.
   *
   * @throws {HeapFull} If there is no such room
   */
  take(length: number): number {
    if (this.#top - this.#start + length + 2 * LINE > this.#capacity) throw new HeapFull();
    const at = this.#top;
    this.#top = (at + length + LINE - 1) & -LINE;
    // One line more, because kernels read up to three values past the end.
    if (this.#top + LINE > this.#floats.length) this.#grow(this.#top + LINE);
    return at * 4;
  }

  /** Makes an array of zeros and returns its address. */
  takeZeros(length: number): number {
    const address = this.take(length);
    this.clear(address, length);
    return address;
  }

  /** Fills an array with zeros. */
  clear(address: number, length: number): void {
    this.#floats.fill(0, address / 4, address / 4 + length);
  }

  /** Makes an array that holds a copy and returns its address. */
  put(x: Float32Array): number {
    const address = this.take(x.length);
    this.#floats.set(x, address / 4);
    return address;
  }

  /** Copies an array in. */
  write(x: Float32Array, address: number): void {
    this.#floats.set(x, address / 4);
  }

  /** Copies a block of a matrix in, whose rows have `width` elements. */
  writeBlock(
    x: Float32Array,
    width: number,
    firstRow: number,
    rows: number,
    firstColumn: number,
    columns: number,
    address: number,
  ): void {
    let to = address / 4;
    if (columns === width) {
      const part = rows * width === x.length
        ? x
        : x.subarray(firstRow * width, (firstRow + rows) * width);
      this.#floats.set(part, to);
      return;
    }
    const end = (firstRow + rows) * width + firstColumn;
    for (let from = firstRow * width + firstColumn; from < end; from += width) {
      this.#floats.set(x.subarray(from, from + columns), to);
      to += columns;
    }
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

  /** Copies 32-bit integers in. */
  writeInts(x: Int32Array, address: number): void {
    this.#ints.set(x, address / 4);
  }

  /** Copies bytes out. */
  readBytes(address: number, out: Uint8Array): void {
    out.set(this.#bytes.subarray(address, address + out.length));
  }

  /** Copies 32-bit integers out. */
  readInts(address: number, out: Int32Array): void {
    const at = address / 4;
    out.set(this.#ints.subarray(at, at + out.length));
  }

  #grow(length: number): void {
    const missing = Math.ceil((length - this.#floats.length) * 4 / PAGE);
    const room = (this.#start + this.#capacity - this.#floats.length) * 4 / PAGE;
    try {
      this.#memory.grow(Math.min(Math.max(missing, GROWTH), room));
    } catch {
      throw new HeapFull();
    }
    this.#floats = new Float32Array(this.#memory.buffer);
    this.#ints = new Int32Array(this.#memory.buffer);
    this.#bytes = new Uint8Array(this.#memory.buffer);
  }
}
