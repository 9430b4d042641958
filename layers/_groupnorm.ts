/**
 * What layer and group normalisation share: a batch seen as (N, G, C / G, S), whose N·G groups are
 * normalised each by itself (G = 1 and S = 1 in the layer normalisation of rows).
 *
 * @module
 */
import { kernels } from "../kernels/mod.ts";
import type { NDArray } from "../ndarray/mod.ts";
import { emptyArray, floats, unify } from "./_arrays.ts";
import { wanted } from "./_backward.ts";
import { type Normalized, type NormGradients, withEnoughRange, withoutRange } from "./_range.ts";
import { scaleShiftGradients } from "./_scale_shift.ts";
import type { BackwardOptions, Needs } from "./backward_options.ts";

/** Examples, groups, channels a group, values a channel. */
export type GroupSizes = readonly [n: number, g: number, channels: number, s: number];

/** What the backward pass needs. */
export interface GroupCache {
  readonly x: NDArray;
  readonly gamma: NDArray;
  readonly mean: NDArray;
  readonly variance: NDArray;
  readonly eps: number;
}

/** Normalises groups; everything has been checked. The statistics have the shape `groups`. */
export function normalizeGroups(
  sizes: GroupSizes,
  groups: readonly number[],
  x: NDArray,
  gamma: NDArray,
  beta: NDArray,
  eps: number,
): [out: NDArray, cache: GroupCache] {
  [x, gamma, beta] = unify(x, gamma, beta);
  const normalize = (x: NDArray, gamma: NDArray, beta: NDArray): Normalized => {
    const out = emptyArray(x.shape, x.dtype);
    const mean = emptyArray(groups, x.dtype);
    const variance = emptyArray(groups, x.dtype);
    const [X, G, B, OUT] = [floats(x), floats(gamma), floats(beta), floats(out)];
    kernels.groupnormForward(...sizes, X, G, B, eps, OUT, floats(mean), floats(variance));
    return [out, mean, variance];
  };
  const [out, mean, variance] = withEnoughRange(x, gamma, beta, eps, normalize);
  return [out, { x, gamma, mean, variance, eps }];
}

/** The gradients of group normalisation; cache and `dout` have been checked. */
export function groupnormGradients(
  caller: string,
  sizes: GroupSizes,
  dout: NDArray,
  cache: GroupCache,
  betaShape: readonly number[],
  options: BackwardOptions<Needs<"dx" | "dgamma" | "dbeta">>,
): NormGradients {
  const needs = wanted(caller, { dx: true, dgamma: true, dbeta: true }, options);
  if (!needs.dx && !needs.dgamma && !needs.dbeta) return [null, null, null];
  const [upstream, x, gamma, mean, variance] = unify(
    dout,
    cache.x,
    cache.gamma,
    cache.mean,
    cache.variance,
  );
  if (!needs.dx) {
    const [, g, channels, s] = sizes;
    const place = (n: number, channel: number) => n * g + Math.floor(channel / channels);
    const sums = scaleShiftGradients(
      needs,
      upstream,
      x,
      mean,
      variance,
      cache.eps,
      g * channels,
      s,
      place,
    );
    const [dgamma, dbeta] = [sums[0]?.reshape(gamma.shape), sums[1]?.reshape(betaShape)];
    return withoutRange([null, dgamma ?? null, dbeta ?? null], dout, cache);
  }
  const dx = emptyArray(x.shape, x.dtype);
  const dgamma = emptyArray(gamma.shape, x.dtype);
  const dbeta = emptyArray(betaShape, x.dtype);
  kernels.groupnormBackward(
    ...sizes,
    floats(upstream),
    floats(x),
    floats(gamma),
    floats(mean),
    floats(variance),
    cache.eps,
    floats(dx),
    floats(dgamma),
    floats(dbeta),
  );
  const list: NormGradients = [dx, needs.dgamma ? dgamma : null, needs.dbeta ? dbeta : null];
  return withoutRange(list, dout, cache);
}
