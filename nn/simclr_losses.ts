/**
 * The contrastive loss of SimCLR: of 2N views, two of each of N examples, each should be most like
 * the other view of the same example.
 *
 * Source: T. Chen et al., "A Simple Framework for Contrastive Learning of Visual Representations",
 * ICML 2020, https://arxiv.org/abs/2002.05709.
 *
 * @module
 */
import {
  add,
  concatenate,
  crossEntropy,
  divide,
  exp,
  log,
  maskedFill,
  matmul,
  multiply,
  slice,
  subtract,
  sum,
  type Tensor,
  type TensorLike,
} from "../autograd/mod.ts";
import { checkPositive } from "../internal/numbers.ts";
import { sameShape, showShape } from "../internal/shapes.ts";
import { asNDArray, eye } from "../ndarray/mod.ts";
import { checkTensorLike } from "./_inputs.ts";
import { unit } from "./unit.ts";

/**
 * The similarity of two vectors: their product, over their lengths.
 *
 * @param zi A vector, (D,)
 * @param zj A vector, (D,)
 * @returns The cosine of the angle between them, without axes; 0 if one is zero
 * @throws {RangeError} If they are no vectors of one length
 *
 * @example
 * ```ts
 * import { sim } from "@nndl/nndl/nn";
 * import { array } from "@nndl/nndl/ndarray";
 * import assert from "node:assert/strict";
 *
 * assert.equal(sim(array([3, 4]), array([6, 8])).item(), 1);
 * assert.equal(sim(array([3, 4]), array([0, 0])).item(), 0);
 * ```
 *
 * @category Modules
 */
export function sim(zi: TensorLike, zj: TensorLike): Tensor {
  checkTensorLike("sim", "zi", zi);
  checkTensorLike("sim", "zj", zj);
  if (zi.ndim !== 1 || !sameShape(zi.shape, zj.shape)) {
    throw new RangeError(
      `sim: zi and zj must be vectors of one length, got ${showShape(zi.shape)} and ` +
        showShape(zj.shape),
    );
  }
  return sum(multiply(unit(zi), unit(zj)));
}

/**
 * The similarities of the views of each example.
 *
 * @param outLeft First views, (N, D)
 * @param outRight Second views, (N, D)
 * @returns The similarity of each pair, (N, 1)
 * @throws {RangeError} If the shapes differ
 * @category Modules
 */
export function simPositivePairs(outLeft: TensorLike, outRight: TensorLike): Tensor {
  checkViews("simPositivePairs", outLeft, outRight);
  return sum(multiply(unit(outLeft), unit(outRight)), 1, { keepdims: true });
}

/**
 * The similarities of all views with each other.
 *
 * @param out All views, (2N, D)
 * @returns The similarity of each with each, (2N, 2N)
 * @throws {RangeError} If `out` does not have two axes
 * @category Modules
 */
export function computeSimMatrix(out: TensorLike): Tensor {
  checkTensorLike("computeSimMatrix", "out", out);
  if (out.ndim !== 2) {
    throw new RangeError(
      `computeSimMatrix: out must have shape (2N, D), got ${showShape(out.shape)}`,
    );
  }
  const rows = unit(out);
  return matmul(rows, rows, { transposeB: true });
}

/**
 * The loss of SimCLR as its formula is written, view by view; {@linkcode simclrLossVectorized} is
 * the same at once.
 *
 * @param outLeft First views, (N, D)
 * @param outRight Second views, (N, D)
 * @param tau Temperature, above 0
 * @returns The mean over the 2N views of
 * `-log(exp(sim(i, partner) / tau) / Σ_{k ≠ i} exp(sim(i, k) / tau))`, without axes
 * @throws {RangeError} If the shapes differ, or the temperature is not above 0
 * @category Modules
 */
export function simclrLossNaive(outLeft: TensorLike, outRight: TensorLike, tau: number): Tensor {
  checkViews("simclrLossNaive", outLeft, outRight);
  checkPositive("simclrLossNaive", "tau", tau);
  const n = outLeft.shape[0];
  const view = (i: number) => i < n ? slice(outLeft, i) : slice(outRight, i - n);
  let total: Tensor | null = null;
  for (let i = 0; i < 2 * n; i++) {
    const similar: Tensor[] = [];
    for (let k = 0; k < 2 * n; k++) {
      if (k !== i) similar.push(divide(sim(view(i), view(k)), tau));
    }
    // The most similar one is taken off everywhere, so that no temperature makes it infinite.
    const most = Math.max(...similar.map((one) => one.item()));
    const others = similar.map((one) => exp(subtract(one, most))).reduce((sum, one) =>
      add(sum, one)
    );
    const positive = divide(sim(view(i), view((i + n) % (2 * n))), tau);
    const loss = subtract(log(others), subtract(positive, most));
    total = total ? add(total, loss) : loss;
  }
  return divide(total!, 2 * n);
}

/**
 * The loss of SimCLR: the cross-entropy of the similarities of each view with all others, over the
 * temperature, where the other view of the same example is the right class.
 *
 * @param outLeft First views, (N, D)
 * @param outRight Second views, (N, D)
 * @param tau Temperature, above 0
 * @returns The loss, without axes
 * @throws {RangeError} If the shapes differ, or the temperature is not above 0
 *
 * @example
 * ```ts
 * import { simclrLossNaive, simclrLossVectorized } from "@nndl/nndl/nn";
 * import { RandomState } from "@nndl/nndl/random";
 * import assert from "node:assert/strict";
 *
 * const rng = new RandomState(231);
 * const [left, right] = [rng.randn(4, 3), rng.randn(4, 3)];
 * const difference = simclrLossVectorized(left, right, 0.5).item() -
 *   simclrLossNaive(left, right, 0.5).item();
 * assert.ok(Math.abs(difference) < 1e-12);
 * ```
 *
 * @category Modules
 */
export function simclrLossVectorized(
  outLeft: TensorLike,
  outRight: TensorLike,
  tau: number,
): Tensor {
  checkViews("simclrLossVectorized", outLeft, outRight);
  checkPositive("simclrLossVectorized", "tau", tau);
  const n = outLeft.shape[0];
  const similar = divide(computeSimMatrix(concatenate([outLeft, outRight])), tau);
  const others = maskedFill(similar, eye(2 * n).notEqual(0), -1e30);
  const partners = Int32Array.from({ length: 2 * n }, (_, i) => (i + n) % (2 * n));
  return crossEntropy(others, asNDArray(partners, [2 * n]));
}

function checkViews(caller: string, left: TensorLike, right: TensorLike): void {
  checkTensorLike(caller, "outLeft", left);
  checkTensorLike(caller, "outRight", right);
  if (left.ndim === 2 && left.size > 0 && sameShape(left.shape, right.shape)) return;
  throw new RangeError(
    `${caller}: outLeft and outRight must have one shape (N, D) and not be empty, got ` +
      `${showShape(left.shape)} and ${showShape(right.shape)}`,
  );
}
