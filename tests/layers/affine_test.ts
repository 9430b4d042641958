import assert from "node:assert/strict";
import {
  affineBackward,
  affineForward,
  affineReluBackward,
  affineReluForward,
} from "../../layers/mod.ts";
import { array, ones, zeros } from "../../ndarray/mod.ts";
import { RandomState } from "../../random/mod.ts";
import { fails } from "./_fails.ts";

Deno.test("affineForward() flattens every axis after the first", () => {
  const rng = new RandomState(1);
  const [x, w, b] = [rng.randn(3, 2, 4), rng.randn(8, 5), rng.randn(5)];
  const [out] = affineForward(x, w, b);
  const [flat] = affineForward(x.reshape([3, 8]), w, b);
  assert.deepEqual(out.shape, [3, 5]);
  assert.deepEqual(out.data, flat.data);
  assert.ok(
    Math.abs(out.at(2, 4) - (dot(x.data.slice(16), column(w.data, 5, 4)) + b.at(4))) < 1e-12,
  );
});

function dot(a: ArrayLike<number>, b: readonly number[]): number {
  return b.reduce((sum, value, i) => sum + value * a[i], 0);
}

function column(data: ArrayLike<number>, width: number, j: number): number[] {
  return Array.from({ length: data.length / width }, (_, i) => data[i * width + j]);
}

Deno.test("affineForward() reads a vector as examples of one feature", () => {
  const [out] = affineForward(array([1, 2, 3]), array([[10]]), array([1]));
  assert.deepEqual(out.toArray(), [[11], [21], [31]]);
});

Deno.test("affineBackward() returns gradients of the shapes of x, w and b", () => {
  const [, cache] = affineForward(ones([3, 2, 4]), ones([8, 5]), ones([5]));
  const shapes = affineBackward(ones([3, 5]), cache).map((gradient) => gradient.shape);
  assert.deepEqual(shapes, [[3, 2, 4], [8, 5], [5]]);
});

Deno.test("affineBackward() leaves out dx when it is not needed", () => {
  const [, cache] = affineForward(ones([3, 8]), ones([8, 5]), ones([5]));
  const [dx, dw, db] = affineBackward(ones([3, 5]), cache, { needs: { dx: false } });
  assert.equal(dx, null);
  assert.deepEqual([dw.shape, db.shape], [[8, 5], [5]]);
  const [, fusedCache] = affineReluForward(ones([3, 8]), ones([8, 5]), ones([5]));
  assert.equal(affineReluBackward(ones([3, 5]), fusedCache, { needs: { dx: false } })[0], null);
});

Deno.test("affineReluForward() is affineForward() with negative values set to 0", () => {
  const rng = new RandomState(2);
  const [x, w, b] = [rng.randn(4, 3), rng.randn(3, 6), rng.randn(6)];
  const [fused] = affineReluForward(x, w, b);
  const [plain] = affineForward(x, w, b);
  assert.deepEqual(fused.data, plain.data.map((value) => Math.max(0, value)));
});

Deno.test("affineForward() computes in the type in which its inputs meet", () => {
  const result = (x: "float32" | "float64" | "int32" | "uint8", w: "float32" | "float64") =>
    affineForward(ones([2, 3], x), ones([3, 4], w), zeros([4], w))[0].dtype;
  assert.equal(result("float32", "float32"), "float32");
  assert.equal(result("float64", "float64"), "float64");
  assert.equal(result("float32", "float64"), "float64");
  assert.equal(result("uint8", "float32"), "float32");
  assert.equal(result("int32", "float32"), "float64");
  const integers = affineForward(ones([2, 3], "int32"), ones([3, 4], "int32"), zeros([4], "int32"));
  assert.equal(integers[0].dtype, "float64");
  assert.deepEqual(integers[0].toArray(), [[3, 3, 3, 3], [3, 3, 3, 3]]);
});

Deno.test("affineBackward() takes an upstream gradient of another type", () => {
  const [, cache] = affineForward(ones([2, 3], "float32"), ones([3, 4], "float32"), ones([4]));
  for (const gradient of affineBackward(ones([2, 4], "int32"), cache)) {
    assert.equal(gradient.dtype, "float64");
  }
});

Deno.test("affineForward() lets NaN through to every output it touches", () => {
  const [out] = affineForward(array([[NaN, 1], [2, 3]]), ones([2, 2]), zeros([2]));
  assert.deepEqual(out.toArray(), [[NaN, NaN], [5, 5]]);
  const [active] = affineReluForward(array([[NaN, 1], [2, 3]]), ones([2, 2]), zeros([2]));
  assert.deepEqual(active.toArray(), [[NaN, NaN], [5, 5]]);
});

Deno.test("affineForward() asks for weights that fit", () => {
  const [x, b] = [zeros([100, 3, 32, 32]), zeros([100])];
  fails(
    RangeError,
    "affineForward: w must have shape (3072, M) to multiply x of shape (100, 3, 32, 32), " +
      "got (100, 3072); transpose w?",
    () => affineForward(x, zeros([100, 3072]), b),
  );
  fails(
    RangeError,
    "affineForward: w must have shape (3072, M)",
    () => affineForward(x, zeros([3072]), b),
  );
  fails(
    RangeError,
    "if x is one example, reshape it to (1, 8)",
    () => affineForward(zeros([8]), zeros([8, 3]), zeros([3])),
  );
  fails(
    RangeError,
    "affineReluForward: w must have shape (8, M)",
    () => affineReluForward(zeros([2, 8]), zeros([7, 3]), zeros([3])),
  );
  fails(
    RangeError,
    "w must have shape (8, M)",
    () => affineForward(zeros([2, 8]), zeros([8, 0]), zeros([0])),
  );
});

Deno.test("affineForward() asks for one bias a column", () => {
  const [x, w] = [zeros([2, 8]), zeros([8, 3])];
  fails(RangeError, "affineForward: b must have shape (3,)", () => affineForward(x, w, zeros([2])));
  fails(RangeError, "got (1, 3); reshape it to (3,)", () => affineForward(x, w, zeros([1, 3])));
});

Deno.test("affineForward() refuses an empty batch", () => {
  fails(
    RangeError,
    "affineForward: x must hold at least one example, got shape (0, 8)",
    () => affineForward(zeros([0, 8]), zeros([8, 3]), zeros([3])),
  );
});

Deno.test("affineForward() refuses what is no NDArray", () => {
  // deno-lint-ignore no-explicit-any
  const [list, typed] = [[[1, 2]] as any, new Float64Array(2) as any];
  fails(
    TypeError,
    "affineForward: x must be an NDArray, got Array; wrap it in array(x)",
    () => affineForward(list, ones([2, 1]), ones([1])),
  );
  fails(
    TypeError,
    "affineForward: w must be an NDArray, got Float64Array",
    () => affineForward(ones([1, 2]), typed, ones([1])),
  );
  fails(TypeError, "affineForward: b must be an NDArray, got undefined", () =>
    // deno-lint-ignore no-explicit-any
    affineForward(ones([1, 2]), ones([2, 1]), undefined as any));
});

Deno.test("affineBackward() asks for a gradient of the shape of the output", () => {
  const [, cache] = affineForward(ones([3, 8]), ones([8, 5]), ones([5]));
  fails(
    RangeError,
    "affineBackward: dout must have the shape of the forward output, (3, 5), got (5, 3)",
    () => affineBackward(ones([5, 3]), cache),
  );
});
