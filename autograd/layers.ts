/**
 * The layers of the room `layers`, lifted: their derivatives stand there.
 *
 * @module
 */
import {
  avgPoolBackward,
  avgPoolForward,
  batchnormBackwardAlt,
  batchnormForward,
  type BatchnormParam,
  convBackwardFast,
  convForwardFast,
  type ConvParam,
  convTransposeBackward,
  convTransposeForward,
  type ConvTransposeParam,
  dropoutBackward,
  dropoutForward,
  type DropoutParam,
  geluBackward,
  geluForward,
  layernormBackward,
  layernormForward,
  type LayernormParam,
  leakyReluBackward,
  leakyReluForward,
  linearBackward,
  linearForward,
  logSoftmaxBackward,
  logSoftmaxForward,
  lstmBackward,
  lstmForward,
  lstmStepBackward,
  lstmStepForward,
  maxPoolBackwardFast,
  maxPoolForwardFast,
  type PoolParam,
  reluBackward,
  reluForward,
  rnnBackward,
  rnnForward,
  rnnStepBackward,
  rnnStepForward,
  sigmoidBackward,
  sigmoidForward,
  softmaxBackward,
  softmaxForward,
  spatialBatchnormBackward,
  spatialBatchnormForward,
  spatialGroupnormBackward,
  spatialGroupnormForward,
  tanhBackward,
  tanhForward,
  upsampleBackward,
  upsampleForward,
  type UpsampleParam,
  wordEmbeddingBackward,
  type WordEmbeddingCache,
  wordEmbeddingForward,
} from "../layers/mod.ts";
import type { NDArray } from "../ndarray/mod.ts";
import { lift } from "./lift.ts";
import type { Tensor, TensorLike } from "./tensor.ts";

const normGradients = ["dx", "dgamma", "dbeta"];

/**
 * Rectified linear unit `max(0, x)`: `reluForward` and `reluBackward`, lifted.
 *
 * @category Autograd
 */
export const relu: (x: TensorLike) => Tensor = lift(reluForward, reluBackward);

/**
 * Leaky rectified linear unit, `x` where it is positive and `alpha·x` elsewhere: `leakyReluForward`
 * and `leakyReluBackward`, lifted. By default `alpha` is 0.01.
 *
 * @category Autograd
 */
export const leakyRelu: (x: TensorLike, alpha?: number) => Tensor = lift(
  leakyReluForward,
  leakyReluBackward,
);

/**
 * Exact Gaussian error linear unit, `x·Φ(x)`: `geluForward` and `geluBackward`, lifted.
 *
 * @category Autograd
 */
export const gelu: (x: TensorLike) => Tensor = lift(geluForward, geluBackward);

/**
 * Hyperbolic tangent: `tanhForward` and `tanhBackward`, lifted.
 *
 * @category Autograd
 */
export const tanh: (x: TensorLike) => Tensor = lift(tanhForward, tanhBackward);

/**
 * Logistic function `1 / (1 + exp(-x))`: `sigmoidForward` and `sigmoidBackward`, lifted.
 *
 * @category Autograd
 */
export const sigmoid: (x: TensorLike) => Tensor = lift(sigmoidForward, sigmoidBackward);

/**
 * Softmax over the last axis: `softmaxForward` and `softmaxBackward`, lifted.
 *
 * @category Autograd
 */
export const softmax: (x: TensorLike) => Tensor = lift(softmaxForward, softmaxBackward);

/**
 * Logarithm of the softmax over the last axis, without overflow: `logSoftmaxForward` and
 * `logSoftmaxBackward`, lifted.
 *
 * @category Autograd
 */
export const logSoftmax: (x: TensorLike) => Tensor = lift(logSoftmaxForward, logSoftmaxBackward);

/**
 * Linear layer over the last axis, `x·Wᵀ + b` with weights (M, D) and biases (M,) or null:
 * `linearForward` and `linearBackward`, lifted.
 *
 * @category Autograd
 */
export const linear: (x: TensorLike, weight: TensorLike, bias: TensorLike | null) => Tensor = lift(
  linearForward,
  linearBackward,
  ["dx", "dweight", "dbias"],
);

/**
 * Dropout: `dropoutForward` and `dropoutBackward`, lifted. As there, `p` is the probability to KEEP
 * a value; that of the module `nn.Dropout` is the probability to drop one.
 *
 * @category Autograd
 */
export const dropout: (x: TensorLike, dropoutParam: DropoutParam) => Tensor = lift(
  dropoutForward,
  dropoutBackward,
);

/**
 * Convolution of images (N, C, H, W) with filters (F, C / groups, HH, WW) and biases (F,) or null:
 * `convForwardFast` and `convBackwardFast`, lifted.
 *
 * @category Autograd
 */
export const conv2d: (
  x: TensorLike,
  w: TensorLike,
  b: TensorLike | null,
  convParam: ConvParam,
) => Tensor = lift(
  convForwardFast,
  convBackwardFast,
  ["dx", "dw", "db"],
);

/**
 * Transposed convolution of images (N, C, H, W) with filters (C, F / groups, HH, WW) and biases (F,)
 * or null: `convTransposeForward` and `convTransposeBackward`, lifted.
 *
 * @category Autograd
 */
export const convTranspose2d: (
  x: TensorLike,
  w: TensorLike,
  b: TensorLike | null,
  convParam: ConvTransposeParam,
) => Tensor = lift(convTransposeForward, convTransposeBackward, ["dx", "dw", "db"]);

/**
 * Images made larger, by repetition or bilinearly: `upsampleForward` and `upsampleBackward`, lifted.
 *
 * @category Autograd
 */
export const upsample: (x: TensorLike, upsampleParam: UpsampleParam) => Tensor = lift(
  upsampleForward,
  upsampleBackward,
);

/**
 * Max pooling of images: `maxPoolForwardFast` and `maxPoolBackwardFast`, lifted.
 *
 * @category Autograd
 */
export const maxPool: (x: TensorLike, poolParam: PoolParam) => Tensor = lift(
  maxPoolForwardFast,
  maxPoolBackwardFast,
);

/**
 * Average pooling of images: `avgPoolForward` and `avgPoolBackward`, lifted.
 *
 * @category Autograd
 */
export const avgPool: (x: TensorLike, poolParam: PoolParam) => Tensor = lift(
  avgPoolForward,
  avgPoolBackward,
);

/**
 * Batch normalisation of rows (N, D): `batchnormForward` and `batchnormBackwardAlt`, lifted. As there,
 * `momentum` is the share of the OLD running statistics that stays (0.9); that of the module
 * `nn.BatchNorm1d` is the share of the new (0.1).
 *
 * @category Autograd
 */
export const batchnorm: (
  x: TensorLike,
  gamma: TensorLike,
  beta: TensorLike,
  bnParam: BatchnormParam,
) => Tensor = lift(
  batchnormForward,
  batchnormBackwardAlt,
  normGradients,
);

/**
 * Batch normalisation of the channels of images: `spatialBatchnormForward` and
 * `spatialBatchnormBackward`, lifted. As there, `momentum` is the share of the OLD running
 * statistics that stays (0.9); that of the module `nn.BatchNorm2d` is the share of the new (0.1).
 *
 * @category Autograd
 */
export const spatialBatchnorm: (
  x: TensorLike,
  gamma: TensorLike,
  beta: TensorLike,
  bnParam: BatchnormParam,
) => Tensor = lift(
  spatialBatchnormForward,
  spatialBatchnormBackward,
  normGradients,
);

/**
 * Layer normalisation of the last axis: `layernormForward` and `layernormBackward`, lifted.
 *
 * @category Autograd
 */
export const layernorm: (
  x: TensorLike,
  gamma: TensorLike,
  beta: TensorLike,
  lnParam?: LayernormParam,
) => Tensor = lift(
  layernormForward,
  layernormBackward,
  normGradients,
);

/**
 * Group normalisation of the channels of images, in G groups: `spatialGroupnormForward` and
 * `spatialGroupnormBackward`, lifted.
 *
 * @category Autograd
 */
export const groupnorm: (
  x: TensorLike,
  gamma: TensorLike,
  beta: TensorLike,
  G: number,
  gnParam?: LayernormParam,
) => Tensor = lift(spatialGroupnormForward, spatialGroupnormBackward, normGradients);

/**
 * One step of a plain recurrent network, `tanh(x·Wx + h·Wh + b)`: `rnnStepForward` and
 * `rnnStepBackward`, lifted.
 *
 * @category Autograd
 */
export const rnnStep: (
  x: TensorLike,
  prevH: TensorLike,
  Wx: TensorLike,
  Wh: TensorLike,
  b: TensorLike,
) => Tensor = lift(
  rnnStepForward,
  rnnStepBackward,
  ["dx", "dprevH", "dWx", "dWh", "db"],
);

/**
 * A plain recurrent network over sequences (N, T, D): `rnnForward` and `rnnBackward`, lifted.
 *
 * @category Autograd
 */
export const rnn: (
  x: TensorLike,
  h0: TensorLike,
  Wx: TensorLike,
  Wh: TensorLike,
  b: TensorLike,
) => Tensor = lift(rnnForward, rnnBackward, [
  "dx",
  "dh0",
  "dWx",
  "dWh",
  "db",
]);

/**
 * One step of an LSTM, which returns state and cell state: `lstmStepForward` and `lstmStepBackward`,
 * lifted. The gates are in the course's order: i, f, o, g.
 *
 * @category Autograd
 */
export const lstmStep: (
  x: TensorLike,
  prevH: TensorLike,
  prevC: TensorLike,
  Wx: TensorLike,
  Wh: TensorLike,
  b: TensorLike,
) => [nextH: Tensor, nextC: Tensor] = lift(
  lstmStepForward,
  lstmStepBackward,
  ["dx", "dprevH", "dprevC", "dWx", "dWh", "db"],
);

/**
 * An LSTM over sequences (N, T, D) from cell states of 0: `lstmForward` and `lstmBackward`, lifted.
 *
 * @category Autograd
 */
export const lstm: (
  x: TensorLike,
  h0: TensorLike,
  Wx: TensorLike,
  Wh: TensorLike,
  b: TensorLike,
) => Tensor = lift(lstmForward, lstmBackward, [
  "dx",
  "dh0",
  "dWx",
  "dWh",
  "db",
]);

/**
 * Options of {@linkcode embedding}.
 *
 * @category Autograd
 */
export interface EmbeddingOptions {
  /** The number of a row, such as that of padding, which gets no gradient. Default none. */
  readonly paddingIdx?: number | null;
}

const lookUp = lift(
  (W: NDArray, { x, paddingIdx }: { x: NDArray; paddingIdx: number | null }) => {
    const [out, cache] = wordEmbeddingForward(x, W);
    return [out, { cache, paddingIdx }] as [NDArray, PaddedCache];
  },
  (dout: NDArray, { cache, paddingIdx }: PaddedCache) => {
    const dW = wordEmbeddingBackward(dout, cache);
    if (paddingIdx !== null) dW.setSlice(0, paddingIdx);
    return dW;
  },
);

interface PaddedCache {
  readonly cache: WordEmbeddingCache;
  readonly paddingIdx: number | null;
}

/**
 * Looks rows up: `wordEmbeddingForward` and `wordEmbeddingBackward`, lifted.
 *
 * @param x Row numbers, any shape
 * @param W Table of rows, (V, D)
 * @param options `paddingIdx`: a row that gets no gradient
 * @returns The rows, (..., D)
 * @throws {RangeError} If there is no such row
 *
 * @example
 * ```ts
 * import { embedding, Tensor } from "@nndl/nndl/autograd";
 * import { array } from "@nndl/nndl/ndarray";
 * import assert from "node:assert/strict";
 *
 * const W = new Tensor(array([[0, 0], [1, 2]]));
 * const words = embedding(array([1, 1, 0], "int32"), W, { paddingIdx: 0 });
 * words.sum().backward();
 * assert.deepEqual(words.toArray(), [[1, 2], [1, 2], [0, 0]]);
 * assert.deepEqual(W.grad!.toArray(), [[0, 0], [2, 2]]);
 * ```
 *
 * @category Autograd
 */
export function embedding(
  x: NDArray,
  W: Tensor | NDArray,
  { paddingIdx = null }: EmbeddingOptions = {},
): Tensor {
  return lookUp(W, { x, paddingIdx });
}
