import assert from "node:assert/strict";
import { affineForward, linearBackward, linearForward } from "../../layers/mod.ts";
import { array, ones, zeros } from "../../ndarray/mod.ts";
import { RandomState } from "../../random/mod.ts";
import { fails } from "./_fails.ts";

const rng = new RandomState(3);

Deno.test("linearForward() is affineForward() with transposed weights, at every leading place", () => {
  const [x, weight, bias] = [rng.randn(2, 3, 4), rng.randn(5, 4), rng.randn(5)];
  const [out] = linearForward(x, weight, bias);
  assert.deepEqual(out.shape, [2, 3, 5]);
  const [flat] = affineForward(x.reshape([6, 4]), weight.T, bias);
  flat.data.forEach((value, i) => assert.ok(Math.abs(value - out.data[i]) < 1e-14));
});

Deno.test("linearForward() takes one example without leading axes, and no bias", () => {
  const [out, cache] = linearForward(array([1, 2]), array([[1, 10], [0, 1]]), null);
  assert.deepEqual(out.toArray(), [21, 2]);
  const [dx, dweight, dbias] = linearBackward(array([1, 1]), cache);
  assert.deepEqual(dx.toArray(), [1, 11]);
  assert.deepEqual(dweight.toArray(), [[1, 2], [1, 2]]);
  assert.equal(dbias, null);
});

Deno.test("linearForward() has the biases in each of many rows, narrow, odd or wide", () => {
  for (const [rows, width] of [[1, 1], [3, 1], [9001, 3], [700, 37], [2, 20_000], [5, 9000]]) {
    const bias = new RandomState(1).randn(width);
    const [out] = linearForward(zeros([rows, 2]), zeros([width, 2]), bias);
    for (let i = 0; i < rows; i++) {
      assert.deepEqual(out.data.subarray(i * width, (i + 1) * width), bias.data);
    }
  }
});

Deno.test("linearForward() says what does not fit", () => {
  const x = zeros([2, 3, 4]);
  fails(
    RangeError,
    "linearForward: weight must have shape (M, 4) for the last axis of x (2, 3, 4), got (4, 5); " +
      "transpose weight? affineForward takes (D, M)",
    () => linearForward(x, zeros([4, 5]), null),
  );
  fails(
    RangeError,
    "to flatten x use affineForward, or reshape it",
    () => linearForward(x, zeros([5, 12]), null),
  );
  fails(RangeError, "got (0, 4)", () => linearForward(x, zeros([0, 4]), null));
  fails(
    RangeError,
    "linearForward: bias must have shape (5,), one bias for each row of weight (5, 4), got (4,)",
    () => linearForward(x, zeros([5, 4]), zeros([4])),
  );
  fails(
    RangeError,
    "linearForward: x must hold at least one example",
    () => linearForward(zeros([2, 0, 4]), zeros([5, 4]), null),
  );
  fails(
    TypeError,
    "linearForward: bias is undefined; for none pass null",
    // deno-lint-ignore no-explicit-any
    () => linearForward(x, zeros([5, 4]), undefined as any),
  );
  const [, cache] = linearForward(x, zeros([5, 4]), null);
  fails(
    RangeError,
    "linearBackward: dout must have the shape of the forward output, (2, 3, 5), got (6, 5)",
    () => linearBackward(ones([6, 5]), cache),
  );
});
