import assert from "node:assert/strict";
import {
  affineBatchnormReluForward,
  batchnormBackward,
  batchnormBackwardAlt,
  batchnormForward,
  type BatchnormParam,
} from "../../layers/mod.ts";
import { Workspace } from "../../kernels/mod.ts";
import { array, ones, zeros } from "../../ndarray/mod.ts";
import { RandomState } from "../../random/mod.ts";
import { fails } from "./_fails.ts";

const [one, zero] = [ones([2]), zeros([2])];

Deno.test("batchnormForward() divides by the biased deviation, with eps under the root", () => {
  const x = array([[1, 10], [3, 10]]);
  const [out] = batchnormForward(x, array([2, 3]), array([5, 7]), { mode: "train", eps: 3 });
  assert.deepEqual(out.toArray(), [[4, 7], [6, 7]]);
});

Deno.test("batchnormForward() starts running statistics at zero and moves them by the momentum", () => {
  const bnParam: BatchnormParam = { mode: "train", momentum: 0.75 };
  batchnormForward(array([[1, 10], [3, 10]]), one, zero, bnParam);
  assert.deepEqual(bnParam.runningMean!.toArray(), [0.5, 2.5]);
  assert.deepEqual(bnParam.runningVar!.toArray(), [0.25, 0]);
  batchnormForward(array([[1, 10], [3, 10]]), one, zero, bnParam);
  assert.deepEqual(bnParam.runningMean!.toArray(), [0.875, 4.375]);
});

Deno.test("batchnormForward() keeps 0.9 of the running statistics by default", () => {
  const bnParam: BatchnormParam = {
    mode: "train",
    runningMean: array([100, 100]),
    runningVar: array([10, 10]),
  };
  batchnormForward(array([[1, 10], [3, 10]]), one, zero, bnParam);
  assert.ok(Math.abs(bnParam.runningMean!.at(0) - 90.2) < 1e-12);
  assert.ok(Math.abs(bnParam.runningVar!.at(0) - 9.1) < 1e-12);
});

Deno.test("batchnormForward() updates the running statistics it is given in place", () => {
  const runningMean = zeros([2]);
  const bnParam: BatchnormParam = { mode: "train", runningMean };
  batchnormForward(array([[1, 10], [3, 10]]), one, zero, bnParam);
  assert.equal(bnParam.runningMean, runningMean);
  assert.ok(runningMean.at(0) > 0);
});

Deno.test("batchnormForward() keeps running statistics out of the workspace", () => {
  const workspace = new Workspace();
  const bnParam: BatchnormParam = { mode: "train", momentum: 0 };
  workspace.run(() => batchnormForward(array([[1, 10], [3, 10]]), one, zero, bnParam));
  workspace.run(() => workspace.take(Float64Array, 2).fill(99));
  workspace.run(() => [1, 2, 3, 4].map(() => workspace.take(Float64Array, 2).fill(99)));
  assert.deepEqual(bnParam.runningMean!.toArray(), [2, 10]);
  assert.deepEqual(bnParam.runningVar!.toArray(), [1, 0]);
});

Deno.test("batchnormForward() in test mode divides by the running deviation and leaves it", () => {
  const bnParam: BatchnormParam = {
    mode: "test",
    eps: 1,
    runningMean: array([1, 2]),
    runningVar: array([3, 8]),
  };
  const [out] = batchnormForward(array([[5, 8]]), array([1, 2]), array([10, 20]), bnParam);
  assert.deepEqual(out.toArray(), [[12, 24]]);
  assert.deepEqual(bnParam.runningMean!.toArray(), [1, 2]);
  assert.deepEqual(bnParam.runningVar!.toArray(), [3, 8]);
});

Deno.test("a batch norm cache of test mode outlives later training passes", () => {
  const bnParam: BatchnormParam = { mode: "test", runningMean: zeros([2]), runningVar: ones([2]) };
  const x = new RandomState(1).randn(3, 2);
  const [, cache] = batchnormForward(x, one, zero, bnParam);
  const before = batchnormBackwardAlt(ones([3, 2]), cache).map((gradient) => gradient.toArray());
  bnParam.mode = "train";
  batchnormForward(x, one, zero, bnParam);
  const after = batchnormBackwardAlt(ones([3, 2]), cache).map((gradient) => gradient.toArray());
  assert.deepEqual(after, before);
});

Deno.test("batchnormForward() computes in the type of its input, whatever the running type", () => {
  const x = ones([3, 2], "float32");
  const [gamma, beta] = [ones([2], "float32"), zeros([2], "float32")];
  for (const mode of ["train", "test"] as const) {
    const bnParam: BatchnormParam = { mode, runningMean: zeros([2]), runningVar: ones([2]) };
    assert.equal(batchnormForward(x, gamma, beta, bnParam)[0].dtype, "float32");
    assert.equal(bnParam.runningMean!.dtype, "float64");
  }
  const fresh: BatchnormParam = { mode: "train" };
  batchnormForward(x, gamma, beta, fresh);
  assert.equal(fresh.runningMean!.dtype, "float32");
});

Deno.test("batchnormForward() lets NaN spoil only its own feature", () => {
  const [out] = batchnormForward(array([[NaN, 1], [2, 3]]), one, zero, { mode: "train", eps: 0 });
  assert.deepEqual(out.toArray(), [[NaN, -1], [NaN, 1]]);
});

Deno.test("batchnormForward() refuses a wrong bnParam", () => {
  const x = ones([3, 2]);
  // deno-lint-ignore no-explicit-any
  const pass = (bnParam: any) => () => batchnormForward(x, one, zero, bnParam);
  fails(
    RangeError,
    'batchnormForward: bnParam.mode must be "train" or "test", got "eval"',
    pass({ mode: "eval" }),
  );
  fails(RangeError, "bnParam.mode must be", pass({}));
  fails(TypeError, "batchnormForward: bnParam must be an object", pass(undefined));
  fails(RangeError, "bnParam.eps must be a finite number from 0", pass({ mode: "train", eps: -1 }));
  fails(RangeError, "bnParam.eps", pass({ mode: "test", eps: NaN }));
  fails(RangeError, "bnParam.momentum must be from 0 to 1", pass({ mode: "train", momentum: 1.1 }));
  fails(
    RangeError,
    "bnParam.runningMean must have shape (2,)",
    pass({ mode: "train", runningMean: zeros([3]) }),
  );
  fails(
    TypeError,
    "bnParam.runningVar must be float32 or float64",
    pass({ mode: "train", runningVar: zeros([2], "int32") }),
  );
  fails(
    TypeError,
    "bnParam.runningMean must be an NDArray",
    pass({ mode: "test", runningMean: [0] }),
  );
});

Deno.test("batchnormForward() leaves bnParam alone when it fails", () => {
  const bnParam: BatchnormParam = { mode: "train", runningVar: zeros([3]) };
  assert.throws(() => batchnormForward(ones([3, 2]), one, zero, bnParam));
  assert.equal(bnParam.runningMean, undefined);
});

Deno.test("batchnormForward() refuses wrong shapes", () => {
  const bnParam = { mode: "train" } as const;
  fails(
    RangeError,
    "batchnormForward: x must have shape (N, D), got (2, 3, 4, 5); for images",
    () => batchnormForward(ones([2, 3, 4, 5]), one, zero, bnParam),
  );
  fails(
    RangeError,
    "x must hold at least one example",
    () => batchnormForward(ones([0, 2]), one, zero, bnParam),
  );
  fails(
    RangeError,
    "gamma must have shape (2,)",
    () => batchnormForward(ones([3, 2]), ones([3]), zero, bnParam),
  );
  fails(
    RangeError,
    "beta must have shape (2,)",
    () => batchnormForward(ones([3, 2]), one, ones([1, 2]), bnParam),
  );
  fails(
    RangeError,
    "gamma must have shape (4,)",
    () => affineBatchnormReluForward(ones([3, 2]), ones([2, 4]), ones([4]), one, zero, bnParam),
  );
});

Deno.test("both backward passes of batch norm refuse a gradient of another shape", () => {
  const [, cache] = batchnormForward(ones([3, 2]), one, zero, { mode: "train" });
  fails(RangeError, "batchnormBackward: dout must have", () => batchnormBackward(ones([2]), cache));
  fails(
    RangeError,
    "batchnormBackwardAlt: dout must have",
    () => batchnormBackwardAlt(ones([2, 3]), cache),
  );
});
