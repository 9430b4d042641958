/**
 * What plain and spatial batch normalisation share: a batch seen as (N, C, S), S values of each
 * channel an example (1 in the plain layer, H·W in the spatial one).
 *
 * @module
 */
import { kernels } from "../kernels/mod.ts";
import type { NDArray } from "../ndarray/mod.ts";
import { castTo, emptyArray, floats, unify } from "./_arrays.ts";
import { wanted } from "./_backward.ts";
import { addWayThroughStatistics, statisticsOfAll } from "./_batchnorm_of_all.ts";
import {
  type Normalized,
  type NormGradients,
  statisticsFor,
  withEnoughRange,
  withoutRange,
} from "./_range.ts";
import { resolveBatchnormParam, updateRunning } from "./_running_statistics.ts";
import { reluBackward } from "./relu.ts";
import { scaleShiftGradients } from "./_scale_shift.ts";
import { checkScaleShift } from "./_shapes.ts";
import type { BackwardOptions, Needs } from "./backward_options.ts";
import type { BatchnormCache } from "./batchnorm.ts";
import type { BatchnormParam } from "./batchnorm_param.ts";

/** The parts of a {@linkcode BatchnormCache}. */
export const batchnormCacheParts = ["x", "gamma", "mean", "variance", "eps", "mode"] as const;

/** Normalises a batch with its own statistics, and does what follows. */
export type ByBatch = (x: NDArray, gamma: NDArray, beta: NDArray, eps: number) => Normalized;

/**
 * Normalises a batch whose shape has been checked.
 *
 * @param relu Whether ReLU follows
 * @param byBatch Does both in train mode, where the batch is all there is
 */
export function normalizeBatch(
  caller: string,
  x: NDArray,
  gamma: NDArray,
  beta: NDArray,
  bnParam: BatchnormParam,
  relu: boolean = false,
  byBatch: ByBatch = byKernel(relu ? "batchnormReluForward" : "batchnormForward"),
): [out: NDArray, cache: BatchnormCache] {
  const [n, c, s] = channelSizes(x);
  checkScaleShift(caller, gamma, beta, c);
  [x, gamma, beta] = unify(x, gamma, beta);
  const { mode, eps, momentum, runningMean, runningVar } = resolveBatchnormParam(
    caller,
    bnParam,
    c,
    x.dtype,
  );
  if (mode === "test") {
    // Copies, because a later training pass writes to the running statistics.
    const mean = castTo(runningMean.copy(), x.dtype);
    const variance = castTo(runningVar.copy(), x.dtype);
    const out = normalizeBy(mean, variance, x, gamma, beta, eps, relu);
    return [out, { x, gamma, mean, variance, eps, mode }];
  }
  const [out, mean, variance] = withEnoughRange(x, gamma, beta, eps, byBatch);
  const { reduceSums } = bnParam;
  if (!reduceSums) {
    updateRunning(runningMean, mean, momentum);
    updateRunning(runningVar, variance, momentum);
    return [out, { x, gamma, mean, variance, eps, mode }];
  }
  const all = statisticsOfAll(mean, variance, n * s, reduceSums);
  updateRunning(runningMean, all.mean, momentum);
  updateRunning(runningVar, all.variance, momentum);
  const [wholeMean, wholeVariance] = statisticsFor(x, all.mean, all.variance, eps);
  return [
    normalizeBy(wholeMean, wholeVariance, x, gamma, beta, eps, relu),
    { x, gamma, mean: wholeMean, variance: wholeVariance, eps, mode, whole: all.whole },
  ];
}

/** Normalises with given statistics, in their type; then perhaps takes the ReLU. */
function normalizeBy(
  mean: NDArray,
  variance: NDArray,
  x: NDArray,
  gamma: NDArray,
  beta: NDArray,
  eps: number,
  relu: boolean,
): NDArray {
  const [n, c, s] = channelSizes(x);
  const [X, G, B] = [x, gamma, beta].map((array) => floats(castTo(array, mean.dtype)));
  const out = emptyArray(x.shape, mean.dtype);
  kernels.batchnormApply(n, c, s, X, G, B, floats(mean), floats(variance), eps, floats(out));
  const result = castTo(out, x.dtype);
  if (relu) kernels.reluForward(floats(result), floats(result));
  return result;
}

function byKernel(kernel: "batchnormForward" | "batchnormReluForward"): ByBatch {
  return (x, gamma, beta, eps) => {
    const [n, c, s] = channelSizes(x);
    const out = emptyArray(x.shape, x.dtype);
    const mean = emptyArray([c], x.dtype);
    const variance = emptyArray([c], x.dtype);
    const [X, G, B, OUT] = [floats(x), floats(gamma), floats(beta), floats(out)];
    kernels[kernel](n, c, s, X, G, B, eps, OUT, floats(mean), floats(variance));
    return [out, mean, variance];
  };
}

/**
 * The gradients of batch normalisation, in closed form; cache and `dout` have been checked.
 *
 * @param relu What the ReLU that followed has put out, if one did
 */
export function batchnormGradients(
  caller: string,
  dout: NDArray,
  cache: BatchnormCache,
  options: BackwardOptions<Needs<"dx" | "dgamma" | "dbeta">>,
  relu?: NDArray,
): NormGradients {
  const needs = wanted(caller, { dx: true, dgamma: true, dbeta: true }, options);
  if (!needs.dx && !needs.dgamma && !needs.dbeta) return [null, null, null];
  if (relu && !needs.dx) {
    return batchnormGradients(caller, reluBackward(dout, { x: relu }), cache, options);
  }
  const [upstream, x, gamma, mean, variance, active] = unify(
    dout,
    cache.x,
    cache.gamma,
    cache.mean,
    cache.variance,
    relu ?? dout,
  );
  const [n, c, s] = channelSizes(x);
  if (!needs.dx) {
    const place = (_: number, channel: number) => channel;
    const sums = scaleShiftGradients(needs, upstream, x, mean, variance, cache.eps, c, s, place);
    return withoutRange([null, ...sums], dout, cache);
  }
  const dx = emptyArray(x.shape, x.dtype);
  const dgamma = emptyArray([c], x.dtype);
  const dbeta = emptyArray([c], x.dtype);
  const { eps } = cache;
  const [DOUT, X, G, MEAN, VARIANCE] = [upstream, x, gamma, mean, variance].map(floats);
  const train = cache.mode === "train" && !cache.whole;
  const rest = [
    X,
    G,
    MEAN,
    VARIANCE,
    eps,
    train,
    floats(dx),
    floats(dgamma),
    floats(dbeta),
  ] as const;
  if (relu) kernels.batchnormReluBackward(n, c, s, DOUT, floats(active), ...rest);
  else kernels.batchnormBackward(n, c, s, DOUT, ...rest);
  if (cache.whole) {
    const part = { sizes: [n, c, s], x, gamma: G, mean: MEAN, variance: VARIANCE, eps } as const;
    addWayThroughStatistics(part, cache.whole, dx, floats(dgamma), floats(dbeta));
  }
  // The way through the statistics needs both sums, so they are there whether wanted or not.
  const list: NormGradients = [dx, needs.dgamma ? dgamma : null, needs.dbeta ? dbeta : null];
  return withoutRange(list, dout, cache);
}

/** Examples, channels, and values of each channel an example. */
function channelSizes({ shape: [n, c, h = 1, w = 1] }: NDArray): [n: number, c: number, s: number] {
  return [n, c, h * w];
}
