/**
 * Where result arrays come from: fresh memory, or, inside {@linkcode Workspace.run}, buffers that
 * the same workspace handed out in its previous run.
 *
 * A training step asks for the same arrays every time. The Solver runs each step in one workspace,
 * so that in steady state nothing large is allocated. Everyone else gets fresh arrays, which no
 * later call touches.
 *
 * @module
 */

/** Constructors of the typed arrays that can be allocated. */
export type ArrayConstructor =
  | Float32ArrayConstructor
  | Float64ArrayConstructor
  | Int32ArrayConstructor
  | Uint8ArrayConstructor;

/** The buffers of one type and length, and how many of them the current run has handed out. */
interface Pool<T> {
  readonly arrays: T[];
  used: number;
}

let current: Workspace | null = null;

/**
 * A set of reusable buffers for work that repeats. Arrays made inside `run` stay valid until the
 * next `run` of the same workspace and are overwritten by it; copy what must live longer.
 *
 * @example
 * ```ts
 * import { allocate, Workspace } from "@nndl/nndl/kernels";
 * import assert from "node:assert/strict";
 *
 * const workspace = new Workspace();
 * const first = workspace.run(() => allocate(Float32Array, 1000));
 * const second = workspace.run(() => allocate(Float32Array, 1000));
 * assert.equal(first, second);
 * ```
 */
export class Workspace {
  readonly #pools = new Map<ArrayConstructor, Map<number, Pool<unknown>>>();

  /**
   * Calls `work`, a synchronous function, whose allocations come from this workspace.
   *
   * @param work What to run
   * @returns What `work` returns
   */
  run<T>(work: () => T): T {
    for (const pools of this.#pools.values()) {
      for (const pool of pools.values()) pool.used = 0;
    }
    const outer = current;
    current = this;
    try {
      return work();
    } finally {
      current = outer;
    }
  }

  /** Hands out a buffer with arbitrary content. Use {@linkcode allocate}. */
  take<C extends ArrayConstructor>(type: C, length: number): InstanceType<C> {
    let pools = this.#pools.get(type);
    if (!pools) this.#pools.set(type, pools = new Map());
    let pool = pools.get(length) as Pool<InstanceType<C>> | undefined;
    if (!pool) pools.set(length, pool = { arrays: [], used: 0 });
    if (pool.used === pool.arrays.length) {
      pool.arrays.push(new type(length) as InstanceType<C>);
    }
    return pool.arrays[pool.used++];
  }
}

/**
 * Returns an array whose content is arbitrary and will be fully overwritten by the caller.
 *
 * @param type The constructor, such as `Float32Array`
 * @param length Number of elements
 * @returns A fresh array, or inside {@linkcode Workspace.run} one of its buffers
 */
export function allocate<C extends ArrayConstructor>(type: C, length: number): InstanceType<C> {
  return current ? current.take(type, length) : new type(length) as InstanceType<C>;
}

/**
 * Returns an array of zeros.
 *
 * @param type The constructor, such as `Float32Array`
 * @param length Number of elements
 * @returns A fresh array, or inside {@linkcode Workspace.run} one of its buffers, cleared
 */
export function allocateZeros<C extends ArrayConstructor>(
  type: C,
  length: number,
): InstanceType<C> {
  const array = allocate(type, length);
  if (current) array.fill(0);
  return array;
}
