import assert from "node:assert/strict";
import { Workspace } from "../../kernels/mod.ts";
import { affineForward, affineReluForward } from "../../layers/mod.ts";
import { FullyConnectedNet, type FullyConnectedNetOptions } from "../../models/mod.ts";
import { array, type NDArray, ones } from "../../ndarray/mod.ts";
import { RandomState } from "../../random/mod.ts";
import { fails } from "../layers/_fails.ts";

const X = new RandomState(2).randn(6, 2, 2).astype("float32");
const y = array([0, 1, 2, 2, 1, 0], "int32");

function net(options: FullyConnectedNetOptions = {}): FullyConnectedNet {
  const rng = new RandomState(231);
  return new FullyConnectedNet([5, 4], {
    inputDim: 4,
    numClasses: 3,
    weightScale: 1,
    rng,
    ...options,
  });
}

function snapshot(arrays: Record<string, NDArray>): Record<string, number[]> {
  return Object.fromEntries(Object.entries(arrays).map(([name, { data }]) => [name, [...data]]));
}

Deno.test("FullyConnectedNet draws its weights layer by layer and casts them to float32", () => {
  const { params } = net({ weightScale: 0.05 });
  const control = new RandomState(231);
  for (const [name, shape] of [["W1", [4, 5]], ["W2", [5, 4]], ["W3", [4, 3]]] as const) {
    const expected = control.randn(...shape).multiply(0.05).astype("float32");
    assert.deepEqual(params[name].data, expected.data);
  }
  assert.deepEqual(Object.keys(params), ["W1", "b1", "W2", "b2", "W3", "b3"]);
});

Deno.test("FullyConnectedNet has the sizes of the course by default", () => {
  const { params } = new FullyConnectedNet([7]);
  assert.deepEqual([params.W1.shape, params.W2.shape], [[3072, 7], [7, 10]]);
  assert.ok(Math.abs(params.W1.std() - 1e-2) < 5e-4);
});

Deno.test("FullyConnectedNet has scales of 1 and shifts of 0 where it normalises", () => {
  for (const normalization of ["batchnorm", "layernorm"] as const) {
    const { params } = net({ normalization });
    assert.deepEqual(params.gamma1.toArray(), [1, 1, 1, 1, 1]);
    assert.deepEqual(params.beta2.toArray(), [0, 0, 0, 0]);
    assert.equal(params.gamma3, undefined);
  }
});

Deno.test("FullyConnectedNet.loss(X) is affine - ReLU layers and an affine one", () => {
  const model = net();
  const { W1, b1, W2, b2, W3, b3 } = model.params;
  const [first] = affineReluForward(X, W1, b1);
  const [second] = affineReluForward(first, W2, b2);
  assert.deepEqual(model.loss(X).data, affineForward(second, W3, b3)[0].data);
});

Deno.test("FullyConnectedNet without hidden layers is a linear classifier", () => {
  const model = new FullyConnectedNet([], { inputDim: 4, numClasses: 3 });
  assert.deepEqual(model.loss(X).data, affineForward(X, model.params.W1, model.params.b1)[0].data);
});

Deno.test("FullyConnectedNet.loss(X) uses running statistics, and training moves them", () => {
  const model = net({ normalization: "batchnorm" });
  const before = snapshot(model.buffers);
  const untrained = model.loss(X);
  assert.deepEqual(snapshot(model.buffers), before);
  assert.ok(before["bn1.runningMean"].every((value) => value === 0));
  model.loss(X, y);
  assert.notDeepEqual(snapshot(model.buffers), before);
  assert.notDeepEqual(model.loss(X).data, untrained.data);
  // The scores of one example do not depend on the others.
  const alone = model.loss(X.slice("2:3"));
  assert.ok(Math.abs(alone.at(0, 0) - model.loss(X).at(2, 0)) < 1e-6);
});

Deno.test("FullyConnectedNet.buffers are the live running statistics", () => {
  const model = net({ normalization: "batchnorm" });
  const { buffers } = model;
  assert.deepEqual(Object.keys(buffers), [
    "bn1.runningMean",
    "bn1.runningVar",
    "bn2.runningMean",
    "bn2.runningVar",
  ]);
  model.loss(X, y);
  assert.ok(buffers["bn1.runningVar"].data.every((value) => value > 0));
  const scores = model.loss(X);
  buffers["bn2.runningMean"].data.fill(100);
  assert.notDeepEqual(model.loss(X).data, scores.data);
  assert.deepEqual(net({ normalization: "layernorm" }).buffers, {});
  assert.deepEqual(net().buffers, {});
});

Deno.test("FullyConnectedNet drops in training only", () => {
  const [dropping, keeping] = [net({ dropoutKeepRatio: 0.5 }), net()];
  assert.deepEqual(dropping.loss(X).data, keeping.loss(X).data);
  assert.notEqual(dropping.loss(X, y)[0], keeping.loss(X, y)[0]);
});

Deno.test("FullyConnectedNet with a dropout seed has the same masks at every pass", () => {
  const model = net({ dropoutKeepRatio: 0.5, seed: 123 });
  const state = model.rng.getState();
  const [first] = model.loss(X, y);
  assert.equal(model.loss(X, y)[0], first);
  assert.deepEqual(model.rng.getState(), state);
  assert.equal(
    net({ dropoutKeepRatio: 0.5, seed: 0 }).loss(X, y)[0],
    net({ dropoutKeepRatio: 0.5, seed: 0 }).loss(X, y)[0],
  );
});

Deno.test("FullyConnectedNet without a dropout seed continues the stream of its generator", () => {
  const model = net({ dropoutKeepRatio: 0.5 });
  const control = new RandomState(231);
  control.randn(4 * 5 + 5 * 4 + 4 * 3);
  const [first] = model.loss(X, y);
  control.rand(6 * 5 + 6 * 4);
  assert.notEqual(model.loss(X, y)[0], first);
  control.rand(6 * 5 + 6 * 4);
  assert.equal(model.rng.rand(), control.rand());
});

Deno.test("FullyConnectedNet that keeps everything draws nothing", () => {
  const model = net({ dropoutKeepRatio: 1 });
  const state = model.rng.getState();
  model.loss(X, y);
  assert.deepEqual(model.rng.getState(), state);
});

Deno.test("FullyConnectedNet regularises weights only", () => {
  const options = { normalization: "batchnorm", dtype: "float64" } as const;
  const [plain, plainGrads] = net(options).loss(X, y);
  const model = net({ ...options, reg: 0.5 });
  const [loss, grads] = model.loss(X, y);
  let squares = 0;
  for (const name of ["W1", "W2", "W3"]) {
    for (const value of model.params[name].data) squares += value * value;
    const added = grads[name].subtract(plainGrads[name]).subtract(model.params[name].multiply(0.5));
    assert.ok(Math.max(...added.data.map(Math.abs)) < 1e-12);
  }
  assert.ok(Math.abs(loss - plain - 0.25 * squares) < 1e-12);
  for (const name of ["b1", "gamma1", "beta2", "b3"]) {
    assert.deepEqual(grads[name].data, plainGrads[name].data);
  }
});

for (const normalization of [null, "batchnorm", "layernorm"] as const) {
  const options = { normalization, dropoutKeepRatio: 0.7, seed: 5, reg: 0.1 };

  Deno.test(`FullyConnectedNet with ${normalization} changes neither parameters nor examples`, () => {
    const model = net(options);
    const before = snapshot(model.params);
    const copy = X.copy();
    model.loss(X, y);
    model.loss(X);
    assert.deepEqual(snapshot(model.params), before);
    assert.deepEqual(X.data, copy.data);
  });

  Deno.test(`FullyConnectedNet with ${normalization} never overwrites what it returned`, () => {
    const model = net(options);
    const [, grads] = model.loss(X, y);
    const scores = model.loss(X);
    const before = [snapshot(grads), [...scores.data]];
    model.loss(X.multiply(2), y);
    model.loss(X.multiply(2));
    assert.deepEqual([snapshot(grads), [...scores.data]], before);
  });

  Deno.test(`FullyConnectedNet with ${normalization} computes the same in a workspace, and reuses it`, () => {
    const [fresh, pooled] = [net(options), net(options)];
    const workspace = new Workspace();
    let last: NDArray | undefined;
    for (let step = 0; step < 3; step++) {
      const [loss, grads] = fresh.loss(X, y);
      const [pooledLoss, pooledGrads] = pooled.loss(X, y, workspace);
      assert.equal(pooledLoss, loss);
      assert.deepEqual(snapshot(pooledGrads), snapshot(grads));
      if (last) assert.equal(pooledGrads.W1.data, last.data);
      last = pooledGrads.W1;
    }
    assert.deepEqual(snapshot(pooled.buffers), snapshot(fresh.buffers));
    assert.deepEqual([...pooled.loss(X, undefined, workspace).data], [...fresh.loss(X).data]);
  });
}

Deno.test("FullyConnectedNet in float64 and float32 agree to float32 accuracy", () => {
  const options = { normalization: "batchnorm", reg: 0.1 } as const;
  const [single] = net(options).loss(X, y);
  const [double] = net({ ...options, dtype: "float64" }).loss(X, y);
  assert.ok(Math.abs(single - double) < 1e-5 * double);
});

Deno.test("FullyConnectedNet refuses what is wrong or unknown", () => {
  // deno-lint-ignore no-explicit-any
  const make = (hiddenDims: any, options?: any) => () => new FullyConnectedNet(hiddenDims, options);
  fails(TypeError, "FullyConnectedNet: hiddenDims must be a list of widths", make(100));
  fails(RangeError, "hiddenDims[1] must be a whole number from 1 up, got 0", make([10, 0]));
  fails(RangeError, "hiddenDims[0] must be", make([1.5]));
  fails(RangeError, "numClasses must be", make([10], { numClasses: 0 }));
  fails(RangeError, "inputDim must be", make([10], { inputDim: -3 }));
  fails(RangeError, "reg must be", make([10], { reg: NaN }));
  fails(RangeError, "weightScale must be", make([10], { weightScale: -1 }));
  fails(RangeError, "dtype must be", make([10], { dtype: "float16" }));
  fails(
    RangeError,
    "dropoutKeepRatio, the probability to keep, must be above 0 and at most 1, got 0; for no " +
      "dropout use 1",
    make([10], { dropoutKeepRatio: 0 }),
  );
  fails(RangeError, "dropoutKeepRatio", make([10], { dropoutKeepRatio: 1.5 }));
  fails(
    RangeError,
    'normalization must be "batchnorm", "layernorm" or null, got "batch"',
    make([10], { normalization: "batch" }),
  );
  fails(
    TypeError,
    'FullyConnectedNet: there is no option "normalisation"; did you mean "normalization"?',
    make([10], { normalisation: "batchnorm" }),
  );
  fails(TypeError, 'did you mean "dropoutKeepRatio"?', make([10], { dropoutKeepratio: 0.5 }));
});

Deno.test("FullyConnectedNet.loss() refuses examples that do not fit", () => {
  const model = net();
  fails(
    RangeError,
    "FullyConnectedNet.loss: X must have shape (N, 4), or (N, d1, ..., dk)",
    () => model.loss(ones([2, 5])),
  );
  fails(RangeError, "is the batch empty?", () => model.loss(ones([0, 4])));
});
