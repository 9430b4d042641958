/**
 * One time step of a recurrent layer: `h' = tanh(x·Wx + h·Wh + b)`.
 *
 * Backward, with `da = dh'·(1 - h'²)`: `dx = da·Wxᵀ`, `dh = da·Whᵀ`, `dWx = xᵀ·da`, `dWh = hᵀ·da`,
 * `db = Σ da` over the examples.
 *
 * Source: CS231n, assignment 3.
 *
 * @module
 */
import { kernels } from "../kernels/mod.ts";
import { matmul, type NDArray } from "../ndarray/mod.ts";
import { emptyArray, floats, sumRows, unify } from "./_arrays.ts";
import { checkCache, gradients, wanted } from "./_backward.ts";
import { checkRecurrent } from "./_recurrent.ts";
import { checkUpstream } from "./_shapes.ts";
import type { BackwardOptions, EveryGradient, Gradients, Needs } from "./backward_options.ts";

/**
 * What {@linkcode rnnStepBackward} needs from the forward pass.
 *
 * @category Layers
 */
export interface RnnStepCache {
  /** Input, (N, D). */
  readonly x: NDArray;
  /** State before the step, (N, H). */
  readonly prevH: NDArray;
  /** Weights of the input, (D, H). */
  readonly Wx: NDArray;
  /** Weights of the state, (H, H). */
  readonly Wh: NDArray;
  /** State after the step, (N, H). */
  readonly nextH: NDArray;
}

/**
 * Computes the forward pass of one time step of a recurrent layer.
 *
 * @param x Input, (N, D)
 * @param prevH State before the step, (N, H)
 * @param Wx Weights of the input, (D, H)
 * @param Wh Weights of the state, (H, H)
 * @param b Biases, (H,)
 * @returns The state after the step, (N, H), and the cache of the backward pass
 * @throws {RangeError} If the shapes do not fit together, or the batch is empty
 *
 * @example
 * ```ts
 * import { rnnStepForward } from "@nndl/nndl/layers";
 * import { array } from "@nndl/nndl/ndarray";
 * import assert from "node:assert/strict";
 *
 * const [x, h] = [array([[1, 2]]), array([[0.5]])];
 * const [nextH] = rnnStepForward(x, h, array([[0.1], [0.2]]), array([[-1]]), array([0.3]));
 * assert.ok(Math.abs(nextH.item() - Math.tanh(0.1 + 0.4 - 0.5 + 0.3)) < 1e-15);
 * ```
 *
 * @category Layers
 */
export function rnnStepForward(
  x: NDArray,
  prevH: NDArray,
  Wx: NDArray,
  Wh: NDArray,
  b: NDArray,
): [nextH: NDArray, cache: RnnStepCache] {
  const { n, d, h } = checkRecurrent("rnnStepForward", x, { states: { prevH }, Wx, Wh, b }, 2, 1);
  [x, prevH, Wx, Wh, b] = unify(x, prevH, Wx, Wh, b);
  const nextH = emptyArray([n, h], x.dtype);
  const H = floats(nextH);
  kernels.affine(n, d, h, floats(x), floats(Wx), floats(b), false, H);
  kernels.gemm(false, false, n, h, h, floats(prevH), floats(Wh), 1, H);
  kernels.tanhForward(H, H);
  return [nextH, { x, prevH, Wx, Wh, nextH }];
}

/**
 * Computes the backward pass of {@linkcode rnnStepForward}.
 *
 * @param dnextH Upstream gradient, (N, H)
 * @param cache The cache of {@linkcode rnnStepForward}
 * @param options By `needs`, which gradients to leave out
 * @returns `dx` (N, D), `dprevH` (N, H), `dWx` (D, H), `dWh` (H, H), `db` (H,)
 * @throws {TypeError} If the cache is that of another layer, or there is no option or gradient of
 * a given name
 * @throws {RangeError} If `dnextH` is not (N, H)
 *
 * @example
 * ```ts
 * import { rnnStepBackward, rnnStepForward } from "@nndl/nndl/layers";
 * import { array, zeros } from "@nndl/nndl/ndarray";
 * import assert from "node:assert/strict";
 *
 * const [x, h, Wx, Wh] = [array([[1, 2]]), zeros([1, 1]), zeros([2, 1]), array([[7]])];
 * const [, cache] = rnnStepForward(x, h, Wx, Wh, zeros([1]));
 * const [, dprevH, dWx, , db] = rnnStepBackward(array([[5]]), cache);
 * assert.deepEqual(dprevH.toArray(), [[35]]);
 * assert.deepEqual([dWx.toArray(), db.toArray()], [[[5], [10]], [5]]);
 * ```
 *
 * @category Layers
 */
export function rnnStepBackward<
  N extends Needs<"dx" | "dprevH" | "dWx" | "dWh" | "db"> = EveryGradient,
>(
  dnextH: NDArray,
  cache: RnnStepCache,
  options: BackwardOptions<N> = {},
): Gradients<[dx: "dx", dprevH: "dprevH", dWx: "dWx", dWh: "dWh", db: "db"], N> {
  const caller = "rnnStepBackward";
  const parts = ["x", "prevH", "Wx", "Wh", "nextH"] as const;
  const { x, prevH, Wx, Wh, nextH } = checkCache(caller, dnextH, cache, parts, "dnextH");
  checkUpstream(caller, dnextH, nextH.shape, "dnextH");
  const all = { dx: true, dprevH: true, dWx: true, dWh: true, db: true };
  const needs = wanted(caller, all, options);
  const [upstream, output] = unify(dnextH, nextH);
  const da = emptyArray(output.shape, output.dtype);
  kernels.tanhBackward(floats(upstream), floats(output), floats(da));
  return gradients(
    needs.dx ? matmul(da, Wx, { transposeB: true }) : null,
    needs.dprevH ? matmul(da, Wh, { transposeB: true }) : null,
    needs.dWx ? matmul(x, da, { transposeA: true }) : null,
    needs.dWh ? matmul(prevH, da, { transposeA: true }) : null,
    needs.db ? sumRows(da) : null,
  );
}
