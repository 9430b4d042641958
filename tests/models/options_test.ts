import assert from "node:assert/strict";
import {
  ConvNet,
  FullyConnectedNet,
  KNearestNeighbor,
  LinearSVM,
  type Model,
  ThreeLayerConvNet,
  TwoLayerNet,
} from "../../models/mod.ts";
import { array } from "../../ndarray/mod.ts";

// deno-lint-ignore no-explicit-any
type Anything = any;

const makers: Record<string, (options: Anything) => unknown> = {
  TwoLayerNet: (options) => new TwoLayerNet(options),
  FullyConnectedNet: (options) => new FullyConnectedNet([5], options),
  ThreeLayerConvNet: (options) => new ThreeLayerConvNet(options),
  ConvNet: (options) => new ConvNet({ conv: [3], ...options }),
};

for (const [name, make] of Object.entries(makers)) {
  Deno.test(`${name} says what options of other libraries are called here`, () => {
    const advises = (option: string, advice: string) =>
      assert.throws(() => make({ [option]: 1 }), {
        name: "TypeError",
        message: `${name}: there is no option "${option}"; ${advice}`,
      });
    advises("num_classes", 'did you mean "numClasses"?');
    advises("n_classes", 'did you mean "numClasses"?');
    advises("weight_decay", 'did you mean "reg"?');
    advises("l2", 'did you mean "reg"?');
    advises("random_state", 'did you mean "rng"?');
    advises("lr", "the learning rate belongs to the Solver: optimConfig: { learningRate }");
    advises("device", "the kernels are chosen with useBackend()");
  });

  Deno.test(`${name} refuses a seed for its generator, and numbers that are none`, () => {
    assert.throws(() => make({ rng: 231 }), {
      name: "TypeError",
      message: `${name}: rng must be a RandomState, got number; use new RandomState(231)`,
    });
    for (const wrong of ["0.1", null, Symbol("reg"), [1], true, NaN, -1]) {
      assert.throws(() => make({ reg: wrong }), {
        name: "RangeError",
        message: /: reg must be a finite number from 0 up, got ./,
      });
      assert.throws(() => make({ weightScale: wrong }), RangeError);
      assert.throws(() => make({ numClasses: wrong }), RangeError);
      assert.throws(() => make({ dtype: wrong }), RangeError);
    }
  });
}

for (const [name, make] of Object.entries(makers)) {
  Deno.test(`${name}.loss() taken off its network says so`, () => {
    const net = make({}) as Model;
    const { loss } = net;
    const message =
      `${name}.loss: loss was called without its network; call net.loss(X, y), or hand ` +
      "on (X, y) => net.loss(X, y)";
    assert.throws(() => loss(array([1])), { name: "TypeError", message });
    assert.throws(() => ({ ...net, loss }).loss(array([1])), { name: "TypeError", message });
  });
}

Deno.test("a seed of dropout is a seed, and a net without dropout sends it to the generator", () => {
  assert.throws(() => new FullyConnectedNet([], { seed: -1 }), RangeError);
  assert.throws(
    () => new TwoLayerNet({ seed: 3 } as Anything),
    /there is no option "seed"; a seed goes into rng: new RandomState\(seed\)$/,
  );
});

Deno.test("classifiers say what options of other libraries are called here", () => {
  const [X, y] = [array([[1, 0], [0, 1]]), array([0, 1])];
  const svm = new LinearSVM();
  assert.throws(
    () => svm.train(X, y, { lr: 0.1 } as Anything),
    /^TypeError: LinearSVM\.train: there is no option "lr"; did you mean "learningRate"\?$/,
  );
  assert.throws(
    () => svm.train(X, y, { learningRate: "0.1" } as Anything),
    /^RangeError: LinearSVM\.train: learningRate must be a finite number from 0 up, got "0\.1"$/,
  );
  assert.throws(
    () => new KNearestNeighbor({ n_neighbors: 3 } as Anything),
    /KNearestNeighbor: there is no option "n_neighbors"; k is an option of predict\(\)$/,
  );
});
