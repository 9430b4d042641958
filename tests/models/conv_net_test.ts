import assert from "node:assert/strict";
import { Workspace } from "../../kernels/mod.ts";
import { ConvNet, type ConvNetOptions, ThreeLayerConvNet } from "../../models/mod.ts";
import { array, type NDArray, ones } from "../../ndarray/mod.ts";
import { RandomState } from "../../random/mod.ts";
import { Solver } from "../../solver/mod.ts";
import { fails } from "../layers/_fails.ts";
import { snapshot } from "./_snapshot.ts";

const inputDim = [3, 8, 8] as const;
const X = new RandomState(2).randn(6, ...inputDim).astype("float32");
const y = array([0, 1, 2, 2, 1, 0], "int32");

function net(options: Partial<ConvNetOptions> = {}): ConvNet {
  const rng = new RandomState(231);
  return new ConvNet({ inputDim, conv: [4], numClasses: 3, rng, ...options });
}

/** The shapes of all layers, as text. */
function shapes(options: Partial<ConvNetOptions>): string[] {
  return net(options).summary().layers.map(({ name, outputShape }) =>
    `${name} ${outputShape.join("×")}`
  );
}

Deno.test("ConvNet of one pooled stage and one hidden layer is ThreeLayerConvNet", () => {
  for (const normalization of [null, "batchnorm"] as const) {
    const three = new ThreeLayerConvNet({
      inputDim,
      numFilters: 4,
      filterSize: 5,
      hiddenDim: 6,
      numClasses: 3,
      weightScale: 0.1,
      reg: 0.3,
      normalization,
      rng: new RandomState(231),
    });
    const model = net({
      conv: [{ filters: 4, size: 5, pool: true, bias: true }],
      hidden: [6],
      weightScale: 0.1,
      reg: 0.3,
      normalization,
    });
    assert.deepEqual(snapshot(model.params), snapshot(three.params));
    const [loss, grads] = model.loss(X, y);
    const [threeLoss, threeGrads] = three.loss(X, y);
    assert.ok(Math.abs(loss - threeLoss) <= 1e-14 * loss);
    assert.deepEqual(snapshot(grads), snapshot(threeGrads));
    assert.deepEqual(model.loss(X).data, three.loss(X).data);
  }
});

Deno.test("ConvNet draws its weights layer by layer", () => {
  const { params } = net({ conv: [4, { filters: 6, groups: 2 }], hidden: [5], weightScale: 0.5 });
  const control = new RandomState(231);
  const layers = [["W1", [4, 3, 3, 3]], ["W2", [6, 2, 3, 3]], ["W3", [6 * 64, 5]], ["W4", [
    5,
    3,
  ]]] as const;
  for (const [name, shape] of layers) {
    const expected = control.randn(...shape).multiply(0.5).astype("float32");
    assert.deepEqual(params[name].data, expected.data);
    assert.deepEqual(params[name].shape, shape);
  }
  assert.deepEqual(Object.keys(params), ["W1", "b1", "W2", "b2", "W3", "b3", "W4", "b4"]);
});

Deno.test('ConvNet with weightScale "he", its default, keeps the variance behind ReLU', () => {
  const { params } = net({
    conv: [{ filters: 64, size: 5 }, { filters: 64, groups: 4 }],
    hidden: [100],
  });
  const variances = { W1: 2 / (3 * 25), W2: 2 / (16 * 9), W3: 2 / (64 * 64), W4: 1 / 100 };
  for (const [name, variance] of Object.entries(variances)) {
    assert.ok(Math.abs(params[name].std() / Math.sqrt(variance) - 1) < 0.1, name);
  }
});

Deno.test("ConvNet has the parameters that its normalisation and biases ask for", () => {
  const names = (options: Partial<ConvNetOptions>) => Object.keys(net(options).params).join(" ");
  assert.equal(names({ conv: [4], hidden: [5] }), "W1 b1 W2 b2 W3 b3");
  assert.equal(
    names({ hidden: [5], normalization: "batchnorm" }),
    "W1 gamma1 beta1 W2 b2 gamma2 beta2 W3 b3",
  );
  assert.equal(
    names({ conv: [{ filters: 4, bias: true }], normalization: "batchnorm" }),
    "W1 b1 gamma1 beta1 W2 b2",
  );
  assert.equal(names({ conv: [{ filters: 4, bias: false }] }), "W1 W2 b2");
  assert.equal(
    names({ hidden: [5], normalization: "groupnorm", normGroups: 2 }),
    "W1 b1 gamma1 beta1 W2 b2 gamma2 beta2 W3 b3",
  );
  assert.equal(names({ normalization: "layernorm" }), "W1 b1 gamma1 beta1 W2 b2");
});

Deno.test("ConvNet knows the shape behind every layer", () => {
  assert.deepEqual(shapes({ conv: [{ filters: 4, pool: true }, { filters: 5, stride: 2 }] }), [
    "input 3×8×8",
    "conv1 4×8×8",
    "relu1 4×8×8",
    "maxpool1 4×4×4",
    "conv2 5×2×2",
    "relu2 5×2×2",
    "affine3 3",
  ]);
  const one = (stage: ConvNetOptions["conv"][number]) => shapes({ conv: [stage] }).slice(1, -1);
  assert.deepEqual(one({ filters: 4, size: [5, 1] }), ["conv1 4×8×8", "relu1 4×8×8"]);
  assert.deepEqual(one({ filters: 4, size: 3, dilation: 2 }), ["conv1 4×8×8", "relu1 4×8×8"]);
  assert.deepEqual(one({ filters: 4, size: 2, dilation: 2 }), ["conv1 4×8×8", "relu1 4×8×8"]);
  assert.deepEqual(one({ filters: 4, size: 4, pad: 0 }), ["conv1 4×5×5", "relu1 4×5×5"]);
  assert.deepEqual(one({ filters: 4, pad: [1, 0] }), ["conv1 4×8×6", "relu1 4×8×6"]);
  assert.deepEqual(one({ filters: 4, pool: 4 })[2], "maxpool1 4×2×2");
  assert.deepEqual(one({ filters: 4, pool: { size: 3, stride: 2 } })[2], "maxpool1 4×3×3");
  assert.deepEqual(one({ filters: 4, pool: { size: 3 } })[2], "maxpool1 4×2×2");
  const average = { size: [2, 8], kind: "average" } as const;
  assert.deepEqual(one({ filters: 4, pool: average })[2], "avgpool1 4×4×1");
  assert.deepEqual(shapes({ conv: [4], globalAveragePool: true, dropoutKeepRatio: 0.5 }), [
    "input 3×8×8",
    "conv1 4×8×8",
    "relu1 4×8×8",
    "globalavgpool 4",
    "dropout 4",
    "affine2 3",
  ]);
});

Deno.test("ConvNet with global average pooling does not mind where in the image things are", () => {
  const model = net({ conv: [{ filters: 4, size: 1 }], globalAveragePool: true });
  const mirrored = X.slice(":", ":", "::-1", "::-1");
  const [scores, others] = [model.loss(X), model.loss(mirrored)];
  scores.data.forEach((value, i) => assert.ok(Math.abs(value - others.data[i]) < 1e-5));
});

Deno.test("ConvNet.buffers are the live running statistics of all batch normalisation", () => {
  const model = net({ conv: [4, 5], hidden: [6], normalization: "batchnorm" });
  const { buffers } = model;
  assert.deepEqual(
    Object.keys(buffers),
    [1, 2, 3].flatMap((i) => [`bn${i}.runningMean`, `bn${i}.runningVar`]),
  );
  assert.deepEqual(buffers["bn2.runningVar"].shape, [5]);
  const before = snapshot(buffers);
  model.loss(X);
  assert.deepEqual(snapshot(buffers), before);
  model.loss(X, y);
  for (const { data } of Object.values(buffers)) assert.ok(data.some((value) => value !== 0));
  const scores = model.loss(X);
  buffers["bn3.runningMean"].data.fill(100);
  assert.notDeepEqual(model.loss(X).data, scores.data);
  assert.deepEqual(net({ normalization: "groupnorm", normGroups: 4 }).buffers, {});
});

const dropping = {
  conv: [{ filters: 4, dropoutKeepRatio: 0.8 }],
  hidden: [6],
  dropoutKeepRatio: 0.5,
};

Deno.test("ConvNet drops in training only", () => {
  const plain = { ...dropping, conv: [4], dropoutKeepRatio: 1 };
  assert.deepEqual(net(dropping).loss(X).data, net(plain).loss(X).data);
  assert.notEqual(net(dropping).loss(X, y)[0], net(plain).loss(X, y)[0]);
});

Deno.test("ConvNet without a dropout seed continues the stream of its generator", () => {
  const model = net(dropping);
  const control = new RandomState(231);
  control.randn(4 * 27 + 256 * 6 + 6 * 3);
  const [first] = model.loss(X, y);
  control.rand(6 * 256 + 6 * 6);
  assert.notEqual(model.loss(X, y)[0], first);
  control.rand(6 * 256 + 6 * 6);
  assert.equal(model.rng.rand(), control.rand());
});

Deno.test("ConvNet with a dropout seed has the same masks at every pass", () => {
  const model = net({ ...dropping, seed: 0 });
  const state = model.rng.getState();
  const [first] = model.loss(X, y);
  assert.equal(model.loss(X, y)[0], first);
  assert.deepEqual(model.rng.getState(), state);
});

Deno.test("ConvNet without hidden layers drops what the last layer reads", () => {
  const model = net({ conv: [4], dropoutKeepRatio: 0.5 });
  const control = new RandomState(231);
  control.randn(4 * 27 + 256 * 3);
  model.loss(X, y);
  control.rand(6 * 256);
  assert.equal(model.rng.rand(), control.rand());
});

const deep: Partial<ConvNetOptions> = {
  conv: [{ filters: 4, pool: true }, { filters: 6, stride: 2, dropoutKeepRatio: 0.9 }],
  hidden: [5],
  dropoutKeepRatio: 0.7,
  seed: 5,
  reg: 0.1,
};

for (const normalization of [null, "batchnorm", "groupnorm", "layernorm"] as const) {
  const normGroups = normalization === "groupnorm" ? { normGroups: 2 } : {};
  const options = { ...deep, normalization, ...normGroups };

  Deno.test(`ConvNet with ${normalization} changes neither parameters nor images`, () => {
    const model = net(options);
    const before = snapshot({ ...model.params, X });
    const [, grads] = model.loss(X, y);
    model.loss(X);
    assert.deepEqual(snapshot({ ...model.params, X }), before);
    assert.deepEqual(Object.keys(grads).sort(), Object.keys(model.params).sort());
  });

  Deno.test(`ConvNet with ${normalization} never overwrites what it returned`, () => {
    const model = net(options);
    const [, grads] = model.loss(X, y);
    const scores = model.loss(X);
    const before = [snapshot(grads), [...scores.data]];
    model.loss(X.multiply(2), y);
    model.loss(X.multiply(2));
    assert.deepEqual([snapshot(grads), [...scores.data]], before);
  });

  Deno.test(`ConvNet with ${normalization} computes the same in a workspace, and reuses it`, () => {
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
  });

  Deno.test(`ConvNet with ${normalization} overfits a few images`, async () => {
    const rng = new RandomState(4);
    const model = net({ ...options, dropoutKeepRatio: 1, reg: 0, seed: null, rng });
    const solver = new Solver(model, { XTrain: X, yTrain: y, XVal: X, yVal: y }, {
      updateRule: "adam",
      optimConfig: { learningRate: 1e-2 },
      batchSize: 6,
      numEpochs: 60,
      verbose: false,
      rng,
    });
    await solver.train();
    assert.equal(solver.checkAccuracy(X, y), 1);
  });
}

Deno.test("ConvNet in float64 and float32 agree to float32 accuracy", () => {
  const options = { ...deep, normalization: "batchnorm" } as const;
  const [single] = net(options).loss(X, y);
  const [double] = net({ ...options, dtype: "float64" }).loss(X, y);
  assert.ok(Math.abs(single - double) < 1e-5 * double);
});

Deno.test("ConvNet refuses what is wrong or unknown", () => {
  // deno-lint-ignore no-explicit-any
  const make = (options: any) => () => net(options);
  // deno-lint-ignore no-explicit-any
  const stage = (...conv: any[]) => make({ conv });
  fails(
    TypeError,
    "ConvNet: conv must be a list of at least one stage, such as [{ filters: 32, pool: true }]; " +
      "without convolution use FullyConnectedNet",
    stage(),
  );
  fails(TypeError, "ConvNet: conv must be a list", make({ conv: 32 }));
  fails(TypeError, "ConvNet: conv must be a list", make({ conv: undefined }));
  fails(TypeError, "ConvNet: options must be an object", () => {
    // deno-lint-ignore no-explicit-any
    new ConvNet(undefined as any);
  });
  fails(
    TypeError,
    'ConvNet: conv[1]: there is no option "kernelSize"; did you mean "size"?',
    stage(4, { filters: 4, kernelSize: 3 }),
  );
  fails(
    TypeError,
    'ConvNet: conv[0].pool: there is no option "strid"; did you mean "stride"?',
    stage({ filters: 4, pool: { size: 2, strid: 2 } }),
  );
  fails(
    TypeError,
    'ConvNet: there is no option "hiden"; did you mean "hidden"?',
    make({ hiden: [] }),
  );
  fails(
    RangeError,
    "ConvNet: conv[0]: filters must be a whole number from 1 up, got undefined",
    stage({ size: 3 }),
  );
  fails(RangeError, "ConvNet: conv[0]: filters must be a whole number from 1 up, got 0", stage(0));
  fails(
    RangeError,
    'ConvNet: conv[0]: size must be odd for the pad "same", got 4×4; give pad as a number',
    stage({ filters: 4, size: 4 }),
  );
  fails(
    RangeError,
    "ConvNet: conv[0]: stride must be a whole number from 1 up, got 0; 1 moves by one pixel",
    stage({ filters: 4, stride: 0 }),
  );
  fails(RangeError, "conv[0]: pad must be", stage({ filters: 4, pad: [1, -1] }));
  fails(RangeError, "conv[0]: pad must be", stage({ filters: 4, pad: "valid" }));
  fails(RangeError, "conv[0]: dilation must be", stage({ filters: 4, dilation: 0.5 }));
  fails(RangeError, "conv[0]: size must be", stage({ filters: 4, size: [3] }));
  fails(
    RangeError,
    "ConvNet: conv[0]: groups must divide the 3 channels that come in, got 2; use one of 1, 3",
    stage({ filters: 4, groups: 2 }),
  );
  fails(
    RangeError,
    "ConvNet: conv[0]: groups must divide the 4 filters, got 3; use one of 1, 2, 4",
    stage({ filters: 4, groups: 3 }),
  );
  fails(
    RangeError,
    "ConvNet: conv[1]: the filter covers 5×5 pixels, more than the padded image of 4×4; use a " +
      "smaller size, a larger pad or fewer stages",
    stage({ filters: 4, pool: true }, { filters: 4, size: 5, pad: 0 }),
  );
  fails(
    RangeError,
    "ConvNet: conv[0]: pool must divide the image of 8×8 there, got 3; pool fewer times, change " +
      "inputDim, or give { size: 3 } to leave out the rest of the pixels",
    stage({ filters: 4, pool: 3 }),
  );
  fails(
    RangeError,
    "ConvNet: conv[1]: the pooling window of 5×5 pixels is larger than the image of 4×4 there",
    stage({ filters: 4, pool: true }, { filters: 4, pool: { size: 5 } }),
  );
  fails(RangeError, "conv[0]: pool.size must be", stage({ filters: 4, pool: {} }));
  fails(
    RangeError,
    'pool.kind must be "max" or "average", got "min"',
    stage({ filters: 4, pool: { size: 2, kind: "min" } }),
  );
  fails(RangeError, "conv[0]: pool must be a whole number", stage({ filters: 4, pool: 0 }));
  fails(
    RangeError,
    "ConvNet: conv[0]: dropoutKeepRatio, the probability to keep, must be above 0",
    stage({ filters: 4, dropoutKeepRatio: 0 }),
  );
  fails(RangeError, "ConvNet: dropoutKeepRatio", make({ dropoutKeepRatio: 2 }));
  fails(
    RangeError,
    "ConvNet: normGroups must divide the 4 filters of conv[0], got 8; use one of 1, 2, 4, or other " +
      "filters",
    make({ normalization: "groupnorm" }),
  );
  fails(
    RangeError,
    'ConvNet: normGroups goes with normalization "groupnorm", which is "batchnorm" here',
    make({ normalization: "batchnorm", normGroups: 2 }),
  );
  fails(
    RangeError,
    'ConvNet: normalization must be "batchnorm", "groupnorm", "layernorm" or null, got "batch"',
    make({ normalization: "batch" }),
  );
  fails(RangeError, "ConvNet: hidden[1] must be", make({ hidden: [4, 0] }));
  fails(TypeError, "ConvNet: hidden must be a list of widths", make({ hidden: 100 }));
  fails(RangeError, "ConvNet: inputDim must be", make({ inputDim: [32, 32] }));
  fails(RangeError, "ConvNet: weightScale must be", make({ weightScale: "xavier" }));
  fails(RangeError, "ConvNet: reg must be", make({ reg: -1 }));
  fails(RangeError, "ConvNet: numClasses must be", make({ numClasses: 0 }));
  fails(RangeError, "ConvNet: dtype must be", make({ dtype: "float16" }));
  fails(
    RangeError,
    "ConvNet.loss: X must have shape (N, 3, 8, 8), got (2, 3, 9, 8)",
    () => net().loss(ones([2, 3, 9, 8])),
  );
});

Deno.test("ConvNet: a pooling window of one pixel only takes strides", () => {
  const pool = { size: 1, stride: 2 };
  const strided = net({ conv: [{ filters: 4, pool }], normalization: null });
  assert.deepEqual(shapes({ conv: [{ filters: 4, pool }] }).slice(-2), [
    "maxpool1 4×4×4",
    "affine2 3",
  ]);
  assert.deepEqual(strided.loss(X).shape, [6, 3]);
});

Deno.test("ConvNet: stages may end at one pixel, and no further", () => {
  const stage = { filters: 2, pool: true };
  const make = (count: number) =>
    new ConvNet({
      inputDim: [1, 4, 4],
      conv: Array(count).fill(stage),
      hidden: [],
      numClasses: 3,
      rng: new RandomState(1),
    });
  const net = make(2);
  assert.deepEqual(net.params.W3.shape, [2, 3]);
  assert.deepEqual(net.loss(ones([5, 1, 4, 4])).shape, [5, 3]);
  assert.throws(() => make(3), /^RangeError: ConvNet: conv\[2\]/);
});

for (const normalization of ["batchnorm", "groupnorm", "layernorm"] as const) {
  Deno.test(`ConvNet with ${normalization} cuts off what is below zero`, () => {
    const groups = normalization === "groupnorm" ? { normGroups: 2 } : {};
    const model = net({ normalization, ...groups });
    model.params.gamma1.data.fill(0);
    model.params.beta1.data.fill(-1);
    assert.deepEqual(model.loss(X).toArray(), Array(6).fill([0, 0, 0]));
  });
}
