/**
 * The contract of every kernel: sizes, flags, arrays with their lengths, what is written, and what
 * may be the same array. Each stands in `reference/` beside the code that keeps it; `notation.ts`
 * says how it is written. Everything that must know how a kernel is called reads it: the type of the
 * table, the native library's symbols and wrappers, the choice between the wasm kernels and the
 * reference, and the conformance suite.
 *
 * @module
 */
import { affineContracts } from "./reference/affine.ts";
import { batchnormContracts } from "./reference/batchnorm.ts";
import { convolutionContracts } from "./reference/convolution.ts";
import { elementwiseContracts } from "./reference/elementwise.ts";
import { gemmContracts } from "./reference/gemm.ts";
import { groupnormContracts } from "./reference/groupnorm.ts";
import { lossContracts } from "./reference/losses.ts";
import { keepMaskContracts } from "./reference/mersenne_twister.ts";
import { updateContracts } from "./reference/optimizers.ts";
import { poolingContracts } from "./reference/pooling.ts";
import { activationContracts } from "./reference/activations.ts";
import { sequenceContracts } from "./reference/sequences.ts";
import { upsamplingContracts } from "./reference/upsampling.ts";
import type { Table } from "./notation.ts";

/** The contracts by the names of the kernels. */
export type Contracts =
  & typeof gemmContracts
  & typeof affineContracts
  & typeof elementwiseContracts
  & typeof keepMaskContracts
  & typeof batchnormContracts
  & typeof groupnormContracts
  & typeof lossContracts
  & typeof convolutionContracts
  & typeof poolingContracts
  & typeof activationContracts
  & typeof sequenceContracts
  & typeof upsamplingContracts
  & typeof updateContracts;

/** What keeps the contracts; it is there for the compiler, which takes the type of tables from it. */
export declare const table: Table<Contracts>;

/** The contract of every kernel, see {@linkcode Contract}. */
export const contracts: Contracts = {
  ...gemmContracts,
  ...affineContracts,
  ...elementwiseContracts,
  ...keepMaskContracts,
  ...batchnormContracts,
  ...groupnormContracts,
  ...lossContracts,
  ...convolutionContracts,
  ...poolingContracts,
  ...activationContracts,
  ...sequenceContracts,
  ...upsamplingContracts,
  ...updateContracts,
};
