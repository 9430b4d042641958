import assert from "node:assert/strict";
import {
  geluBackward,
  geluForward,
  leakyReluForward,
  logSoftmaxForward,
  sigmoidForward,
  softmaxForward,
  tanhForward,
} from "../../layers/mod.ts";
import { array, exp, ones, zeros } from "../../ndarray/mod.ts";
import { RandomState } from "../../random/mod.ts";
import { fails } from "./_fails.ts";

const forwards = {
  tanhForward,
  sigmoidForward,
  geluForward,
  leakyReluForward,
  softmaxForward,
  logSoftmaxForward,
};

for (const [name, forward] of Object.entries(forwards)) {
  Deno.test(`${name}() keeps shape and type, takes integers, and leaves its input alone`, () => {
    const x = new RandomState(1).randn(2, 3, 2);
    const before = x.copy();
    assert.deepEqual(forward(x)[0].shape, x.shape);
    assert.deepEqual(x.data, before.data);
    assert.equal(forward(x.astype("float32"))[0].dtype, "float32");
    assert.equal(forward(ones([3], "int32"))[0].dtype, "float64");
  });

  Deno.test(`${name}() lets NaN through and refuses nothing`, () => {
    assert.ok(Number.isNaN(forward(array([NaN]))[0].item()));
    fails(RangeError, `${name}: x must hold at least one example`, () => forward(zeros([2, 0])));
    // deno-lint-ignore no-explicit-any
    fails(TypeError, `${name}: x must be an NDArray, got Array`, () => forward([1] as any));
  });
}

Deno.test("sigmoidForward() keeps the digits of small probabilities and never overflows", () => {
  const [out] = sigmoidForward(array([-700, 700, -Infinity, Infinity, 0]));
  assert.ok(Math.abs(out.at(0) / Math.exp(-700) - 1) < 1e-15);
  assert.deepEqual(out.slice("1:").toArray(), [1, 0, 1, 0.5]);
});

Deno.test("leakyReluForward() asks for a finite alpha", () => {
  fails(
    RangeError,
    "leakyReluForward: alpha must be a finite number, got NaN; usual is 0.01",
    () => leakyReluForward(ones([2]), NaN),
  );
});

Deno.test("geluForward() and its gradient have their limits at infinity", () => {
  const [out, cache] = geluForward(array([-Infinity, -50, Infinity]));
  assert.deepEqual(out.toArray(), [0, 0, Infinity]);
  assert.deepEqual(geluBackward(ones([3]), cache).toArray(), [0, 0, 1]);
});

Deno.test("softmaxForward() and logSoftmaxForward() survive large scores", () => {
  const x = array([[1000, 0, -1000], [-1e300, -1e300, -Infinity]]);
  assert.deepEqual(softmaxForward(x)[0].toArray(), [[1, 0, 0], [0.5, 0.5, 0]]);
  assert.deepEqual(logSoftmaxForward(x)[0].toArray(), [
    [0, -1000, -2000],
    [-Math.LN2, -Math.LN2, -Infinity],
  ]);
});

Deno.test("the exponential of logSoftmaxForward() is softmaxForward()", () => {
  const x = new RandomState(2).randn(3, 2, 7);
  const [probabilities] = softmaxForward(x);
  exp(logSoftmaxForward(x)[0]).data.forEach((value, i) =>
    assert.ok(Math.abs(value - probabilities.data[i]) < 1e-15)
  );
});
