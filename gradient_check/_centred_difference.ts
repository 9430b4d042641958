/**
 * Moving one entry of an array by ±h, which all numerical gradients here do.
 *
 * @module
 */
import { asNDArray, NDArray } from "../ndarray/mod.ts";

/** A float64 copy of `x`, whose entries can be moved without anyone seeing it. */
export function movableCopy(caller: string, x: NDArray): NDArray {
  if (!(x instanceof NDArray)) {
    throw new TypeError(`${caller}: x must be an NDArray, got ${kindOf(x)}`);
  }
  return asNDArray(Float64Array.from(x.data), x.shape);
}

/** @throws {RangeError} If the shapes of two arrays differ */
export function checkSameShape(caller: string, name: string, a: NDArray, other: NDArray): void {
  if (a.shape.length === other.shape.length && a.shape.every((n, i) => n === other.shape[i])) {
    return;
  }
  throw new RangeError(
    `${caller}: ${name}, got (${a.shape.join(", ")}) and (${other.shape.join(", ")})`,
  );
}

/** Measures at `x` with entry `i` moved up and down by `h`, and moves it back. */
export function moved<T>(x: NDArray, i: number, h: number, measure: () => T): [up: T, down: T] {
  const kept = x.data[i];
  try {
    x.data[i] = kept + h;
    const up = measure();
    x.data[i] = kept - h;
    return [up, measure()];
  } finally {
    x.data[i] = kept;
  }
}

/**
 * The centred difference of a function of arrays that gives a number.
 *
 * @throws {TypeError} If it gives something else
 * @throws {RangeError} If the number is not finite
 */
export function differenceAt(
  caller: string,
  f: (x: NDArray) => number,
  x: NDArray,
  i: number,
  h: number,
): number {
  const [up, down] = moved(x, i, h, () => {
    const value = f(x);
    if (typeof value !== "number") {
      throw new TypeError(
        `${caller}: f must return a number, got ${kindOf(value)}; for a model, return ` +
          "the loss alone: loss(X, y)[0]",
      );
    }
    if (!Number.isFinite(value)) {
      throw new RangeError(
        `${caller}: f must be finite near x, got ${value} with entry [${indexOf(x, i)}] ` +
          `at ${x.data[i]}`,
      );
    }
    return value;
  });
  return (up - down) / (2 * h);
}

/**
 * A function without parameters that never changes reads something else than the array that is
 * moved: the usual slip of `() => model.loss(X, y)[0]`. A zero gradient would hide it.
 */
export function checkDependence(
  caller: string,
  f: (x: NDArray) => unknown,
  gradient: ArrayLike<number>,
): void {
  if (f.length > 0 || gradient.length === 0) return;
  for (let i = 0; i < gradient.length; i++) if (gradient[i] !== 0) return;
  throw new TypeError(
    `${caller}: f takes no argument and did not change; use the array it is called with, or for ` +
      `a parameter of a model asFunctionOf(model.params, "W1", () => model.loss(X, y)[0])`,
  );
}

/** The index, one number an axis, of the entry at place `i` of the data. */
export function indexOf(x: NDArray, i: number): number[] {
  const index: number[] = [];
  for (let axis = x.ndim - 1; axis >= 0; axis--) {
    index.unshift(i % x.shape[axis]);
    i = Math.floor(i / x.shape[axis]);
  }
  return index;
}

/** What a message calls a value of the wrong kind. */
export function kindOf(value: unknown): string {
  if (value === null) return "null";
  return typeof value === "object" ? value.constructor?.name ?? "object" : typeof value;
}
