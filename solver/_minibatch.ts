/** Minibatches: rows of the data, copied into buffers that every batch of a size shares. */
import type { Augmentation } from "../data/augmentation/augmentation.ts";
import type { Rows } from "../internal/rows.ts";
import { showShape } from "../internal/shapes.ts";
import { NDArray, type TypedArray } from "../ndarray/mod.ts";
import type { RandomState } from "../random/mod.ts";

/** Some examples and their labels. */
export interface Examples {
  readonly X: NDArray;
  readonly y: NDArray;
}

/** Rows of one array, gathered into a buffer that each call overwrites. */
export class RowBuffer {
  readonly #source: NDArray;
  readonly #rowSize: number;
  #rows: NDArray;

  constructor(source: NDArray, size: number) {
    this.#source = source;
    this.#rowSize = source.size / source.shape[0];
    this.#rows = emptyRows(source, size);
  }

  /** Copies the given rows. The array stays valid until the next call. */
  gather(rows: TypedArray): NDArray {
    if (rows.length !== this.#rows.shape[0]) this.#rows = emptyRows(this.#source, rows.length);
    const [from, to, size] = [this.#source.data, this.#rows.data, this.#rowSize];
    for (let i = 0; i < rows.length; i++) {
      const row = rows[i];
      if (size === 1) to[i] = from[row];
      else to.set(from.subarray(row * size, (row + 1) * size), i * size);
    }
    return this.#rows;
  }
}

/** Gathers rows of examples and labels, which each call overwrites. */
export class Minibatch {
  readonly #X: RowBuffer;
  readonly #y: RowBuffer;
  /** Where augmentation writes to, once there was any. */
  #augmented: NDArray | null = null;

  constructor({ X, y }: Examples, size: number) {
    this.#X = new RowBuffer(X, size);
    this.#y = new RowBuffer(y, size);
  }

  /** Copies the given rows. The arrays stay valid until the next call. */
  gather(rows: TypedArray): Examples {
    return { X: this.#X.gather(rows), y: this.#y.gather(rows) };
  }

  /**
   * Copies the part of a batch that a process computes, changed if it is to be: what works row by row
   * draws for the whole batch and changes these rows, anything else sees the whole batch.
   */
  gatherPart(
    indices: TypedArray,
    rows: Rows,
    change: Augmentation | null,
    rng: RandomState,
  ): Examples {
    const { start, end } = rows;
    const gatherOwn = () => this.gather(indices.subarray(start, end));
    if (!change) return gatherOwn();
    const { ofRows } = change;
    if (ofRows) return this.#change(gatherOwn(), (X, out) => ofRows(X, rows, rng, out));
    const { X, y } = this.#change(this.gather(indices), (X, out) => change(X, rng, out));
    return { X: rowsBetween(X, start, end), y: rowsBetween(y, start, end) };
  }

  /** Changes examples, which stay as they are, in a buffer of its own. */
  #change({ X, y }: Examples, change: (X: NDArray, out: NDArray) => NDArray): Examples {
    const [size] = X.shape;
    if (this.#augmented?.size !== X.size) this.#augmented = emptyRows(X, size);
    const changed = change(X, this.#augmented);
    if (changed instanceof NDArray && changed.shape[0] === size) return { X: changed, y };
    const got = changed instanceof NDArray ? showShape(changed.shape) : typeof changed;
    throw new TypeError(`train: augment must return an array of ${size} examples, got ${got}`);
  }
}

/** Rows `start` to `end`, without a copy. */
export function rowsBetween(x: NDArray, start: number, end: number): NDArray {
  const size = x.size / x.shape[0];
  const shape = [end - start, ...x.shape.slice(1)];
  return new NDArray(x.data.subarray(start * size, end * size), shape, x.dtype);
}

function emptyRows({ data, shape, size, dtype }: NDArray, rows: number): NDArray {
  const Type = data.constructor as new (length: number) => TypedArray;
  return new NDArray(new Type(rows * (size / shape[0])), [rows, ...shape.slice(1)], dtype);
}
