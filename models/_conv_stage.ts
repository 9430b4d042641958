/**
 * One stage of a convolutional network, whatever it is made of:
 * convolution - [batch or group normalisation] - ReLU - [max or average pooling] - [dropout].
 *
 * @module
 */
import {
  avgPoolBackward,
  type AvgPoolCache,
  avgPoolForward,
  type BackwardOptions,
  type BatchnormCache,
  type BatchnormParam,
  convBackwardFast,
  type ConvCache,
  convForwardFast,
  type ConvParam,
  convReluForward,
  dropoutBackward,
  type DropoutCache,
  dropoutForward,
  type DropoutParam,
  type EveryGradient,
  type Gradients,
  maxPoolBackwardFast,
  type MaxPoolCache,
  maxPoolForwardFast,
  type Needs,
  type PoolParam,
  reluBackward,
  type ReluCache,
  reluForward,
  spatialBatchnormBackward,
  spatialBatchnormForward,
  spatialGroupnormBackward,
  type SpatialGroupnormCache,
  spatialGroupnormForward,
} from "../layers/mod.ts";
import type { NDArray } from "../ndarray/mod.ts";

/** What a stage is made of, besides its parameters. */
export interface ConvStage {
  readonly convParam: ConvParam;
  /** Settings of batch normalisation, or the number of groups of group normalisation. */
  readonly norm: BatchnormParam | number | null;
  readonly pool: { readonly kind: "max" | "average"; readonly param: PoolParam } | null;
  readonly dropoutParam: DropoutParam | null;
}

/** What {@linkcode convStageBackward} needs from the forward pass: a cache for every part. */
export interface ConvStageCache {
  readonly conv: ConvCache;
  readonly batchnorm?: BatchnormCache;
  readonly groupnorm?: SpatialGroupnormCache;
  readonly relu: ReluCache;
  readonly maxPool?: MaxPoolCache;
  readonly avgPool?: AvgPoolCache;
  readonly dropout?: DropoutCache;
}

/** Goes through a stage. `gamma` and `beta` are needed with a normalisation only. */
export function convStageForward(
  x: NDArray,
  w: NDArray,
  b: NDArray | null,
  gamma: NDArray | undefined,
  beta: NDArray | undefined,
  { convParam, norm, pool, dropoutParam }: ConvStage,
): [out: NDArray, cache: ConvStageCache] {
  let out: NDArray;
  let cache: ConvStageCache;
  if (norm && gamma && beta) {
    const [convolved, conv] = convForwardFast(x, w, b, convParam);
    const [normalized, normCache] = normForward(convolved, gamma, beta, norm);
    const [active, relu] = reluForward(normalized);
    [out, cache] = [active, { conv, relu, ...normCache }];
  } else {
    [out, cache] = convReluForward(x, w, b, convParam);
  }
  if (pool?.kind === "max") {
    const [pooled, maxPool] = maxPoolForwardFast(out, pool.param);
    [out, cache] = [pooled, { ...cache, maxPool }];
  }
  if (pool?.kind === "average") {
    const [pooled, avgPool] = avgPoolForward(out, pool.param);
    [out, cache] = [pooled, { ...cache, avgPool }];
  }
  if (dropoutParam) {
    const [dropped, dropout] = dropoutForward(out, dropoutParam);
    [out, cache] = [dropped, { ...cache, dropout }];
  }
  return [out, cache];
}

function normForward(
  x: NDArray,
  gamma: NDArray,
  beta: NDArray,
  norm: BatchnormParam | number,
): [out: NDArray, cache: Pick<ConvStageCache, "batchnorm" | "groupnorm">] {
  if (typeof norm === "number") {
    const [out, groupnorm] = spatialGroupnormForward(x, gamma, beta, norm);
    return [out, { groupnorm }];
  }
  const [out, batchnorm] = spatialBatchnormForward(x, gamma, beta, norm);
  return [out, { batchnorm }];
}

/** The gradients of a stage, null where it has no such parameter. */
type StageGradients<N> = Gradients<
  [dx: "dx", dw: "dw", db: "db" | null, dgamma: "dgamma" | null, dbeta: "dbeta" | null],
  N
>;

/** Goes back through a stage. */
export function convStageBackward<
  N extends Needs<"dx" | "dw" | "db" | "dgamma" | "dbeta"> = EveryGradient,
>(
  dout: NDArray,
  { conv, batchnorm, groupnorm, relu, maxPool, avgPool, dropout }: ConvStageCache,
  options: BackwardOptions<N> = {},
): StageGradients<N> {
  const needs: Needs<"dx" | "dw" | "db" | "dgamma" | "dbeta"> = options.needs ?? {};
  const { dgamma, dbeta, ...below } = needs;
  const normNeeds = { needs: { dx: true, dgamma, dbeta } } as const;
  let scaleShift: (NDArray | null)[] = [null, null];
  if (dropout) dout = dropoutBackward(dout, dropout);
  if (avgPool) dout = avgPoolBackward(dout, avgPool);
  if (maxPool) dout = maxPoolBackwardFast(dout, maxPool);
  dout = reluBackward(dout, relu);
  if (batchnorm) [dout, ...scaleShift] = spatialBatchnormBackward(dout, batchnorm, normNeeds);
  if (groupnorm) [dout, ...scaleShift] = spatialGroupnormBackward(dout, groupnorm, normNeeds);
  const weights = convBackwardFast(dout, conv, { needs: below });
  return [...weights, ...scaleShift] as unknown as StageGradients<N>;
}
