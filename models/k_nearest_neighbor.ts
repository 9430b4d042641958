/**
 * The k-nearest-neighbour classifier: a test row gets the label that most of its k nearest training
 * rows have. Ties go to the smaller label.
 *
 * Source: CS231n notes, "Image classification", https://cs231n.github.io/classification/.
 *
 * @module
 */
import { checkLabels } from "../internal/labels.ts";
import { DescribedOptions, oneOf } from "../internal/described_options.ts";
import { showShape } from "../internal/shapes.ts";
import { showNoArray } from "../internal/show.ts";
import { Workspace } from "../kernels/mod.ts";
import { abs, asNDArray, NDArray, sqrt, sum } from "../ndarray/mod.ts";
import {
  euclideanDistances,
  manhattanDistances,
  type PixelRows,
  pixelRows,
  type Rows,
} from "./_distances.ts";

/**
 * How far apart two rows are: `"l2"` is `sqrt(Σ (a - b)²)`, `"l1"` is `Σ |a - b|`.
 *
 * @category Models
 */
export type Metric = "l2" | "l1";

/**
 * Options of {@linkcode KNearestNeighbor}.
 *
 * @category Models
 */
export interface KNearestNeighborOptions {
  /** The distance, by default `"l2"`. */
  metric?: Metric;
}

/**
 * Options of {@linkcode KNearestNeighbor.predict}.
 *
 * @category Models
 */
export interface NeighborPredictOptions {
  /** How many neighbours vote, by default 1. */
  k?: number;
  /** Which of the three ways computes the distances, by default 0, the fast one. */
  numLoops?: 0 | 1 | 2;
}

const settings = new DescribedOptions<KNearestNeighborOptions>("KNearestNeighbor", {
  metric: oneOf(["l2", "l1"], "l2"),
}, {
  k: "k is an option of predict()",
  nneighbors: "k is an option of predict()",
  p: "metric",
  distance: "metric",
});

const predictSettings = new DescribedOptions<NeighborPredictOptions>("KNearestNeighbor.predict", {
  // How large it may be is known where the distances are.
  k: { must: "a number", fits: () => true, value: 1 },
  numLoops: oneOf([0, 1, 2], 0),
}, { nneighbors: "k", neighbors: "k" });

/** What `train` remembers. */
interface TrainingSet {
  readonly X: NDArray;
  readonly y: Int32Array;
  readonly pixels: PixelRows | null;
}

/**
 * The k-nearest-neighbour classifier.
 *
 * @example
 * ```ts
 * import { KNearestNeighbor } from "@nndl/nndl/models";
 * import { array } from "@nndl/nndl/ndarray";
 * import assert from "node:assert/strict";
 *
 * const classifier = new KNearestNeighbor();
 * classifier.train(array([[0, 0], [0, 1], [9, 9]]), array([4, 4, 7]));
 * assert.deepEqual(classifier.predict(array([[1, 1], [8, 8]])).toArray(), [4, 7]);
 * assert.deepEqual(classifier.predict(array([[8, 8]]), { k: 3 }).toArray(), [4]);
 * ```
 *
 * @category Models
 */
export class KNearestNeighbor {
  /** The distance in use. */
  readonly metric: Metric;
  #train: TrainingSet | null = null;

  /**
   * Makes a classifier that knows nothing yet.
   *
   * @param options The metric
   * @throws {RangeError} If there is no such metric
   */
  constructor(options: KNearestNeighborOptions = {}) {
    this.metric = settings.resolve(options).metric;
  }

  /**
   * Remembers the training rows, which must not change from then on, and prepares those of images
   * for fast distances.
   *
   * @param X Training rows, (N, D), or (N, d₁, …, d_k)
   * @param y Labels, (N,), whole numbers from 0 up
   * @throws {RangeError} If there are no rows, or not one label for each
   */
  train(X: NDArray, y: NDArray): void {
    const rows = flatten("KNearestNeighbor.train", X);
    checkLabels("KNearestNeighbor.train", "y", y, {
      rows: X.shape[0],
      each: "one label for each row of X",
    });
    const pixels = this.metric === "l2" ? pixelRows(asRows(rows)) : null;
    this.#train = { X: rows, y: Int32Array.from(y.data), pixels };
  }

  /**
   * Computes the distances of all test rows from all training rows, one pair at a time.
   *
   * @param X Test rows, (T, D), or (T, d₁, …, d_k)
   * @returns Distances, float64, (T, N)
   * @throws {RangeError} If X has another width than the training rows, or there are none yet
   */
  computeDistancesTwoLoops(X: NDArray): NDArray {
    const [test, { X: train }] = this.#enter("computeDistancesTwoLoops", X);
    const [t, n, d] = [test.shape[0], train.shape[0], train.shape[1]];
    const [a, b] = [test.data, train.data];
    const out = new Float64Array(t * n);
    const square = this.metric === "l2";
    for (let i = 0; i < t; i++) {
      for (let j = 0; j < n; j++) {
        let sum = 0;
        for (let column = 0; column < d; column++) {
          const difference = a[i * d + column] - b[j * d + column];
          sum += square ? difference * difference : Math.abs(difference);
        }
        out[i * n + j] = square ? Math.sqrt(sum) : sum;
      }
    }
    return asNDArray(out, [t, n]);
  }

  /**
   * Computes the same distances, one test row at a time, with array operations.
   *
   * @param X Test rows, (T, D), or (T, d₁, …, d_k)
   * @returns Distances, float64, (T, N)
   * @throws {RangeError} If X has another width than the training rows, or there are none yet
   */
  computeDistancesOneLoop(X: NDArray): NDArray {
    const [test, { X: train }] = this.#enter("computeDistancesOneLoop", X);
    const [t, n] = [test.shape[0], train.shape[0]];
    const out = new Float64Array(t * n);
    const columns = train.astype("float64");
    const workspace = new Workspace();
    for (let i = 0; i < t; i++) {
      workspace.run(() => {
        const difference = columns.subtract(test.slice(i));
        const distances = this.metric === "l2"
          ? sqrt(sum(difference.multiply(difference), 1))
          : sum(abs(difference), 1);
        out.set(distances.data, i * n);
      });
    }
    return asNDArray(out, [t, n]);
  }

  /**
   * Computes the same distances all at once; for `"l2"` through one matrix product, with results
   * as accurate as those of the loops.
   *
   * @param X Test rows, (T, D), or (T, d₁, …, d_k)
   * @returns Distances, float64, (T, N)
   * @throws {RangeError} If X has another width than the training rows, or there are none yet
   */
  computeDistancesNoLoops(X: NDArray): NDArray {
    const [test, { X: train, pixels }] = this.#enter("computeDistancesNoLoops", X);
    const distances = this.metric === "l2"
      ? euclideanDistances(asRows(test), asRows(train), pixels)
      : manhattanDistances(asRows(test), asRows(train));
    return asNDArray(distances, [test.shape[0], train.shape[0]]);
  }

  /**
   * Lets the nearest training rows vote.
   *
   * @param dists Distances of T test rows from the N training rows, (T, N)
   * @param k How many neighbours vote, 1 to N
   * @returns The labels, int32, (T,)
   * @throws {RangeError} If k is no such number, or dists does not belong to the training rows
   */
  predictLabels(dists: NDArray, k = 1): NDArray {
    const train = this.#trained("predictLabels");
    const n = train.y.length;
    if (!(dists instanceof NDArray) || dists.ndim !== 2 || dists.shape[1] !== n) {
      throw new RangeError(
        `KNearestNeighbor.predictLabels: dists must have shape (T, ${n}), one column for each ` +
          `training row, got ${dists instanceof NDArray ? showShape(dists.shape) : dists}`,
      );
    }
    if (!Number.isInteger(k) || k < 1 || k > n) {
      throw new RangeError(
        `KNearestNeighbor.predictLabels: k must be a whole number from 1 to the ${n} training ` +
          `rows, got ${k}`,
      );
    }
    const labels = new Int32Array(dists.shape[0]);
    const nearest = new Int32Array(k);
    const distances = new Float64Array(k);
    for (let i = 0; i < labels.length; i++) {
      nearestPlaces(dists.data.subarray(i * n, (i + 1) * n), nearest, distances);
      labels[i] = vote(nearest, train.y);
    }
    return asNDArray(labels, [labels.length]);
  }

  /**
   * Predicts the labels of test rows.
   *
   * @param X Test rows, (T, D), or (T, d₁, …, d_k)
   * @param options How many neighbours vote, and how distances are computed
   * @returns The labels, int32, (T,)
   * @throws {RangeError} If X, k or numLoops is out of range
   */
  predict(X: NDArray, options: NeighborPredictOptions = {}): NDArray {
    const { k, numLoops } = predictSettings.resolve(options);
    const distances = numLoops === 0
      ? this.computeDistancesNoLoops(X)
      : numLoops === 1
      ? this.computeDistancesOneLoop(X)
      : this.computeDistancesTwoLoops(X);
    return this.predictLabels(distances, k);
  }

  #trained(method: string): TrainingSet {
    if (this.#train) return this.#train;
    throw new RangeError(
      `KNearestNeighbor.${method}: there are no training rows; call train first`,
    );
  }

  #enter(method: string, X: NDArray): [test: NDArray, train: TrainingSet] {
    const train = this.#trained(method);
    const test = flatten(`KNearestNeighbor.${method}`, X);
    if (test.shape[1] === train.X.shape[1]) return [test, train];
    throw new RangeError(
      `KNearestNeighbor.${method}: X must have ${train.X.shape[1]} values a row like the ` +
        `training rows, got ${test.shape[1]} in shape ${showShape(X.shape)}`,
    );
  }
}

function flatten(caller: string, X: NDArray): NDArray {
  if (!(X instanceof NDArray)) {
    throw new TypeError(`${caller}: X must be an NDArray, got ${showNoArray(X, "X")}`);
  }
  if (X.ndim < 2 || X.size === 0) {
    throw new RangeError(
      `${caller}: X must hold at least one row of at least one value, got shape ` +
        showShape(X.shape),
    );
  }
  return X.reshape([X.shape[0], -1]);
}

function asRows({ data, shape: [rows, width] }: NDArray): Rows {
  return { data, rows, width };
}

/**
 * Writes the places of the smallest values to `nearest`, nearest first, equal ones in order, NaN
 * last: an insertion into a short sorted list, which most values never enter.
 *
 * @param values Scratch, as long as `nearest`
 */
function nearestPlaces(
  row: ArrayLike<number>,
  nearest: Int32Array,
  values: Float64Array,
): void {
  const last = nearest.length - 1;
  values.fill(Infinity);
  let filled = 0;
  for (let place = 0; place < row.length; place++) {
    const value = row[place];
    if (filled > last && !(value < values[last])) continue;
    let at = Math.min(filled++, last);
    for (; at > 0 && value < values[at - 1]; at--) {
      values[at] = values[at - 1];
      nearest[at] = nearest[at - 1];
    }
    values[at] = Number.isNaN(value) ? Infinity : value;
    nearest[at] = place;
  }
}

/** The label most of the rows at `places` have, of several the smallest. */
function vote(places: Int32Array, labels: Int32Array): number {
  const counts = new Map<number, number>();
  for (const place of places) counts.set(labels[place], (counts.get(labels[place]) ?? 0) + 1);
  let best = -1;
  for (const [label, count] of counts) {
    const most = counts.get(best) ?? 0;
    if (count > most || (count === most && label < best)) best = label;
  }
  return best;
}
