import assert from "node:assert/strict";
import { relError } from "../../gradient_check/mod.ts";
import { array, zeros } from "../../ndarray/mod.ts";

Deno.test("relError() is the worst |a - b| / (|a| + |b|)", () => {
  assert.equal(relError(array([[1, 3], [2, 2]]), array([[1, 1], [2, 2]])), 0.5);
  assert.equal(relError(array([1]), array([-1])), 1);
  assert.equal(relError(2, 6), 0.5);
});

Deno.test("relError() divides by at least 1e-8, so that tiny entries do not count", () => {
  assert.equal(relError(array([0]), array([0])), 0);
  assert.equal(relError(array([1e-10]), array([0])), 1e-10 / 1e-8);
});

Deno.test("relError() of NaN is NaN, wherever it stands", () => {
  for (const entries of [[NaN, 1], [1, NaN]]) {
    assert.ok(Number.isNaN(relError(array(entries), array([1, 1]))));
    assert.ok(Number.isNaN(relError(array([1, 1]), array(entries))));
  }
});

Deno.test("relError() compares arrays of different dtypes", () => {
  assert.equal(relError(array([0.5], "float32"), array([0.5])), 0);
});

Deno.test("relError() of empty arrays is 0", () => {
  assert.equal(relError(zeros([0, 2]), zeros([0, 2])), 0);
});

Deno.test("relError() refuses arrays of different shapes", () => {
  assert.throws(() => relError(array([1, 2]), array([[1, 2]])), {
    name: "RangeError",
    message: "relError: a and b must have the same shape, got (2) and (1, 2)",
  });
  assert.throws(() => relError(array([1]), 1), RangeError);
});
