/**
 * The module of everything else, on memory of its own: copies to and from memory that threads share
 * take twice as long, and these kernels do little more than copying.
 */
export { geluBackward, geluForward, sigmoidForward, tanhForward } from "./activations";
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
export { addScaled, maskScale, reluBackward, reluForward, sumSquares } from "./elementwise";
export { groupnormBackward, groupnormForward } from "./groupnorm";
export { cellBackward, cellForward } from "./lstm";
export { keepMask } from "./mersenne_twister";
export { adamStep, momentumStep, nesterovStep, rmspropStep, sgdStep } from "./optimizers";
export { avgPoolForward, maxPoolForward } from "./pooling";
export { roundSums } from "./sums";

/** The address from which on memory is free for operands. */
export const heap: usize = 0x400;
