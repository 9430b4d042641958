/**
 * The Fréchet distance of two sets of features, as if each were normally distributed:
 *
 * `‖μ_A - μ_B‖² + tr(Σ_A + Σ_B - 2·(Σ_A·Σ_B)^½)`
 *
 * `Σ_A·Σ_B` has the eigenvalues of the symmetric matrix `Σ_A^½·Σ_B·Σ_A^½`, so the trace of its root is
 * the sum of their roots. On the features of a classifier this tells how far generated images are
 * from real ones. It is smaller for larger sets, all else being equal: compare equal numbers.
 *
 * Source: M. Heusel et al., "GANs trained by a two time-scale update rule converge to a local Nash
 * equilibrium", NeurIPS 2017.
 *
 * @module
 */
import { showShape } from "../internal/shapes.ts";
import {
  diag,
  eigh,
  matmul,
  maximum,
  mean,
  type NDArray,
  sqrt,
  sum,
  trace,
} from "../ndarray/mod.ts";
import { checkFeatures } from "./_features.ts";

/**
 * Computes the Fréchet distance of two sets of features. Covariances divide by `N - 1`.
 *
 * @param featuresA One row of features for each image, (N, D) with N ≥ 2
 * @param featuresB The same for other images, (M, D) with M ≥ 2
 * @returns The distance, 0 or more
 * @throws {RangeError} If the sets are not of one width, one has fewer than two rows, or a feature
 * is not finite
 *
 * @example
 * ```ts
 * import { frechetDistance } from "@nndl/nndl/metrics";
 * import { array } from "@nndl/nndl/ndarray";
 * import assert from "node:assert/strict";
 *
 * const real = array([[0, 0], [2, 0], [0, 2], [2, 2]]);
 * const near = frechetDistance(real, real.add(array([3, 4])));
 * assert.ok(Math.abs(near - 25) < 1e-9);
 * ```
 *
 * @category Metrics
 */
export function frechetDistance(featuresA: NDArray, featuresB: NDArray): number {
  checkFeatures("frechetDistance", "featuresA", featuresA, 2);
  checkFeatures("frechetDistance", "featuresB", featuresB, 2);
  if (featuresA.shape[1] !== featuresB.shape[1]) {
    throw new RangeError(
      "frechetDistance: both sets must have as many features a row, got " +
        `${showShape(featuresA.shape)} and ${showShape(featuresB.shape)}`,
    );
  }
  const [meanA, covarianceA] = moments(featuresA);
  const [meanB, covarianceB] = moments(featuresB);
  const apart = meanA.subtract(meanB);
  const root = rootOf(covarianceA);
  const [overlap] = eigh(matmul(matmul(root, covarianceB), root));
  const shared = sum(sqrt(withoutRounding(overlap)));
  const spread = trace(covarianceA) + trace(covarianceB) - 2 * shared;
  // Of equal sets it is 0 but for rounding, to either side.
  return Math.max(0, sum(apart.multiply(apart)) + spread);
}

/** Mean (D,) and covariance (D, D), in float64. */
function moments(features: NDArray): [mean: NDArray, covariance: NDArray] {
  const rows = features.astype("float64");
  const middle = mean(rows, 0);
  const centred = rows.subtract(middle);
  const products = matmul(centred, centred, { transposeA: true });
  return [middle, products.divide(features.shape[0] - 1)];
}

function rootOf(covariance: NDArray): NDArray {
  const [w, V] = eigh(covariance);
  return matmul(matmul(V, diag(sqrt(withoutRounding(w)))), V, { transposeB: true });
}

/**
 * Eigenvalues that are not negative. Those of a covariance of fewer rows than features are 0 but
 * for rounding, which a root would turn from 1e-16 into 1e-8.
 */
function withoutRounding(w: NDArray): NDArray {
  const negligible = w.size * Number.EPSILON * Math.max(0, w.max());
  return maximum(w, 0).multiply(w.greater(negligible));
}
