import assert from "node:assert/strict";
import { evalNumericalGradientArray } from "../../gradient_check/mod.ts";
import {
  affineBackward,
  affineForward,
  affineReluBackward,
  affineReluForward,
  reluBackward,
  reluForward,
  softmaxLoss,
  svmLoss,
} from "../../layers/mod.ts";
import { array, linspace, type NDArray } from "../../ndarray/mod.ts";
import { RandomState } from "../../random/mod.ts";
import {
  assertDecimals,
  assertPrinted,
  assertRelative,
  courseTest,
  drawn,
} from "../fixtures/course.ts";
import type { Check } from "../fixtures/mod.ts";

courseTest("a1/tln/affine_forward", "affineForward() has the notebook's values", (c) => {
  const x = drawn(c, "x", linspace(-0.1, 0.5, 240).reshape([2, 4, 5, 6]));
  const w = drawn(c, "w", linspace(-0.2, 0.3, 360).reshape([120, 3]));
  const b = drawn(c, "b", linspace(-0.3, 0.1, 3));
  const [out] = affineForward(x, w, b);
  assertRelative(out, c.expectedArray("out"), c.relative);
  assertDecimals(out, c.expectedArray("out"), 8);
  assertRelative(out, c.expectedArray("out_full_precision"), 1e-14);
});

courseTest("a1/tln/affine_backward", "affineBackward() has the numerical gradient", (c) => {
  const rng = new RandomState(231);
  const x = drawn(c, "x", rng.randn(10, 2, 3));
  const w = drawn(c, "w", rng.randn(6, 5));
  const b = drawn(c, "b", rng.randn(5));
  const dout = drawn(c, "dout", rng.randn(10, 5));
  const [dx, dw, db] = affineBackward(dout, affineForward(x, w, b)[1]);
  assertGradient(c, "dx", dx, (x) => affineForward(x, w, b)[0], x, dout);
  assertGradient(c, "dw", dw, (w) => affineForward(x, w, b)[0], w, dout);
  assertGradient(c, "db", db, (b) => affineForward(x, w, b)[0], b, dout);
});

courseTest("a1/tln/relu_forward", "reluForward() has the notebook's values", (c) => {
  const x = drawn(c, "x", linspace(-0.5, 0.5, 12).reshape([3, 4]));
  const [out] = reluForward(x);
  assertRelative(out, c.expectedArray("out"), c.relative);
  assertDecimals(out, c.expectedArray("out"), 8);
  assertRelative(out, c.expectedArray("out_full_precision"), 1e-15);
});

courseTest("a1/tln/relu_backward", "reluBackward() has the numerical gradient", (c) => {
  const rng = new RandomState(231);
  const x = drawn(c, "x", rng.randn(10, 10));
  const dout = drawn(c, "dout", rng.randn(10, 10));
  const dx = reluBackward(dout, reluForward(x)[1]);
  assertGradient(c, "dx", dx, (x) => reluForward(x)[0], x, dout);
});

courseTest("a1/tln/affine_relu", "affineReluBackward() has the numerical gradient", (c) => {
  const rng = new RandomState(231);
  const x = drawn(c, "x", rng.randn(2, 3, 4));
  const w = drawn(c, "w", rng.randn(12, 10));
  const b = drawn(c, "b", rng.randn(10));
  const dout = drawn(c, "dout", rng.randn(2, 10));
  const [out, cache] = affineReluForward(x, w, b);
  assertRelative(out, c.expectedArray("out"), 1e-13);
  const [dx, dw, db] = affineReluBackward(dout, cache);
  assertGradient(c, "dx", dx, (x) => affineReluForward(x, w, b)[0], x, dout);
  assertGradient(c, "dw", dw, (w) => affineReluForward(x, w, b)[0], w, dout);
  assertGradient(c, "db", db, (b) => affineReluForward(x, w, b)[0], b, dout);
});

courseTest("a1/tln/svm_loss", "svmLoss() has the printed loss and the numerical gradient", (c) => {
  assertLoss(c, svmLoss, 9);
});

courseTest(
  "a1/tln/softmax_loss",
  "softmaxLoss() has the printed loss and the numerical gradient",
  (c) => assertLoss(c, softmaxLoss, 2.3),
);

/** Holds a gradient against the recorded one, and against the numerical one as the course does. */
function assertGradient(
  c: Check,
  name: string,
  gradient: NDArray,
  f: (x: NDArray) => NDArray,
  x: NDArray,
  dout: NDArray,
): void {
  assertRelative(gradient, c.expectedArray(name), 1e-12, `${name} against the record`);
  const numerical = evalNumericalGradientArray(f, x, dout);
  assertRelative(gradient, numerical, c.relative, `${name} against centred differences`);
}

function assertLoss(
  c: Check,
  loss: (x: NDArray, y: NDArray) => [loss: number, dx: NDArray],
  about: number,
): void {
  const rng = new RandomState(231);
  const x = drawn(c, "x", rng.randn(50, 10).multiply(0.001));
  const y = drawn(c, "y", rng.randint(10, undefined, 50) as NDArray);
  const [value, dx] = loss(x, y);
  assert.ok(Math.abs(value - about) < 0.01);
  assertPrinted(value, c.expectedNumber("loss"));
  assertPrinted(value, c.expectedNumber("loss_full_precision"));
  assertRelative(dx, c.expectedArray("dx"), 1e-12, "dx against the record");
  const numerical = evalNumericalGradientArray((x) => array([loss(x, y)[0]]), x, array([1]));
  const limit = 10 * (c.tolerance.dx_relative as number);
  assertRelative(dx, numerical, limit, "dx against centred differences");
}
