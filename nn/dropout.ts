/**
 * Dropout as a module.
 *
 * @module
 */
import { dropout, Tensor } from "../autograd/mod.ts";
import type { NDArray } from "../ndarray/mod.ts";
import { RandomState } from "../random/mod.ts";
import { checkModule } from "./_options.ts";
import { Module } from "./module.ts";

/**
 * Options of {@linkcode Dropout}.
 *
 * @category Modules
 */
export interface DropoutOptions {
  /** Draws the masks; a fresh, unseeded generator if not given. */
  readonly rng?: RandomState;
}

/**
 * In train mode DROPS each value with probability `p`, as PyTorch's does, and scales the others by
 * 1 / (1 - p); in eval mode passes everything on. (The `p` of `dropoutForward` and of autograd's
 * `dropout` is the probability to keep.)
 *
 * @example
 * ```ts
 * import { Dropout } from "@nndl/nndl/nn";
 * import { ones } from "@nndl/nndl/ndarray";
 * import { RandomState } from "@nndl/nndl/random";
 * import assert from "node:assert/strict";
 *
 * const drop = new Dropout(0.75, { rng: new RandomState(0) });
 * assert.deepEqual(new Set(drop.forward(ones([100])).value.data), new Set([0, 4]));
 * assert.deepEqual(drop.eval().forward(ones([2])).toArray(), [1, 1]);
 * ```
 *
 * @category Modules
 */
export class Dropout extends Module {
  /** Probability to drop a value. */
  readonly p: number;
  /** Draws the masks, if given. */
  readonly rng: RandomState | null;
  #own: RandomState | undefined;

  /**
   * Makes a layer.
   *
   * @param p Probability to DROP a value, from 0 up to below 1
   * @param options Where the masks come from
   * @throws {TypeError} If there is no option of a given name
   * @throws {RangeError} If `p` is out of range
   */
  constructor(p = 0.5, options: DropoutOptions = {}) {
    super();
    checkModule("Dropout", {}, options, ["rng"]);
    if (!(p >= 0 && p < 1)) {
      throw new RangeError(
        `Dropout: p, the probability to DROP a value, must be from 0 up to below 1, got ${p}`,
      );
    }
    this.p = p;
    this.rng = options.rng ?? null;
  }

  /**
   * Drops.
   *
   * @param x Input, any shape
   * @returns A tensor of the shape of `x`
   */
  forward(x: Tensor | NDArray): Tensor {
    if (!this.training || this.p === 0) {
      return x instanceof Tensor ? x : new Tensor(x, { requiresGrad: false });
    }
    const rng = this.rng ?? (this.#own ??= new RandomState());
    return dropout(x, { p: 1 - this.p, mode: "train", rng });
  }
}
