import assert from "node:assert/strict";
import {
  asFunctionOf,
  evalNumericalGradient,
  evalNumericalGradientArray,
  relError,
} from "../../gradient_check/mod.ts";
import { array, matmul, type NDArray, zeros } from "../../ndarray/mod.ts";
import { RandomState } from "../../random/mod.ts";

/** Σ xᵢ³, whose gradient is 3x². */
function cubes(x: NDArray): number {
  return x.multiply(x).multiply(x).sum();
}

Deno.test("evalNumericalGradient() finds the gradient of a sum of cubes", () => {
  const x = new RandomState(231).randn(3, 4, 2);
  const gradient = evalNumericalGradient(cubes, x);
  assert.deepEqual(gradient.shape, [3, 4, 2]);
  assert.equal(gradient.dtype, "float64");
  assert.ok(relError(gradient, x.multiply(x).multiply(3)) < 1e-8);
});

Deno.test("evalNumericalGradient() uses centred differences of the given h", () => {
  // For x³ the centred difference is exactly 3x² + h².
  const gradient = evalNumericalGradient(cubes, array([2]), 0.5);
  assert.equal(gradient.at(0), 12.25);
});

Deno.test("evalNumericalGradient() works in float64 on a float32 array", () => {
  const x = new RandomState(231).randn(5).astype("float32");
  const seen = new Set<string>();
  const gradient = evalNumericalGradient((x) => {
    seen.add(x.dtype);
    return cubes(x);
  }, x);
  assert.deepEqual([...seen], ["float64"]);
  assert.equal(gradient.dtype, "float64");
  const exact = x.astype("float64");
  assert.ok(relError(gradient, exact.multiply(exact).multiply(3)) < 1e-8);
});

Deno.test("evalNumericalGradient() leaves x as it was, and never hands it out", () => {
  const x = array([[0.1, 0.2], [0.3, -0]]);
  const before = Array.from(x.data);
  evalNumericalGradient((moved) => {
    assert.notEqual(moved, x);
    assert.notEqual(moved.data.buffer, x.data.buffer);
    assert.deepEqual(Array.from(x.data), before);
    return cubes(moved);
  }, x);
  assert.deepEqual(Array.from(x.data), before);
});

Deno.test("evalNumericalGradient() moves one entry at a time, exactly back", () => {
  const x = array([0.1, 0.2, 0.3]);
  const seen: number[][] = [];
  evalNumericalGradient((moved) => seen.push(Array.from(moved.data) as number[]), x, 0.25);
  assert.deepEqual(seen, [
    [0.1 + 0.25, 0.2, 0.3],
    [0.1 - 0.25, 0.2, 0.3],
    [0.1, 0.2 + 0.25, 0.3],
    [0.1, 0.2 - 0.25, 0.3],
    [0.1, 0.2, 0.3 + 0.25],
    [0.1, 0.2, 0.3 - 0.25],
  ]);
});

Deno.test("evalNumericalGradient() takes arrays without axes and without entries", () => {
  assert.ok(Math.abs(evalNumericalGradient(cubes, array(2)).item() - 12) < 1e-8);
  assert.deepEqual(evalNumericalGradient(cubes, zeros([0, 3])).shape, [0, 3]);
  assert.deepEqual(evalNumericalGradient(() => 1, zeros([0])).shape, [0]);
});

Deno.test("evalNumericalGradientArray() contracts with the upstream gradient", () => {
  const rng = new RandomState(231);
  const [x, w, dout] = [rng.randn(4, 3), rng.randn(3, 5), rng.randn(4, 5)];
  const dx = evalNumericalGradientArray((x) => matmul(x, w), x, dout);
  assert.ok(relError(dx, matmul(dout, w, { transposeB: true })) < 1e-8);
  const dw = evalNumericalGradientArray((w) => matmul(x, w), w, dout);
  assert.ok(relError(dw, matmul(x, dout, { transposeA: true })) < 1e-8);
});

Deno.test("evalNumericalGradientArray() sees through a function that returns its argument", () => {
  const dout = array([[1, -2, 3]]);
  const dx = evalNumericalGradientArray((x) => x, array([[5, 6, 7]]), dout);
  assert.ok(relError(dx, dout) < 1e-9);
});

Deno.test("evalNumericalGradientArray() takes float32 upstream gradients", () => {
  const dout = array([0.5, 4], "float32");
  const dx = evalNumericalGradientArray((x) => x.multiply(x), array([3, 1], "float32"), dout);
  assert.ok(relError(dx, array([3, 8])) < 1e-9);
});

Deno.test("asFunctionOf() gives the gradient of a model's parameter", () => {
  const rng = new RandomState(0);
  const model = {
    params: { W1: rng.randn(3, 4), W2: rng.randn(4, 2) } as Record<string, NDArray>,
    loss(X: NDArray): number {
      return cubes(matmul(matmul(X, this.params.W1), this.params.W2));
    },
  };
  const { W1, W2 } = model.params;
  const X = rng.randn(5, 3);
  const scores = matmul(matmul(X, W1), W2);
  const dscores = scores.multiply(scores).multiply(3);
  const expected = matmul(X, matmul(dscores, W2, { transposeB: true }), { transposeA: true });
  const f = asFunctionOf(model.params, "W1", () => model.loss(X));
  assert.ok(relError(evalNumericalGradient(f, W1), expected) < 1e-7);
  assert.equal(model.params.W1, W1);
});

Deno.test("a caller may as well put the moved array into the model", () => {
  const params = { a: array([3]), b: array([5]) };
  const f = (a: NDArray) => {
    params.a = a;
    return params.a.multiply(params.b).sum();
  };
  assert.ok(relError(evalNumericalGradient(f, params.a), array([5])) < 1e-9);
  assert.equal(params.a.at(0), 3);
});

Deno.test("asFunctionOf() puts the parameter back when the computation throws", () => {
  const params = { W: array([1, 2]) };
  const kept = params.W;
  const f = asFunctionOf(params, "W", () => {
    throw new Error("no loss");
  });
  assert.throws(() => f(array([3, 4])), /no loss/);
  assert.equal(params.W, kept);
});

Deno.test("asFunctionOf() refuses a name that is not there", () => {
  assert.throws(() => asFunctionOf({ W1: array(1), b1: array(1) }, "w1", () => 0), {
    name: "RangeError",
    message: 'asFunctionOf: there is no parameter "w1", only W1, b1',
  });
});

Deno.test("numerical gradients refuse a function that ignores what is moved", () => {
  const params = { W: array([1, 2]) };
  const ignoring = () => params.W.sum();
  assert.throws(() => evalNumericalGradient(ignoring, params.W), {
    name: "TypeError",
    message: /f takes no argument and did not change.*asFunctionOf/,
  });
  assert.throws(
    () => evalNumericalGradientArray(() => params.W, params.W, params.W),
    { name: "TypeError", message: /evalNumericalGradientArray: f takes no argument/ },
  );
  const counting = (...args: [NDArray]) => cubes(args[0]);
  assert.equal(counting.length, 0);
  assert.ok(relError(evalNumericalGradient(counting, array([1])), array([3])) < 1e-9);
  assert.equal(evalNumericalGradient((_x) => 1, array([1])).at(0), 0);
});

Deno.test("numerical gradients refuse values that are not finite, and name the entry", () => {
  const f = (x: NDArray) => x.at(1, 0) > 3 ? NaN : x.sum();
  assert.throws(() => evalNumericalGradient(f, array([[1, 2], [3, 4]])), {
    name: "RangeError",
    message: "evalNumericalGradient: f must be finite near x, got NaN with entry [1,0] at 3.00001",
  });
  assert.throws(
    () => evalNumericalGradientArray((x) => x.divide(0), array([[1, 2]]), array([[1, 1]])),
    { name: "RangeError", message: /must be finite near x, but with entry \[0,0\] moved by/ },
  );
});

Deno.test("numerical gradients refuse the wrong kinds and shapes", () => {
  const x = array([[1, 2]]);
  const tuple = ((x: NDArray) => [x.sum(), {}]) as unknown as (x: NDArray) => number;
  assert.throws(() => evalNumericalGradient(tuple, x), {
    name: "TypeError",
    message: /f must return a number, got Array; .* loss\(X, y\)\[0\]$/,
  });
  const pair = ((x: NDArray) => [x, null]) as unknown as (x: NDArray) => NDArray;
  assert.throws(() => evalNumericalGradientArray(pair, x, x), {
    name: "TypeError",
    message: /f must return an NDArray, got Array; .* forward\(x\)\[0\]$/,
  });
  assert.throws(() => evalNumericalGradientArray((x) => x, x, array([1, 2])), {
    name: "RangeError",
    message: /f\(x\) and df must have the same shape, got \(1, 2\) and \(2\)/,
  });
  assert.throws(() => evalNumericalGradient(cubes, [1, 2] as unknown as NDArray), {
    name: "TypeError",
    message: "evalNumericalGradient: x must be an NDArray, got Array",
  });
  for (const h of [0, -1e-5, NaN, Infinity]) {
    assert.throws(() => evalNumericalGradient(cubes, x, h), RangeError);
    assert.throws(() => evalNumericalGradientArray((x) => x, x, x, h), RangeError);
  }
});
