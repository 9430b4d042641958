/**
 * What the Solver trains on, and its checks.
 *
 * @module
 */
import { showShape } from "../internal/shapes.ts";
import { nearestName } from "../internal/suggest.ts";
import { NDArray } from "../ndarray/mod.ts";
import type { Examples } from "./_minibatch.ts";

/** Training and validation examples with their labels. Any `Dataset` is one. */
export interface SolverData {
  /** Training examples, (N, d₁, …, d_k). */
  readonly XTrain: NDArray;
  /** Training labels, (N,), whole numbers from 0. */
  readonly yTrain: NDArray;
  /** Validation examples, (M, d₁, …, d_k). */
  readonly XVal: NDArray;
  /** Validation labels, (M,). */
  readonly yVal: NDArray;
}

const keys = ["XTrain", "yTrain", "XVal", "yVal"] as const;

/** Throws unless the data are arrays that fit together. Their values are looked at later. */
export function checkData(data: SolverData): void {
  if (typeof data !== "object" || data === null) {
    throw new TypeError(`Solver: data must be { ${keys.join(", ")} }, got ${data}`);
  }
  for (const key of keys) {
    if (data[key] instanceof NDArray) continue;
    if (data[key] !== undefined) {
      throw new TypeError(
        `Solver: data.${key} must be an NDArray, got ${typeof data[key]}; wrap it with asNDArray`,
      );
    }
    const meant = Object.keys(data).find((name) => nearestName(name, keys) === key);
    throw new TypeError(
      `Solver: data has no ${key}; ` +
        (meant ? `rename ${meant}` : `its keys are ${Object.keys(data).join(", ") || "none"}`),
    );
  }
  checkExamples("Solver", { X: data.XTrain, y: data.yTrain }, "XTrain", "yTrain");
  checkExamples("Solver", { X: data.XVal, y: data.yVal }, "XVal", "yVal");
  const [train, val] = [data.XTrain.shape, data.XVal.shape];
  if (train.slice(1).join() !== val.slice(1).join()) {
    throw new RangeError(
      `Solver: XTrain and XVal must hold examples of one shape, got ${showShape(train)} and ` +
        `${showShape(val)}; preprocess both in the same way`,
    );
  }
}

/** Throws unless there are examples, and a label that is a class number for each. */
export function checkExamples(caller: string, { X, y }: Examples, nameX: string, nameY: string) {
  if (X.ndim < 1 || X.size === 0) {
    throw new RangeError(
      `${caller}: ${nameX} must hold at least one example, got shape ${showShape(X.shape)}`,
    );
  }
  if (y.ndim !== 1 || y.shape[0] !== X.shape[0]) {
    throw new RangeError(
      `${caller}: ${nameY} must have shape (${X.shape[0]},), one label for each example of ` +
        `${nameX} ${showShape(X.shape)}, got ${showShape(y.shape)}` +
        (y.size === X.shape[0] ? `; reshape it to (${y.size},)` : ""),
    );
  }
  if (y.dtype === "bool") {
    throw new TypeError(
      `${caller}: ${nameY} must hold class numbers, got bools; use astype("int32")`,
    );
  }
  const bad = y.data.findIndex((label) => !(Number.isInteger(label) && label >= 0));
  if (bad >= 0) {
    throw new RangeError(
      `${caller}: ${nameY} must hold class numbers from 0, got ${y.data[bad]} at row ${bad}`,
    );
  }
}
