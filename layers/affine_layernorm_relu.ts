/**
 * Affine layer, layer normalisation, ReLU: the hidden layer of a layer-normalised network.
 *
 * @module
 */
import type { NDArray } from "../ndarray/mod.ts";
import { checkCache, compositeGradients, gradients, nothing, wanted } from "./_backward.ts";
import { affineBackward, type AffineCache, affineForward } from "./affine.ts";
import type { BackwardOptions, EveryGradient, Gradients, Needs } from "./backward_options.ts";
import {
  layernormBackward,
  type LayernormCache,
  layernormForward,
  type LayernormParam,
} from "./layernorm.ts";
import { reluBackward, type ReluCache, reluForward } from "./relu.ts";

/**
 * What {@linkcode affineLayernormReluBackward} needs from the forward pass.
 *
 * @category Layers
 */
export interface AffineLayernormReluCache {
  /** Cache of the affine layer. */
  readonly affine: AffineCache;
  /** Cache of layer normalisation. */
  readonly layernorm: LayernormCache;
  /** Cache of ReLU. */
  readonly relu: ReluCache;
}

/**
 * Computes the forward pass of affine layer, layer normalisation and ReLU.
 *
 * @param x Input, (N, d₁, …, d_k)
 * @param w Weights, (D, M) with D = d₁·…·d_k
 * @param b Biases, (M,)
 * @param gamma Scale, (M,)
 * @param beta Shift, (M,)
 * @param lnParam Settings of layer normalisation
 * @returns `out` of shape (N, M), and the cache of the backward pass
 * @throws {RangeError} If a shape or eps is wrong, or the batch is empty
 *
 * @example
 * ```ts
 * import { affineLayernormReluForward } from "@nndl/nndl/layers";
 * import { array, ones, zeros } from "@nndl/nndl/ndarray";
 * import assert from "node:assert/strict";
 *
 * const [x, w, b] = [array([[1]]), array([[4, 6]]), array([100, 100])];
 * const [out] = affineLayernormReluForward(x, w, b, ones([2]), zeros([2]), { eps: 0 });
 * assert.deepEqual(out.toArray(), [[0, 1]]);
 * ```
 *
 * @category Layers
 */
export function affineLayernormReluForward(
  x: NDArray,
  w: NDArray,
  b: NDArray,
  gamma: NDArray,
  beta: NDArray,
  lnParam: LayernormParam = {},
): [out: NDArray, cache: AffineLayernormReluCache] {
  const [scores, affine] = affineForward(x, w, b);
  const [normalized, layernorm] = layernormForward(scores, gamma, beta, lnParam);
  const [out, relu] = reluForward(normalized);
  return [out, { affine, layernorm, relu }];
}

/**
 * Computes the backward pass of affine layer, layer normalisation and ReLU.
 *
 * @param dout Upstream gradient, (N, M)
 * @param cache The cache of {@linkcode affineLayernormReluForward}
 * @param options By `needs`, which gradients to leave out
 * @returns `dx` (shape of x), `dw` (D, M), `db` (M,), `dgamma` (M,), `dbeta` (M,)
 * @throws {TypeError} If the cache is that of another layer, or there is no option or gradient of
 * a given name
 * @throws {RangeError} If `dout` is not (N, M)
 *
 * @example
 * ```ts
 * import { affineLayernormReluBackward, affineLayernormReluForward } from "@nndl/nndl/layers";
 * import { array, ones, zeros } from "@nndl/nndl/ndarray";
 * import assert from "node:assert/strict";
 *
 * const [x, w, b] = [array([[1]]), array([[4, 6]]), array([100, 100])];
 * const [, cache] = affineLayernormReluForward(x, w, b, ones([2]), zeros([2]), { eps: 0 });
 * const [, , , dgamma, dbeta] = affineLayernormReluBackward(array([[5, 7]]), cache);
 * assert.deepEqual([dgamma.toArray(), dbeta.toArray()], [[0, 7], [0, 7]]);
 * ```
 *
 * @category Layers
 */
export function affineLayernormReluBackward<
  N extends Needs<"dx" | "dw" | "db" | "dgamma" | "dbeta"> = EveryGradient,
>(
  dout: NDArray,
  cache: AffineLayernormReluCache,
  options: BackwardOptions<N> = {},
): Gradients<[dx: "dx", dw: "dw", db: "db", dgamma: "dgamma", dbeta: "dbeta"], N> {
  const caller = "affineLayernormReluBackward";
  const { affine, layernorm, relu } = checkCache(caller, dout, cache, [
    "affine",
    "layernorm",
    "relu",
  ]);
  const { dx, dw, db, dgamma, dbeta } = wanted(caller, compositeGradients(), options);
  const dnormalized = reluBackward(dout, relu);
  const normNeeds = { dx: dx || dw || db, dgamma, dbeta };
  const [dscores, ...scaleShift] = layernormBackward(dnormalized, layernorm, { needs: normNeeds });
  const affineGradients = dscores
    ? affineBackward(dscores, affine, { needs: { dx, dw, db } })
    : nothing;
  return gradients(...affineGradients, ...scaleShift);
}
