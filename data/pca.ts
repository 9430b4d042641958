/**
 * Principal components and whitening.
 *
 * With centred rows, `C = XᵀX / N` is the covariance and `C = V·diag(variances)·Vᵀ`. `X·V` has
 * uncorrelated columns; its first ones hold most of the variance. Dividing each column by the root
 * of its variance whitens them.
 *
 * Source: CS231n notes, "Neural networks, part 2", https://cs231n.github.io/neural-networks-2/.
 *
 * @module
 */
import {
  asNDArray,
  eigh,
  matmul,
  maximum,
  type NDArray,
  sqrt,
  where,
  zeros,
} from "../ndarray/mod.ts";
import { checkRows, checkWidth } from "./_rows.ts";
import { type RowTransform, subtractMean } from "./preprocess.ts";

/**
 * Options of {@linkcode pca}.
 *
 * @category Data
 */
export interface PcaOptions {
  /** How many components to keep. Default: all. */
  readonly numComponents?: number;
}

/**
 * Options of {@linkcode PrincipalComponents.whitening}.
 *
 * @category Data
 */
export interface WhiteningOptions {
  /** Added to the variances, so that directions of hardly any do not blow up. Default: 1e-5. */
  readonly eps?: number;
}

/** Rows at a time, whose products are summed in float64. */
const blockRows = 1024;

/**
 * Learns the principal components of training rows.
 *
 * @param X Training rows, (N, D), or (N, d₁, …, d_k)
 * @param options How many components to keep
 * @returns The components, largest variance first
 * @throws {RangeError} If there are no rows or not so many components, or a value is not finite
 *
 * @example
 * ```ts
 * import { pca } from "@nndl/nndl/data";
 * import { array } from "@nndl/nndl/ndarray";
 * import assert from "node:assert/strict";
 *
 * const X = array([[0, 0], [2, 2], [4, 4]]);
 * const components = pca(X, { numComponents: 1 });
 * assert.ok(Math.abs(components.variances.at(0) - 16 / 3) < 1e-12);
 * const projected = components.apply(X);
 * assert.ok(Math.abs(projected.at(2, 0) - Math.sqrt(8)) < 1e-12);
 * assert.ok(Math.abs(components.reconstruct(projected).at(2, 1) - 4) < 1e-12);
 * ```
 *
 * @category Data
 */
export function pca(X: NDArray, { numComponents }: PcaOptions = {}): PrincipalComponents {
  checkRows("pca", X);
  const { mean, apply } = subtractMean(X);
  const d = mean.size;
  const k = numComponents ?? d;
  if (!Number.isInteger(k) || k < 1 || k > d) {
    throw new RangeError(
      `pca: numComponents must be a whole number from 1 to the ${d} features, got ${k}`,
    );
  }
  const covariance = new Float64Array(d * d);
  const n = X.shape[0];
  for (let from = 0; from < n; from += blockRows) {
    const to = Math.min(n, from + blockRows);
    const rows = asNDArray(X.data.subarray(from * d, to * d), [to - from, ...X.shape.slice(1)]);
    const block = apply(rows).reshape([to - from, d]);
    const products = matmul(block, block, { transposeA: true }).data;
    for (let i = 0; i < covariance.length; i++) covariance[i] += products[i] / n;
  }
  if (!covariance.every(Number.isFinite)) {
    throw new RangeError("pca: X must hold finite numbers only, got NaN or infinity");
  }
  const [w, V] = eigh(asNDArray(covariance, [d, d]));
  // A covariance has no negative eigenvalues; what is below zero is rounding.
  const variances = maximum(w.slice("::-1").slice(`:${k}`), 0);
  const components = V.slice(":", "::-1").slice(":", `:${k}`);
  return new PrincipalComponents(mean.reshape([d]), components, variances);
}

/**
 * The principal components of training rows, made by {@linkcode pca}.
 *
 * @category Data
 */
export class PrincipalComponents implements RowTransform {
  /** Mean of the training rows, (D,). */
  readonly mean: NDArray;
  /** Unit vectors, one a column, (D, K); the entry that is largest in size is positive. */
  readonly components: NDArray;
  /** Variance of the training rows along each of them, (K,). */
  readonly variances: NDArray;

  /**
   * Takes components as they are.
   *
   * @param mean Mean, (D,)
   * @param components Components, (D, K)
   * @param variances Variances, (K,)
   */
  constructor(mean: NDArray, components: NDArray, variances: NDArray) {
    this.mean = mean;
    this.components = components;
    this.variances = variances;
  }

  /**
   * Projects rows on the components: `(X - mean)·components`.
   *
   * @param X Rows, (N, …), as wide as the training rows
   * @returns Projections, (N, K), float32 if X is, float64 otherwise
   * @throws {RangeError} If X has another width
   */
  apply(X: NDArray): NDArray {
    const [d, k] = this.components.shape;
    checkWidth("PrincipalComponents.apply", X, d);
    const dtype = X.dtype === "float32" ? "float32" : "float64";
    const components = this.components.astype(dtype);
    const n = X.shape[0];
    const out = zeros([n, k], dtype);
    for (let from = 0; from < n; from += blockRows) {
      const block = asNDArray(X.data.subarray(from * d, (from + blockRows) * d), [
        Math.min(blockRows, n - from),
        d,
      ]);
      const centred = block.subtract(this.mean).astype(dtype);
      out.data.set(matmul(centred, components).data, from * k);
    }
    return out;
  }

  /**
   * Goes back from projections to rows: `Z·componentsᵀ + mean`. With all components that gives the
   * rows that were projected, with fewer the nearest ones there are.
   *
   * @param Z Projections, (N, K)
   * @returns Rows, (N, D), float64
   * @throws {RangeError} If Z has another width
   */
  reconstruct(Z: NDArray): NDArray {
    checkWidth("PrincipalComponents.reconstruct", Z, this.variances.size);
    return matmul(Z.astype("float64"), this.components, { transposeB: true }).add(this.mean);
  }

  /**
   * The projection with every column divided by the root of its variance.
   *
   * @param options What to add to the variances
   * @returns The transform, to (N, K)
   * @throws {RangeError} If `eps` is negative
   *
   * @example
   * ```ts
   * import { pca } from "@nndl/nndl/data";
   * import { array } from "@nndl/nndl/ndarray";
   * import assert from "node:assert/strict";
   *
   * const X = array([[0, 0], [30, 1], [0, 1], [30, 0]]);
   * const white = pca(X).whitening().apply(X);
   * for (const variance of white.var(0).toArray() as number[]) {
   *   assert.ok(Math.abs(variance - 1) < 1e-4);
   * }
   * ```
   */
  whitening({ eps = 1e-5 }: WhiteningOptions = {}): RowTransform {
    if (!(eps >= 0 && Number.isFinite(eps))) {
      throw new RangeError(`PrincipalComponents.whitening: eps must be from 0 up, got ${eps}`);
    }
    // What is less than rounding leaves of the largest is no variance.
    const rounding = this.mean.size * Number.EPSILON * this.variances.max();
    const scale = sqrt(where(this.variances.lessEqual(rounding), 0, this.variances).add(eps));
    // Along a direction without variance all projections are 0, and stay so.
    scale.data.forEach((root, j) => scale.data[j] = root === 0 ? 1 : root);
    return {
      apply: (X) => {
        const white = this.apply(X).divide(scale);
        return X.dtype === "float32" ? white.astype("float32") : white;
      },
    };
  }
}
