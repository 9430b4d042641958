/** Everything that the module exports. */
import { HEAP } from "./layout";

export { affine } from "./affine";
export { gemm } from "./gemm";

/** The address from which on memory is free for operands. */
export const heap: usize = HEAP;
