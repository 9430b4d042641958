import assert from "node:assert/strict";
import { Workspace } from "../../kernels/mod.ts";
import {
  affineForward,
  affineReluForward,
  convForwardNaive,
  maxPoolForwardNaive,
  reluForward,
} from "../../layers/mod.ts";
import { ThreeLayerConvNet, type ThreeLayerConvNetOptions } from "../../models/mod.ts";
import { array, type NDArray, ones } from "../../ndarray/mod.ts";
import { RandomState } from "../../random/mod.ts";
import { Solver } from "../../solver/mod.ts";
import { assertClose } from "../gradients/_suite.ts";
import { fails } from "../layers/_fails.ts";
import { snapshot } from "./_snapshot.ts";

const X = new RandomState(2).randn(5, 2, 6, 4).astype("float32");
const y = array([0, 1, 2, 2, 1], "int32");

function net(options: ThreeLayerConvNetOptions = {}): ThreeLayerConvNet {
  return new ThreeLayerConvNet({
    inputDim: [2, 6, 4],
    numFilters: 3,
    filterSize: 3,
    hiddenDim: 7,
    numClasses: 3,
    weightScale: 0.3,
    rng: new RandomState(231),
    ...options,
  });
}

Deno.test("ThreeLayerConvNet draws W1, W2, W3 in order and casts them to float32", () => {
  const { params } = net();
  const control = new RandomState(231);
  for (const [name, shape] of [["W1", [3, 2, 3, 3]], ["W2", [18, 7]], ["W3", [7, 3]]] as const) {
    assert.deepEqual(
      params[name].data,
      control.randn(...shape).multiply(0.3).astype("float32").data,
    );
    assert.deepEqual(params[name].shape, shape);
  }
  assert.deepEqual(Object.keys(params), ["W1", "b1", "W2", "b2", "W3", "b3"]);
  assert.ok(["b1", "b2", "b3"].every((name) => params[name].data.every((value) => value === 0)));
});

Deno.test("ThreeLayerConvNet has the sizes of the course by default", () => {
  const { params } = new ThreeLayerConvNet();
  assert.deepEqual(params.W1.shape, [32, 3, 7, 7]);
  assert.deepEqual(params.W2.shape, [32 * 16 * 16, 100]);
  assert.deepEqual(params.W3.shape, [100, 10]);
  assert.ok(Math.abs(params.W2.std() - 1e-3) < 1e-5);
  assert.equal(params.W1.dtype, "float32");
});

Deno.test("ThreeLayerConvNet.loss(X) is its layers one after another", () => {
  const model = net({ dtype: "float64" });
  const { W1, b1, W2, b2, W3, b3 } = model.params;
  for (const bias of [b1, b2, b3]) bias.data.forEach((_, i) => bias.data[i] = (i - 1) / 3);
  const [maps] = convForwardNaive(X, W1, b1, { stride: 1, pad: 1 });
  const [pooled] = maxPoolForwardNaive(reluForward(maps)[0], {
    poolHeight: 2,
    poolWidth: 2,
    stride: 2,
  });
  const [hidden] = affineReluForward(pooled, W2, b2);
  assertClose("scores", model.loss(X), affineForward(hidden, W3, b3)[0], 1e-12);
});

Deno.test("ThreeLayerConvNet normalises after the convolution and the hidden layer", () => {
  const model = net({ normalization: "batchnorm" });
  const { params, buffers } = model;
  assert.deepEqual(params.gamma1.toArray(), [1, 1, 1]);
  assert.deepEqual(params.beta2.toArray(), [0, 0, 0, 0, 0, 0, 0]);
  assert.equal(params.gamma3, undefined);
  assert.deepEqual(Object.keys(buffers), [
    "bn1.runningMean",
    "bn1.runningVar",
    "bn2.runningMean",
    "bn2.runningVar",
  ]);
  assert.deepEqual(net().buffers, {});
  // Whatever the scale of what is normalised, the loss is the same.
  const [loss] = model.loss(X, y);
  const scaled = net({ normalization: "batchnorm", dtype: "float64" });
  for (const name of ["W1", "W2"]) scaled.params[name] = scaled.params[name].multiply(1000);
  assert.ok(Math.abs(scaled.loss(X, y)[0] - loss) < 1e-3);
});

Deno.test("ThreeLayerConvNet.loss(X) uses running statistics, and training moves them", () => {
  const model = net({ normalization: "batchnorm" });
  const { buffers } = model;
  const before = snapshot(buffers);
  model.loss(X);
  assert.deepEqual(snapshot(buffers), before);
  model.loss(X, y);
  for (const name of Object.keys(buffers)) {
    assert.ok(buffers[name].data.every((value) => value !== 0), name);
  }
  // The scores of one image do not depend on the others.
  const alone = model.loss(X.slice("2:3"));
  assert.ok(Math.abs(alone.at(0, 0) - model.loss(X).at(2, 0)) < 1e-5);
});

Deno.test("ThreeLayerConvNet regularises weights only", () => {
  const options = { normalization: "batchnorm", dtype: "float64" } as const;
  const [plain, plainGrads] = net(options).loss(X, y);
  const model = net({ ...options, reg: 0.5 });
  const [loss, grads] = model.loss(X, y);
  let squares = 0;
  for (const name of ["W1", "W2", "W3"]) {
    squares += model.params[name].power(2).sum();
    const added = grads[name].subtract(plainGrads[name]);
    assertClose(name, added, model.params[name].multiply(0.5), 1e-10);
  }
  assert.ok(Math.abs(loss - plain - 0.25 * squares) < 1e-12);
  for (const name of ["b1", "b3", "gamma1", "beta2"]) {
    assert.deepEqual(grads[name].data, plainGrads[name].data);
  }
});

Deno.test("ThreeLayerConvNet has a gradient for each parameter, of its shape", () => {
  for (const normalization of [null, "batchnorm"] as const) {
    const model = net({ normalization });
    const [, grads] = model.loss(X, y);
    assert.deepEqual(Object.keys(grads).sort(), Object.keys(model.params).sort());
    for (const [name, { shape, dtype }] of Object.entries(model.params)) {
      assert.deepEqual([grads[name].shape, grads[name].dtype], [shape, dtype], name);
    }
  }
});

for (const normalization of [null, "batchnorm"] as const) {
  const options = { normalization, reg: 0.1 };

  Deno.test(`ThreeLayerConvNet with ${normalization} changes neither parameters nor images`, () => {
    const model = net(options);
    const before = snapshot({ ...model.params, X });
    model.loss(X, y);
    model.loss(X);
    assert.deepEqual(snapshot({ ...model.params, X }), before);
  });

  Deno.test(`ThreeLayerConvNet with ${normalization} never overwrites what it returned`, () => {
    const model = net(options);
    const [, grads] = model.loss(X, y);
    const scores = model.loss(X);
    const before = [snapshot(grads), [...scores.data]];
    model.loss(X.multiply(2), y);
    model.loss(X.multiply(2));
    assert.deepEqual([snapshot(grads), [...scores.data]], before);
  });

  Deno.test(`ThreeLayerConvNet with ${normalization} computes the same in a workspace`, () => {
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

  Deno.test(`ThreeLayerConvNet with ${normalization} overfits a few images`, async () => {
    const rng = new RandomState(3);
    const [images, labels] = [rng.randn(20, 2, 6, 4), rng.randint(0, 3, 20)];
    const data = { XTrain: images, yTrain: labels, XVal: images, yVal: labels };
    const model = net({ normalization, weightScale: 0.1, rng });
    const solver = new Solver(model, data, {
      updateRule: "adam",
      optimConfig: { learningRate: 1e-2 },
      batchSize: 10,
      numEpochs: 40,
      verbose: false,
      rng,
    });
    await solver.train();
    assert.equal(solver.checkAccuracy(images, labels), 1);
    assert.ok(solver.lossHistory.at(-1)! < 0.1, `${solver.lossHistory.at(-1)}`);
  });
}

Deno.test("ThreeLayerConvNet takes images of any number type", () => {
  const model = net();
  const pixels = new RandomState(1).randint(0, 256, [2, 2, 6, 4], { dtype: "uint8" });
  assert.deepEqual(model.loss(pixels).data, model.loss(pixels.astype("float32")).data);
  assert.equal(model.loss(X.astype("float64")).dtype, "float32");
});

Deno.test("ThreeLayerConvNet refuses what is wrong or unknown", () => {
  // deno-lint-ignore no-explicit-any
  const make = (options: any) => () => new ThreeLayerConvNet(options);
  fails(
    RangeError,
    "ThreeLayerConvNet: filterSize must be odd, so that a pad of (filterSize - 1) / 2 keeps the " +
      "size of the image, got 4; use 3 or 5",
    make({ filterSize: 4 }),
  );
  fails(
    RangeError,
    "ThreeLayerConvNet: inputDim must have an even height and width for the 2×2 pooling, got 31×32",
    make({ inputDim: [3, 31, 32] }),
  );
  fails(
    RangeError,
    "ThreeLayerConvNet: inputDim must be [channels, height, width], such as [3, 32, 32], got 3072",
    make({ inputDim: 3072 }),
  );
  fails(RangeError, "got [3, 32]", make({ inputDim: [3, 32] }));
  fails(RangeError, "got [3, 0, 32]", make({ inputDim: [3, 0, 32] }));
  fails(RangeError, "numFilters must be a whole number from 1 up, got 0", make({ numFilters: 0 }));
  fails(RangeError, "filterSize must be", make({ filterSize: 1.5 }));
  fails(RangeError, "hiddenDim must be", make({ hiddenDim: -1 }));
  fails(RangeError, "numClasses must be", make({ numClasses: 0 }));
  fails(RangeError, "weightScale must be", make({ weightScale: NaN }));
  fails(RangeError, "reg must be", make({ reg: -1 }));
  fails(RangeError, "dtype must be", make({ dtype: "int32" }));
  fails(
    RangeError,
    'ThreeLayerConvNet: normalization must be "batchnorm" or null, got "layernorm"',
    make({ normalization: "layernorm" }),
  );
  fails(
    TypeError,
    'ThreeLayerConvNet: there is no option "numFilter"; did you mean "numFilters"?',
    make({ numFilter: 3 }),
  );
});

Deno.test("ThreeLayerConvNet.loss() refuses images that do not fit", () => {
  const model = net();
  const pass = (...shape: number[]) => () => model.loss(ones(shape));
  fails(
    RangeError,
    "ThreeLayerConvNet.loss: X must have shape (N, 2, 6, 4), got (5, 2, 8, 8); inputDim is set " +
      "when the network is made",
    pass(5, 2, 8, 8),
  );
  fails(RangeError, "got (2, 6, 4); reshape a single image to (1, 2, 6, 4)", pass(2, 6, 4));
  fails(
    RangeError,
    "got (5, 6, 4, 2); if X is (N, H, W, C), use X.transpose([0, 3, 1, 2])",
    pass(5, 6, 4, 2),
  );
  fails(RangeError, "got (5, 48); reshape it to (5, 2, 6, 4)", pass(5, 48));
  fails(RangeError, "is the batch empty?", pass(0, 2, 6, 4));
  // deno-lint-ignore no-explicit-any
  fails(TypeError, "X must be an NDArray", () => model.loss([[1]] as any));
});
