/**
 * A long short-term memory over a sequence, from the state `h0` and a cell state of zeros on. One
 * step is that of `lstmStepForward`; products over all time steps are made at once where they can
 * be, as in the plain recurrent layer.
 *
 * Source: S. Hochreiter and J. Schmidhuber, "Long Short-Term Memory", 1997; CS231n, assignment 3.
 *
 * @module
 */
import { allocateZeros, type FloatArray, kernels } from "../kernels/mod.ts";
import { matmul, NDArray } from "../ndarray/mod.ts";
import { byTime, emptyArray, floats, sumRows, unify } from "./_arrays.ts";
import { checkCache, gradients, wanted } from "./_backward.ts";
import { checkRecurrent } from "./_recurrent.ts";
import { checkUpstream } from "./_shapes.ts";
import type { BackwardOptions, EveryGradient, Gradients, Needs } from "./backward_options.ts";

/**
 * What {@linkcode lstmBackward} needs from the forward pass, time steps first.
 *
 * @category Layers
 */
export interface LstmCache {
  /** Input, (T, N, D). */
  readonly x: NDArray;
  /** State before the first step and after every step, (T + 1, N, H). */
  readonly states: NDArray;
  /** Cell state before the first step and after every step, (T + 1, N, H). */
  readonly cells: NDArray;
  /** The gates i, f, o, g of every step, (T, N, 4·H). */
  readonly gates: NDArray;
  /** Hyperbolic tangent of the cell state after every step, (T, N, H). */
  readonly tanhC: NDArray;
  /** Weights of the input, (D, 4·H). */
  readonly Wx: NDArray;
  /** Weights of the state, (H, 4·H). */
  readonly Wh: NDArray;
}

/**
 * Computes the forward pass of an LSTM over a sequence.
 *
 * @param x Input, (N, T, D)
 * @param h0 State before the first step, (N, H); the cell state begins at 0
 * @param Wx Weights of the input, (D, 4·H), columns in the order i, f, o, g
 * @param Wh Weights of the state, (H, 4·H)
 * @param b Biases, (4·H,)
 * @returns The states after every step, (N, T, H), and the cache of the backward pass
 * @throws {RangeError} If the shapes do not fit together, or there is no example or time step
 *
 * @example
 * ```ts
 * import { lstmForward } from "@nndl/nndl/layers";
 * import { array, zeros } from "@nndl/nndl/ndarray";
 * import assert from "node:assert/strict";
 *
 * // All gates open, the candidate is the input: the cell is the sum of tanh x so far.
 * const [Wx, b] = [array([[0, 0, 0, 1]]), array([1, 1, 1, 0]).multiply(100)];
 * const [h] = lstmForward(array([[[1], [2]]]), zeros([1, 1]), Wx, zeros([1, 4]), b);
 * assert.ok(Math.abs(h.at(0, 1, 0) - Math.tanh(Math.tanh(1) + Math.tanh(2))) < 1e-15);
 * ```
 *
 * @category Layers
 */
export function lstmForward(
  x: NDArray,
  h0: NDArray,
  Wx: NDArray,
  Wh: NDArray,
  b: NDArray,
): [h: NDArray, cache: LstmCache] {
  const { n, t, d, h } = checkRecurrent("lstmForward", x, { states: { h0 }, Wx, Wh, b }, 3, 4);
  [x, h0, Wx, Wh, b] = unify(x, h0, Wx, Wh, b);
  x = byTime(x);
  const states = emptyArray([t + 1, n, h], x.dtype);
  const cells = emptyArray([t + 1, n, h], x.dtype);
  const gates = emptyArray([t, n, 4 * h], x.dtype);
  const tanhC = emptyArray([t, n, h], x.dtype);
  const step = n * h;
  const [H, C, GATES, TANH] = [states, cells, gates, tanhC].map(floats);
  H.set(floats(h0));
  C.fill(0, 0, step);
  kernels.affine(t * n, d, 4 * h, floats(x), floats(Wx), floats(b), false, GATES);
  const before = [floats(Wh), part(H, 0, step), part(C, 0, step)] as const;
  kernels.lstmForward(t, n, h, ...before, GATES, C.subarray(step), TANH, H.subarray(step));
  const after = new NDArray(H.subarray(step), [t, n, h]);
  return [byTime(after), { x, states, cells, gates, tanhC, Wx, Wh }];
}

/**
 * Computes the backward pass of {@linkcode lstmForward}.
 *
 * @param dh Upstream gradient, (N, T, H): only that of the losses on each state; what comes back
 * from later steps is added here
 * @param cache The cache of {@linkcode lstmForward}
 * @param options By `needs`, which gradients to leave out
 * @returns `dx` (N, T, D), `dh0` (N, H), `dWx` (D, 4·H), `dWh` (H, 4·H), `db` (4·H,)
 * @throws {TypeError} If the cache is that of another layer, or there is no option or gradient of
 * a given name
 * @throws {RangeError} If `dh` is not (N, T, H)
 *
 * @example
 * ```ts
 * import { lstmBackward, lstmForward } from "@nndl/nndl/layers";
 * import { array, zeros } from "@nndl/nndl/ndarray";
 * import assert from "node:assert/strict";
 *
 * const [Wx, b] = [array([[0, 0, 0, 1]]), array([1, 1, 1, 0]).multiply(100)];
 * const [, cache] = lstmForward(zeros([1, 2, 1]), zeros([1, 1]), Wx, zeros([1, 4]), b);
 * const [dx] = lstmBackward(array([[[1], [10]]]), cache);
 * assert.deepEqual(dx.toArray(), [[[11], [10]]]);
 * ```
 *
 * @category Layers
 */
export function lstmBackward<
  N extends Needs<"dx" | "dh0" | "dWx" | "dWh" | "db"> = EveryGradient,
>(
  dh: NDArray,
  cache: LstmCache,
  options: BackwardOptions<N> = {},
): Gradients<[dx: "dx", dh0: "dh0", dWx: "dWx", dWh: "dWh", db: "db"], N> {
  const parts = ["x", "states", "cells", "gates", "tanhC", "Wx", "Wh"] as const;
  const given = checkCache("lstmBackward", dh, cache, parts, "dh");
  const [t, n, d] = given.x.shape;
  const h = given.Wh.shape[0];
  checkUpstream("lstmBackward", dh, [n, t, h], "dh");
  const all = { dx: true, dh0: true, dWx: true, dWh: true, db: true };
  const needs = wanted("lstmBackward", all, options);
  const [upstream, x, states, cells, gates, tanhC, Wx, Wh] = unify(
    dh,
    given.x,
    given.states,
    given.cells,
    given.gates,
    given.tanhC,
    given.Wx,
    given.Wh,
  );
  const step = n * h;
  const C = floats(cells);
  const da = emptyArray([t, n, 4 * h], x.dtype);
  const dc = allocateZeros(x.dtype === "float32" ? Float32Array : Float64Array, step);
  const dh0 = needs.dh0 ? emptyArray([n, h], x.dtype) : null;
  const passed = [floats(gates), part(C, 0, step), C.subarray(step), floats(tanhC)] as const;
  const slopes = [floats(byTime(upstream)), dc, floats(da), dh0 && floats(dh0)] as const;
  kernels.lstmBackward(t, n, h, floats(Wh), ...passed, ...slopes);
  const before = new NDArray(part(floats(states), 0, t * step), [t * n, h]);
  const rows = da.reshape([t * n, 4 * h]);
  const dx = needs.dx ? byTime(matmul(rows, Wx, { transposeB: true }).reshape([t, n, d])) : null;
  const dWx = needs.dWx ? matmul(x.reshape([t * n, d]), rows, { transposeA: true }) : null;
  const dWh = needs.dWh ? matmul(before, rows, { transposeA: true }) : null;
  const db = needs.db ? sumRows(da) : null;
  return gradients(dx, dh0, dWx, dWh, db);
}

/** `length` elements from `at` on, without a copy. */
function part(data: FloatArray, at: number, length: number): FloatArray {
  return data.subarray(at, at + length);
}
