/**
 * The instance of the wasm module.
 *
 * @module
 */
import { Heap } from "./_heap.ts";
import { Team } from "./_team.ts";

/** A kernel of the module: numbers, flags and addresses in bytes, see `assembly/`. */
type Kernel = (...args: (number | boolean)[]) => void;

/** What the module exports. */
export interface Exports {
  /** The address from which on memory is free for operands. */
  readonly heap: WebAssembly.Global;
  /** The address of the first mailbox. */
  readonly mailboxes: WebAssembly.Global;
  /** Bytes of a mailbox. */
  readonly mailboxSize: WebAssembly.Global;
  readonly work: Kernel;
  readonly addBias: Kernel;
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
  readonly packWeights: Kernel;
  readonly packWeightsBack: Kernel;
  readonly convSums: Kernel;
  readonly maxPoolForward: Kernel;
  readonly avgPoolForward: Kernel;
  readonly sgdStep: Kernel;
  readonly momentumStep: Kernel;
  readonly nesterovStep: Kernel;
  readonly rmspropStep: Kernel;
  readonly adamStep: Kernel;
}

/** An instance, the memory it works in, and the threads that help. */
export interface Machine {
  readonly exports: Exports;
  readonly heap: Heap;
  readonly team: Team;
}

/** Pages that the module needs before there is any operand. */
export const INITIAL_PAGES = 96;
/** The most pages there can be: 1 GiB. */
export const MAXIMUM_PAGES = 16384;

/**
 * Makes an instance.
 *
 * @param module The compiled module
 * @param threads How many threads may work at a time
 * @returns The instance, its heap, and its threads
 * @throws {Error} If the runtime refuses
 */
export function instantiate(module: WebAssembly.Module, threads: number): Machine {
  const pages = { initial: INITIAL_PAGES, maximum: MAXIMUM_PAGES };
  const memory = new WebAssembly.Memory({ ...pages, shared: true });
  const instance = new WebAssembly.Instance(module, { env: { memory } });
  const exports = instance.exports as unknown as Exports;
  const heap = new Heap(memory, exports.heap.value, MAXIMUM_PAGES);
  return { exports, heap, team: new Team(module, memory, exports, threads) };
}
