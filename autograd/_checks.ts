/** Checks of what tensors are made of. */
import { type DType, isFloat } from "../ndarray/dtypes.ts";
import { NDArray } from "../ndarray/mod.ts";

/** What something is, in words. */
export function kindOf(value: unknown): string {
  if (value === null || typeof value !== "object") return String(value);
  return Array.isArray(value) ? "a list" : value.constructor?.name ?? "an object";
}

/** Throws unless `value` is an array; `what` names it. */
export function checkArray(what: string, value: unknown): asserts value is NDArray {
  if (value instanceof NDArray) return;
  throw new TypeError(
    `${what} must be an NDArray, got ${kindOf(value)}` +
      (Array.isArray(value) || typeof value === "number" ? "; wrap it in array(...)" : ""),
  );
}

/** Throws if gradients are wanted of a type that has none. */
export function checkDifferentiable(caller: string, wanted: boolean, dtype: DType): void {
  if (!wanted || isFloat(dtype)) return;
  throw new TypeError(
    `${caller}: only float32 and float64 have gradients, got ${dtype}; convert it with astype`,
  );
}
