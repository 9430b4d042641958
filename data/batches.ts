/**
 * Minibatches without replacement: every example once an epoch.
 *
 * @module
 */
import {
  DescribedOptions,
  flag,
  generator,
  type Resolved,
  size,
} from "../internal/described_options.ts";
import { showShape } from "../internal/shapes.ts";
import { NDArray } from "../ndarray/mod.ts";
import { RandomState } from "../random/mod.ts";

/**
 * Options of {@linkcode batches}.
 *
 * @category Data
 */
export interface BatchesOptions {
  /** Examples in a batch; the last may have fewer. Default 64. */
  readonly batchSize?: number;
  /** Draws the order; a fresh, unseeded generator if not given. */
  readonly rng?: RandomState;
  /** Whether the order is drawn anew, or else that of the data. Default true. */
  readonly shuffle?: boolean;
  /** Whether a last batch of fewer examples is left out. Default false. */
  readonly dropLast?: boolean;
}

const described = new DescribedOptions<BatchesOptions>("batches", {
  batchSize: size(64),
  rng: generator(RandomState),
  shuffle: flag(true),
  dropLast: flag(false),
});

/**
 * Examples and their labels, whole or as the training part of a data set.
 *
 * @category Data
 */
export type LabelledData =
  | readonly [X: NDArray, y: NDArray]
  | { readonly X: NDArray; readonly y: NDArray }
  | { readonly XTrain: NDArray; readonly yTrain: NDArray };

/**
 * Deals out the examples of one epoch. With `shuffle` one permutation is drawn, when the first batch
 * is asked for.
 *
 * @param data Examples and labels: `[X, y]`, `{ X, y }`, or a data set with `XTrain` and `yTrain`
 * @param options Batch size, order, and whether a smaller last batch counts
 * @returns Batches `[X, y]`, copies
 * @throws {TypeError} If the data are of none of these forms, or there is no option of a given name
 * @throws {RangeError} If there are not as many labels as examples, or the batch size is no size
 *
 * @example
 * ```ts
 * import { batches } from "@nndl/nndl/data";
 * import { arange } from "@nndl/nndl/ndarray";
 * import { RandomState } from "@nndl/nndl/random";
 * import assert from "node:assert/strict";
 *
 * const data = { X: arange(10).reshape([5, 2]), y: arange(5).astype("int32") };
 * const seen: number[] = [];
 * for (const [X, y] of batches(data, { batchSize: 2, rng: new RandomState(0) })) {
 *   assert.equal(X.shape[0], y.size);
 *   seen.push(...y.data);
 * }
 * assert.deepEqual(seen, [2, 0, 1, 3, 4]);
 * ```
 *
 * @category Data
 */
export function batches(
  data: LabelledData,
  options?: BatchesOptions,
): Generator<[X: NDArray, y: NDArray]>;
/**
 * Deals out unlabelled examples, such as images for a generator.
 *
 * @param data Examples
 * @param options Batch size, order, and whether a smaller last batch counts
 * @returns Batches, copies
 * @throws {TypeError} If an option is unknown or of the wrong kind
 * @throws {RangeError} If the batch size is no size, or there is no batch
 * @category Data
 */
export function batches(data: NDArray, options?: BatchesOptions): Generator<NDArray>;
export function batches(
  data: LabelledData | NDArray,
  options: BatchesOptions = {},
): Generator<NDArray | [NDArray, NDArray]> {
  const settings = described.resolve(options);
  const arrays = data instanceof NDArray ? [data] : labelled(data);
  const [n = 0] = arrays[0].shape;
  if (n === 0) {
    throw new RangeError("batches: there are no examples; is the data or the slice empty?");
  }
  if (settings.dropLast && settings.batchSize > n) {
    throw new RangeError(
      `batches: dropLast leaves no batch of ${settings.batchSize} of ${n} examples; use a smaller ` +
        "batchSize",
    );
  }
  return deal(arrays, settings);
}

function* deal(
  arrays: readonly NDArray[],
  { batchSize, rng, shuffle, dropLast }: Resolved<BatchesOptions>,
): Generator<NDArray | [NDArray, NDArray]> {
  const n = arrays[0].shape[0];
  const order = shuffle ? rng.permutation(n).data : null;
  const last = dropLast ? n - n % batchSize : n;
  for (let start = 0; start < last; start += batchSize) {
    const end = Math.min(start + batchSize, n);
    const batch = arrays.map((x) =>
      order ? x.take(order.subarray(start, end), 0) : x.slice(`${start}:${end}`)
    );
    yield batch.length === 1 ? batch[0] : [batch[0], batch[1]];
  }
}

function labelled(data: LabelledData): [NDArray, NDArray] {
  const [X, y] = Array.isArray(data)
    ? data
    : "XTrain" in data
    ? [data.XTrain, data.yTrain]
    : "X" in data
    ? [data.X, data.y]
    : [];
  if (!(X instanceof NDArray) || !(y instanceof NDArray)) {
    throw new TypeError(
      "batches: data must be an array, [X, y], { X, y } or { XTrain, yTrain, ... } of arrays",
    );
  }
  if (X.ndim > 0 && y.ndim > 0 && X.shape[0] === y.shape[0]) return [X, y];
  throw new RangeError(
    `batches: X and y must have one first length, got ${showShape(X.shape)} and ` +
      showShape(y.shape),
  );
}
