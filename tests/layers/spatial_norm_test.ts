import assert from "node:assert/strict";
import { Workspace } from "../../kernels/mod.ts";
import {
  type BatchnormParam,
  convBnReluForward,
  spatialBatchnormBackward,
  spatialBatchnormForward,
  spatialGroupnormBackward,
  spatialGroupnormForward,
} from "../../layers/mod.ts";
import { array, type NDArray, ones, zeros } from "../../ndarray/mod.ts";
import { RandomState } from "../../random/mod.ts";
import { fails } from "./_fails.ts";

/** Two images of two channels; over both images the channels have mean 2 and 20, variance 1 and 16. */
const x = array([[[[1, 3]], [[24, 16]]], [[[3, 1]], [[16, 24]]]]);
const [one, zero] = [ones([2]), zeros([2])];

Deno.test("spatialBatchnormForward() normalises each channel over images and pixels", () => {
  const bnParam: BatchnormParam = { mode: "train", eps: 0 };
  const [out] = spatialBatchnormForward(x, array([1, 10]), array([0, 5]), bnParam);
  assert.deepEqual(out.toArray(), [[[[-1, 1]], [[15, -5]]], [[[1, -1]], [[-5, 15]]]]);
});

Deno.test("spatialBatchnormForward() has eps under the root", () => {
  const [out] = spatialBatchnormForward(x, one, zero, { mode: "train", eps: 9 });
  assert.ok(Math.abs(out.at(0, 0, 0, 0) + 1 / Math.sqrt(10)) < 1e-15);
  assert.ok(Math.abs(out.at(0, 1, 0, 0) - 4 / 5) < 1e-15);
});

Deno.test("spatialBatchnormForward() moves the running statistics in place", () => {
  const runningMean = array([10, 10]);
  const bnParam: BatchnormParam = { mode: "train", momentum: 0.75, runningMean };
  spatialBatchnormForward(x, one, zero, bnParam);
  assert.equal(bnParam.runningMean, runningMean);
  assert.deepEqual(runningMean.toArray(), [8, 12.5]);
  assert.deepEqual(bnParam.runningVar!.toArray(), [0.25, 4]);
});

Deno.test("spatialBatchnormForward() in test mode uses the running statistics and leaves them", () => {
  const bnParam: BatchnormParam = {
    mode: "test",
    eps: 1,
    runningMean: array([1, 16]),
    runningVar: array([3, 15]),
  };
  const [out] = spatialBatchnormForward(x, array([1, 2]), array([100, 200]), bnParam);
  assert.deepEqual(out.toArray(), [[[[100, 101]], [[204, 200]]], [[[101, 100]], [[200, 204]]]]);
  assert.deepEqual(bnParam.runningMean!.toArray(), [1, 16]);
  assert.deepEqual(bnParam.runningVar!.toArray(), [3, 15]);
});

Deno.test("a spatial batch norm cache of test mode outlives later training passes", () => {
  const bnParam: BatchnormParam = { mode: "test", runningMean: zeros([2]), runningVar: ones([2]) };
  const [, cache] = spatialBatchnormForward(x, one, zero, bnParam);
  const gradients = () => spatialBatchnormBackward(x, cache).map((gradient) => gradient.toArray());
  const before = gradients();
  bnParam.mode = "train";
  spatialBatchnormForward(x, one, zero, bnParam);
  assert.deepEqual(gradients(), before);
});

Deno.test("spatialBatchnormForward() keeps running statistics out of the workspace", () => {
  const workspace = new Workspace();
  const bnParam: BatchnormParam = { mode: "train", momentum: 0 };
  workspace.run(() => spatialBatchnormForward(x, one, zero, bnParam));
  workspace.run(() => [1, 2, 3, 4].map(() => workspace.take(Float64Array, 2).fill(99)));
  assert.deepEqual(bnParam.runningMean!.toArray(), [2, 20]);
  assert.deepEqual(bnParam.runningVar!.toArray(), [1, 16]);
});

Deno.test("spatialBatchnormForward() lets NaN spoil only its own channel", () => {
  const images = array([[[[NaN, 1]], [[1, 3]]]]);
  const [out] = spatialBatchnormForward(images, one, zero, { mode: "train", eps: 0 });
  assert.deepEqual(out.toArray(), [[[[NaN, NaN]], [[-1, 1]]]]);
});

Deno.test("spatialBatchnormForward() refuses wrong shapes and settings", () => {
  const pass =
    (images: NDArray, gamma: NDArray, beta: NDArray, param: object = { mode: "train" }) => () =>
      spatialBatchnormForward(images, gamma, beta, param as BatchnormParam);
  fails(
    RangeError,
    "spatialBatchnormForward: gamma must have shape (2,), one scale for each feature of x, got (3,)",
    pass(x, ones([3]), zero),
  );
  fails(RangeError, "got (1, 2, 1, 1); reshape it to (2,)", pass(x, one, ones([1, 2, 1, 1])));
  fails(RangeError, "spatialBatchnormForward: x must be a batch", pass(ones([4, 2]), one, zero));
  fails(RangeError, "x must hold at least one image", pass(ones([0, 2, 3, 3]), one, zero));
  fails(RangeError, "spatialBatchnormForward: bnParam.mode", pass(x, one, zero, { mode: "eval" }));
  fails(RangeError, "bnParam.eps", pass(x, one, zero, { mode: "train", eps: -1 }));
  fails(
    RangeError,
    "bnParam.runningMean must have shape (2,)",
    pass(x, one, zero, { mode: "train", runningMean: zeros([4]) }),
  );
  const [, cache] = spatialBatchnormForward(x, one, zero, { mode: "train" });
  fails(
    RangeError,
    "spatialBatchnormBackward: dout must have the shape of the forward output, (2, 2, 1, 2)",
    () => spatialBatchnormBackward(ones([2, 2, 2, 1]), cache),
  );
  fails(
    RangeError,
    "spatialBatchnormForward: gamma must have shape (5,)",
    () =>
      convBnReluForward(x, ones([5, 2, 1, 1]), ones([5]), one, zero, { stride: 1, pad: 0 }, {
        mode: "train",
      }),
  );
});

Deno.test("spatialGroupnormForward() normalises each group of each image", () => {
  const images = array([[[[1, 3]], [[5, 7]], [[10, 20]], [[20, 10]]]]);
  const [two] = spatialGroupnormForward(images, ones([4]), zeros([4]), 2, { eps: 4 });
  // The groups have mean 4 and 15, variance 5 and 25.
  const expected = [-1, -1 / 3, 1 / 3, 1];
  two.data.slice(0, 4).forEach((value, i) => assert.ok(Math.abs(value - expected[i]) < 1e-15));
  const deviation = 5 / Math.sqrt(29);
  [-1, 1, 1, -1].forEach((sign, i) =>
    assert.ok(Math.abs(two.data[4 + i] - sign * deviation) < 1e-15)
  );
  const [four] = spatialGroupnormForward(images, ones([4]), zeros([4]), 4, { eps: 0 });
  assert.deepEqual(four.toArray(), [[[[-1, 1]], [[-1, 1]], [[-1, 1]], [[1, -1]]]]);
});

Deno.test("spatialGroupnormForward() does not look from one image at another", () => {
  const rng = new RandomState(1);
  const [images, gamma, beta] = [rng.randn(3, 4, 2, 3), rng.randn(4), rng.randn(4)];
  const [all] = spatialGroupnormForward(images, gamma, beta, 2);
  const [alone] = spatialGroupnormForward(images.slice("1:2"), gamma, beta, 2);
  assert.deepEqual(all.slice("1:2").toArray(), alone.toArray());
});

Deno.test("spatialGroupnormForward() takes gamma and beta as (C,) and as (1, C, 1, 1)", () => {
  const rng = new RandomState(2);
  const [images, gamma, beta] = [rng.randn(2, 4, 2, 3), rng.randn(4), rng.randn(4)];
  const wide = (v: NDArray) => v.reshape([1, 4, 1, 1]);
  const [plain] = spatialGroupnormForward(images, gamma, beta, 2);
  for (const [g, b] of [[wide(gamma), wide(beta)], [gamma, wide(beta)], [wide(gamma), beta]]) {
    const [out, cache] = spatialGroupnormForward(images, g, b, 2);
    assert.deepEqual(out.toArray(), plain.toArray());
    const [, dgamma, dbeta] = spatialGroupnormBackward(out, cache);
    assert.deepEqual([dgamma.shape, dbeta.shape], [g.shape, b.shape]);
  }
});

Deno.test("spatialGroupnormForward() refuses wrong groups, shapes and settings", () => {
  const images = ones([2, 6, 3, 3]);
  const [gamma, beta] = [ones([6]), zeros([6])];
  const pass = (G: number, g = gamma, b = beta, gnParam = {}) => () =>
    spatialGroupnormForward(images, g, b, G, gnParam);
  for (const G of [4, 0, -2, 1.5, NaN, 12]) {
    fails(
      RangeError,
      "spatialGroupnormForward: G, the number of groups, must divide the 6 channels of x, got " +
        `${G}; use one of 1, 2, 3, 6`,
      pass(G),
    );
  }
  fails(
    RangeError,
    "spatialGroupnormForward: gamma must have shape (6,) or (1, 6, 1, 1), one entry for each " +
      "channel of x, got (2,)",
    pass(2, ones([2])),
  );
  fails(RangeError, "beta must have shape (6,) or", pass(2, gamma, ones([6, 1, 1])));
  fails(RangeError, "gnParam.eps must be", pass(2, gamma, beta, { eps: NaN }));
  // deno-lint-ignore no-explicit-any
  fails(TypeError, "gamma must be an NDArray, got Array", pass(2, [1] as any));
  fails(
    RangeError,
    "x must hold at least one image",
    () => spatialGroupnormForward(ones([0, 6, 3, 3]), gamma, beta, 2),
  );
  fails(
    RangeError,
    "x must be a batch of images",
    () => spatialGroupnormForward(ones([2, 6]), gamma, beta, 2),
  );
  const [, cache] = spatialGroupnormForward(images, gamma, beta, 2);
  fails(
    RangeError,
    "spatialGroupnormBackward: dout must have",
    () => spatialGroupnormBackward(ones([2, 6]), cache),
  );
});
