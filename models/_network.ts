/**
 * What networks have in common: how weights begin, what enters the first layer, regularisation.
 *
 * @module
 */
import { liveArrays } from "../internal/live_arrays.ts";
import { sameShape, showShape } from "../internal/shapes.ts";
import { showNoArray, showValue } from "../internal/show.ts";
import { allocate, type FloatArray, kernels } from "../kernels/mod.ts";
import type { BatchnormParam } from "../layers/mod.ts";
import { NDArray } from "../ndarray/mod.ts";
import type { OnGradient } from "../nn/model.ts";
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

/** Settings of batch normalisation of `d` features that have seen nothing yet. */
export function untrainedBatchnorm(d: number, dtype: "float32" | "float64"): BatchnormParam {
  return { mode: "train", runningMean: filled(d, 0, dtype), runningVar: filled(d, 0, dtype) };
}

/**
 * The running statistics among the settings of layers, by the name of the layer: `"bn1.runningMean"`,
 * `"bn1.runningVar"`, .... To assign an array to one copies its values.
 */
export function runningStatistics(
  settings: readonly (readonly [layer: string, settings?: Partial<BatchnormParam>])[],
): Record<string, NDArray> {
  const statistics: Record<string, NDArray> = {};
  for (const [layer, { runningMean, runningVar } = {}] of settings) {
    if (runningMean) statistics[`${layer}.runningMean`] = runningMean;
    if (runningVar) statistics[`${layer}.runningVar`] = runningVar;
  }
  return liveArrays("model.buffers", statistics);
}

/** Makes the `loss` of a class of networks say so when destructuring took it off its network. */
export function guardLoss(
  { name, prototype }: { readonly name: string; readonly prototype: { readonly loss: unknown } },
): void {
  const loss = prototype.loss as (...args: unknown[]) => unknown;
  const value = function (this: unknown, ...args: unknown[]) {
    if (Object.prototype.isPrototypeOf.call(prototype, this as object)) {
      return loss.apply(this, args);
    }
    throw new TypeError(
      `${name}.loss: loss was called without its network; call net.loss(X, y), or hand on ` +
        "(X, y) => net.loss(X, y)",
    );
  };
  Object.defineProperty(prototype, "loss", { value, configurable: true, writable: true });
}

/** Tells of the gradients of layer `i`, which are final. */
export function tell(
  onGradient: OnGradient | undefined,
  i: number,
  grads: Readonly<Record<string, NDArray>>,
): void {
  if (!onGradient) return;
  for (const name of [`W${i}`, `b${i}`, `gamma${i}`, `beta${i}`]) {
    if (grads[name]) onGradient(name, grads[name]);
  }
}

/** Leaves out the gradients of weights and bias, on the way to that of the input. */
export const inputOnly = { needs: { dw: false, db: false } } as const;

/** Leaves out all but that of the input, in a layer that may be normalised. */
export const normalizedInputOnly = {
  needs: { ...inputOnly.needs, dgamma: false, dbeta: false },
} as const;

/** What `upstream` makes of scores, checked: their gradient. */
export function scoreGradient(
  caller: string,
  upstream: (scores: NDArray) => NDArray,
  scores: NDArray,
): NDArray {
  if (typeof upstream !== "function") {
    throw new TypeError(
      `${caller}: upstream must be a function from scores to their gradient, got ` +
        ((upstream as unknown) instanceof NDArray
          ? "an NDArray; use () => dscores"
          : typeof upstream),
    );
  }
  const dscores = upstream(scores);
  if (dscores instanceof NDArray && sameShape(dscores.shape, scores.shape)) return dscores;
  const got = dscores instanceof NDArray ? showShape(dscores.shape) : showValue(dscores);
  throw new RangeError(
    `${caller}: upstream must return the gradient of the scores, an NDArray of shape ` +
      `${showShape(scores.shape)}, got ${got}`,
  );
}

/** Checks that examples fit weights of shape (D, M), and brings them to the type of the weights. */
export function enter(caller: string, X: NDArray, W: NDArray): NDArray {
  checkArray(caller, X);
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
  return inTypeOf(W, X);
}

/** Checks that X holds images of shape `inputDim`, and brings them to the type of the weights. */
export function enterImages(
  caller: string,
  X: NDArray,
  inputDim: readonly number[],
  W: NDArray,
): NDArray {
  checkArray(caller, X);
  const [, ...shape] = X.shape;
  if (X.size === 0 || shape.join() !== inputDim.join()) {
    const [c, h, w] = inputDim;
    const size = c * h * w;
    const fix = X.size === 0
      ? "; is the batch empty?"
      : X.shape.join() === inputDim.join()
      ? `; reshape a single image to (1, ${inputDim.join(", ")})`
      : shape.join() === [h, w, c].join()
      ? "; if X is (N, H, W, C), use X.transpose([0, 3, 1, 2])"
      : X.size === X.shape[0] * size
      ? `; reshape it to (${X.shape[0]}, ${inputDim.join(", ")})`
      : "; inputDim is set when the network is made";
    throw new RangeError(
      `${caller}: X must have shape (N, ${inputDim.join(", ")}), got ${showShape(X.shape)}${fix}`,
    );
  }
  return inTypeOf(W, X);
}

function checkArray(caller: string, X: unknown): void {
  if (X instanceof NDArray) return;
  throw new TypeError(`${caller}: X must be an NDArray, got ${showNoArray(X, "X")}`);
}

/** X itself, or a copy from the current workspace in the type of the weights. */
export function inTypeOf(W: NDArray, X: NDArray): NDArray {
  if (X.dtype === W.dtype) return X;
  const data = allocate(W.dtype === "float32" ? Float32Array : Float64Array, X.size);
  data.set(X.data);
  return new NDArray(data, X.shape);
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
