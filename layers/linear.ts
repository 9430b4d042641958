/**
 * Linear layer over the last axis, with weights as PyTorch keeps them: `out = x·Wᵀ + b`.
 *
 * The leading axes of `x` stay: (N, T, D) gives (N, T, M). An affine layer, in contrast, flattens
 * all axes after the first and keeps its weights as (D, M).
 *
 * Backward, over all rows of `x`: `∂L/∂x = dout·W`, `∂L/∂W = doutᵀ·x`, `∂L/∂b = Σ dout`.
 *
 * @module
 */
import { showShape } from "../internal/shapes.ts";
import { kernels } from "../kernels/mod.ts";
import type { NDArray } from "../ndarray/mod.ts";
import { emptyArray, floats, repeatRow, sumRows, unify } from "./_arrays.ts";
import { checkCache, gradients, wanted } from "./_backward.ts";
import { checkArray, checkInput, checkUpstream, checkVector } from "./_shapes.ts";
import type { BackwardOptions, EveryGradient, Gradients, Needs } from "./backward_options.ts";

/**
 * What {@linkcode linearBackward} needs from the forward pass.
 *
 * @category Layers
 */
export interface LinearCache<Bias extends NDArray | null = NDArray | null> {
  /** Input, (…, D). */
  readonly x: NDArray;
  /** Weights, (M, D). */
  readonly weight: NDArray;
  /** Biases, (M,), or null. */
  readonly bias: Bias;
}

/**
 * Computes the forward pass of a linear layer.
 *
 * @param x Input, (…, D)
 * @param weight Weights, (M, D)
 * @param bias Biases, (M,), or null for none
 * @returns `out` of shape (…, M), and the cache of the backward pass
 * @throws {RangeError} If the shapes do not fit together, or `x` is empty
 *
 * @example
 * ```ts
 * import { linearForward } from "@nndl/nndl/layers";
 * import { array } from "@nndl/nndl/ndarray";
 * import assert from "node:assert/strict";
 *
 * const [out] = linearForward(array([[[1, 2], [3, 4]]]), array([[1, 10]]), array([3]));
 * assert.deepEqual(out.toArray(), [[[24], [46]]]);
 * ```
 *
 * @category Layers
 */
export function linearForward<Bias extends NDArray | null>(
  x: NDArray,
  weight: NDArray,
  bias: Bias,
): [out: NDArray, cache: LinearCache<Bias>] {
  checkLinear("linearForward", x, weight, bias);
  const [rows, w, b] = bias ? unify(x, weight, bias) : [...unify(x, weight), null];
  const [m, d] = w.shape;
  const n = x.size / d;
  const out = emptyArray([...x.shape.slice(0, -1), m], rows.dtype);
  // The product is added to what stands in `out`: the biases.
  if (b) repeatRow(floats(b), floats(out));
  kernels.gemm(false, true, n, m, d, floats(rows), floats(w), b ? 1 : 0, floats(out));
  return [out, { x: rows, weight: w, bias }];
}

/**
 * Computes the backward pass of a linear layer.
 *
 * @param dout Upstream gradient, (…, M)
 * @param cache The cache of {@linkcode linearForward}
 * @param options By `needs`, which gradients to leave out
 * @returns `dx` (shape of x), `dweight` (M, D), `dbias` (M,), null without a bias
 * @throws {TypeError} If the cache is that of another layer, or there is no option or gradient of
 * a given name
 * @throws {RangeError} If `dout` has another shape than the output
 *
 * @example
 * ```ts
 * import { linearBackward, linearForward } from "@nndl/nndl/layers";
 * import { array } from "@nndl/nndl/ndarray";
 * import assert from "node:assert/strict";
 *
 * const [, cache] = linearForward(array([[1, 2]]), array([[1, 10]]), array([3]));
 * const [dx, dweight, dbias] = linearBackward(array([[5]]), cache);
 * assert.deepEqual(dx.toArray(), [[5, 50]]);
 * assert.deepEqual(dweight.toArray(), [[5, 10]]);
 * assert.deepEqual(dbias.toArray(), [5]);
 * ```
 *
 * @category Layers
 */
export function linearBackward<
  Bias extends NDArray | null,
  N extends Needs<"dx" | "dweight" | "dbias"> = EveryGradient,
>(
  dout: NDArray,
  cache: LinearCache<Bias>,
  options: BackwardOptions<N> = {},
): Gradients<
  [dx: "dx", dweight: "dweight", dbias: Bias extends null ? null : "dbias"],
  N
> {
  const caller = "linearBackward";
  const { bias, ...operands } = checkCache(caller, dout, cache, ["x", "weight", "bias"]);
  const [m, d] = operands.weight.shape;
  checkUpstream(caller, dout, [...operands.x.shape.slice(0, -1), m]);
  const needs = wanted(caller, { dx: true, dweight: true, dbias: true }, options);
  const [upstream, x, weight] = unify(dout, operands.x, operands.weight);
  const n = x.size / d;
  const DOUT = floats(upstream);
  const dx = needs.dx ? emptyArray(x.shape, x.dtype) : null;
  if (dx) kernels.gemm(false, false, n, d, m, DOUT, floats(weight), 0, floats(dx));
  const dweight = needs.dweight ? emptyArray(weight.shape, x.dtype) : null;
  if (dweight) kernels.gemm(true, false, m, d, n, DOUT, floats(x), 0, floats(dweight));
  const dbias = needs.dbias && bias ? sumRows(upstream) : null;
  return gradients(dx, dweight, dbias);
}

function checkLinear(caller: string, x: NDArray, weight: NDArray, bias: NDArray | null): void {
  checkInput(caller, x);
  checkArray(caller, "weight", weight);
  const features = x.shape[x.ndim - 1];
  if (weight.ndim !== 2 || weight.shape[1] !== features || weight.size === 0) {
    const fix = weight.ndim === 2 && weight.shape[0] === features
      ? "; transpose weight? affineForward takes (D, M)"
      : x.size / x.shape[0] === weight.shape[1]
      ? "; to flatten x use affineForward, or reshape it"
      : "";
    throw new RangeError(
      `${caller}: weight must have shape (M, ${features}) for the last axis of x ` +
        `${showShape(x.shape)}, got ${showShape(weight.shape)}${fix}`,
    );
  }
  if (bias === undefined) throw new TypeError(`${caller}: bias is undefined; for none pass null`);
  if (bias === null) return;
  checkArray(caller, "bias", bias);
  const [length] = weight.shape;
  if (bias.ndim === 1 && bias.size === length) return;
  const what = `one bias for each row of weight ${showShape(weight.shape)}`;
  checkVector(caller, "bias", bias, length, what);
}
