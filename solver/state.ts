/**
 * What a run has to keep so that it can be continued, declared by name.
 *
 * @module
 */
import type { NDArray } from "../ndarray/mod.ts";
import type { RandomState } from "../random/mod.ts";

/**
 * What a checkpoint can hold: arrays, numbers, words, and lists and records of them.
 *
 * @category Training
 */
export type State =
  | NDArray
  | Uint32Array
  | number
  | string
  | boolean
  | null
  | undefined
  | readonly State[]
  | { readonly [name: string]: State };

/**
 * Named arrays that belong to a model, such as a `Model` has them.
 *
 * @category Training
 */
export interface ModelLike {
  /** The trained arrays, by name. */
  readonly params: Readonly<Record<string, NDArray>>;
  /** Running statistics and the like, by name; a module's method returns them. */
  readonly buffers?: Readonly<Record<string, NDArray>> | (() => Readonly<Record<string, NDArray>>);
  /** The generator that the model draws from; it belongs to the state as well. */
  readonly rng?: RandomState;
}

/**
 * A module whose parameters are boxes with an array in them, such as those of `@nndl/nndl/nn`.
 *
 * @category Training
 */
export interface ModuleLike {
  /** The trained arrays, by name. */
  parameters(): Readonly<Record<string, ArrayBox>>;
  /** Running statistics and the like, by name. */
  buffers(): Readonly<Record<string, NDArray>>;
}

/**
 * A box with an array in it, such as a tensor of `@nndl/nndl/autograd`.
 *
 * @category Training
 */
export interface ArrayBox {
  /** The array. */
  readonly value: NDArray;
}

/**
 * Anything that can say what it would need to go on, such as an optimizer or a `RandomState`.
 *
 * @category Training
 */
export interface Resumable {
  /** What is needed to go on from here. */
  getState(): unknown;
  /** Goes on from what {@linkcode Resumable.getState} returned. */
  setState(state: never): void;
}

/**
 * What a run may declare as its state: weights, or something that keeps a state of its own.
 *
 * @category Training
 */
export type Stateful = NDArray | ArrayBox | ModelLike | ModuleLike | Resumable;

/**
 * A model's arrays at one moment, as a checkpoint holds them.
 *
 * @category Training
 */
export interface ModelState {
  /** The trained arrays, by name. */
  readonly params: Readonly<Record<string, NDArray>>;
  /** Running statistics and the like, by name. */
  readonly buffers: Readonly<Record<string, NDArray>>;
}
