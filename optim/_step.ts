/**
 * What a step works on: checked arrays of one type, copied unless the step is in place.
 *
 * @module
 */
import { showNoArray } from "../internal/show.ts";
import type { FloatArray } from "../kernels/mod.ts";
import { asNDArray, NDArray } from "../ndarray/mod.ts";

/** The arrays of one step. */
export interface Step {
  /** The parameters, to be updated in place. */
  readonly next: NDArray;
  /** Their numbers. */
  readonly w: FloatArray;
  /** The gradient's numbers, of the same type. */
  readonly dw: FloatArray;
  /** Whether what the rule remembers is updated in place too. */
  readonly inPlace: boolean;
}

/**
 * Checks the arguments of a rule and prepares its arrays.
 *
 * @throws {TypeError} If an argument is no float array
 * @throws {RangeError} If shapes differ
 */
export function beginStep(
  caller: string,
  w: NDArray,
  dw: NDArray,
  out: NDArray | undefined,
): Step {
  const old = floatsOf(caller, "w", w);
  floatsOf(caller, "dw", dw);
  checkShape(caller, "dw", dw, w);
  const inPlace = out === w;
  const next = inPlace ? w : out ?? plainCopy(w);
  if (out && !inPlace) {
    checkShape(caller, "out", out, w);
    if (out.dtype !== w.dtype) {
      throw new TypeError(`${caller}: out must be ${w.dtype} as w is, got ${out.dtype}`);
    }
    out.data.set(old);
  }
  return { next, w: next.data as FloatArray, dw: converted(dw, next), inPlace };
}

/**
 * What the rule remembers under `name`: zeros if nothing was given; later the array given, or a copy
 * of it if the step is not in place.
 *
 * @throws {TypeError} If it is no float array
 * @throws {RangeError} If its shape is not that of the parameters
 */
export function remembered(
  caller: string,
  name: "velocity" | "cache" | "m" | "v",
  given: NDArray | undefined,
  { next, w, inPlace }: Step,
): NDArray {
  if (given === undefined) return asNDArray(w.slice().fill(0), next.shape);
  floatsOf(caller, name, given);
  checkShape(caller, name, given, next);
  if (given.dtype !== next.dtype) return asNDArray(converted(given, next), next.shape);
  return inPlace ? given : plainCopy(given);
}

/** A copy that no workspace takes back: parameters and state outlive the step. */
function plainCopy(x: NDArray): NDArray {
  return asNDArray(x.data.slice(), x.shape);
}

/** The numbers of `x` in the type of those of `like`. */
function converted(x: NDArray, like: NDArray): FloatArray {
  if (x.dtype === like.dtype) return x.data as FloatArray;
  return like.dtype === "float32" ? Float32Array.from(x.data) : Float64Array.from(x.data);
}

function floatsOf(caller: string, name: string, x: NDArray): FloatArray {
  if (!(x instanceof NDArray)) {
    throw new TypeError(
      `${caller}: ${name} must be an NDArray, got ${
        typeof x === "number" ? "number" : showNoArray(x, name)
      }`,
    );
  }
  if (x.dtype !== "float32" && x.dtype !== "float64") {
    throw new TypeError(
      `${caller}: ${name} must be float32 or float64, got ${x.dtype}; convert it with astype`,
    );
  }
  return x.data as FloatArray;
}

function checkShape(caller: string, name: string, x: NDArray, w: NDArray): void {
  if (x.ndim === w.ndim && x.shape.every((length, axis) => length === w.shape[axis])) return;
  throw new RangeError(
    `${caller}: ${name} must have the shape of w, (${w.shape.join(", ")}), ` +
      `got (${x.shape.join(", ")})`,
  );
}
