/**
 * Weighted nearest neighbours on learnt features: a test of an encoder that needs no training.
 *
 * The `k` training rows most similar to a row vote for their labels with the weight
 * `exp(similarity / τ)`, where similarity is the cosine of the angle between two rows. Ties go to
 * the earlier row and to the smaller label.
 *
 * Source: Z. Wu et al., "Unsupervised feature learning via non-parametric instance discrimination",
 * CVPR 2018; CS231n, assignment 3, Self-Supervised Learning.
 *
 * @module
 */
import { checkLabels } from "../internal/labels.ts";
import { showShape } from "../internal/shapes.ts";
import { asNDArray, matmul, type NDArray } from "../ndarray/mod.ts";
import { checkFeatures } from "./_features.ts";

/**
 * Options of {@linkcode weightedKnnPredict} and {@linkcode weightedKnnAccuracy}.
 *
 * @category Metrics
 */
export interface WeightedKnnOptions {
  /** How many neighbours vote; all if there are fewer. Default: 200. */
  readonly k?: number;
  /** The temperature τ, above 0: the smaller, the more the nearest count. Default: 0.5. */
  readonly tau?: number;
}

/** Rows whose similarities are held at a time. */
const blockRows = 256;

/**
 * Predicts labels by the weighted votes of the nearest training rows.
 *
 * @param features Features of the training rows, (N, D), of any length
 * @param labels Their labels, (N,), whole numbers from 0 up
 * @param queries Features of the rows to label, (M, D)
 * @param options How many vote, and how much the nearest count
 * @returns Labels, int32, (M,)
 * @throws {RangeError} If shapes do not fit, there are no training rows, a feature is not finite,
 * or an option is out of range
 *
 * @example
 * ```ts
 * import { weightedKnnPredict } from "@nndl/nndl/metrics";
 * import { array } from "@nndl/nndl/ndarray";
 * import assert from "node:assert/strict";
 *
 * const features = array([[1, 0], [0, 1], [0.1, 1]]);
 * const labels = array([7, 2, 2], "int32");
 * const predicted = weightedKnnPredict(features, labels, array([[5, 1], [1, 5]]), { tau: 0.1 });
 * assert.deepEqual(predicted.toArray(), [7, 2]);
 * ```
 *
 * @category Metrics
 */
export function weightedKnnPredict(
  features: NDArray,
  labels: NDArray,
  queries: NDArray,
  options: WeightedKnnOptions = {},
): NDArray {
  return predict("weightedKnnPredict", features, labels, queries, options);
}

/**
 * Computes the part of rows that {@linkcode weightedKnnPredict} labels rightly.
 *
 * @param features Features of the training rows, (N, D), of any length
 * @param labels Their labels, (N,), whole numbers from 0 up
 * @param queries Features of the test rows, (M, D)
 * @param queryLabels Their labels, (M,)
 * @param options How many vote, and how much the nearest count
 * @returns The accuracy, 0 to 1
 * @throws {RangeError} If shapes do not fit, there are no rows, a feature is not finite, or an
 * option is out of range
 *
 * @example
 * ```ts
 * import { weightedKnnAccuracy } from "@nndl/nndl/metrics";
 * import { array } from "@nndl/nndl/ndarray";
 * import assert from "node:assert/strict";
 *
 * const features = array([[1, 0], [0, 1]]);
 * const labels = array([0, 1], "int32");
 * assert.equal(weightedKnnAccuracy(features, labels, array([[3, 1], [2, 1]]), labels), 0.5);
 * ```
 *
 * @category Metrics
 */
export function weightedKnnAccuracy(
  features: NDArray,
  labels: NDArray,
  queries: NDArray,
  queryLabels: NDArray,
  options: WeightedKnnOptions = {},
): number {
  const predicted = predict("weightedKnnAccuracy", features, labels, queries, options);
  checkLabels("weightedKnnAccuracy", "queryLabels", queryLabels, { rows: queries.shape[0] });
  if (queries.shape[0] === 0) {
    throw new RangeError("weightedKnnAccuracy: queries must hold at least one row, got none");
  }
  let right = 0;
  for (let i = 0; i < predicted.size; i++) {
    if (predicted.data[i] === queryLabels.data[i]) right++;
  }
  return right / predicted.size;
}

function predict(
  caller: string,
  features: NDArray,
  labels: NDArray,
  queries: NDArray,
  { k = 200, tau = 0.5 }: WeightedKnnOptions,
): NDArray {
  checkFeatures(caller, "features", features, 1);
  checkFeatures(caller, "queries", queries, 0);
  if (features.shape[1] !== queries.shape[1]) {
    throw new RangeError(
      `${caller}: features must have shape (N, ${queries.shape[1]}) like queries, got ` +
        showShape(features.shape),
    );
  }
  checkLabels(caller, "labels", labels, { rows: features.shape[0] });
  if (!Number.isSafeInteger(k) || k < 1) {
    throw new RangeError(`${caller}: k must be a whole number from 1 up, got ${k}`);
  }
  if (!(tau > 0 && tau < Infinity)) {
    throw new RangeError(`${caller}: tau, the temperature, must be above 0, got ${tau}`);
  }
  const bank = unitRows(features);
  const nearest = new Nearest(Math.min(k, features.shape[0]));
  const votes = new Float64Array(1 + labels.max());
  const out = new Int32Array(queries.shape[0]);
  for (let from = 0; from < out.length; from += blockRows) {
    const block = unitRows(queries.slice(`${from}:${from + blockRows}`));
    const { data, shape: [rows, n] } = matmul(block, bank, { transposeB: true });
    for (let i = 0; i < rows; i++) {
      nearest.find(data, i * n, n);
      out[from + i] = winner(nearest, labels, tau, votes);
    }
  }
  return asNDArray(out, [out.length]);
}

/** The label with the most votes. */
function winner(
  { similarities, positions }: Nearest,
  labels: NDArray,
  tau: number,
  votes: Float64Array,
): number {
  votes.fill(0);
  // Relative to the greatest similarity, so that no temperature overflows.
  const most = Math.max(...similarities);
  for (let i = 0; i < positions.length; i++) {
    votes[labels.data[positions[i]]] += Math.exp((similarities[i] - most) / tau);
  }
  return votes.indexOf(Math.max(...votes));
}

/** Rows of length 1 in float32 or float64; rows of zeros stay. */
function unitRows(features: NDArray): NDArray {
  const [n, d] = features.shape;
  const out = features.dtype === "float32" ? new Float32Array(n * d) : new Float64Array(n * d);
  for (let i = 0; i < n; i++) {
    const row = features.data.subarray(i * d, (i + 1) * d);
    let largest = 0;
    for (let j = 0; j < d; j++) largest = Math.max(largest, Math.abs(row[j]));
    if (largest === 0) continue;
    let squares = 0;
    for (let j = 0; j < d; j++) squares += (row[j] / largest) ** 2;
    const length = Math.sqrt(squares);
    for (let j = 0; j < d; j++) out[i * d + j] = row[j] / largest / length;
  }
  return asNDArray(out, [n, d]);
}

/** The largest of many numbers, kept in a heap whose first entry is the least of them. */
class Nearest {
  readonly similarities: Float64Array;
  readonly positions: Int32Array;

  constructor(k: number) {
    this.similarities = new Float64Array(k);
    this.positions = new Int32Array(k);
  }

  /** Finds the k largest of `count` numbers from `at` on; of equal ones the earlier. */
  find(numbers: ArrayLike<number>, at: number, count: number): void {
    this.similarities.fill(-Infinity);
    for (let i = 0; i < count; i++) {
      if (numbers[at + i] > this.similarities[0]) this.#replaceLeast(numbers[at + i], i);
    }
  }

  /** Of equally similar ones the latest stands first, and is replaced first. */
  #replaceLeast(similarity: number, position: number): void {
    const { similarities, positions } = this;
    const k = positions.length;
    let hole = 0;
    for (;;) {
      let child = 2 * hole + 1;
      if (child + 1 < k && this.#goesBefore(child + 1, child)) child++;
      // The new one is the latest of all, so an equal child does not move up.
      if (child >= k || !(similarities[child] < similarity)) break;
      similarities[hole] = similarities[child];
      positions[hole] = positions[child];
      hole = child;
    }
    similarities[hole] = similarity;
    positions[hole] = position;
  }

  #goesBefore(i: number, j: number): boolean {
    const difference = this.similarities[i] - this.similarities[j];
    return difference < 0 || (difference === 0 && this.positions[i] > this.positions[j]);
  }
}
