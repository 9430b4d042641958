/**
 * One layer of a fully connected network, whatever it is made of:
 * affine - [batch or layer normalisation] - ReLU - [dropout], or, as the last layer, affine alone.
 *
 * @module
 */
import type { NDArray } from "../ndarray/mod.ts";
import { checkCache, compositeGradients, gradients, wanted } from "./_backward.ts";
import { batchnormGradients, normalizeBatch } from "./_batchnorm.ts";
import { checkUpstream } from "./_shapes.ts";
import { affineBackward, type AffineCache, affineForward } from "./affine.ts";
import { affineReluForward } from "./affine_relu.ts";
import type { BackwardOptions, EveryGradient, Gradients, Needs } from "./backward_options.ts";
import type { BatchnormCache } from "./batchnorm.ts";
import type { BatchnormParam } from "./batchnorm_param.ts";
import {
  dropoutBackward,
  type DropoutCache,
  dropoutForward,
  type DropoutParam,
} from "./dropout.ts";
import {
  layernormBackward,
  type LayernormCache,
  layernormForward,
  type LayernormParam,
} from "./layernorm.ts";
import { reluBackward, type ReluCache, reluForward } from "./relu.ts";

/**
 * What {@linkcode genericBackward} needs from the forward pass.
 *
 * @category Layers
 */
export interface GenericCache {
  /** Cache of the affine layer. */
  readonly affine: AffineCache;
  /** Cache of batch normalisation, if there was one. */
  readonly batchnorm?: BatchnormCache;
  /** Cache of layer normalisation, if there was one. */
  readonly layernorm?: LayernormCache;
  /** Cache of ReLU, unless the layer was the last. */
  readonly relu?: ReluCache;
  /** Cache of dropout, if there was one. */
  readonly dropout?: DropoutCache;
}

/**
 * Computes the forward pass of a layer of a fully connected network.
 *
 * @param x Input, (N, d₁, …, d_k)
 * @param w Weights, (D, M) with D = d₁·…·d_k
 * @param b Biases, (M,)
 * @param gamma Scale of the normalisation, (M,)
 * @param beta Shift of the normalisation, (M,)
 * @param bnParam With a `mode`, the settings of batch normalisation; without, those of layer
 * normalisation; nothing for neither
 * @param dropoutParam Settings of dropout, nothing for none
 * @param last Whether this is the last layer, which is affine only
 * @returns `out` of shape (N, M), and the cache of the backward pass
 * @throws {TypeError} If there is a normalisation without gamma and beta
 * @throws {RangeError} If a shape, a mode or a constant is wrong, or the batch is empty
 *
 * @example
 * ```ts
 * import { genericForward } from "@nndl/nndl/layers";
 * import { array, ones, zeros } from "@nndl/nndl/ndarray";
 * import assert from "node:assert/strict";
 *
 * const [x, w, b] = [array([[1], [2]]), array([[4]]), array([-6])];
 * assert.deepEqual(genericForward(x, w, b)[0].toArray(), [[0], [2]]);
 *
 * const bnParam = { mode: "train", eps: 0 } as const;
 * const [out] = genericForward(x, w, b, ones([1]), zeros([1]), bnParam);
 * assert.deepEqual(out.toArray(), [[0], [1]]);
 *
 * const [scores] = genericForward(x, w, b, null, null, null, null, true);
 * assert.deepEqual(scores.toArray(), [[-2], [2]]);
 * ```
 *
 * @category Layers
 */
export function genericForward(
  x: NDArray,
  w: NDArray,
  b: NDArray,
  gamma?: NDArray | null,
  beta?: NDArray | null,
  bnParam?: BatchnormParam | LayernormParam | null,
  dropoutParam?: DropoutParam | null,
  last: boolean = false,
): [out: NDArray, cache: GenericCache] {
  if (last) {
    const [scores, affine] = affineForward(x, w, b);
    return [scores, { affine }];
  }
  const [active, cache] = bnParam
    ? normalizedForward(x, w, b, gamma, beta, bnParam)
    : affineReluForward(x, w, b);
  if (!dropoutParam) return [active, cache];
  const [out, dropout] = dropoutForward(active, dropoutParam);
  return [out, { ...cache, dropout }];
}

function normalizedForward(
  x: NDArray,
  w: NDArray,
  b: NDArray,
  gamma: NDArray | null | undefined,
  beta: NDArray | null | undefined,
  bnParam: BatchnormParam | LayernormParam,
): [out: NDArray, cache: GenericCache] {
  if (!gamma || !beta) {
    throw new TypeError("genericForward: a normalised layer needs gamma and beta; pass both");
  }
  const [scores, affine] = affineForward(x, w, b);
  if ("mode" in bnParam) {
    const [out, batchnorm] = normalizeBatch("batchnormForward", scores, gamma, beta, bnParam, true);
    return [out, { affine, batchnorm, relu: { x: out } }];
  }
  const [normalized, layernorm] = layernormForward(scores, gamma, beta, bnParam);
  const [out, relu] = reluForward(normalized);
  return [out, { affine, layernorm, relu }];
}

/**
 * Computes the backward pass of a layer of a fully connected network.
 *
 * @param dout Upstream gradient, (N, M)
 * @param cache The cache of {@linkcode genericForward}
 * @param options By `needs`, which gradients to leave out
 * @returns `dx` (shape of x), `dw` (D, M), `db` (M,), and `dgamma` (M,) and `dbeta` (M,), which are
 * null if nothing was normalised
 * @throws {TypeError} If the cache is that of another layer, or there is no option or gradient of
 * a given name
 * @throws {RangeError} If `dout` is not (N, M)
 *
 * @example
 * ```ts
 * import { genericBackward, genericForward } from "@nndl/nndl/layers";
 * import { array } from "@nndl/nndl/ndarray";
 * import assert from "node:assert/strict";
 *
 * const [, cache] = genericForward(array([[1], [2]]), array([[4]]), array([-6]));
 * const [dx, dw, db, dgamma] = genericBackward(array([[5], [7]]), cache);
 * assert.deepEqual(dx.toArray(), [[0], [28]]);
 * assert.deepEqual([dw.item(), db.item(), dgamma], [14, 7, null]);
 * ```
 *
 * @category Layers
 */
export function genericBackward<
  N extends Needs<"dx" | "dw" | "db" | "dgamma" | "dbeta"> = EveryGradient,
>(
  dout: NDArray,
  cache: GenericCache,
  options: BackwardOptions<N> = {},
): Gradients<
  [dx: "dx", dw: "dw", db: "db", dgamma: "dgamma" | null, dbeta: "dbeta" | null],
  N
> {
  checkCache("genericBackward", dout, cache, ["affine"]);
  const { affine, batchnorm, layernorm, relu, dropout } = cache;
  const needs = wanted("genericBackward", compositeGradients(), options);
  const { dx, dw, db } = needs;
  let dscores: NDArray | null = dout;
  let dgamma: NDArray | null = null;
  let dbeta: NDArray | null = null;
  if (dropout) dscores = dropoutBackward(dscores, dropout);
  const normNeeds = { needs: { dx: dx || dw || db, dgamma: needs.dgamma, dbeta: needs.dbeta } };
  if (batchnorm) {
    if (relu) checkUpstream("genericBackward", dscores, relu.x.shape);
    [dscores, dgamma, dbeta] = batchnormGradients(
      "genericBackward",
      dscores,
      batchnorm,
      normNeeds,
      relu?.x,
    );
  } else {
    if (relu) dscores = reluBackward(dscores, relu);
    if (layernorm) [dscores, dgamma, dbeta] = layernormBackward(dscores, layernorm, normNeeds);
  }
  if (!dscores) return gradients(null, null, null, dgamma, dbeta);
  const below = affineBackward(dscores, affine, { needs: { dx, dw, db } });
  return gradients(...below, dgamma, dbeta);
}
