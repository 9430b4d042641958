/** The checks of what a Solver trains on. */
import type { Dataset } from "../data/dataset.ts";
import { checkLabels } from "../internal/labels.ts";
import { sameShape, showShape } from "../internal/shapes.ts";
import { nearestName } from "../internal/suggest.ts";
import { NDArray } from "../ndarray/mod.ts";
import type { Examples } from "./_minibatch.ts";

const keys = ["XTrain", "yTrain", "XVal", "yVal"] as const;

/**
 * Throws unless the data are arrays that fit together. Their values are looked at later.
 *
 * @param anyLabels Whether the labels may be anything, because the model says how to score
 */
export function checkData(data: Dataset, anyLabels: boolean): void {
  checkArrays("Solver", data, keys);
  checkExamples("Solver", { X: data.XTrain, y: data.yTrain }, "XTrain", "yTrain", anyLabels);
  checkExamples("Solver", { X: data.XVal, y: data.yVal }, "XVal", "yVal", anyLabels);
  const [train, val] = [data.XTrain.shape, data.XVal.shape];
  if (!sameShape(train.slice(1), val.slice(1))) {
    throw new RangeError(
      `Solver: XTrain and XVal must hold examples of one shape, got ${showShape(train)} and ` +
        `${showShape(val)}; preprocess both in the same way`,
    );
  }
}

/** Throws unless the data are an object with arrays of these names. */
export function checkArrays(caller: string, data: unknown, keys: readonly string[]): void {
  const list = keys.join(", ");
  if (data instanceof Promise) {
    throw new TypeError(
      `${caller}: data must be { ${list} }, got a promise; write await before it`,
    );
  }
  if (typeof data !== "object" || data === null) {
    throw new TypeError(`${caller}: data must be { ${list} }, got ${String(data)}`);
  }
  const arrays = data as Record<string, unknown>;
  for (const key of keys) {
    const array = arrays[key];
    if (array instanceof NDArray) continue;
    if (array instanceof Promise) {
      throw new TypeError(`${caller}: data.${key} must be an NDArray, got a promise; await it`);
    }
    if (array !== undefined) {
      throw new TypeError(
        `${caller}: data.${key} must be an NDArray, got ${typeof array}; wrap it with asNDArray`,
      );
    }
    const names = Object.keys(arrays);
    const meant = names.find((name) => !keys.includes(name) && nearestName(name, keys) === key);
    throw new TypeError(
      `${caller}: data has no ${key}; ` +
        (meant ? `rename ${meant}` : `its keys are ${names.join(", ") || "none"}`) +
        (names.includes("XTest") && key.endsWith("Val") ? "; splitValidation() makes some" : ""),
    );
  }
}

/** Throws unless there are examples, and a label for each. */
export function checkExamples(
  caller: string,
  { X, y }: Examples,
  nameX: string,
  nameY: string,
  anyLabels: boolean,
): void {
  if (!(X instanceof NDArray && y instanceof NDArray)) {
    throw new TypeError(`${caller}: ${nameX} and ${nameY} must be NDArrays`);
  }
  if (X.ndim < 1 || X.size === 0) {
    throw new RangeError(
      `${caller}: ${nameX} must hold at least one example, got shape ${showShape(X.shape)}`,
    );
  }
  const [rows] = X.shape;
  const each = `one label for each example of ${nameX} ${showShape(X.shape)}`;
  if (!anyLabels) return checkLabels(caller, nameY, y, { rows, each });
  if (y.ndim >= 1 && y.shape[0] === rows) return;
  throw new RangeError(
    `${caller}: ${nameY} must have ${rows} rows, ${each}, got shape ${showShape(y.shape)}`,
  );
}
