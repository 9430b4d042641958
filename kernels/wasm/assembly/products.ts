/** The module of matrix products and convolution, on memory that threads share. */
import { HEAP, MAILBOX_SIZE, MAILBOXES } from "./layout";

export { addBias } from "./bias";
export { convSums, packWeights, packWeightsBack } from "./conv";
export { addScaled } from "./elementwise";
export { setConvolution } from "./geometry";
export { roundSums } from "./sums";
export { serve, work } from "./tasks";

/** The address from which on memory is free for operands. */
export const heap: usize = HEAP;
/** The address of the first mailbox, and the bytes of each. */
export const mailboxes: usize = MAILBOXES;
export const mailboxSize: usize = MAILBOX_SIZE;
