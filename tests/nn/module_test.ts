import assert from "node:assert/strict";
import { add, multiply, relu, type Tensor } from "../../autograd/mod.ts";
import { array, type NDArray, ones, zeros } from "../../ndarray/mod.ts";
import {
  BatchNorm1d,
  Dropout,
  Linear,
  Module,
  Parameter,
  Residual,
  Sequential,
} from "../../nn/mod.ts";

class Net extends Module {
  scale = new Parameter(ones([2]));
  selfAttn = new Linear(2, 2, { dtype: "float64" });
  layers = [new Linear(2, 2), new BatchNorm1d(2), [new Linear(2, 2, { bias: false })]];
  table: NDArray = zeros([3]);
  size = 5;
  #hidden = new Linear(2, 2);
  forward(x: Tensor | NDArray): Tensor {
    return this.#hidden.forward(x);
  }
}

Deno.test("parameters() and buffers() name what the fields of a module hold by path", () => {
  const net = new Net();
  assert.deepEqual(Object.keys(net.parameters()), [
    "scale",
    "selfAttn.weight",
    "selfAttn.bias",
    "layers.0.weight",
    "layers.0.bias",
    "layers.1.weight",
    "layers.1.bias",
    "layers.2.0.weight",
  ]);
  assert.deepEqual(Object.keys(net.buffers()), [
    "layers.1.runningMean",
    "layers.1.runningVar",
    "table",
  ]);
  assert.equal(net.buffers().table, net.table);
  assert.deepEqual(Object.keys(net.modules()), [
    "",
    "selfAttn",
    "layers.0",
    "layers.1",
    "layers.2.0",
  ]);
});

Deno.test("what two paths lead to is named once, by the first", () => {
  class Tied extends Module {
    embed = new Linear(2, 3, { bias: false });
    out = this.embed;
    weight = this.embed.weight;
    forward(x: NDArray): Tensor {
      return add(this.embed.forward(x), this.out.forward(x));
    }
  }
  const tied = new Tied();
  assert.deepEqual(Object.keys(tied.parameters()), ["embed.weight"]);
  tied.forward(ones([1, 2])).sum().backward();
  assert.deepEqual(tied.embed.weight.grad!.toArray(), [[2, 2], [2, 2], [2, 2]]);
});

Deno.test("train() and eval() switch all parts, freeze() all parameters", () => {
  const net = new Sequential(new Linear(2, 2), new Sequential(new Dropout(0.5)));
  const modes = () => Object.values(net.modules()).map(({ training }) => training);
  assert.deepEqual(modes(), [true, true, true, true]);
  assert.equal(net.eval(), net);
  assert.deepEqual(modes(), [false, false, false, false]);
  net.train();
  assert.deepEqual(modes(), [true, true, true, true]);
  net.freeze();
  assert.ok(!net.forward(ones([1, 2])).requiresGrad);
  net.freeze(false);
  assert.ok(net.forward(ones([1, 2])).requiresGrad);
  assert.equal(`${net}`, "Sequential (6 parameters, train mode)");
});

Deno.test("a parameter owns its memory and is a float array", () => {
  const values = ones([2]);
  const parameter = new Parameter(values);
  values.set(5, 0);
  assert.deepEqual(parameter.toArray(), [1, 1]);
  assert.throws(
    () => new Parameter(array([1], "int32")),
    /^TypeError: Parameter: value must be a float32 or float64 array, got int32$/,
  );
});

Deno.test("Sequential takes modules and functions and refuses anything else", () => {
  const net = new Sequential(new Linear(3, 4), relu, (x) => multiply(x, 2));
  assert.deepEqual(net.forward(ones([2, 3])).shape, [2, 4]);
  const cases: [() => unknown, RegExp][] = [
    [
      () => new Sequential([new Linear(1, 1)] as never),
      /^TypeError: Sequential: layer 0 must be a module or a function, got a list; spread it with/,
    ],
    [
      () => new Sequential(Linear as never),
      /^TypeError: Sequential: layer 0 is the class Linear; make a layer of it with new Linear\(/,
    ],
    [
      () => new Sequential(((x: Tensor) => x.value) as never).forward(net.forward(ones([1, 3]))),
      /^TypeError: Sequential: layer 0 must return a tensor, got NDArray/,
    ],
    [
      () => {
        const norm = new BatchNorm1d(2);
        return new Sequential(new Linear(2, 2), norm, relu, norm);
      },
      /^TypeError: Sequential: layers 1 and 3 are the same BatchNorm1d; make a second one/,
    ],
  ];
  for (const [run, message] of cases) assert.throws(run, message);
  const drop = new Dropout(0.5);
  assert.equal(new Sequential(drop, relu, drop).layers.length, 3);
});

Deno.test("a residual block adds its input, or the shortcut's output", () => {
  const x = array([[1, -2]]);
  assert.deepEqual(new Residual((x) => multiply(x, 3)).forward(x).toArray(), [[4, -8]]);
  const shortcut = (x: Tensor | NDArray) => multiply(x, 10);
  assert.deepEqual(new Residual(relu, shortcut).forward(x).toArray(), [[11, -20]]);
});
