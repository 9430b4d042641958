import assert from "node:assert/strict";
import { syntheticDigits } from "../../../data/mod.ts";
import { FullyConnectedNet, type Model, ThreeLayerConvNet } from "../../../models/mod.ts";
import type { NDArray } from "../../../ndarray/mod.ts";
import { RandomState } from "../../../random/mod.ts";
import { Solver } from "../../../solver/mod.ts";
import "../../../native_plugin/mod.ts";

Deno.test("syntheticDigits() has the fields of MNIST, with each digit once in ten", () => {
  const { XTrain, yTrain, XTest, yTest } = syntheticDigits({ numTraining: 205, numTest: 30 });
  assert.deepEqual(XTrain.shape, [205, 1, 28, 28]);
  assert.deepEqual(XTest.shape, [30, 1, 28, 28]);
  assert.deepEqual([XTrain.dtype, yTrain.dtype, XTest.dtype, yTest.dtype], [
    "uint8",
    "int32",
    "uint8",
    "int32",
  ]);
  for (let from = 0; from < 200; from += 10) {
    const digits = [...yTrain.data.slice(from, from + 10)].sort();
    assert.deepEqual(digits, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  }
});

Deno.test("syntheticDigits() repeats itself; splits do not depend on their sizes", () => {
  const few = syntheticDigits({ numTraining: 20, numTest: 5, seed: 3 });
  const many = syntheticDigits({ numTraining: 35, numTest: 12, seed: 3 });
  assert.deepEqual(few.XTrain.data, many.XTrain.slice(":20").data);
  assert.deepEqual(few.XTest.data, many.XTest.slice(":5").data);
  assert.notDeepEqual(few.XTrain.slice(":5").data, few.XTest.data);
  const other = syntheticDigits({ numTraining: 20, numTest: 0, seed: 4 });
  assert.notDeepEqual(other.XTrain.data, few.XTrain.data);
});

Deno.test("syntheticDigits() writes white on black, away from the rim", () => {
  const { XTrain } = syntheticDigits({ numTraining: 1000, numTest: 0 });
  const images = XTrain.astype("float64");
  const ink = images.sum([1, 2, 3]);
  assert.ok(ink.min() > 20 * 190, `${ink.min()}`);
  assert.ok(XTrain.max([1, 2, 3]).min() >= 150);
  const rim = images.slice(":", 0, 0).mean() + images.slice(":", 0, 27).mean();
  assert.ok(rim < 1, `${rim}`);
  const mean = images.mean();
  assert.ok(mean > 24 && mean < 33, `${mean}`);
});

Deno.test("syntheticDigits() is as hard as it says: a line is not enough, a convolution is", async () => {
  const set = syntheticDigits();
  const scaled = (X: NDArray) => X.astype("float32").divide(255).subtract(0.11).divide(0.27);
  const data = {
    XTrain: scaled(set.XTrain),
    yTrain: set.yTrain,
    XVal: scaled(set.XTest),
    yVal: set.yTest,
  };
  const accuracy = async (model: Model, numEpochs: number, rng: RandomState) => {
    const solver = new Solver(model, data, {
      updateRule: "adam",
      optimConfig: { learningRate: 1e-3 },
      lrDecay: 0.8,
      numEpochs,
      batchSize: 100,
      verbose: false,
      rng,
    });
    await solver.train();
    return solver.valAccHistory.at(-1)!;
  };
  const rng = new RandomState(1);
  const line = new FullyConnectedNet([], { inputDim: 784, weightScale: 1e-3, rng });
  const linear = await accuracy(line, 5, rng);
  assert.ok(linear > 0.8 && linear < 0.92, `${linear}`);
  const net = new ThreeLayerConvNet({
    inputDim: [1, 28, 28],
    numFilters: 16,
    filterSize: 5,
    hiddenDim: 64,
    weightScale: 2e-2,
    rng,
  });
  const convolutional = await accuracy(net, 5, rng);
  assert.ok(convolutional >= 0.97, `${convolutional}`);
});

Deno.test("syntheticDigits() refuses what is no number of rows", () => {
  assert.throws(() => syntheticDigits({ numTraining: 0 }), /numTraining must be .* got 0/);
  assert.throws(() => syntheticDigits({ numTest: -1 }), /numTest/);
  assert.throws(() => syntheticDigits({ seed: 0.5 }), /seed/);
  assert.throws(() => syntheticDigits({ num: 5 } as never), /there is no option "num"/);
});
