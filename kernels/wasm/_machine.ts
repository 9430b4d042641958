/**
 * The instances of the wasm modules.
 *
 * @module
 */
import { Heap } from "./_heap.ts";
import { Team } from "./_team.ts";

/** A kernel of a module: numbers, flags and addresses in bytes, see `assembly/`. */
type Kernel<Result = void> = (...args: (number | boolean)[]) => Result;

/** What the module of products exports. */
export interface ProductExports {
  /** The address from which on memory is free for operands. */
  readonly heap: WebAssembly.Global;
  /** The address of the first mailbox. */
  readonly mailboxes: WebAssembly.Global;
  /** Bytes of a mailbox. */
  readonly mailboxSize: WebAssembly.Global;
  readonly work: Kernel;
  readonly addBias: Kernel;
  readonly addScaled: Kernel;
  readonly setConvolution: Kernel;
  readonly packWeights: Kernel;
  readonly packWeightsBack: Kernel;
  readonly convSums: Kernel;
  readonly roundSums: Kernel;
}

/** What the module of elements exports. */
export interface ElementExports {
  /** The address from which on memory is free for operands. */
  readonly heap: WebAssembly.Global;
  readonly reluForward: Kernel;
  readonly reluBackward: Kernel;
  readonly tanhForward: Kernel;
  readonly sigmoidForward: Kernel;
  readonly geluForward: Kernel;
  readonly geluBackward: Kernel;
  readonly cellForward: Kernel;
  readonly cellBackward: Kernel;
  readonly maskScale: Kernel;
  readonly keepMask: Kernel<number>;
  readonly addScaled: Kernel;
  readonly sumSquares: Kernel<number>;
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
  readonly maxPoolForward: Kernel;
  readonly avgPoolForward: Kernel;
  readonly sgdStep: Kernel;
  readonly momentumStep: Kernel;
  readonly nesterovStep: Kernel;
  readonly rmspropStep: Kernel;
  readonly adamStep: Kernel;
}

/** An instance of the module of products, the memory it works in, and the threads that help. */
export interface Products {
  readonly exports: ProductExports;
  readonly heap: Heap;
  readonly team: Team;
}

/** An instance of the module of elements, and the memory it works in. */
export interface Elements {
  readonly exports: ElementExports;
  readonly heap: Heap;
}

/** The compiled modules. */
export interface Modules {
  readonly products: WebAssembly.Module;
  readonly elements: WebAssembly.Module;
}

/** Pages of the products' memory before there is any operand. */
export const PRODUCTS_PAGES = 320;
/** Pages of the elements' memory before there is any operand. */
export const ELEMENTS_PAGES = 16;
/** The most pages there can be: 1 GiB. */
export const MAXIMUM_PAGES = 16384;

/**
 * Makes an instance of the module of products.
 *
 * @param module The compiled module
 * @param threads How many threads may work at a time
 * @throws {Error} If the runtime refuses
 */
export function createProducts(module: WebAssembly.Module, threads: number): Products {
  const pages = { initial: PRODUCTS_PAGES, maximum: MAXIMUM_PAGES };
  const memory = new WebAssembly.Memory({ ...pages, shared: true });
  const instance = new WebAssembly.Instance(module, { env: { memory } });
  const exports = instance.exports as unknown as ProductExports;
  const heap = new Heap(memory, exports.heap.value, MAXIMUM_PAGES);
  return { exports, heap, team: new Team(module, memory, exports, threads) };
}

/**
 * Makes an instance of the module of elements.
 *
 * @param module The compiled module
 * @throws {Error} If the runtime refuses
 */
export function createElements(module: WebAssembly.Module): Elements {
  const memory = new WebAssembly.Memory({ initial: ELEMENTS_PAGES, maximum: MAXIMUM_PAGES });
  const instance = new WebAssembly.Instance(module, { env: { memory } });
  const exports = instance.exports as unknown as ElementExports;
  return { exports, heap: new Heap(memory, exports.heap.value, MAXIMUM_PAGES) };
}
