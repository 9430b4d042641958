/**
 * The gradients of the scale and shift of a normalisation where no `dx` is wanted.
 *
 * @module
 */
import type { NDArray } from "../ndarray/mod.ts";
import { emptyArray, floats } from "./_arrays.ts";

/**
 * Computes `dγ = Σ dout·x̂` and `dβ = Σ dout` of each channel, as far as they are wanted. Kernels
 * compute them along with `dx`, which is the larger part.
 *
 * @param x Input, seen as (N, c, s)
 * @param place Where example and channel have their mean and variance
 */
export function scaleShiftGradients(
  needs: { readonly dgamma: boolean; readonly dbeta: boolean },
  dout: NDArray,
  x: NDArray,
  mean: NDArray,
  variance: NDArray,
  eps: number,
  c: number,
  s: number,
  place: (example: number, channel: number) => number,
): [dgamma: NDArray | null, dbeta: NDArray | null] {
  const [DOUT, X, MEAN, VARIANCE] = [floats(dout), floats(x), floats(mean), floats(variance)];
  const scales = new Float64Array(c);
  const shifts = new Float64Array(c);
  for (let at = 0, plane = 0; at < x.size; plane++) {
    const channel = plane % c;
    const statistic = place(Math.floor(plane / c), channel);
    const centre = MEAN[statistic];
    let [products, sum] = [0, 0];
    for (const end = at + s; at < end; at++) {
      if (needs.dgamma) products += DOUT[at] * (X[at] - centre);
      sum += DOUT[at];
    }
    scales[channel] += products / Math.sqrt(VARIANCE[statistic] + eps);
    shifts[channel] += sum;
  }
  const gradient = (sums: Float64Array) => {
    const result = emptyArray([c], x.dtype);
    floats(result).set(sums);
    return result;
  };
  return [needs.dgamma ? gradient(scales) : null, needs.dbeta ? gradient(shifts) : null];
}
