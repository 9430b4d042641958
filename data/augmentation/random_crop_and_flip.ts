/**
 * The usual augmentation of small images.
 *
 * @module
 */
import { checkOptionNames } from "../../internal/options.ts";
import { specialize } from "../../internal/specialize.ts";
import { asNDArray, NDArray, type TypedArray } from "../../ndarray/mod.ts";
import { ofAllRows } from "./_images.ts";
import type { Augmentation } from "./augmentation.ts";

/**
 * Options of {@linkcode randomCropAndFlip}.
 *
 * @category Data
 */
export interface RandomCropAndFlipOptions {
  /** Pixels of zeros around an image before it is cropped to its size again, by default 4. */
  pad?: number;
  /** Probability with which an image is mirrored left to right, by default 0.5. */
  flip?: number;
}

/**
 * Makes the usual augmentation of small images: each is padded with zeros, cropped at random to the
 * size it had, and mirrored half of the time. Where the mean image was subtracted, zero is the mean
 * colour.
 *
 * For N images it draws first `rng.randint(0, 2·pad + 1, [N, 2])`, the rows and columns where the
 * crops begin, then `rng.rand(N)`, and mirrors where that is below `flip`. A pad or flip of 0 draws
 * nothing.
 *
 * Source: K. He et al., "Deep Residual Learning for Image Recognition", 2015, section 4.2,
 * https://arxiv.org/abs/1512.03385.
 *
 * @param options How far images move, and how often they are mirrored
 * @returns A function for the `augment` option of the Solver
 * @throws {TypeError} If there is no option of a given name
 * @throws {RangeError} If `pad` is not a whole number from 0 up, or `flip` no probability
 *
 * @example
 * ```ts
 * import { randomCropAndFlip } from "@nndl/nndl/data";
 * import { arange } from "@nndl/nndl/ndarray";
 * import { RandomState } from "@nndl/nndl/random";
 * import assert from "node:assert/strict";
 *
 * const X = arange(1, 5).reshape([1, 1, 2, 2]);
 * const mirror = randomCropAndFlip({ pad: 0, flip: 1 });
 * assert.deepEqual(mirror(X, new RandomState(0)).toArray(), [[[[2, 1], [4, 3]]]]);
 *
 * const shift = randomCropAndFlip({ pad: 1, flip: 0 });
 * assert.deepEqual(shift(X, new RandomState(1)).toArray(), [[[[0, 1], [0, 3]]]]);
 * assert.deepEqual(shift(X, new RandomState(5)).toArray(), [[[[3, 4], [0, 0]]]]);
 * ```
 *
 * @category Data
 */
export function randomCropAndFlip(options: RandomCropAndFlipOptions = {}): Augmentation {
  checkOptionNames("randomCropAndFlip", options, ["pad", "flip"]);
  const { pad = 4, flip = 0.5 } = options;
  if (!Number.isSafeInteger(pad) || pad < 0) {
    throw new RangeError(
      `randomCropAndFlip: pad must be a whole number of pixels from 0 up, got ${pad}`,
    );
  }
  if (!(flip >= 0 && flip <= 1)) {
    throw new RangeError(`randomCropAndFlip: flip must be a probability from 0 to 1, got ${flip}`);
  }
  return ofAllRows((X, { start: first, total }, rng, out) => {
    checkImages(X);
    const target = outputFor(X, out);
    const [n, c, h, w] = X.shape;
    const offsets = pad > 0 ? rng.randint(0, 2 * pad + 1, [total, 2]).data : null;
    const coins = flip > 0 ? rng.rand(total).data : null;
    const copy = specialize(copyPlane, X.dtype);
    target.data.fill(0);
    for (let i = 0; i < n; i++) {
      const row = first + i;
      const down = offsets ? offsets[2 * row] - pad : 0;
      const right = offsets ? offsets[2 * row + 1] - pad : 0;
      const mirrored = coins !== null && coins[row] < flip;
      for (let channel = 0; channel < c; channel++) {
        const start = (i * c + channel) * h * w;
        copy(X.data, target.data, start, h, w, down, right, mirrored);
      }
    }
    return target;
  });
}

/** Copies a plane of an image, moved up by `down` and left by `right`, as far as it stays inside. */
function copyPlane(
  from: TypedArray,
  to: TypedArray,
  start: number,
  h: number,
  w: number,
  down: number,
  right: number,
  mirrored: boolean,
): void {
  const first = Math.max(0, -right);
  const end = Math.min(w, w - right);
  const endRow = Math.min(h, h - down);
  for (let row = Math.max(0, -down); row < endRow; row++) {
    const line = start + row * w;
    let at = start + (row + down) * w + right + first;
    if (mirrored) {
      // Column j goes to w - 1 - j.
      for (let j = w - 1 - first; j >= w - end; j--) to[line + j] = from[at++];
    } else {
      for (let j = first; j < end; j++) to[line + j] = from[at++];
    }
  }
}

function checkImages(X: NDArray): void {
  if (!(X instanceof NDArray)) {
    throw new TypeError(`randomCropAndFlip: X must be an NDArray, got ${typeof X}`);
  }
  if (X.ndim === 4) return;
  throw new RangeError(
    `randomCropAndFlip: X must hold images of shape (N, C, H, W), got (${X.shape.join(", ")})` +
      "; reshape rows of pixels to images",
  );
}

function outputFor(X: NDArray, out: NDArray | undefined): NDArray {
  if (out === undefined) {
    const type = X.data.constructor as new (length: number) => TypedArray;
    return asNDArray(new type(X.size), X.shape);
  }
  if (out.dtype === X.dtype && out.shape.join() === X.shape.join() && out.data !== X.data) {
    return out;
  }
  throw new RangeError(
    "randomCropAndFlip: out must be another array of the shape and type of X, " +
      `(${X.shape.join(", ")}) ${X.dtype}, got (${out.shape.join(", ")}) ${out.dtype}`,
  );
}
