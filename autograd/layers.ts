/**
 * The layers of the room `layers`, lifted: their derivatives stand there.
 *
 * @module
 */
import { checkLabels } from "../internal/labels.ts";
import {
  avgPoolBackward,
  avgPoolForward,
  batchnormBackwardAlt,
  batchnormForward,
  type BatchnormParam,
  convBackwardFast,
  convForwardFast,
  type ConvParam,
  dropoutBackward,
  dropoutForward,
  type DropoutParam,
  layernormBackward,
  layernormForward,
  type LayernormParam,
  linearBackward,
  linearForward,
  maxPoolBackwardFast,
  maxPoolForwardFast,
  type PoolParam,
  reluBackward,
  reluForward,
  spatialBatchnormBackward,
  spatialBatchnormForward,
  spatialGroupnormBackward,
  spatialGroupnormForward,
} from "../layers/mod.ts";
import type { NDArray } from "../ndarray/mod.ts";
import * as rules from "./_rules.ts";
import { lift } from "./lift.ts";
import { apply, type Tensor } from "./tensor.ts";

/** A tensor, or an array without a gradient. */
type X = Tensor | NDArray;

const normGradients = ["dx", "dgamma", "dbeta"];

/** Rectified linear unit `max(0, x)`: `reluForward` and `reluBackward`, lifted. */
export const relu: (x: X) => Tensor = lift(reluForward, reluBackward);

/**
 * Linear layer over the last axis, `x·Wᵀ + b` with weights (M, D) and biases (M,) or null:
 * `linearForward` and `linearBackward`, lifted.
 */
export const linear: (x: X, weight: X, bias: X | null) => Tensor = lift(
  linearForward,
  linearBackward,
  ["dx", "dweight", "dbias"],
);

/**
 * Dropout: `dropoutForward` and `dropoutBackward`, lifted. As there, `p` is the probability to KEEP
 * a value; that of the module `nn.Dropout` is the probability to drop one.
 */
export const dropout: (x: X, dropoutParam: DropoutParam) => Tensor = lift(
  dropoutForward,
  dropoutBackward,
);

/**
 * Convolution of images (N, C, H, W) with filters (F, C / groups, HH, WW) and biases (F,) or null:
 * `convForwardFast` and `convBackwardFast`, lifted.
 */
export const conv2d: (x: X, w: X, b: X | null, convParam: ConvParam) => Tensor = lift(
  convForwardFast,
  convBackwardFast,
  ["dx", "dw", "db"],
);

/** Max pooling of images: `maxPoolForwardFast` and `maxPoolBackwardFast`, lifted. */
export const maxPool: (x: X, poolParam: PoolParam) => Tensor = lift(
  maxPoolForwardFast,
  maxPoolBackwardFast,
);

/** Average pooling of images: `avgPoolForward` and `avgPoolBackward`, lifted. */
export const avgPool: (x: X, poolParam: PoolParam) => Tensor = lift(
  avgPoolForward,
  avgPoolBackward,
);

/**
 * Batch normalisation of rows (N, D): `batchnormForward` and `batchnormBackwardAlt`, lifted. As there,
 * `momentum` is the share of the OLD running statistics that stays (0.9); that of the module
 * `nn.BatchNorm1d` is the share of the new (0.1).
 */
export const batchnorm: (x: X, gamma: X, beta: X, bnParam: BatchnormParam) => Tensor = lift(
  batchnormForward,
  batchnormBackwardAlt,
  normGradients,
);

/**
 * Batch normalisation of the channels of images: `spatialBatchnormForward` and
 * `spatialBatchnormBackward`, lifted. As there, `momentum` is the share of the OLD running
 * statistics that stays (0.9); that of the module `nn.BatchNorm2d` is the share of the new (0.1).
 */
export const spatialBatchnorm: (x: X, gamma: X, beta: X, bnParam: BatchnormParam) => Tensor = lift(
  spatialBatchnormForward,
  spatialBatchnormBackward,
  normGradients,
);

/** Layer normalisation of the last axis: `layernormForward` and `layernormBackward`, lifted. */
export const layernorm: (x: X, gamma: X, beta: X, lnParam?: LayernormParam) => Tensor = lift(
  layernormForward,
  layernormBackward,
  normGradients,
);

/**
 * Group normalisation of the channels of images, in G groups: `spatialGroupnormForward` and
 * `spatialGroupnormBackward`, lifted.
 */
export const groupnorm: (
  x: X,
  gamma: X,
  beta: X,
  G: number,
  gnParam?: LayernormParam,
) => Tensor = lift(spatialGroupnormForward, spatialGroupnormBackward, normGradients);

/** Options of {@linkcode embedding}. */
export interface EmbeddingOptions {
  /** The number of a row, such as that of padding, which gets no gradient. Default none. */
  readonly paddingIdx?: number | null;
}

/**
 * Looks rows up.
 *
 * @param x Row numbers, any shape
 * @param weight Table of rows, (V, D)
 * @param options `paddingIdx`: a row that gets no gradient
 * @returns The rows, (..., D)
 * @throws {RangeError} If there is no such row
 */
export function embedding(x: NDArray, weight: X, options: EmbeddingOptions = {}): Tensor {
  checkLabels("embedding", "x", x.ravel(), { classes: weight.shape[0], from: "rows of weight" });
  return apply("embedding", [weight], (table) => rules.embedding(table, x, options.paddingIdx));
}

/**
 * The logarithm of the softmax over the last axis, `x - log Σ exp x`, without overflow.
 *
 * @param x A tensor or an array of at least one axis
 * @returns Log-probabilities, of the shape of `x`
 *
 * @example
 * ```ts
 * import { logSoftmax } from "@nndl/nndl/autograd";
 * import { array } from "@nndl/nndl/ndarray";
 * import assert from "node:assert/strict";
 *
 * assert.deepEqual(logSoftmax(array([[1e4, 1e4]])).toArray(), [[-Math.LN2, -Math.LN2]]);
 * ```
 */
export function logSoftmax(x: X): Tensor {
  return apply("logSoftmax", [x], rules.logSoftmax);
}
