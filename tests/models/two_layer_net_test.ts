import assert from "node:assert/strict";
import { TwoLayerNet } from "../../models/mod.ts";
import { array, ones, zeros } from "../../ndarray/mod.ts";
import { RandomState } from "../../random/mod.ts";
import { fails } from "../layers/_fails.ts";

Deno.test("TwoLayerNet draws W1, then W2, and casts them to float32", () => {
  const rng = new RandomState(231);
  const { params } = new TwoLayerNet({ inputDim: 4, hiddenDim: 5, numClasses: 3, rng });
  const control = new RandomState(231);
  const expected = control.randn(4, 5).multiply(1e-3).astype("float32");
  assert.deepEqual(params.W1.data, expected.data);
  assert.deepEqual(params.W2.data, control.randn(5, 3).multiply(1e-3).astype("float32").data);
  assert.deepEqual([...params.b1.data, ...params.b2.data], Array(8).fill(0));
  assert.ok(Object.values(params).every(({ dtype }) => dtype === "float32"));
});

Deno.test("TwoLayerNet has the sizes of the course by default", () => {
  const { params } = new TwoLayerNet();
  assert.deepEqual(params.W1.shape, [3072, 100]);
  assert.deepEqual(params.W2.shape, [100, 10]);
});

Deno.test("TwoLayerNet.loss() computes in the type of the weights", () => {
  const model = new TwoLayerNet({
    inputDim: 4,
    hiddenDim: 5,
    numClasses: 3,
    rng: new RandomState(1),
  });
  const X = new RandomState(2).randn(6, 2, 2);
  assert.equal(model.loss(X).dtype, "float32");
  for (const name of Object.keys(model.params)) {
    model.params[name] = model.params[name].astype("float64");
  }
  assert.equal(model.loss(X).dtype, "float64");
  assert.equal(model.loss(X, zeros([6]))[1].W1.dtype, "float64");
  assert.equal(model.loss(ones([6, 4], "uint8")).dtype, "float64");
});

Deno.test("TwoLayerNet regularises weights, not biases", () => {
  const model = new TwoLayerNet({ inputDim: 2, hiddenDim: 2, numClasses: 2, dtype: "float64" });
  model.params = { W1: ones([2, 2]), b1: ones([2]), W2: ones([2, 2]), b2: ones([2]) };
  const [X, y] = [zeros([1, 2]), array([0])];
  const [plain, plainGrads] = model.loss(X, y);
  model.reg = 0.5;
  const [loss, grads] = model.loss(X, y);
  assert.ok(Math.abs(loss - plain - 0.5 * 0.5 * 8) < 1e-12);
  assert.deepEqual(grads.W1.subtract(plainGrads.W1).toArray(), [[0.5, 0.5], [0.5, 0.5]]);
  assert.deepEqual(grads.b1.data, plainGrads.b1.data);
  assert.deepEqual(grads.b2.data, plainGrads.b2.data);
});

Deno.test("TwoLayerNet refuses options that are wrong or unknown", () => {
  fails(
    RangeError,
    "TwoLayerNet: hiddenDim must be a whole number from 1 up, got 0",
    () => new TwoLayerNet({ hiddenDim: 0 }),
  );
  fails(RangeError, "TwoLayerNet: inputDim must be", () => new TwoLayerNet({ inputDim: 2.5 }));
  fails(RangeError, "TwoLayerNet: numClasses must be", () => new TwoLayerNet({ numClasses: NaN }));
  fails(
    RangeError,
    "TwoLayerNet: weightScale must be a finite number",
    () => new TwoLayerNet({ weightScale: Infinity }),
  );
  fails(
    RangeError,
    "TwoLayerNet: reg must be a finite number from 0 up, got -1",
    () => new TwoLayerNet({ reg: -1 }),
  );
  // deno-lint-ignore no-explicit-any
  const make = (options: any) => () => new TwoLayerNet(options);
  fails(RangeError, 'dtype must be "float32" or "float64", got "int32"', make({ dtype: "int32" }));
  fails(
    TypeError,
    'TwoLayerNet: there is no option "hidenDim"; did you mean "hiddenDim"?',
    make({ hidenDim: 5 }),
  );
  fails(TypeError, 'did you mean "weightScale"?', make({ weight_scale: 5 }));
  fails(TypeError, 'there is no option "colour"; the options are inputDim, ', make({ colour: 5 }));
  fails(TypeError, "TwoLayerNet: options must be an object, got null", make(null));
});

Deno.test("TwoLayerNet.loss() refuses examples and labels that do not fit", () => {
  const model = new TwoLayerNet({ inputDim: 4, hiddenDim: 5, numClasses: 3 });
  fails(RangeError, "TwoLayerNet.loss: X must have shape (N, 4)", () => model.loss(ones([2, 5])));
  fails(
    RangeError,
    "got (2, 5); inputDim is set when the network is made",
    () => model.loss(ones([2, 5])),
  );
  fails(RangeError, "got (4,); reshape a single example to (1, 4)", () => model.loss(ones([4])));
  fails(RangeError, "got (0, 4); is the batch empty?", () => model.loss(ones([0, 4])));
  // deno-lint-ignore no-explicit-any
  fails(TypeError, "X must be an NDArray", () => model.loss([[1, 2, 3, 4]] as any));
  fails(
    RangeError,
    "y must hold whole numbers from 0 to 2",
    () => model.loss(ones([2, 4]), array([0, 3])),
  );
  fails(RangeError, "y must have shape (2,)", () => model.loss(ones([2, 4]), array([0])));
});
