/**
 * The instance of the wasm module.
 *
 * @module
 */
import { Heap } from "./_heap.ts";

/** What the module exports. Addresses are in bytes. */
export interface Exports {
  /** The address from which on memory is free for operands. */
  readonly heap: WebAssembly.Global;
  gemm(
    transA: boolean,
    transB: boolean,
    m: number,
    n: number,
    k: number,
    a: number,
    b: number,
    add: boolean,
    c: number,
  ): void;
  affine(
    n: number,
    d: number,
    m: number,
    x: number,
    w: number,
    b: number,
    relu: boolean,
    out: number,
  ): void;
  reluForward(count: number, x: number): void;
  reluBackward(count: number, dx: number, x: number): void;
  maskScale(count: number, x: number, mask: number, scale: number): void;
  addScaled(count: number, y: number, x: number, alpha: number): void;
  sumSquares(count: number, x: number): number;
  sumRows(n: number, m: number, x: number, out: number): void;
  sgdStep(count: number, w: number, dw: number, learningRate: number): void;
  momentumStep(
    count: number,
    w: number,
    v: number,
    dw: number,
    learningRate: number,
    momentum: number,
  ): void;
  nesterovStep(
    count: number,
    w: number,
    v: number,
    dw: number,
    learningRate: number,
    momentum: number,
  ): void;
  rmspropStep(
    count: number,
    w: number,
    cache: number,
    dw: number,
    learningRate: number,
    decay: number,
    rest: number,
    epsilon: number,
  ): void;
  adamStep(
    count: number,
    w: number,
    m: number,
    v: number,
    dw: number,
    step: number,
    beta1: number,
    rest1: number,
    beta2: number,
    rest2: number,
    correction: number,
    epsilon: number,
  ): void;
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
  return { exports, heap: new Heap(memory, exports.heap.value) };
}
