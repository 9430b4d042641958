import assert from "node:assert/strict";
import { multiply, sum, Tensor } from "../../autograd/mod.ts";
import { array, NDArray, ones } from "../../ndarray/mod.ts";
import {
  clipGradNorm,
  Linear,
  Module,
  Optimizer,
  type OptimizerState,
  Parameter,
  ParameterAverage,
  Sequential,
} from "../../nn/mod.ts";
import { type OptimConfig, stepDecay, updateRules } from "../../optim/mod.ts";
import { RandomState } from "../../random/mod.ts";

Deno.test("Optimizer makes the steps of the rule, in place", () => {
  const rng = new RandomState(0);
  for (const rule of ["adam", "adamw", "sgdMomentum"] as const) {
    const start = rng.randn(3, 2);
    const parameter = new Parameter(start);
    const { data } = parameter.value;
    const optimizer = new Optimizer([parameter], rule, { learningRate: 0.1 });
    let w = start;
    let config: OptimConfig = { learningRate: 0.1 };
    for (let step = 0; step < 3; step++) {
      optimizer.zeroGrad();
      sum(multiply(parameter, parameter)).backward();
      optimizer.step();
      [w, config] = updateRules[rule](w, w.multiply(2), config);
    }
    assert.deepEqual(parameter.value, w);
    assert.equal(parameter.value.data, data);
    assert.equal(optimizer.steps, 3);
  }
});

Deno.test("groups have settings of their own, and schedules count the optimizer's steps", () => {
  const [a, b, c] = [1, 1, 1].map((value) => new Parameter(array([value])));
  const optimizer = new Optimizer(
    [
      { parameters: [a], learningRate: 0.5 },
      { parameters: { b }, learningRate: stepDecay({ base: 1, every: 1, factor: 0.5 }) },
      { parameters: [c] },
    ],
    "sgd",
    { learningRate: 0.1 },
  );
  for (let step = 0; step < 2; step++) {
    for (const parameter of [a, b, c]) parameter.grad = array([1]);
    optimizer.step();
  }
  assert.deepEqual([a, b, c].map((p) => p.item().toFixed(6)), [
    "0.000000",
    "-0.500000",
    "0.800000",
  ]);
  assert.deepEqual(Object.keys(optimizer.getState().configs), ["0.0", "1.b", "2.0"]);
});

Deno.test("Optimizer passes frozen parameters over, and names those without a gradient", () => {
  const net = new Sequential(new Linear(2, 2), new Linear(2, 2));
  const optimizer = new Optimizer(net, "sgd", { learningRate: 1 });
  assert.throws(
    () => optimizer.step(),
    /^Error: Optimizer.step: no parameter has a gradient; call/,
  );
  const first = net.layers[0] as Linear;
  sum(first.forward(ones([1, 2]))).backward();
  assert.throws(
    () => optimizer.step(),
    /^Error: Optimizer.step: there is no gradient for 1.weight, 1.bias: the loss does not depend/,
  );
  const before = first.bias!.value.copy();
  optimizer.step({ allowUnused: true });
  assert.deepEqual(first.bias!.value, before.subtract(1));
  (net.layers[1] as Linear).freeze();
  optimizer.step();
  assert.deepEqual(first.bias!.value, before.subtract(1).subtract(1));
});

Deno.test("Optimizer refuses what is no parameter, none, and one given twice", () => {
  const parameter = new Parameter(ones([1]));
  const cases: [() => unknown, RegExp][] = [
    [
      () => new Optimizer(parameter as never),
      /^TypeError: Optimizer: .* one tensor; wrap it in a list/,
    ],
    [() => new Optimizer([ones([1])] as never), /^TypeError: Optimizer: .* got NDArray at 0$/],
    [() => new Optimizer([]), /^RangeError: Optimizer: there are no parameters$/],
    [
      () => new Optimizer([parameter, parameter]),
      /^RangeError: Optimizer: 1 and 0 are the same parameter, which would be updated twice/,
    ],
    [() => new Optimizer([parameter], "adm" as never), /did you mean "adam"/],
    [
      () => new Optimizer([parameter], "sgd", { learningRate: -1 }),
      /^RangeError: sgd: learningRate/,
    ],
    [() => new Optimizer([parameter], "sgd", { beta1: 0.9 }), /"beta1"/],
  ];
  for (const [run, message] of cases) assert.throws(run, message);
});

Deno.test("scaleLearningRate() is the decay of an epoch", () => {
  const parameter = new Parameter(ones([1]));
  const optimizer = new Optimizer([parameter], "sgd", { learningRate: 1 });
  optimizer.scaleLearningRate(0.5);
  parameter.grad = ones([1]);
  optimizer.step();
  assert.equal(parameter.item(), 0.5);
  assert.throws(
    () => new Optimizer([parameter], "sgd", { learningRate: () => 1 }).scaleLearningRate(0.5),
    /follows a schedule$/,
  );
});

Deno.test("a graph cannot be gone back over after the optimizer's step", () => {
  const parameter = new Parameter(ones([2]));
  const optimizer = new Optimizer([parameter], "sgd");
  const loss = sum(multiply(parameter, parameter));
  loss.backward();
  optimizer.step();
  assert.throws(
    () => loss.backward(),
    /^Error: backward: argument 0 of multiply, of shape \(2,\), was updated in place after it was/,
  );
});

Deno.test("clipGradNorm() scales gradients that are too long, together", () => {
  const [a, b, c] = [new Tensor(ones([2])), new Tensor(ones([1])), new Tensor(ones([1]))];
  [a.grad, b.grad] = [array([2, 4]), array([4])];
  assert.equal(clipGradNorm([a, b, c], 3), 6);
  assert.ok(Math.abs(a.grad.at(0) - 1) < 1e-6 && Math.abs(b.grad.at(0) - 2) < 1e-6);
  const before = a.grad;
  clipGradNorm([a, b], 100);
  assert.equal(a.grad, before);
  b.grad = array([NaN]);
  assert.throws(
    () => clipGradNorm({ a, "layers.0.weight": b }, 1),
    /^RangeError: clipGradNorm: the gradient of layers.0.weight holds NaN; a smaller learning rate/,
  );
  assert.deepEqual(a.grad, before);
  assert.throws(
    () => clipGradNorm([a], 0),
    /^RangeError: clipGradNorm: maxNorm must be a positive/,
  );
});

Deno.test("ParameterAverage puts the parameters back, also after an error", () => {
  class One extends Module {
    w = new Parameter(array([8]));
    forward(): Tensor {
      return this.w;
    }
  }
  const module = new One();
  const average = new ParameterAverage(module, { decay: 0.5 });
  module.w.value = array([0]);
  average.update();
  average.update();
  assert.deepEqual(average.values.w.toArray(), [2]);
  assert.throws(() =>
    average.use(() => {
      assert.equal(module.w.item(), 2);
      throw new Error("stop");
    }), /stop/);
  assert.equal(module.w.item(), 0);
  assert.deepEqual(average.values.w.toArray(), [2]);
  assert.throws(() => new ParameterAverage(module, { decay: 1 }), /^RangeError: ParameterAverage/);
});

Deno.test("an optimizer goes on from the state of another", () => {
  const step = (optimizer: Optimizer, parameter: Parameter) => {
    parameter.grad = array([0.5, -1]);
    optimizer.step();
  };
  const make = () => {
    const parameter = new Parameter(ones([2]));
    return { parameter, optimizer: new Optimizer([parameter], "adam", { learningRate: 0.1 }) };
  };
  const [first, second] = [make(), make()];
  for (let i = 0; i < 3; i++) step(first.optimizer, first.parameter);
  second.parameter.value = first.parameter.value.copy();
  second.optimizer.setState(structuredCloneOf(first.optimizer.getState()));
  for (const { optimizer, parameter } of [first, second]) step(optimizer, parameter);
  assert.deepEqual(second.parameter.value, first.parameter.value);
  assert.throws(
    () => second.optimizer.setState({ steps: 1, configs: { other: {} } }),
    /^RangeError: Optimizer.setState: the state must be that of 0, got that of other$/,
  );
});

/** The state with arrays of its own. */
function structuredCloneOf({ steps, configs }: OptimizerState): OptimizerState {
  const copy = (value: unknown) => value instanceof NDArray ? value.copy() : value;
  return {
    steps,
    configs: Object.fromEntries(
      Object.entries(configs).map(([name, config]) => [
        name,
        Object.fromEntries(Object.entries(config).map(([key, value]) => [key, copy(value)])),
      ]),
    ),
  };
}
