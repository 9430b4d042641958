/** Everything that the module exports. */
import { HEAP, MAILBOX_SIZE, MAILBOXES } from "./layout";

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
export { addBias } from "./bias";
export { convSums, packWeights, packWeightsBack } from "./conv";
export { addScaled, maskScale, reluBackward, reluForward, sumSquares } from "./elementwise";
export { setConvolution } from "./geometry";
export { groupnormBackward, groupnormForward, roundSums } from "./groupnorm";
export { adamStep, momentumStep, nesterovStep, rmspropStep, sgdStep } from "./optimizers";
export { avgPoolForward, maxPoolForward } from "./pooling";
export { serve, work } from "./tasks";

/** The address from which on memory is free for operands. */
export const heap: usize = HEAP;
/** The address of the first mailbox, and the bytes of each. */
export const mailboxes: usize = MAILBOXES;
export const mailboxSize: usize = MAILBOX_SIZE;
