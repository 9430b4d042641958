/**
 * Which gradients a backward pass computes.
 *
 * @module
 */
import type { NDArray } from "../ndarray/mod.ts";

/**
 * Whether each of the gradients of these names is wanted; one that is not named is.
 *
 * @category Layers
 */
export type Needs<Name extends string> = { readonly [K in Name]?: boolean };

/**
 * No gradient is named, so all are wanted.
 *
 * @category Layers
 */
export type EveryGradient = Record<never, never>;

/**
 * Options of the backward passes that return several gradients.
 *
 * @example
 * ```ts
 * import { affineBackward, affineForward } from "@nndl/nndl/layers";
 * import { array } from "@nndl/nndl/ndarray";
 * import assert from "node:assert/strict";
 *
 * const [, cache] = affineForward(array([[1, 2]]), array([[1], [10]]), array([3]));
 * const [dx, dw, db] = affineBackward(array([[5]]), cache, { needs: { dx: false } });
 * assert.equal(dx, null);
 * assert.deepEqual([dw.toArray(), db.toArray()], [[[5], [10]], [5]]);
 * ```
 *
 * @category Layers
 */
export interface BackwardOptions<N> {
  /**
   * By the names of the returned tuple, `false` for each gradient to leave out: null comes in its
   * place, and the work for it is not done. The first layer of a network needs no gradient with
   * respect to the data, and there it is often the largest product of the pass.
   */
  readonly needs?: N;
}

/**
 * A gradient, or null where it is left out; the name is null where there is none to begin with.
 *
 * @category Layers
 */
export type Gradient<Name extends string | null, N> = Name extends string
  ? Name extends keyof N
    ? [N[Name]] extends [false] ? null : false extends N[Name] ? NDArray | null : NDArray
  : NDArray
  : null;

/**
 * What a backward pass returns: the gradients of these names, as far as they are wanted.
 *
 * @category Layers
 */
export type Gradients<Names extends readonly (string | null)[], N> = {
  [Place in keyof Names]: Gradient<Names[Place], N>;
};
