/** Everything that the module exports. */
import { HEAP } from "./layout";

export { affine } from "./affine";
export { addScaled, maskScale, reluBackward, reluForward, sumSquares } from "./elementwise";
export { gemm } from "./gemm";
export { adamStep, momentumStep, nesterovStep, rmspropStep, sgdStep } from "./optimizers";
export { sumRows } from "./sums";

/** The address from which on memory is free for operands. */
export const heap: usize = HEAP;
