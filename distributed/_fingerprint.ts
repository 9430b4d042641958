/** Whether ranks hold the same batch, told by a number. */
import type { NDArray } from "../ndarray/mod.ts";

/** Values of the examples that are looked at: every so many. */
const SAMPLES = 1024;

/**
 * A number of 16 bits made of the labels and some values of the examples. Its square, summed over a
 * thousand ranks and times a thousand, is still exact in float64.
 */
export function fingerprintOf(X: NDArray, y: NDArray): number {
  const hash = new Hash();
  for (const length of [...X.shape, ...y.shape]) hash.add(length);
  for (const label of y.data) hash.add(label);
  const stride = Math.max(1, Math.floor(X.size / SAMPLES)) | 1;
  for (let i = 0; i < X.size; i += stride) hash.add(X.data[i]);
  return hash.folded;
}

/** The same of the numbers that tell a batch from others. */
export function fingerprintOfNumbers(numbers: ArrayLike<number>): number {
  const hash = new Hash();
  for (let i = 0; i < numbers.length; i++) hash.add(numbers[i]);
  return hash.folded;
}

/**
 * Whether numbers were all the same, from their sum and that of their squares (Cauchy and Schwarz:
 * n Σc² = (Σc)² for equal numbers only).
 */
export function allEqual(count: number, sum: number, squares: number): boolean {
  return count * squares === sum * sum;
}

/** FNV-1a over the words of doubles. */
class Hash {
  #state = 0x811c9dc5;
  readonly #double = new Float64Array(1);
  readonly #words = new Uint32Array(this.#double.buffer);

  add(value: number): void {
    this.#double[0] = value;
    for (const word of this.#words) this.#state = Math.imul(this.#state ^ word, 0x01000193);
    this.#state ^= this.#state >>> 15;
  }

  get folded(): number {
    return (this.#state ^ this.#state >>> 16) & 0xffff;
  }
}
