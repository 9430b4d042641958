import assert from "node:assert/strict";
import {
  allclose,
  array,
  diag,
  eigh,
  eye,
  matmul,
  type NDArray,
  zeros,
} from "../../ndarray/mod.ts";
import { RandomState } from "../../random/mod.ts";
import fixture from "../fixtures/metrics.json" with { type: "json" };

Deno.test("eigh() agrees with NumPy, the largest entry of a vector being positive", () => {
  for (const { a, w, v } of fixture.eigh) {
    const [values, vectors] = eigh(array(a));
    assert.ok(allclose(values, array(w), { rtol: 1e-12, atol: 1e-12 }));
    assert.ok(allclose(vectors, array(v), { rtol: 1e-10, atol: 1e-10 }));
  }
});

Deno.test("eigh() reads the lower triangle, of stacks too, and keeps float32", () => {
  const stack = array([[[2, 99], [1, 2]], [[5, -7], [0, 1]]], "float32");
  const [w, V] = eigh(stack);
  assert.equal(w.dtype, "float32");
  assert.ok(allclose(w, array([[1, 3], [1, 5]])));
  assert.deepEqual(V.shape, [2, 2, 2]);
  assert.deepEqual(V.slice(1).toArray(), [[0, 1], [1, 0]]);
  assert.equal(eigh(array([[2, 0], [0, 1]], "int32"))[0].dtype, "float64");
  assert.deepEqual(eigh(zeros([3, 0, 0])).map(({ shape }) => shape), [[3, 0], [3, 0, 0]]);
});

Deno.test("eigh() takes a large matrix apart and puts it together again", () => {
  const x = new RandomState(3).randn(60, 40) as NDArray;
  const a = matmul(x, x, { transposeA: true });
  const [w, V] = eigh(a);
  assert.ok(allclose(matmul(V, V, { transposeA: true }), eye(40), { atol: 1e-12 }));
  assert.ok(allclose(matmul(matmul(V, diag(w)), V, { transposeB: true }), a, { atol: 1e-10 }));
});

Deno.test("eigh() refuses what is not square or not finite", () => {
  assert.throws(() => eigh(zeros([2, 3])), /shape \(…, n, n\), got \(2, 3\)/);
  assert.throws(() => eigh(array([1])), RangeError);
  assert.throws(() => eigh(array([[1, 0], [NaN, 1]])), /finite, got NaN at \(1, 0\)/);
});
