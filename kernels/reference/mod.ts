/**
 * The reference kernel table: all of it in plain TypeScript. It runs everywhere, computes in
 * float32 and float64, fast enough to train with.
 *
 * @module
 */
import type { Kernels } from "../types.ts";
import {
  geluBackward,
  geluForward,
  leakyReluBackward,
  leakyReluForward,
  logSoftmaxBackward,
  logSoftmaxForward,
  sigmoidBackward,
  sigmoidForward,
  softmaxBackward,
  softmaxForward,
  tanhBackward,
  tanhForward,
} from "./activations.ts";
import { affine, sumRows } from "./affine.ts";
import { batchnormApply, batchnormBackward, batchnormForward } from "./batchnorm.ts";
import { composed } from "./composed.ts";
import { convBackwardData, convBackwardWeights, convForward } from "./convolution.ts";
import {
  addScaled,
  maskScale,
  reluBackward,
  reluForward,
  scale,
  sumSquares,
} from "./elementwise.ts";
import { gemm } from "./gemm.ts";
import { groupnormBackward, groupnormForward } from "./groupnorm.ts";
import { softmaxLoss, svmLoss } from "./losses.ts";
import { keepMask } from "./mersenne_twister.ts";
import { adamStep, momentumStep, nesterovStep, rmspropStep, sgdStep } from "./optimizers.ts";
import { avgPoolBackward, avgPoolForward, maxPoolBackward, maxPoolForward } from "./pooling.ts";
import { embeddingBackward, embeddingForward } from "./sequences.ts";
import { upsampleBackward, upsampleForward } from "./upsampling.ts";

const simple = {
  gemm,
  affine,
  sumRows,
  reluForward,
  reluBackward,
  maskScale,
  scale,
  keepMask,
  addScaled,
  sumSquares,
  batchnormForward,
  batchnormApply,
  batchnormBackward,
  groupnormForward,
  groupnormBackward,
  softmaxLoss,
  svmLoss,
  convForward,
  convBackwardData,
  convBackwardWeights,
  maxPoolForward,
  maxPoolBackward,
  avgPoolForward,
  avgPoolBackward,
  tanhForward,
  tanhBackward,
  sigmoidForward,
  sigmoidBackward,
  geluForward,
  geluBackward,
  leakyReluForward,
  leakyReluBackward,
  softmaxForward,
  softmaxBackward,
  logSoftmaxForward,
  logSoftmaxBackward,
  embeddingForward,
  embeddingBackward,
  upsampleForward,
  upsampleBackward,
  sgdStep,
  momentumStep,
  nesterovStep,
  rmspropStep,
  adamStep,
};

export { composed };

/**
 * The complete kernel table in plain TypeScript.
 *
 * @category Kernels
 */
export const reference: Kernels = { ...simple, ...composed(simple) };
