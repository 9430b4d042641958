import assert from "node:assert/strict";
import { reluBackward, reluForward } from "../../layers/mod.ts";
import { array, ones, zeros } from "../../ndarray/mod.ts";
import { fails } from "./_fails.ts";

Deno.test("reluForward() keeps what is positive, and NaN", () => {
  const [out] = reluForward(array([[-2, 0, 3], [NaN, Infinity, -Infinity]]));
  assert.deepEqual(out.toArray(), [[0, 0, 3], [NaN, Infinity, 0]]);
});

Deno.test("reluForward() computes integers in float64", () => {
  assert.equal(reluForward(array([-1, 2], "int32"))[0].dtype, "float64");
});

Deno.test("reluForward() and reluBackward() change neither input nor cache", () => {
  const x = array([-1, 0, 2]);
  const dout = array([5, 6, 7]);
  const [, cache] = reluForward(x);
  const first = reluBackward(dout, cache);
  const second = reluBackward(dout, cache);
  assert.deepEqual(first.data, second.data);
  assert.deepEqual(x.toArray(), [-1, 0, 2]);
  assert.deepEqual(cache.x.toArray(), [-1, 0, 2]);
  assert.deepEqual(dout.toArray(), [5, 6, 7]);
});

Deno.test("relu refuses empty arrays and gradients of another shape", () => {
  fails(RangeError, "reluForward: x must hold at least one example", () => reluForward(zeros([0])));
  const [, cache] = reluForward(ones([2, 3]));
  fails(
    RangeError,
    "reluBackward: dout must have the shape of the forward output, (2, 3)",
    () => reluBackward(ones([6]), cache),
  );
});
