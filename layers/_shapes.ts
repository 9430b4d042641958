/**
 * The checks of what layers are given, made once, where a public function is entered. A message
 * names the function and the argument, says what was expected and what came, and the likely fix.
 *
 * @module
 */
import { showValue } from "../internal/show.ts";
import { sameShape, showShape } from "../internal/shapes.ts";
import { NDArray } from "../ndarray/mod.ts";

/** Throws unless `value` is an NDArray. */
export function checkArray(caller: string, name: string, value: unknown): void {
  if (value instanceof NDArray) return;
  const kind = value === null || value === undefined
    ? String(value)
    : typeof value === "object"
    ? value.constructor?.name ?? "an object"
    : typeof value;
  const fix = Array.isArray(value) || ArrayBuffer.isView(value)
    ? `; wrap it in array(${name})`
    : "";
  throw new TypeError(`${caller}: ${name} must be an NDArray, got ${kind}${fix}`);
}

/** Throws unless `x` is an array of at least one example with at least one value. */
export function checkInput(caller: string, x: NDArray): void {
  checkArray(caller, "x", x);
  if (x.size > 0 && x.ndim > 0) return;
  throw new RangeError(
    `${caller}: x must hold at least one example, got shape ${showShape(x.shape)}` +
      (x.ndim === 0 ? "; reshape it to (1, 1)" : "; is the batch or slice empty?"),
  );
}

/** Throws unless `x` is a non-empty array of shape (N, D). */
export function checkRows(caller: string, x: NDArray): void {
  checkInput(caller, x);
  if (x.ndim === 2) return;
  throw new RangeError(
    `${caller}: x must have shape (N, D), got ${showShape(x.shape)}; ` +
      (x.ndim === 4
        ? "for images use the spatial version of the layer"
        : "reshape it to rows of features"),
  );
}

/** Throws unless `x` is a non-empty array of shape (N, …, D), and returns the leading shape (N, …). */
export function checkLeading(caller: string, x: NDArray): number[] {
  checkInput(caller, x);
  if (x.ndim >= 2) return x.shape.slice(0, -1);
  throw new RangeError(
    `${caller}: x must have shape (N, D), got ${showShape(x.shape)}; reshape it to rows of ` +
      "features, (N, …, D)",
  );
}

/** Throws unless `dout` has the shape of what the forward pass returned. */
export function checkUpstream(
  caller: string,
  dout: NDArray,
  shape: readonly number[],
  name = "dout",
): void {
  checkArray(caller, name, dout);
  if (sameShape(dout.shape, shape)) return;
  throw new RangeError(
    `${caller}: ${name} must have the shape of the forward output, ${showShape(shape)}, got ` +
      `${showShape(dout.shape)}; does the cache belong to this pass?`,
  );
}

/** Throws unless `x·w + b` is possible, with every axis of `x` after the first flattened. */
export function checkAffine(caller: string, x: NDArray, w: NDArray, b: NDArray): void {
  checkInput(caller, x);
  checkArray(caller, "w", w);
  checkArray(caller, "b", b);
  const features = x.size / x.shape[0];
  if (w.ndim !== 2 || w.shape[0] !== features || w.shape[1] === 0) {
    const fix = w.ndim === 2 && w.shape[1] === features
      ? "; transpose w?"
      : x.ndim === 1 && w.shape[0] === x.size
      ? `; if x is one example, reshape it to (1, ${x.size})`
      : "";
    throw new RangeError(
      `${caller}: w must have shape (${features}, M) to multiply x of shape ` +
        `${showShape(x.shape)}, got ${showShape(w.shape)}${fix}`,
    );
  }
  checkVector(caller, "b", b, w.shape[1], "one bias for each column of w", w);
}

/** Throws unless the scale and shift of a normalisation have one entry for each of `d` features. */
export function checkScaleShift(caller: string, gamma: NDArray, beta: NDArray, d: number): void {
  checkArray(caller, "gamma", gamma);
  checkArray(caller, "beta", beta);
  checkVector(caller, "gamma", gamma, d, "one scale for each feature of x");
  checkVector(caller, "beta", beta, d, "one shift for each feature of x");
}

/**
 * Throws unless `v` has shape (length,). `what` says what its entries are, and `of` whose shape
 * follows that.
 */
export function checkVector(
  caller: string,
  name: string,
  v: NDArray,
  length: number,
  what: string,
  of?: NDArray,
): void {
  if (v.ndim === 1 && v.shape[0] === length) return;
  const shown = of ? ` ${showShape(of.shape)}` : "";
  throw new RangeError(
    `${caller}: ${name} must have shape (${length},), ${what}${shown}, got ${showShape(v.shape)}` +
      (v.size === length ? `; reshape it to (${length},)` : ""),
  );
}

/** Throws unless `param.mode` is `"train"` or `"test"`. */
export function checkMode(caller: string, name: string, param: { mode: unknown }): void {
  if (typeof param !== "object" || param === null) {
    throw new TypeError(
      `${caller}: ${name} must be an object with a mode, got ${showValue(param)}`,
    );
  }
  if (param.mode === "train" || param.mode === "test") return;
  throw new RangeError(
    `${caller}: ${name}.mode must be "train" or "test", got ${showValue(param.mode)}`,
  );
}

/** Throws unless `param` holds settings; a symbol or a list does not. */
export function checkParam(caller: string, name: string, param: unknown): void {
  if (typeof param === "object" && param !== null && !Array.isArray(param)) return;
  throw new TypeError(`${caller}: ${name} must be an object, got ${showValue(param)}`);
}

/** Throws unless the constant under the root of a normalisation is finite and not negative. */
export function checkEps(caller: string, name: string, eps: number): void {
  if (Number.isFinite(eps) && eps >= 0) return;
  throw new RangeError(
    `${caller}: ${name}.eps must be a finite number from 0 up, got ${showValue(eps)}; ` +
      "usual is 1e-5",
  );
}
