/**
 * Inverted dropout: in training every value is kept with probability `p` and scaled by `1/p`, or
 * set to 0, so that its expectation stays the same; at test time the layer is the identity.
 *
 * Backward: the gradient passes where the value was kept, scaled by the same `1/p`.
 *
 * Source: N. Srivastava et al., "Dropout: A Simple Way to Prevent Neural Networks from
 * Overfitting", 2014, https://jmlr.org/papers/v15/srivastava14a.html; CS231n notes for `p` as the
 * probability to keep.
 *
 * @module
 */
import { showValue } from "../internal/show.ts";
import { allocate, kernels } from "../kernels/mod.ts";
import { NDArray } from "../ndarray/mod.ts";
import { RandomState } from "../random/mod.ts";
import { emptyArray, floats, unify } from "./_arrays.ts";
import { checkCache } from "./_backward.ts";
import { checkInput, checkMode, checkUpstream } from "./_shapes.ts";

/**
 * Settings of a dropout layer.
 *
 * @category Layers
 */
export interface DropoutParam {
  /** Probability to keep a value, above 0 and at most 1. */
  p: number;
  /** `"train"` drops, `"test"` passes everything on. */
  mode: "train" | "test";
  /** Draws the mask from a fresh generator with this seed, the same mask at every call. */
  seed?: number | readonly number[];
  /** Draws the mask from this generator if there is no seed; by default a fresh, unseeded one. */
  rng?: RandomState;
}

/**
 * What {@linkcode dropoutBackward} needs from the forward pass.
 *
 * @category Layers
 */
export interface DropoutCache {
  /** Which values were kept, bool of the shape of `x`; null in test mode, which keeps all. */
  readonly mask: NDArray | null;
  /** Probability with which a value was kept. */
  readonly p: number;
}

/**
 * Computes the forward pass of inverted dropout.
 *
 * @param x Input, any shape
 * @param dropoutParam Keep probability, mode, and where the randomness comes from
 * @returns `out` of the shape of `x`, and the cache of the backward pass
 * @throws {RangeError} If `p` is not in (0, 1], the mode or the seed is wrong, or `x` is empty
 *
 * @example
 * ```ts
 * import { dropoutForward } from "@nndl/nndl/layers";
 * import { ones } from "@nndl/nndl/ndarray";
 * import assert from "node:assert/strict";
 *
 * const [out] = dropoutForward(ones([4, 100]), { p: 0.5, mode: "train", seed: 231 });
 * assert.deepEqual(new Set(out.data), new Set([0, 2]));
 * const [same] = dropoutForward(ones([2, 2]), { p: 0.5, mode: "test" });
 * assert.deepEqual(same.toArray(), [[1, 1], [1, 1]]);
 * ```
 *
 * @category Layers
 */
export function dropoutForward(
  x: NDArray,
  dropoutParam: DropoutParam,
): [out: NDArray, cache: DropoutCache] {
  checkInput("dropoutForward", x);
  checkMode("dropoutForward", "dropoutParam", dropoutParam);
  const { p, mode, seed, rng } = dropoutParam;
  if (typeof p !== "number" || !(p > 0 && p <= 1)) {
    throw new RangeError(
      `dropoutForward: dropoutParam.p, the probability to keep, must be above 0 and at most 1, ` +
        `got ${showValue(p)}` + (p === 0 ? "; to keep everything use 1" : ""),
    );
  }
  if (rng !== undefined && rng !== null && !(rng instanceof RandomState)) {
    throw new TypeError(
      `dropoutForward: dropoutParam.rng must be a RandomState, got ${showValue(rng)}; ` +
        "for a seed use seed, or new RandomState(seed)",
    );
  }
  [x] = unify(x);
  if (mode === "test") return [maskScale(x, null, p), { mask: null, p }];
  const source = seed === undefined || seed === null
    ? rng ?? new RandomState()
    : new RandomState(seed);
  const kept = source.keepMask(p, x.size, allocate(Uint8Array, x.size));
  const mask = new NDArray(kept, x.shape, "bool");
  return [maskScale(x, mask, p), { mask, p }];
}

/**
 * Computes the backward pass of inverted dropout.
 *
 * @param dout Upstream gradient, shape of `x`
 * @param cache The cache of {@linkcode dropoutForward}
 * @returns `dx`, shape of `x`
 * @throws {TypeError} If the cache is that of another layer
 * @throws {RangeError} If `dout` has another shape than `x` had
 *
 * @example
 * ```ts
 * import { dropoutBackward, dropoutForward } from "@nndl/nndl/layers";
 * import { ones } from "@nndl/nndl/ndarray";
 * import assert from "node:assert/strict";
 *
 * const [out, cache] = dropoutForward(ones([2, 5]), { p: 0.5, mode: "train", seed: 231 });
 * assert.deepEqual(dropoutBackward(ones([2, 5]), cache).toArray(), out.toArray());
 * ```
 *
 * @category Layers
 */
export function dropoutBackward(dout: NDArray, cache: DropoutCache): NDArray {
  const { mask, p } = checkCache("dropoutBackward", dout, cache, ["mask", "p"]);
  checkUpstream("dropoutBackward", dout, (mask ?? dout).shape);
  [dout] = unify(dout);
  return maskScale(dout, mask, p);
}

/** `x / p` where the mask is true and 0 elsewhere, or a copy of `x` where there is no mask. */
function maskScale(x: NDArray, mask: NDArray | null, p: number): NDArray {
  const out = emptyArray(x.shape, x.dtype);
  if (mask) kernels.maskScale(floats(x), mask.data as Uint8Array, 1 / p, floats(out));
  else floats(out).set(floats(x));
  return out;
}
