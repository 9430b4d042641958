/** Minibatches: rows of the data, copied into buffers that every batch of a size shares. */
import type { Augmentation } from "../data/augmentation.ts";
import { showShape } from "../internal/shapes.ts";
import { asNDArray, NDArray, type TypedArray } from "../ndarray/mod.ts";
import type { RandomState } from "../random/mod.ts";

/** Some examples and their labels. */
export interface Examples {
  readonly X: NDArray;
  readonly y: NDArray;
}

/** Gathers rows into one pair of arrays, which each call overwrites. */
export class Minibatch {
  readonly #source: Examples;
  readonly #rowSize: number;
  #batch: Examples;
  /** Where augmentation writes to, once there was any. */
  #augmented: NDArray | null = null;

  constructor(source: Examples, size: number) {
    this.#source = source;
    this.#rowSize = source.X.size / source.X.shape[0];
    this.#batch = emptyLike(source, size);
  }

  /** Copies the given rows. The arrays stay valid until the next call. */
  gather(rows: TypedArray): Examples {
    if (rows.length !== this.#batch.y.size) this.#batch = emptyLike(this.#source, rows.length);
    const { X, y } = this.#batch;
    const from = this.#source;
    const size = this.#rowSize;
    for (let i = 0; i < rows.length; i++) {
      const row = rows[i];
      X.data.set(from.X.data.subarray(row * size, (row + 1) * size), i * size);
      y.data[i] = from.y.data[row];
    }
    return this.#batch;
  }

  /** Changes the examples that were gathered last, which stay as they are, in a buffer of its own. */
  augment(change: Augmentation, rng: RandomState): Examples {
    const { X, y } = this.#batch;
    if (this.#augmented?.size !== X.size) this.#augmented = emptyLike(this.#batch, y.size).X;
    const changed = change(X, rng, this.#augmented);
    if (changed instanceof NDArray && changed.shape[0] === y.size) return { X: changed, y };
    const got = changed instanceof NDArray ? showShape(changed.shape) : typeof changed;
    throw new TypeError(
      `train: augment must return an array of ${y.size} examples, got ${got}`,
    );
  }
}

/** Rows `start` to `end`, without a copy. */
export function rowsBetween(x: NDArray, start: number, end: number): NDArray {
  const size = x.size / x.shape[0];
  const shape = [end - start, ...x.shape.slice(1)];
  return new NDArray(x.data.subarray(start * size, end * size), shape, x.dtype);
}

function emptyLike({ X, y }: Examples, size: number): Examples {
  const rowSize = X.size / X.shape[0];
  return {
    X: new NDArray(sameType(X.data, size * rowSize), [size, ...X.shape.slice(1)], X.dtype),
    y: asNDArray(sameType(y.data, size), [size]),
  };
}

function sameType(data: TypedArray, length: number): TypedArray {
  return new (data.constructor as new (length: number) => TypedArray)(length);
}
