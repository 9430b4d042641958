/**
 * Setting rows aside for validation.
 *
 * @module
 */
import { DescribedOptions, generator } from "../internal/described_options.ts";
import { showValue } from "../internal/show.ts";
import { NDArray } from "../ndarray/mod.ts";
import { RandomState } from "../random/mod.ts";
import type { Dataset } from "./dataset.ts";

/**
 * Rows for training and testing, such as `loadMnist()` reads them.
 *
 * @category Data
 */
export interface TrainTestData {
  /** Training inputs, (N, …). */
  readonly XTrain: NDArray;
  /** Training labels, (N, …). */
  readonly yTrain: NDArray;
  /** Test inputs, (T, …). */
  readonly XTest?: NDArray;
  /** Test labels, (T, …). */
  readonly yTest?: NDArray;
}

/**
 * Options of {@linkcode splitValidation}.
 *
 * @category Data
 */
export interface SplitValidationOptions {
  /** Draws the rows that are set aside; without it they are the last ones. */
  readonly rng?: RandomState;
  /** What inputs are multiplied by, such as 1 / 255 for pixels; they become float32. Default 1. */
  readonly scale?: number;
}

const settings = new DescribedOptions<SplitValidationOptions>("splitValidation", {
  rng: { ...generator<RandomState>(RandomState), make: () => undefined },
  scale: {
    must: "a number that is not 0",
    fits: (given) => Number.isFinite(given) && given !== 0,
    value: 1,
  },
}, { seed: "a seed goes into rng: new RandomState(seed)", randomstate: "rng" });

/**
 * Sets rows of the training data aside for validation, which makes a {@linkcode Dataset} of data
 * that have none: `new Solver(model, splitValidation(await loadMnist(), 5000, { scale: 1 / 255 }))`.
 *
 * @param data Rows for training, and maybe testing
 * @param numValidation How many training rows to set aside
 * @param options Which rows, and by what to multiply the inputs
 * @returns The same data with the rows that were set aside; rows that are the last ones share their
 * memory with `data`
 * @throws {TypeError} If the data have no training rows
 * @throws {RangeError} If no training rows would remain, or inputs and labels do not fit together
 *
 * @example
 * ```ts
 * import { splitValidation } from "@nndl/nndl/data";
 * import { arange, array } from "@nndl/nndl/ndarray";
 * import assert from "node:assert/strict";
 *
 * const pixels = arange(0, 250, 50).astype("uint8").reshape([5, 1]);
 * const data = { XTrain: pixels, yTrain: array([0, 1, 2, 3, 4], "int32") };
 * const { XTrain, XVal, yVal } = splitValidation(data, 2, { scale: 1 / 50 });
 * assert.deepEqual(XTrain.toArray(), [[0], [1], [2]]);
 * assert.deepEqual(XVal.toArray(), [[3], [4]]);
 * assert.deepEqual(yVal.toArray(), [3, 4]);
 * ```
 *
 * @category Data
 */
export function splitValidation<D extends TrainTestData>(
  data: D,
  numValidation: number,
  options: SplitValidationOptions = {},
): D & Dataset {
  const { rng, scale } = settings.resolve(options);
  const { XTrain, yTrain } = Object(data) as Partial<TrainTestData>;
  if (!(XTrain instanceof NDArray && yTrain instanceof NDArray)) {
    throw new TypeError(
      "splitValidation: data must be { XTrain, yTrain, … }, got " +
        (data instanceof Promise ? "a promise; write await before it" : typeof data),
    );
  }
  const [rows] = XTrain.shape;
  if (yTrain.shape[0] !== rows) {
    throw new RangeError(
      `splitValidation: XTrain and yTrain must have as many rows, got ${rows} and ${
        yTrain.shape[0]
      }`,
    );
  }
  if (!Number.isInteger(numValidation) || numValidation < 1 || numValidation >= rows) {
    throw new RangeError(
      `splitValidation: numValidation must be a whole number from 1 to ${
        rows - 1
      }, of the ${rows} ` +
        `training rows there are, got ${showValue(numValidation)}`,
    );
  }
  const order = rng?.permutation(rows);
  const part = (x: NDArray, from: number, to: number) =>
    order ? x.take(order.slice(`${from}:${to}`), 0) : rowsBetween(x, from, to);
  const scaled = (x: NDArray) => scale === 1 ? x : times(x, scale);
  const kept = rows - numValidation;
  return {
    ...data,
    XTrain: scaled(part(XTrain, 0, kept)),
    yTrain: part(yTrain, 0, kept),
    XVal: scaled(part(XTrain, kept, rows)),
    yVal: part(yTrain, kept, rows),
    ...(data.XTest && { XTest: scaled(data.XTest) }),
  };
}

function rowsBetween(
  { data, shape: [n, ...rest], size, dtype }: NDArray,
  from: number,
  to: number,
) {
  const row = size / n;
  return new NDArray(data.subarray(from * row, to * row), [to - from, ...rest], dtype);
}

function times({ data, shape }: NDArray, scale: number): NDArray {
  const out = new Float32Array(data.length);
  for (let i = 0; i < out.length; i++) out[i] = data[i] * scale;
  return new NDArray(out, shape);
}
