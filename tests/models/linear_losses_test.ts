import assert from "node:assert/strict";
import {
  type LinearLoss,
  softmaxLossNaive,
  softmaxLossVectorized,
  svmLossNaive,
  svmLossVectorized,
} from "../../models/mod.ts";
import { array, type NDArray, ones, zeros } from "../../ndarray/mod.ts";
import { RandomState } from "../../random/mod.ts";
import { courseTest } from "../fixtures/course.ts";
import { testOnBackends } from "../gradients/_backends.ts";
import { assertClose } from "../gradients/_suite.ts";
import { fails } from "../layers/_fails.ts";

const pairs: readonly (readonly [naive: LinearLoss, vectorized: LinearLoss])[] = [
  [svmLossNaive, svmLossVectorized],
  [softmaxLossNaive, softmaxLossVectorized],
];
const losses = pairs.flat();

/** Weights, examples and labels of a small problem. */
function problem(n: number, d: number, c: number): [W: NDArray, X: NDArray, y: NDArray] {
  const rng = new RandomState(n + d + c);
  return [rng.randn(d, c), rng.randn(n, d), rng.randint(0, c, n) as NDArray];
}

for (const [naive, vectorized] of pairs) {
  testOnBackends(`${vectorized.name}() is ${naive.name}()`, () => {
    for (const [n, d, c] of [[6, 4, 3], [1, 1, 2], [40, 33, 10], [3, 2, 1]]) {
      const [W, X, y] = problem(n, d, c);
      const [expected, dExpected] = naive(W, X, y, 0.7);
      const [loss, dW] = vectorized(W, X, y, 0.7);
      assert.ok(Math.abs(loss - expected) <= 1e-13 * expected, `${loss}, ${expected}`);
      assertClose(`dW for ${n}, ${d}, ${c}`, dW, dExpected, 1e-12);
    }
  });

  testOnBackends(`${vectorized.name}() in float32 is near ${naive.name}() in float64`, () => {
    const [W, X, y] = problem(50, 60, 10);
    const [expected, dExpected] = naive(W, X, y, 0.1);
    const [loss, dW] = vectorized(W.astype("float32"), X.astype("float32"), y, 0.1);
    assert.equal(dW.dtype, "float32");
    assert.ok(Math.abs(loss - expected) <= 1e-5 * expected);
    assertClose("dW", dW, dExpected, 1e-4, 1);
  });
}

for (const loss of losses) {
  Deno.test(`${loss.name}() adds reg·ΣW² to the loss and 2·reg·W to its gradient`, () => {
    const [W, X, y] = problem(3, 2, 2);
    const [plain, dPlain] = loss(W, X, y, 0);
    const [value, dW] = loss(W, X, y, 0.5);
    assert.ok(Math.abs(value - plain - 0.5 * W.multiply(W).sum()) < 1e-14);
    assertClose("dW", dW.subtract(dPlain), W, 1e-13);
  });

  Deno.test(`${loss.name}() leaves its arguments alone and takes pixels and integers`, () => {
    const W = array([[1, 0], [0, 1]]);
    const X = array([[3, 1], [0, 2]], "uint8");
    const y = array([1, 0], "int32");
    const [value] = loss(W, X, y, 0.1);
    assert.deepEqual(W.toArray(), [[1, 0], [0, 1]]);
    assert.deepEqual(X.toArray(), [[3, 1], [0, 2]]);
    assert.equal(value, loss(W, X.astype("float64"), y.astype("float64"), 0.1)[0]);
  });

  Deno.test(`${loss.name}() refuses what does not fit`, () => {
    const [W, X, y] = [zeros([4, 3]), ones([2, 4]), array([0, 2])];
    const refuses = (part: string, ...args: Parameters<LinearLoss>) =>
      fails(RangeError, `${loss.name}: ${part}`, () => loss(...args));
    refuses("W must have shape (4, C) for X of shape (2, 4), got (3, 4); tr", W.T, X, y, 0);
    refuses("X must have shape (N, D)", W, ones([2, 2, 2]), y, 0);
    refuses("X must have shape (N, D) with at least one row", W, ones([0, 4]), y, 0);
    refuses("y must have shape (2,), one label for each row", W, X, array([0, 1, 2]), 0);
    refuses(
      "y must hold whole numbers from 0 to 2, got 3 at position 1",
      W,
      X,
      array([0, 3]),
      0,
    );
    refuses("y must hold whole numbers", W, X, array([-1, 0]), 0);
    refuses("y must hold whole numbers", W, X, array([0.5, 0]), 0);
    refuses("reg must be a finite number from 0 up, got -1", W, X, y, -1);
    refuses("reg must be a finite number from 0 up, got NaN", W, X, y, NaN);
    const missing = undefined as unknown as NDArray;
    fails(TypeError, `${loss.name}: y must be an NDArray of labels, got undefined`, () => {
      loss(W, X, missing, 0);
    });
    fails(TypeError, `${loss.name}: W must be an NDArray`, () => loss(missing, X, y, 0));
  });
}

courseTest("a1/softmax/chance_level_loss", "small weights give the loss of guessing", (c) => {
  const classes = c.number("num_classes");
  const expected = c.expectedNumber("minus_log_0.1");
  const rng = new RandomState(231);
  const X = rng.randn(500, 40);
  const y = rng.randint(0, classes, 500) as NDArray;
  for (const loss of [softmaxLossNaive, softmaxLossVectorized]) {
    const [chance] = loss(zeros([40, classes]), X, y, 0);
    assert.ok(Math.abs(chance - expected) < 1e-14);
    assert.equal(chance.toFixed(6), String(c.printed.sanity_check));
    const [small] = loss(rng.randn(40, classes).multiply(1e-4), X, y, 0);
    assert.ok(small !== chance && Math.abs(small - expected) < 1e-4);
  }
});
