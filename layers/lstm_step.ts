/**
 * One time step of a long short-term memory. With the four sums `a = x·Wx + h·Wh + b`, (N, 4·H):
 * `i, f, o = sigmoid` of the first three, `g = tanh` of the last, `c' = f·c + i·g` and
 * `h' = o·tanh c'`.
 *
 * Backward, with `dc' += dh'·o·(1 - tanh² c')`: `di = dc'·g`, `df = dc'·c`, `do = dh'·tanh c'`,
 * `dg = dc'·i`, `dc = dc'·f`; through the gates, `da_i = di·i·(1 - i)`, f and o alike, and
 * `da_g = dg·(1 - g²)`; from there as in a plain recurrent step.
 *
 * Source: S. Hochreiter and J. Schmidhuber, "Long Short-Term Memory", 1997; CS231n, assignment 3,
 * for the order of the gates.
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
 * What {@linkcode lstmStepBackward} needs from the forward pass.
 *
 * @category Layers
 */
export interface LstmStepCache {
  /** Input, (N, D). */
  readonly x: NDArray;
  /** State before the step, (N, H). */
  readonly prevH: NDArray;
  /** Cell state before the step, (N, H). */
  readonly prevC: NDArray;
  /** Weights of the input, (D, 4·H). */
  readonly Wx: NDArray;
  /** Weights of the state, (H, 4·H). */
  readonly Wh: NDArray;
  /** The gates i, f, o, g, (N, 4·H). */
  readonly gates: NDArray;
  /** Hyperbolic tangent of the cell state after the step, (N, H). */
  readonly tanhC: NDArray;
}

/**
 * Computes the forward pass of one time step of an LSTM.
 *
 * @param x Input, (N, D)
 * @param prevH State before the step, (N, H)
 * @param prevC Cell state before the step, (N, H)
 * @param Wx Weights of the input, (D, 4·H), columns in the order i, f, o, g
 * @param Wh Weights of the state, (H, 4·H)
 * @param b Biases, (4·H,)
 * @returns State and cell state after the step, (N, H), and the cache of the backward pass
 * @throws {RangeError} If the shapes do not fit together, or the batch is empty
 *
 * @example
 * ```ts
 * import { lstmStepForward } from "@nndl/nndl/layers";
 * import { array, zeros } from "@nndl/nndl/ndarray";
 * import assert from "node:assert/strict";
 *
 * const [x, h, c, Wx, Wh] = [zeros([1, 2]), zeros([1, 1]), array([[3]]), zeros([2, 4]), zeros([1, 4])];
 * // Open forget gate, closed input gate: the cell keeps what it has.
 * const [nextH, nextC] = lstmStepForward(x, h, c, Wx, Wh, array([-Infinity, Infinity, 0, 0]));
 * assert.deepEqual([nextC.item(), nextH.item()], [3, 0.5 * Math.tanh(3)]);
 * ```
 *
 * @category Layers
 */
export function lstmStepForward(
  x: NDArray,
  prevH: NDArray,
  prevC: NDArray,
  Wx: NDArray,
  Wh: NDArray,
  b: NDArray,
): [nextH: NDArray, nextC: NDArray, cache: LstmStepCache] {
  const arrays = { states: { prevH, prevC }, Wx, Wh, b };
  const { n, d, h } = checkRecurrent("lstmStepForward", x, arrays, 2, 4);
  [x, prevH, prevC, Wx, Wh, b] = unify(x, prevH, prevC, Wx, Wh, b);
  const gates = emptyArray([n, 4 * h], x.dtype);
  const [nextH, nextC, tanhC] = [0, 1, 2].map(() => emptyArray([n, h], x.dtype));
  kernels.affine(n, d, 4 * h, floats(x), floats(Wx), floats(b), false, floats(gates));
  const before = [floats(Wh), floats(prevH), floats(prevC)] as const;
  const states = [floats(nextC), floats(tanhC), floats(nextH)] as const;
  kernels.lstmForward(1, n, h, ...before, floats(gates), ...states);
  return [nextH, nextC, { x, prevH, prevC, Wx, Wh, gates, tanhC }];
}

/**
 * Computes the backward pass of {@linkcode lstmStepForward}.
 *
 * @param dnextH Upstream gradient of the state, (N, H)
 * @param dnextC Upstream gradient of the cell state, (N, H)
 * @param cache The cache of {@linkcode lstmStepForward}
 * @param options By `needs`, which gradients to leave out
 * @returns `dx` (N, D), `dprevH` (N, H), `dprevC` (N, H), `dWx` (D, 4·H), `dWh` (H, 4·H), `db`
 * (4·H,)
 * @throws {TypeError} If the cache is that of another layer, or there is no option or gradient of
 * a given name
 * @throws {RangeError} If an upstream gradient is not (N, H)
 *
 * @example
 * ```ts
 * import { lstmStepBackward, lstmStepForward } from "@nndl/nndl/layers";
 * import { array, zeros } from "@nndl/nndl/ndarray";
 * import assert from "node:assert/strict";
 *
 * const [x, h, c, Wx, Wh] = [zeros([1, 2]), zeros([1, 1]), array([[3]]), zeros([2, 4]), zeros([1, 4])];
 * const [, , cache] = lstmStepForward(x, h, c, Wx, Wh, array([-Infinity, Infinity, 0, 0]));
 * const [, , dprevC] = lstmStepBackward(zeros([1, 1]), array([[7]]), cache);
 * assert.equal(dprevC.item(), 7);
 * ```
 *
 * @category Layers
 */
export function lstmStepBackward<
  N extends Needs<"dx" | "dprevH" | "dprevC" | "dWx" | "dWh" | "db"> = EveryGradient,
>(
  dnextH: NDArray,
  dnextC: NDArray,
  cache: LstmStepCache,
  options: BackwardOptions<N> = {},
): Gradients<
  [dx: "dx", dprevH: "dprevH", dprevC: "dprevC", dWx: "dWx", dWh: "dWh", db: "db"],
  N
> {
  const caller = "lstmStepBackward";
  const parts = ["x", "prevH", "prevC", "Wx", "Wh", "gates", "tanhC"] as const;
  const given = checkCache(caller, dnextH, cache, parts, "dnextH");
  checkUpstream(caller, dnextH, given.prevH.shape, "dnextH");
  checkUpstream(caller, dnextC, given.prevH.shape, "dnextC");
  const all = { dx: true, dprevH: true, dprevC: true, dWx: true, dWh: true, db: true };
  const needs = wanted(caller, all, options);
  const [dh, dc, Wh, gates, prevC, tanhC] = unify(
    dnextH,
    dnextC,
    given.Wh,
    given.gates,
    given.prevC,
    given.tanhC,
  );
  const dprevC = emptyArray(dc.shape, dc.dtype);
  floats(dprevC).set(floats(dc));
  // With one step it stays as it is; a kernel may have nothing else where it writes.
  const state = floats(emptyArray(dh.shape, dh.dtype));
  state.set(floats(dh));
  const da = emptyArray(gates.shape, dc.dtype);
  const dprevH = needs.dprevH ? emptyArray(dc.shape, dc.dtype) : null;
  const [n, h] = prevC.shape;
  // Between the steps of one step there is no cell state.
  const cells = [floats(prevC), floats(prevC), floats(tanhC)] as const;
  const slopes = [state, floats(dprevC), floats(da), dprevH && floats(dprevH)] as const;
  kernels.lstmBackward(1, n, h, floats(Wh), floats(gates), ...cells, ...slopes);
  return gradients(
    needs.dx ? matmul(da, given.Wx, { transposeB: true }) : null,
    dprevH,
    needs.dprevC ? dprevC : null,
    needs.dWx ? matmul(given.x, da, { transposeA: true }) : null,
    needs.dWh ? matmul(given.prevH, da, { transposeA: true }) : null,
    needs.db ? sumRows(da) : null,
  );
}
