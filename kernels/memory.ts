/**
 * Where result arrays come from: fresh memory, or, inside {@linkcode Workspace.run}, buffers that
 * the same workspace handed out in earlier runs.
 *
 * A training step asks for the same arrays every time. The Solver runs each step in one workspace,
 * so that in steady state nothing large is allocated. Everyone else gets fresh arrays, which no
 * later call touches.
 *
 * @module
 */
import { afterCutOff } from "../internal/cut_off.ts";
import { type ArrayConstructor, Pools } from "./_pools.ts";

export type { ArrayConstructor };

/** The workspaces whose runs are in progress, the innermost last. */
let running: readonly Workspace[] = [];
let current: Workspace | null = null;

const endRunsCutOff = afterCutOff(() => {
  running = [];
  current = null;
});

/**
 * A set of reusable buffers for work that repeats. Arrays made inside `run` stay valid until the
 * next `run` of the same workspace and are overwritten by it; copy what must live longer.
 *
 * Runs that ask for the same arrays get the same objects. Where sizes vary, a buffer serves arrays
 * down to half of its size, and what has been idle for longest is dropped: a workspace never holds
 * more than twice the bytes that its largest run asked for.
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
 *
 * @category Kernels
 */
export class Workspace {
  readonly #pools = new Pools();

  /**
   * How many runs have begun. What a run handed out is valid as long as this number stays.
   *
   * @example
   * ```ts
   * import { allocate, Workspace } from "@nndl/nndl/kernels";
   * import assert from "node:assert/strict";
   *
   * const workspace = new Workspace();
   * const array = workspace.run(() => allocate(Float32Array, 1000));
   * const { generation } = workspace;
   * assert.ok(workspace.owns(array));
   *
   * workspace.run(() => allocate(Float32Array, 10));
   * assert.equal(workspace.generation, generation + 1);
   * assert.ok(!workspace.owns(array));
   * ```
   */
  get generation(): number {
    return this.#pools.run;
  }

  /** Bytes of all buffers that the workspace holds. */
  get byteLength(): number {
    return this.#pools.held;
  }

  /**
   * Calls `work`, a synchronous function, whose allocations come from this workspace. Within a run
   * of the same workspace it is a part of that run.
   *
   * @param work What to run
   * @returns What `work` returns
   * @throws {TypeError} If `work` returns a promise
   */
  run<T>(work: () => T): T {
    const [outer, around] = [current, running];
    if (!around.includes(this)) this.#pools.begin();
    endRunsCutOff();
    current = this;
    running = [...around, this];
    try {
      const result = work();
      if (result instanceof Promise) {
        throw new TypeError(
          "Workspace.run: work must be synchronous, got a function that returns a promise; " +
            "await first, and run what computes",
        );
      }
      return result;
    } finally {
      current = outer;
      running = around;
    }
  }

  /** Hands out a buffer with arbitrary content. Use {@linkcode allocate}. */
  take<C extends ArrayConstructor>(type: C, length: number): InstanceType<C> {
    return this.#pools.take(type, length);
  }

  /**
   * Tells whether the latest run handed out this array, so that the next one may overwrite it.
   *
   * @param array Any array
   * @returns False also for a part of such an array, see `subarray`
   */
  owns(array: InstanceType<ArrayConstructor>): boolean {
    return this.#pools.owns(array);
  }
}

/**
 * The workspace whose run is in progress.
 *
 * @returns The innermost one, or null outside of every run
 *
 * @example
 * ```ts
 * import { currentWorkspace, Workspace } from "@nndl/nndl/kernels";
 * import assert from "node:assert/strict";
 *
 * const workspace = new Workspace();
 * assert.equal(workspace.run(currentWorkspace), workspace);
 * assert.equal(currentWorkspace(), null);
 * ```
 *
 * @category Kernels
 */
export function currentWorkspace(): Workspace | null {
  return current;
}

/**
 * Returns an array whose content is arbitrary and will be fully overwritten by the caller.
 *
 * @param type The constructor, such as `Float32Array`
 * @param length Number of elements
 * @returns A fresh array, or inside {@linkcode Workspace.run} one of its buffers
 * @category Kernels
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
 * @category Kernels
 */
export function allocateZeros<C extends ArrayConstructor>(
  type: C,
  length: number,
): InstanceType<C> {
  const array = allocate(type, length);
  if (current) array.fill(0);
  return array;
}
