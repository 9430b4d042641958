/**
 * A recurrent layer over a sequence: `h_t = tanh(x_t·Wx + h_{t-1}·Wh + b)` from `h_0` on.
 *
 * The inputs of all time steps are multiplied at once; only `h_{t-1}·Wh` waits for the step before.
 * Backward goes through time: the gradient of `h_t` is that of the losses on it and what comes back
 * from step t + 1. The gradients of the weights are then products over all steps at once.
 *
 * Source: CS231n, assignment 3.
 *
 * @module
 */
import { kernels } from "../kernels/mod.ts";
import { matmul, NDArray } from "../ndarray/mod.ts";
import { byTime, emptyArray, floats, sumRows, unify } from "./_arrays.ts";
import { checkCache, gradients, wanted } from "./_backward.ts";
import { checkRecurrent } from "./_recurrent.ts";
import { checkUpstream } from "./_shapes.ts";
import type { BackwardOptions, EveryGradient, Gradients, Needs } from "./backward_options.ts";

/**
 * What {@linkcode rnnBackward} needs from the forward pass, time steps first.
 *
 * @category Layers
 */
export interface RnnCache {
  /** Input, (T, N, D). */
  readonly x: NDArray;
  /** State before the first step and after every step, (T + 1, N, H). */
  readonly states: NDArray;
  /** Weights of the input, (D, H). */
  readonly Wx: NDArray;
  /** Weights of the state, (H, H). */
  readonly Wh: NDArray;
}

/**
 * Computes the forward pass of a recurrent layer over a sequence.
 *
 * @param x Input, (N, T, D)
 * @param h0 State before the first step, (N, H)
 * @param Wx Weights of the input, (D, H)
 * @param Wh Weights of the state, (H, H)
 * @param b Biases, (H,)
 * @returns The states after every step, (N, T, H), and the cache of the backward pass
 * @throws {RangeError} If the shapes do not fit together, or there is no example or time step
 *
 * @example
 * ```ts
 * import { rnnForward } from "@nndl/nndl/layers";
 * import { array, zeros } from "@nndl/nndl/ndarray";
 * import assert from "node:assert/strict";
 *
 * const x = array([[[0.5], [0]]]);
 * const [h] = rnnForward(x, zeros([1, 1]), array([[1]]), array([[2]]), zeros([1]));
 * assert.deepEqual(h.shape, [1, 2, 1]);
 * assert.ok(Math.abs(h.at(0, 1, 0) - Math.tanh(2 * Math.tanh(0.5))) < 1e-15);
 * ```
 *
 * @category Layers
 */
export function rnnForward(
  x: NDArray,
  h0: NDArray,
  Wx: NDArray,
  Wh: NDArray,
  b: NDArray,
): [h: NDArray, cache: RnnCache] {
  const { n, t, d, h } = checkRecurrent("rnnForward", x, { states: { h0 }, Wx, Wh, b }, 3, 1);
  [x, h0, Wx, Wh, b] = unify(x, h0, Wx, Wh, b);
  x = byTime(x);
  const states = emptyArray([t + 1, n, h], x.dtype);
  const step = n * h;
  const H = floats(states);
  H.set(floats(h0));
  kernels.affine(t * n, d, h, floats(x), floats(Wx), floats(b), false, H.subarray(step));
  for (let at = step; at < H.length; at += step) {
    const next = H.subarray(at, at + step);
    kernels.gemm(false, false, n, h, h, H.subarray(at - step, at), floats(Wh), 1, next);
    kernels.tanhForward(next, next);
  }
  const after = new NDArray(H.subarray(step), [t, n, h]);
  return [byTime(after), { x, states, Wx, Wh }];
}

/**
 * Computes the backward pass of {@linkcode rnnForward}.
 *
 * @param dh Upstream gradient, (N, T, H): only that of the losses on each state; what comes back
 * from later steps is added here
 * @param cache The cache of {@linkcode rnnForward}
 * @param options By `needs`, which gradients to leave out
 * @returns `dx` (N, T, D), `dh0` (N, H), `dWx` (D, H), `dWh` (H, H), `db` (H,)
 * @throws {TypeError} If the cache is that of another layer, or there is no option or gradient of
 * a given name
 * @throws {RangeError} If `dh` is not (N, T, H)
 *
 * @example
 * ```ts
 * import { rnnBackward, rnnForward } from "@nndl/nndl/layers";
 * import { array, zeros } from "@nndl/nndl/ndarray";
 * import assert from "node:assert/strict";
 *
 * const [x, Wx, Wh] = [array([[[1], [1]]]), zeros([1, 1]), array([[3]])];
 * const [, cache] = rnnForward(x, zeros([1, 1]), Wx, Wh, zeros([1]));
 * const [dx, dh0] = rnnBackward(array([[[0], [5]]]), cache, { needs: { dWh: false } });
 * assert.deepEqual([dx.toArray(), dh0.toArray()], [[[[0], [0]]], [[45]]]);
 * ```
 *
 * @category Layers
 */
export function rnnBackward<
  N extends Needs<"dx" | "dh0" | "dWx" | "dWh" | "db"> = EveryGradient,
>(
  dh: NDArray,
  cache: RnnCache,
  options: BackwardOptions<N> = {},
): Gradients<[dx: "dx", dh0: "dh0", dWx: "dWx", dWh: "dWh", db: "db"], N> {
  const parts = ["x", "states", "Wx", "Wh"] as const;
  const given = checkCache("rnnBackward", dh, cache, parts, "dh");
  const [t, n, d] = given.x.shape;
  const h = given.Wh.shape[0];
  checkUpstream("rnnBackward", dh, [n, t, h], "dh");
  const all = { dx: true, dh0: true, dWx: true, dWh: true, db: true };
  const needs = wanted("rnnBackward", all, options);
  const [upstream, x, states, Wx, Wh] = unify(dh, given.x, given.states, given.Wx, given.Wh);
  const step = n * h;
  const H = floats(states);
  // The gradients of the states, step by step turned into those of what tanh was taken of.
  const da = byTime(upstream);
  const DA = floats(da);
  for (let at = DA.length - step; at >= 0; at -= step) {
    const current = DA.subarray(at, at + step);
    if (at + step < DA.length) {
      const later = DA.subarray(at + step, at + 2 * step);
      kernels.gemm(false, true, n, h, h, later, floats(Wh), 1, current);
    }
    kernels.tanhBackward(current, H.subarray(at + step, at + 2 * step), current);
  }
  const before = new NDArray(H.subarray(0, t * step), [t * n, h]);
  const rows = da.reshape([t * n, h]);
  const dx = needs.dx ? byTime(matmul(rows, Wx, { transposeB: true }).reshape([t, n, d])) : null;
  const dWx = needs.dWx ? matmul(x.reshape([t * n, d]), rows, { transposeA: true }) : null;
  const dWh = needs.dWh ? matmul(before, rows, { transposeA: true }) : null;
  const db = needs.db ? sumRows(da) : null;
  if (!needs.dh0) return gradients(dx, null, dWx, dWh, db);
  const dh0 = emptyArray([n, h], x.dtype);
  kernels.gemm(false, true, n, h, h, DA.subarray(0, step), floats(Wh), 0, floats(dh0));
  return gradients(dx, dh0, dWx, dWh, db);
}
