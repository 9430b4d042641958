/** Everything that the module exports. */
import { HEAP } from "./layout";

export { affine } from "./affine";
export {
  batchGradient,
  batchMeans,
  batchNormalize,
  batchProducts,
  batchScales,
  batchSquares,
  batchSums,
  batchTerms,
  batchVariances,
} from "./batchnorm";
export {
  convBackwardData,
  convBackwardWeights,
  convForward,
  convSums,
  packWeights,
  packWeightsBack,
} from "./conv";
export { addScaled, maskScale, reluBackward, reluForward, sumSquares } from "./elementwise";
export { gemm } from "./gemm";
export { cropImage, padImage, setConvolution } from "./geometry";
export { groupnormBackward, groupnormForward, roundSums } from "./groupnorm";
export { adamStep, momentumStep, nesterovStep, rmspropStep, sgdStep } from "./optimizers";
export { avgPoolForward, maxPoolForward } from "./pooling";

/** The address from which on memory is free for operands. */
export const heap: usize = HEAP;
