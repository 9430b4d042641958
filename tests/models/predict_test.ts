import assert from "node:assert/strict";
import { accuracy, FullyConnectedNet, predict, type TrainableModel } from "../../models/mod.ts";
import { array, type NDArray, ones, zeros } from "../../ndarray/mod.ts";
import { RandomState } from "../../random/mod.ts";
import { Solver } from "../../solver/mod.ts";

const rng = new RandomState(3);
const net = new FullyConnectedNet([7], {
  inputDim: 6,
  numClasses: 4,
  weightScale: 1,
  normalization: "batchnorm",
  dropoutKeepRatio: 0.5,
  rng,
});
const X = rng.randn(33, 2, 3);
const y = rng.randint(0, 4, 33);

Deno.test("predict() gives the classes of the largest scores, whatever the batch size, and draws nothing", () => {
  const state = rng.getState();
  const expected = net.loss(X).argmax(1) as NDArray;
  for (const batchSize of [1, 10, 33, 1000, undefined]) {
    const labels = predict(net, X, { batchSize });
    assert.deepEqual([labels.dtype, labels.shape], ["int32", [33]]);
    assert.deepEqual(labels.toArray(), expected.toArray());
  }
  assert.deepEqual(rng.getState(), state);
});

Deno.test("accuracy() is that of a Solver", () => {
  const solver = new Solver(net, { XTrain: X, yTrain: y, XVal: X, yVal: y }, { verbose: false });
  assert.equal(accuracy(net, X, y), solver.checkAccuracy(X, y));
  assert.equal(accuracy(net, X, predict(net, X), { batchSize: 4 }), 1);
});

Deno.test("predict() and accuracy() name what does not fit", () => {
  assert.throws(() => predict(net, ones([2, 5])), /X must have shape \(N, 6\)/);
  assert.throws(
    () => predict(net, zeros([0, 6])),
    /^RangeError: predict: X must hold at least one example, got shape \(0, 6\)$/,
  );
  // deno-lint-ignore no-explicit-any
  const anything = [[1, 2]] as any;
  assert.throws(
    () => predict(net, anything),
    /^TypeError: predict: X must be an NDArray, got \[\[1, 2\]\]; wrap it in array\(X\)$/,
  );
  // deno-lint-ignore no-explicit-any
  const promise = Promise.resolve(X) as any;
  for (const use of [() => predict(net, promise), () => net.loss(promise)]) {
    assert.throws(
      use,
      /^TypeError: .*X must be an NDArray, got a promise \(write await before it\)$/,
    );
  }
  assert.throws(() => predict(anything, X), /^TypeError: predict: model must have a loss method/);
  assert.throws(() => predict(net, X, { batchSize: 0 }), /batchSize must be a whole number from 1/);
  assert.throws(
    () => accuracy(net, X, y.slice(":20")),
    /^RangeError: accuracy: y must have shape \(33,\), one label for each example of X \(33, 2, 3\)/,
  );
  const fromOne = y.copy();
  fromOne.data[5] = 4;
  assert.throws(
    () => accuracy(net, X, fromOne),
    /y must hold whole numbers from 0 to 3, the classes of the model, got 4 at position 5; do the la/,
  );
  const odd: TrainableModel = { params: {}, loss: () => array([1]) };
  assert.throws(
    () => predict(odd, X),
    /model\.loss\(X\) must return scores of shape \(33, C\), got/,
  );
});
