/**
 * The instance of the wasm module.
 *
 * @module
 */
import { Heap } from "./_heap.ts";

/** A kernel of the module: numbers, flags and addresses in bytes, see `assembly/`. */
type Kernel = (...args: (number | boolean)[]) => void;

/** What the module exports. */
export interface Exports {
  /** The address from which on memory is free for operands. */
  readonly heap: WebAssembly.Global;
  readonly gemm: Kernel;
  readonly affine: Kernel;
  readonly reluForward: Kernel;
  readonly reluBackward: Kernel;
  readonly maskScale: Kernel;
  readonly addScaled: Kernel;
  readonly sumSquares: (count: number, x: number) => number;
  readonly batchSums: Kernel;
  readonly batchMeans: Kernel;
  readonly batchSquares: Kernel;
  readonly batchVariances: Kernel;
  readonly batchScales: Kernel;
  readonly batchNormalize: Kernel;
  readonly batchProducts: Kernel;
  readonly batchTerms: Kernel;
  readonly batchGradient: Kernel;
  readonly groupnormForward: Kernel;
  readonly groupnormBackward: Kernel;
  readonly roundSums: Kernel;
  readonly setConvolution: Kernel;
  readonly padImage: Kernel;
  readonly cropImage: Kernel;
  readonly packWeights: Kernel;
  readonly packWeightsBack: Kernel;
  readonly convForward: Kernel;
  readonly convBackwardData: Kernel;
  readonly convBackwardWeights: Kernel;
  readonly convSums: Kernel;
  readonly maxPoolForward: Kernel;
  readonly avgPoolForward: Kernel;
  readonly sgdStep: Kernel;
  readonly momentumStep: Kernel;
  readonly nesterovStep: Kernel;
  readonly rmspropStep: Kernel;
  readonly adamStep: Kernel;
}

/** An instance, and the memory it works in. */
export interface Machine {
  readonly exports: Exports;
  readonly heap: Heap;
}

/** Pages that the module needs before there is any operand; its import declares the same. */
const INITIAL_PAGES = 32;
/** 1 GiB. */
const MAXIMUM_PAGES = 16384;

/**
 * Makes an instance.
 *
 * @param module The compiled module
 * @returns The instance and its heap
 * @throws {Error} If the runtime refuses
 */
export function instantiate(module: WebAssembly.Module): Machine {
  const memory = new WebAssembly.Memory({ initial: INITIAL_PAGES, maximum: MAXIMUM_PAGES });
  const instance = new WebAssembly.Instance(module, { env: { memory } });
  const exports = instance.exports as unknown as Exports;
  return { exports, heap: new Heap(memory, exports.heap.value, MAXIMUM_PAGES) };
}
