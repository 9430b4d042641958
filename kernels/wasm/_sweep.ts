/**
 * Work on arrays of any size, through copies of pieces that stay in a cache.
 *
 * @module
 */
import type { FloatArray } from "../types.ts";
import type { Heap } from "./_heap.ts";

/** Floats of a piece, unless one row has more. */
const PIECE = 1 << 14;

/** What a sweep does with a piece: rows `from` to `to`, copied to `inputs`. */
export type Work = (from: number, to: number, inputs: readonly number[], result: number) => void;

/** Goes over arrays of the same rows, as often as it takes. */
export class Sweep {
  readonly #heap: Heap;
  readonly #rows: number;
  readonly #width: number;
  readonly #most: number;
  readonly #arrays: readonly Float32Array[];
  readonly #copies: readonly number[];
  readonly #result: number;
  #copied = false;

  /**
   * @param heap Where copies go
   * @param rows Number of rows
   * @param width Floats of a row
   * @param arrays The arrays, of float32
   */
  constructor(heap: Heap, rows: number, width: number, ...arrays: FloatArray[]) {
    this.#heap = heap;
    this.#rows = rows;
    this.#width = width;
    this.#most = Math.min(rows, Math.max(1, Math.floor(PIECE / width)));
    this.#arrays = arrays as Float32Array[];
    this.#copies = arrays.map(() => heap.take(this.#most * width + 3));
    this.#result = heap.take(this.#most * width + 3);
  }

  /**
   * Calls `work` piece by piece.
   *
   * @param work What to do
   * @param out Where the result of the work goes, if there is any
   */
  run(work: Work, out?: FloatArray): void {
    for (let from = 0; from < this.#rows; from += this.#most) {
      const to = Math.min(this.#rows, from + this.#most);
      if (!this.#copied) {
        this.#arrays.forEach((x, i) => this.#heap.write(this.#part(x, from, to), this.#copies[i]));
      }
      work(from, to, this.#copies, this.#result);
      if (out) this.#heap.read(this.#result, this.#part(out as Float32Array, from, to));
    }
    // A single piece is still there the next time.
    this.#copied = this.#most === this.#rows;
  }

  #part(x: Float32Array, from: number, to: number): Float32Array {
    if (to - from === this.#rows) return x;
    return x.subarray(from * this.#width, to * this.#width);
  }
}
