/**
 * Affine layer at every time step: `out_t = x_t·W + b`.
 *
 * Backward: as in the affine layer, with the time steps of all examples as rows.
 *
 * @module
 */
import { showShape } from "../internal/shapes.ts";
import type { NDArray } from "../ndarray/mod.ts";
import { checkCache } from "./_backward.ts";
import { checkArray, checkInput, checkUpstream, checkVector } from "./_shapes.ts";
import { affineBackward, affineForward } from "./affine.ts";
import type { BackwardOptions, EveryGradient, Gradients, Needs } from "./backward_options.ts";

/**
 * What {@linkcode temporalAffineBackward} needs from the forward pass.
 *
 * @category Layers
 */
export interface TemporalAffineCache {
  /** Input, (N, T, D). */
  readonly x: NDArray;
  /** Weights, (D, M). */
  readonly w: NDArray;
}

/**
 * Computes the forward pass of an affine layer at every time step.
 *
 * @param x Input, (N, T, D)
 * @param w Weights, (D, M)
 * @param b Biases, (M,)
 * @returns `out` (N, T, M), and the cache of the backward pass
 * @throws {RangeError} If the shapes do not fit together, or there is no example or time step
 *
 * @example
 * ```ts
 * import { temporalAffineForward } from "@nndl/nndl/layers";
 * import { array } from "@nndl/nndl/ndarray";
 * import assert from "node:assert/strict";
 *
 * const x = array([[[1, 2], [3, 4]]]);
 * const [out] = temporalAffineForward(x, array([[1], [10]]), array([3]));
 * assert.deepEqual(out.toArray(), [[[24], [46]]]);
 * ```
 *
 * @category Layers
 */
export function temporalAffineForward(
  x: NDArray,
  w: NDArray,
  b: NDArray,
): [out: NDArray, cache: TemporalAffineCache] {
  checkTemporalAffine("temporalAffineForward", x, w, b);
  const [n, t, d] = x.shape;
  const [out, cache] = affineForward(x.reshape([n * t, d]), w, b);
  return [out.reshape([n, t, w.shape[1]]), { x: cache.x.reshape([n, t, d]), w: cache.w }];
}

/**
 * Computes the backward pass of {@linkcode temporalAffineForward}.
 *
 * @param dout Upstream gradient, (N, T, M)
 * @param cache The cache of {@linkcode temporalAffineForward}
 * @param options By `needs`, which gradients to leave out
 * @returns `dx` (N, T, D), `dw` (D, M), `db` (M,)
 * @throws {TypeError} If the cache is that of another layer, or there is no option or gradient of
 * a given name
 * @throws {RangeError} If `dout` is not (N, T, M)
 *
 * @example
 * ```ts
 * import { temporalAffineBackward, temporalAffineForward } from "@nndl/nndl/layers";
 * import { array } from "@nndl/nndl/ndarray";
 * import assert from "node:assert/strict";
 *
 * const x = array([[[1, 2], [3, 4]]]);
 * const [, cache] = temporalAffineForward(x, array([[1], [10]]), array([3]));
 * const [dx, dw, db] = temporalAffineBackward(array([[[5], [7]]]), cache);
 * assert.deepEqual(dx.toArray(), [[[5, 50], [7, 70]]]);
 * assert.deepEqual([dw.toArray(), db.toArray()], [[[26], [38]], [12]]);
 * ```
 *
 * @category Layers
 */
export function temporalAffineBackward<N extends Needs<"dx" | "dw" | "db"> = EveryGradient>(
  dout: NDArray,
  cache: TemporalAffineCache,
  options: BackwardOptions<N> = {},
): Gradients<[dx: "dx", dw: "dw", db: "db"], N> {
  const { x, w } = checkCache("temporalAffineBackward", dout, cache, ["x", "w"]);
  const [n, t, d] = x.shape;
  const m = w.shape[1];
  checkUpstream("temporalAffineBackward", dout, [n, t, m]);
  const flat = { x: x.reshape([n * t, d]), w };
  const [dx, dw, db] = affineBackward(dout.reshape([n * t, m]), flat, options);
  return [dx && dx.reshape(x.shape), dw, db] as Gradients<[dx: "dx", dw: "dw", db: "db"], N>;
}

function checkTemporalAffine(caller: string, x: NDArray, w: NDArray, b: NDArray): void {
  checkInput(caller, x);
  checkArray(caller, "w", w);
  checkArray(caller, "b", b);
  if (x.ndim !== 3) {
    throw new RangeError(
      `${caller}: x must have shape (N, T, D), got ${showShape(x.shape)}` +
        (x.ndim === 2 ? "; for one time step use affineForward" : ""),
    );
  }
  const d = x.shape[2];
  if (w.ndim !== 2 || w.shape[0] !== d || w.shape[1] === 0) {
    throw new RangeError(
      `${caller}: w must have shape (${d}, M) to multiply x of shape ${showShape(x.shape)}, got ` +
        showShape(w.shape) + (w.ndim === 2 && w.shape[1] === d ? "; transpose w?" : ""),
    );
  }
  checkVector(caller, "b", b, w.shape[1], "one bias for each column of w", w);
}
