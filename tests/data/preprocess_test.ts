import assert from "node:assert/strict";
import { addBias, kFold, pca, standardize, subtractMean } from "../../data/mod.ts";
import { array, hstack, matmul, type NDArray, ones, zeros } from "../../ndarray/mod.ts";
import { RandomState } from "../../random/mod.ts";
import recorded from "../fixtures/preprocess.json" with { type: "json" };
import { assertClose } from "../gradients/_suite.ts";
import { fails } from "../layers/_fails.ts";

function near(what: string, actual: NDArray, expected: number[] | number[][], limit = 1e-12): void {
  assertClose(what, actual, array(expected), limit, 1);
}

Deno.test("subtractMean() takes the training mean off any rows", () => {
  const { X, new: rows, mean } = recorded.principal[0];
  const centre = subtractMean(array(X));
  near("mean", centre.mean, mean);
  assert.ok(Math.abs(centre.apply(array(X)).mean()) < 1e-14);
  near("rows", centre.apply(array(rows)), rows.map((row) => row.map((v, j) => v - mean[j])));
});

Deno.test("subtractMean() learns from bytes and keeps the shape of images", () => {
  const X = array([[[[0, 255]]], [[[1, 255]]]], "uint8");
  const { mean, apply } = subtractMean(X);
  assert.deepEqual(mean.toArray(), [[[0.5, 255]]]);
  const out = apply(X);
  assert.deepEqual(out.shape, [2, 1, 1, 2]);
  assert.deepEqual(out.toArray(), [[[[-0.5, 0]]], [[[0.5, 0]]]]);
  assert.equal(apply(X.astype("float32")).dtype, "float32");
  assert.equal(X.at(1, 0, 0, 1), 255);
});

Deno.test("standardize() divides by NumPy's standard deviation", () => {
  const { X, new: rows, std, result } = recorded.standard;
  const transform = standardize(array(X));
  near("std", transform.std, std);
  near("rows", transform.apply(array(rows)), result);
});

Deno.test("standardize() only centres a feature that never changes", () => {
  const { apply } = standardize(array([[7, 1], [7, 3]]));
  assert.deepEqual(apply(array([[7, 2], [9, 4]])).toArray(), [[0, 0], [2, 2]]);
});

Deno.test("standardize() does not take rounding for spread", () => {
  for (const value of [0.1, 1 / 3, -7.3e8, 1e-300]) {
    for (const n of [3, 10, 49_000]) {
      const X = array([value]).reshape([1, 1]).multiply(ones([n, 1]));
      const { std, apply } = standardize(X);
      assert.equal(std.item(), 0, `${n} times ${value}`);
      const [seen, unseen] = apply(array([[value], [value + 1]])).data;
      assert.ok(Math.abs(seen) <= Math.abs(value) * 1e-11, `${n} times ${value}: ${seen}`);
      assert.ok(Math.abs(unseen - 1) < 1e-2, `${n} times ${value}: ${unseen}`);
    }
  }
  // Values that differ in the last digit alone.
  const noisy = standardize(array([[0.1 + 0.2], [0.3], [0.3]]));
  assert.equal(noisy.std.item(), 0);
  // A little spread about a large mean is spread.
  const small = standardize(array([[1e9], [1e9 + 1e-3]]));
  assert.ok(Math.abs(small.std.item() - 5e-4) < 1e-6);
});

Deno.test("whitening() does not take rounding for variance", () => {
  const rng = new RandomState(0);
  const X = hstack([rng.randn(50, 2), ones([50, 1]).multiply(0.1)]);
  const white = pca(X).whitening({ eps: 0 });
  assert.ok(white.apply(array([[1, 2, 3]])).abs().max() < 5);
  assert.ok(white.apply(X).slice(":", 2).abs().max() < 1e-12);
});

Deno.test("addBias() appends a column of ones of the same type", () => {
  const X = array([[1, 2], [3, 4]], "float32");
  const out = addBias(X);
  assert.deepEqual(out.toArray(), [[1, 2, 1], [3, 4, 1]]);
  assert.equal(out.dtype, "float32");
});

recorded.principal.forEach(({ X, new: rows, eps, ...expected }, index) => {
  Deno.test(`pca() has NumPy's components, case ${index}`, () => {
    const found = pca(array(X));
    near("mean", found.mean, expected.mean);
    near("variances", found.variances, expected.variances);
    near("components", found.components, expected.components, 1e-11);
    near("projected", found.apply(array(rows)), expected.projected, 1e-11);
    near("white", found.whitening({ eps }).apply(array(rows)), expected.white, 1e-11);
    near("back again", found.reconstruct(found.apply(array(rows))), rows);
  });

  Deno.test(`pca() keeps the first components when asked for fewer, case ${index}`, () => {
    const found = pca(array(X), { numComponents: 2 });
    near("variances", found.variances, expected.variances.slice(0, 2));
    near(
      "projected",
      found.apply(array(rows)),
      expected.projected.map((p) => p.slice(0, 2)),
      1e-11,
    );
  });
});

Deno.test("pca() of fewer rows than features leaves the other variances at zero", () => {
  const { X, variances } = recorded.rankDeficientVariances;
  const found = pca(array(X));
  near("variances", found.variances, variances);
  assert.ok(found.variances.data.slice(3).every((value) => value >= 0 && value < 1e-13));
  const white = found.whitening({ eps: 0 }).apply(array(X));
  assert.ok(white.data.every(Number.isFinite));
});

Deno.test("pca() gives orthonormal components and uncorrelated projections of many rows", () => {
  const rng = new RandomState(0);
  const X = matmul(rng.randn(2100, 60), rng.randn(60, 60)).add(3);
  const { components, variances, apply } = boundPca(X);
  const identity = matmul(components, components, { transposeA: true });
  const projected = apply(X);
  const covariance = matmul(projected, projected, { transposeA: true }).divide(2100);
  for (let i = 0; i < 60; i++) {
    for (let j = 0; j < 60; j++) {
      assert.ok(Math.abs(identity.at(i, j) - Number(i === j)) < 1e-13);
      const expected = i === j ? variances.at(i) : 0;
      assert.ok(Math.abs(covariance.at(i, j) - expected) < 1e-12 * variances.at(0));
    }
    assert.ok(i === 0 || variances.at(i - 1) >= variances.at(i));
  }
});

function boundPca(X: NDArray) {
  const found = pca(X);
  const { components, variances } = found;
  return { components, variances, apply: (rows: NDArray) => found.apply(rows) };
}

Deno.test("pca() computes with float32 rows in float32, near float64", () => {
  const X = new RandomState(1).randn(1500, 10).multiply(array([9, 8, 7, 6, 5, 4, 3, 2, 1, 0.5]));
  const [double, single] = [pca(X), pca(X.astype("float32"))];
  assertClose("variances", single.variances, double.variances, 1e-5);
  const out = single.apply(X.astype("float32"));
  assert.equal(out.dtype, "float32");
  assertClose("projected", out, double.apply(X), 1e-4, 1);
});

Deno.test("pca() settles matrices without variance, with equal variances, of one feature", () => {
  assert.deepEqual(pca(ones([3, 2])).variances.toArray(), [0, 0]);
  const corners = pca(array([[1, 0], [-1, 0], [0, 1], [0, -1]]));
  assert.deepEqual(corners.variances.toArray(), [0.5, 0.5]);
  assert.deepEqual(pca(array([[1], [3]])).components.toArray(), [[1]]);
});

for (const [sizes, lengths] of Object.entries(recorded.folds)) {
  const [n, k] = sizes.split("/").map(Number);
  Deno.test(`kFold() splits ${n} rows into ${k} folds as NumPy does`, () => {
    const folds = kFold(n, k);
    assert.deepEqual(folds.map(({ validation }) => validation.size), lengths);
    assert.deepEqual(folds.flatMap(({ validation }) => [...validation.data]), [...Array(n).keys()]);
    for (const { train, validation } of folds) {
      const all = [...train.data, ...validation.data].sort((a, b) => a - b);
      assert.deepEqual(all, [...Array(n).keys()]);
      assert.deepEqual([...train.data], [...train.data].sort((a, b) => a - b));
    }
  });
}

Deno.test("kFold() with rng splits a permutation", () => {
  const order = new RandomState(5).permutation(7) as NDArray;
  const folds = kFold(7, 3, { rng: new RandomState(5) });
  assert.deepEqual(folds.flatMap(({ validation }) => [...validation.data]), [...order.data]);
  assert.deepEqual([...folds[0].train.data], [...order.data.slice(3)]);
});

Deno.test("preprocessing refuses what does not fit", () => {
  const X = ones([3, 2]);
  const none = undefined as unknown as NDArray;
  for (const learn of [subtractMean, standardize, pca]) {
    fails(RangeError, `${learn.name}: X must hold at least one row`, () => learn(zeros([0, 2])));
    fails(RangeError, "got shape (3,)", () => learn(zeros([3])));
    fails(TypeError, `${learn.name}: X must be an NDArray, got undefined`, () => learn(none));
    const transform = learn(X);
    fails(RangeError, "2 values a row like the training rows, got shape (1, 3)", () => {
      transform.apply(ones([1, 3]));
    });
  }
  fails(RangeError, "numComponents must be a whole number from 1 to the 2 features, got 3", () => {
    pca(X, { numComponents: 3 });
  });
  fails(RangeError, "pca: X must hold finite numbers", () => pca(array([[1, NaN], [2, 3]])));
  fails(RangeError, "eps must be from 0 up, got -1", () => pca(X).whitening({ eps: -1 }));
  fails(RangeError, "addBias: X must have shape (N, D), got (3,)", () => addBias(ones([3])));
  fails(
    RangeError,
    "kFold: k must be a whole number from 2 to the 5 rows, got 6",
    () => kFold(5, 6),
  );
  fails(RangeError, "kFold: k must be", () => kFold(5, 1));
  fails(RangeError, "kFold: n must be", () => kFold(1.5, 2));
});
