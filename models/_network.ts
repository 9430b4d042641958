/**
 * What networks have in common: how weights begin, what enters the first layer, regularisation.
 *
 * @module
 */
import { type FloatArray, kernels } from "../kernels/mod.ts";
import { showShape } from "../ndarray/_dense.ts";
import { NDArray } from "../ndarray/mod.ts";
import type { RandomState } from "../random/mod.ts";

/** Draws normal weights of a standard deviation of `scale`, in float64 like the course's stream. */
export function drawWeights(
  rng: RandomState,
  shape: readonly number[],
  scale: number,
  dtype: "float32" | "float64",
): NDArray {
  const weights = rng.randn(...shape).multiply(scale);
  return weights.dtype === dtype ? weights : weights.astype(dtype);
}

/** An array of one value, in memory of its own. */
export function filled(length: number, value: number, dtype: "float32" | "float64"): NDArray {
  const data = dtype === "float32" ? new Float32Array(length) : new Float64Array(length);
  return new NDArray(data.fill(value), [length]);
}

/** Checks that examples fit weights of shape (D, M), and brings them to the type of the weights. */
export function enter(caller: string, X: NDArray, W: NDArray): NDArray {
  if (!(X instanceof NDArray)) {
    throw new TypeError(`${caller}: X must be an NDArray, got ${typeof X}; wrap it in array(X)`);
  }
  const features = W.shape[0];
  if (X.ndim < 2 || X.shape[0] === 0 || X.size !== X.shape[0] * features) {
    const fix = X.size === features && X.ndim < 2
      ? `; reshape a single example to (1, ${features})`
      : X.size === 0
      ? "; is the batch empty?"
      : "; inputDim is set when the network is made";
    throw new RangeError(
      `${caller}: X must have shape (N, ${features}), or (N, d1, ..., dk) with ${features} values ` +
        `an example, got ${showShape(X.shape)}${fix}`,
    );
  }
  return X.dtype === W.dtype ? X : X.astype(W.dtype);
}

/**
 * Adds the gradient of `0.5·reg·ΣW²` to `dW`, in place, and returns that loss.
 *
 * @param dW An array that only the calling pass holds
 */
export function regularize(W: NDArray, dW: NDArray, reg: number): number {
  if (reg === 0) return 0;
  const weights = (W.dtype === dW.dtype ? W : W.astype(dW.dtype)).data as FloatArray;
  kernels.addScaled(reg, weights, dW.data as FloatArray);
  return 0.5 * reg * kernels.sumSquares(weights);
}
