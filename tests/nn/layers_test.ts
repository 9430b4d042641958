import assert from "node:assert/strict";
import { noGrad } from "../../autograd/mod.ts";
import { allclose, array, ones, zeros } from "../../ndarray/mod.ts";
import {
  BatchNorm1d,
  BatchNorm2d,
  Conv2d,
  Dropout,
  Embedding,
  GroupNorm,
  initialize,
  kaimingNormal,
  kaimingUniform,
  LayerNorm,
  Linear,
  normal,
  ResidualBlock,
  uniformFanIn,
  xavierNormal,
  xavierUniform,
} from "../../nn/mod.ts";
import { RandomState } from "../../random/mod.ts";

Deno.test("weights and biases of layers begin uniform within one over the root of fan-in", () => {
  const rng = new RandomState(0);
  const linear = new Linear(100, 200, { rng });
  const conv = new Conv2d(4, 100, 5, { rng });
  for (const parameter of [linear.weight, linear.bias!, conv.weight, conv.bias!]) {
    assert.equal(parameter.dtype, "float32");
    const { value } = parameter;
    assert.ok(value.max() <= 0.1 && value.max() > 0.09, `${value.max()}`);
    assert.ok(value.min() >= -0.1 && value.min() < -0.09);
  }
  const again = new RandomState(0);
  const weight = again.uniform(-0.1, 0.1, [200, 100]).astype("float32");
  const bias = again.uniform(-0.1, 0.1, [200]).astype("float32");
  assert.deepEqual([linear.weight.value, linear.bias!.value], [weight, bias]);
});

Deno.test("initialisers have the deviation that their sources state", () => {
  const shape = [100, 40, 5];
  const [fanIn, fanOut] = [200, 500];
  const deviations = [
    [uniformFanIn, 1 / Math.sqrt(3 * fanIn)],
    [xavierUniform, Math.sqrt(2 / (fanIn + fanOut))],
    [xavierNormal, Math.sqrt(2 / (fanIn + fanOut))],
    [kaimingUniform, Math.sqrt(2 / fanIn)],
    [kaimingNormal, Math.sqrt(2 / fanIn)],
    [normal, 1],
  ] as const;
  for (const [init, expected] of deviations) {
    const values = init(shape, new RandomState(3));
    assert.deepEqual(values.shape, shape);
    assert.ok(Math.abs(values.std() / expected - 1) < 0.02, `${init.name}: ${values.std()}`);
    assert.ok(Math.abs(values.mean()) < 0.02 * expected + 0.01 * expected);
  }
  const layer = new Linear(3, 2, { init: (shape) => ones(shape) });
  assert.deepEqual(layer.weight.toArray(), [[1, 1, 1], [1, 1, 1]]);
  initialize(layer.weight, (shape) => zeros(shape), new RandomState(0));
  assert.equal(layer.weight.value.sum(), 0);
});

Deno.test("batch norm moves its statistics from 0 and 1 by a tenth of the batch's, biased", () => {
  const norm = new BatchNorm1d(2, { dtype: "float64" });
  const x = array([[1, 10], [3, 30]]);
  norm.forward(x);
  assert.ok(allclose(norm.runningMean, array([0.2, 2])));
  assert.ok(allclose(norm.runningVar, array([0.9 + 0.1, 0.9 + 10])));
  assert.equal(norm.numBatchesTracked, 1);

  const out = norm.eval().forward(x);
  const expected = x.subtract(norm.runningMean).divide(norm.runningVar.add(1e-5).power(0.5));
  assert.ok(allclose(out.value, expected));
  assert.equal(norm.numBatchesTracked, 1);

  const images = new BatchNorm2d(3, { momentum: 1, dtype: "float64" });
  const rng = new RandomState(0);
  const pixels = rng.randn(4, 3, 5, 5);
  images.forward(pixels);
  assert.ok(allclose(images.runningVar, pixels.var([0, 2, 3])));
  const sequences = new BatchNorm1d(3, { dtype: "float64" });
  assert.ok(
    allclose(
      sequences.forward(pixels.reshape([4, 3, 25])).value.reshape([4, 3, 5, 5]),
      images.forward(pixels).value,
    ),
  );
});

Deno.test("where eval() is forgotten, statistics stay under noGrad and a batch of one is refused", () => {
  const norm = new BatchNorm2d(2);
  const x = new RandomState(0).randn(3, 2, 2, 2);
  noGrad(() => norm.forward(x));
  assert.deepEqual([norm.runningMean.toArray(), norm.runningVar.toArray()], [[0, 0], [1, 1]]);
  assert.equal(norm.numBatchesTracked, 0);
  assert.throws(
    () => norm.forward(ones([1, 2, 1, 1])),
    /^RangeError: BatchNorm2d: in train mode x must hold more than one value for each of 2 features, got shape \(1, 2, 1, 1\); for predictions call eval\(\) first$/,
  );
  assert.deepEqual(norm.eval().forward(ones([1, 2, 1, 1])).shape, [1, 2, 1, 1]);
});

Deno.test("Dropout drops with probability p in train mode, and nothing in eval mode", () => {
  const drop = new Dropout(0.2, { rng: new RandomState(1) });
  const { value } = drop.forward(ones([10_000]));
  const dropped = value.equal(0).mean();
  assert.ok(Math.abs(dropped - 0.2) < 0.02, `${dropped}`);
  assert.equal(value.max().toFixed(6), "1.250000");
  assert.deepEqual(drop.eval().forward(ones([3])).toArray(), [1, 1, 1]);
  assert.deepEqual(new Dropout(0).forward(ones([3])).toArray(), [1, 1, 1]);
});

Deno.test("the padding row of an embedding is zero and gets no gradient", () => {
  const words = new Embedding(4, 2, { paddingIdx: 1, rng: new RandomState(0) });
  assert.deepEqual(words.weight.value.slice(1).toArray(), [0, 0]);
  const out = words.forward(array([[1, 3], [3, 0]], "int32"));
  out.sum().backward();
  assert.deepEqual(words.weight.grad!.toArray(), [[1, 1], [0, 0], [0, 0], [2, 2]]);
});

Deno.test("layer and group norm begin as plain normalisation", () => {
  const x = new RandomState(0).randn(2, 4, 3, 3).multiply(5).add(2);
  const rows = new LayerNorm(3).forward(x).value;
  assert.ok(Math.max(...rows.mean(-1).data.map(Math.abs)) < 1e-5);
  const groups = new GroupNorm(2, 4).forward(x).value.reshape([2, 2, 18]);
  assert.ok(Math.max(...groups.mean(-1).data.map(Math.abs)) < 1e-5);
});

Deno.test("a residual block has a shortcut only where the shape changes", () => {
  const rng = new RandomState(0);
  const plain = new ResidualBlock(4, 4, { rng });
  assert.equal(plain.downsample, null);
  const strided = new ResidualBlock(4, 8, { stride: 2, rng });
  assert.deepEqual(Object.keys(strided.stateDict()).filter((name) => name.startsWith("down")), [
    "downsample.0.weight",
    "downsample.1.weight",
    "downsample.1.bias",
    "downsample.1.running_mean",
    "downsample.1.running_var",
  ]);
});

Deno.test("constructors check sizes and options", () => {
  const cases: [() => unknown, RegExp][] = [
    [
      () => new Linear(0, 3),
      /^RangeError: Linear: inFeatures must be a whole number from 1 up, got 0/,
    ],
    [
      () => new Linear(3, 3, { biases: true } as never),
      /^TypeError: Linear: there is no option "biases"; did you mean "bias"\?$/,
    ],
    [
      () => new Linear("3" as never, 3),
      /^RangeError: Linear: inFeatures must be a whole number from 1 up, got "3"$/,
    ],
    [
      () => new Conv2d(3, 4, 3, { padding: 1 } as never),
      /^TypeError: Conv2d: there is no option "padding"; did you mean "pad"\?$/,
    ],
    [
      () => new Conv2d(3, 4, { kernel_size: 3 } as never),
      /^RangeError: Conv2d: kernelSize must be/,
    ],
    [
      () => new Linear(3, 3, { seed: 1 } as never),
      /^TypeError: Linear: there is no option "seed"; a seed goes into rng: new RandomState\(seed\)$/,
    ],
    [
      () => new Linear(3, 3, { device: "cuda" } as never),
      /^TypeError: Linear: there is no option "device"; the kernels are chosen with useBackend\(\)$/,
    ],
    [
      () => new Linear(3, 3, { dtype: "int32" as never }),
      /^RangeError: Linear: dtype must be "float32" or "float64", got "int32"$/,
    ],
    [
      () => new Linear(3, 3, { rng: 5 as never }),
      /^TypeError: Linear: rng must be a RandomState, got number$/,
    ],
    [() => new Conv2d(3, 4, 0), /^RangeError: Conv2d: kernelSize must be a whole number from 1 up/],
    [
      () => new Conv2d(3, 4, 3, { groups: 2 }),
      /^RangeError: Conv2d: groups must divide the 3 channels that come in and the 4 that go out, got 2$/,
    ],
    [
      () => new Conv2d(3, 4, 3, { pad: -1 }),
      /^RangeError: Conv2d: pad must be a whole number from 0/,
    ],
    [
      () => new BatchNorm1d(3, { momentum: 2 }),
      /^RangeError: BatchNorm1d: momentum, the share of the new batch/,
    ],
    [
      () => new GroupNorm(4, 6),
      /^RangeError: GroupNorm: numGroups must divide the 6 channels, got 4/,
    ],
    [
      () => new Dropout(1),
      /^RangeError: Dropout: p, the probability to DROP a value, must be from 0 up to below 1, got 1$/,
    ],
    [
      () => new Embedding(3, 2, { paddingIdx: 3 }),
      /^RangeError: Embedding: paddingIdx must be a whole number from 0 to 2, got 3$/,
    ],
    [
      () => new Embedding(3, 2).forward(array([3], "int32")),
      /^RangeError: wordEmbeddingForward: x must hold whole numbers from 0 to 2, the rows of W, got 3/,
    ],
  ];
  for (const [run, message] of cases) assert.throws(run, message);
});
