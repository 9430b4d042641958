import assert from "node:assert/strict";
import { flatten, mse, relu, type Tensor } from "../../autograd/mod.ts";
import { Workspace } from "../../kernels/mod.ts";
import { FullyConnectedNet } from "../../models/mod.ts";
import { array, type NDArray } from "../../ndarray/mod.ts";
import {
  asModel,
  BatchNorm1d,
  Dropout,
  Linear,
  Module,
  Sequential,
  summary,
} from "../../nn/mod.ts";
import { RandomState } from "../../random/mod.ts";

/** The same network written from pairs and from modules, with the same parameters. */
function twins(): { hand: FullyConnectedNet; model: ReturnType<typeof asModel> } {
  const rng = new RandomState(3);
  const options = { inputDim: 6, numClasses: 4, weightScale: 0.5, rng } as const;
  const hand = new FullyConnectedNet([7, 5], { ...options, normalization: "batchnorm" });
  const net = new Sequential(
    new Linear(6, 7),
    new BatchNorm1d(7),
    relu,
    new Linear(7, 5),
    new BatchNorm1d(5),
    relu,
    new Linear(5, 4),
  );
  const model = asModel(net);
  Object.entries(names).forEach(([own, course]) => {
    const value = hand.params[course];
    model.params[own] = own.endsWith("weight") && value.ndim === 2 ? value.T : value.copy();
  });
  for (const statistic of Object.values(model.buffers!)) statistic.data.fill(0);
  return { hand, model };
}

const names = {
  "0.weight": "W1",
  "0.bias": "b1",
  "1.weight": "gamma1",
  "1.bias": "beta1",
  "3.weight": "W2",
  "3.bias": "b2",
  "4.weight": "gamma2",
  "4.bias": "beta2",
  "6.weight": "W3",
  "6.bias": "b3",
};

Deno.test("a model of modules computes what the same network of pairs does", () => {
  const { hand, model } = twins();
  const rng = new RandomState(1);
  const X = rng.randn(9, 6);
  const y = rng.randint(0, 4, 9);
  const workspace = new Workspace();
  for (let step = 0; step < 3; step++) {
    const [expected, grads] = hand.loss(X, y);
    const [loss, own] = model.loss(X, y, workspace);
    assert.ok(Math.abs(loss - expected) < 1e-5 * expected, `${loss}, ${expected}`);
    for (const [name, course] of Object.entries(names)) {
      const wanted = name.endsWith("weight") && grads[course].ndim === 2
        ? grads[course].T
        : grads[course];
      const error = Math.max(...own[name].subtract(wanted).abs().data);
      assert.ok(error < 1e-5, `${name}: ${error}`);
    }
  }
  const error = Math.max(...model.loss(X).subtract(hand.loss(X)).abs().data);
  assert.ok(error < 1e-5, `scores: ${error}`);
  assert.deepEqual(model.buffers!["1.runningMean"].shape, [7]);
});

Deno.test("params are live both ways", () => {
  const layer = new Linear(2, 2);
  const { params } = asModel(layer);
  assert.equal(params.weight, layer.weight.value);
  params.weight = array([[1, 2], [3, 4]], "float32");
  assert.deepEqual(layer.weight.toArray(), [[1, 2], [3, 4]]);
  assert.deepEqual(Object.keys(params), ["weight", "bias"]);
});

Deno.test("a model is in train mode for a loss and in eval mode for scores", () => {
  const net = new Sequential(new Linear(4, 4), new Dropout(0.5, { rng: new RandomState(0) }));
  const model = asModel(net);
  const X = new RandomState(0).randn(3, 4);
  assert.deepEqual(model.loss(X), model.loss(X));
  assert.ok(!net.training);
  const [first] = model.loss(X, array([0, 1, 2], "int32"));
  const [second] = model.loss(X, array([0, 1, 2], "int32"));
  assert.notEqual(first, second);
  assert.ok(net.training);
  assert.equal(model.rng, (net.layers[1] as Dropout).rng);
});

Deno.test("asModel() takes a loss, leaves what is frozen out, and names what is unused", () => {
  const net = new Sequential(new Linear(2, 3), new Linear(3, 1));
  (net.layers[0] as Linear).freeze();
  const model = asModel(net, (scores, y) => mse(flatten(scores), y.reshape([-1, 1])));
  const [loss, grads] = model.loss(array([[1, 2]]), array([3]));
  assert.ok(loss > 0);
  assert.deepEqual(Object.keys(grads), ["1.weight", "1.bias"]);
  assert.deepEqual(Object.keys(model.buffers!), ["0.weight", "0.bias"]);

  class Forgetful extends Module {
    fc1 = new Linear(2, 2);
    fc2 = new Linear(2, 2);
    forward(x: NDArray): Tensor {
      return this.fc1.forward(x);
    }
  }
  assert.throws(
    () => asModel(new Forgetful()).loss(array([[1, 2]]), array([0], "int32")),
    /^Error: asModel: the loss does not depend on fc2.weight, fc2.bias; use them in forward, freeze/,
  );
  assert.throws(
    () => asModel({ loss: 1 } as never),
    /^TypeError: asModel: module must be a Module, got Object$/,
  );
  assert.throws(() => asModel(net.freeze()), /^RangeError: asModel: .* all are frozen$/);
  const drops = [new RandomState(0), new RandomState(1)].map((rng) => new Dropout(0.5, { rng }));
  assert.throws(
    () => asModel(new Sequential(new Linear(1, 1), ...drops)),
    /^TypeError: asModel: the parts of this Sequential draw from 2 generators; give all of them one/,
  );
});

Deno.test("summary() lists parts in the order of use, and what is not used", () => {
  class Odd extends Module {
    scale = new Linear(4, 4, { bias: false });
    block = new Sequential(relu, new Linear(4, 2));
    unused = new Linear(1, 2);
    forward(x: Tensor | NDArray): Tensor {
      return this.block.forward(this.scale.forward(x));
    }
  }
  const odd = new Odd();
  const table = summary(odd, [4]);
  assert.deepEqual(
    table.layers.map(({ name, description, outputShape, numParams }) =>
      `${name} ${description} ${outputShape} ${numParams}`
    ),
    [
      "input  4 0",
      "scale Linear 4 16",
      "block.0 relu 4 0",
      "block.1 Linear 2 10",
      "not used   4",
    ],
  );
  assert.equal(table.numParams, 30);
  assert.ok(odd.training && odd.scale.training);
  assert.ok(!Object.hasOwn(odd, "forward"));
  assert.equal(odd.block.layers[0], relu);
});

Deno.test("summary() names what is wrong with its arguments", () => {
  assert.throws(
    () => summary(Linear as never, [3]),
    /^TypeError: summary: module must be a Module, got the class Linear; make one with new Linear/,
  );
  for (const shape of [3, [3, -1], ["3"], undefined]) {
    assert.throws(
      () => summary(new Linear(3, 2), shape as never),
      /^RangeError: summary: inputShape must be a list of lengths, such as \[3, 32, 32\], got /,
    );
  }
  assert.throws(
    () => summary(new Linear(3, 2), [4]),
    /^RangeError: linearForward: weight must have shape \(M, 4\)/,
  );
});
