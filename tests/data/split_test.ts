import assert from "node:assert/strict";
import { splitValidation } from "../../data/mod.ts";
import { FullyConnectedNet } from "../../models/mod.ts";
import { arange, array, type NDArray, zeros } from "../../ndarray/mod.ts";
import { RandomState } from "../../random/mod.ts";
import { Solver } from "../../solver/mod.ts";

const data = {
  XTrain: arange(0, 20).astype("uint8").reshape([10, 2]),
  yTrain: arange(0, 10).astype("int32"),
  XTest: array([[255, 0]], "uint8"),
  yTest: array([3], "int32"),
  source: "here",
};

Deno.test("splitValidation() sets the last rows aside, and passes the rest on", () => {
  const { XTrain, yTrain, XVal, yVal, XTest, source } = splitValidation(data, 3);
  assert.deepEqual([XTrain.shape, XTrain.dtype], [[7, 2], "uint8"]);
  assert.deepEqual(XVal.toArray(), [[14, 15], [16, 17], [18, 19]]);
  assert.deepEqual(yTrain.toArray(), [0, 1, 2, 3, 4, 5, 6]);
  assert.deepEqual(yVal.toArray(), [7, 8, 9]);
  assert.deepEqual([XTest, source], [data.XTest, "here"]);
});

Deno.test("splitValidation() draws rows from a generator: each once, inputs with their labels", () => {
  const split = splitValidation(data, 4, { rng: new RandomState(1) });
  const all = [...split.yTrain.data, ...split.yVal.data];
  assert.notDeepEqual(all, [...data.yTrain.data]);
  assert.deepEqual(all.toSorted((a, b) => a - b), [...data.yTrain.data]);
  for (const [X, y] of [[split.XTrain, split.yTrain], [split.XVal, split.yVal]]) {
    y.data.forEach((label: number, row: number) => assert.equal(X.at(row, 0), 2 * label));
  }
});

Deno.test("splitValidation() scales pixels of all parts to float32", () => {
  const { XTrain, XVal, XTest } = splitValidation(data, 3, { scale: 1 / 255 });
  for (const X of [XTrain, XVal, XTest!]) assert.equal(X.dtype, "float32");
  assert.deepEqual(XTest!.toArray(), [[1, 0]]);
  assert.equal(XVal.at(2, 1), Math.fround(19 / 255));
});

Deno.test("splitValidation() refuses what leaves nothing, and data that are none", () => {
  for (const count of [0, 10, 11, -1, 1.5, NaN]) {
    assert.throws(
      () => splitValidation(data, count),
      /^RangeError: splitValidation: numValidation must be a whole number from 1 to 9, of the 10/,
    );
  }
  assert.throws(
    () => splitValidation({ ...data, yTrain: zeros([9]) }, 1),
    /must have as many rows, got 10 and 9$/,
  );
  assert.throws(() => splitValidation(data, 1, { scale: NaN }), /scale must be a number that/);
  assert.throws(
    () => splitValidation(Promise.resolve(data) as unknown as typeof data, 1),
    /^TypeError: .*got a promise; write await before it$/,
  );
  assert.throws(() => splitValidation({} as unknown as { XTrain: NDArray; yTrain: NDArray }, 1));
});

Deno.test("data of training and test rows alone train in the Solver with one line", async () => {
  const rng = new RandomState(0);
  const model = new FullyConnectedNet([4], { inputDim: 2, numClasses: 10, rng });
  const solver = new Solver(model, splitValidation(data, 2), { numEpochs: 2, verbose: false });
  await solver.train();
  assert.equal(solver.lossHistory.length, 2);
  assert.throws(() => new Solver(model, data as never), /data has no XVal; .*splitValidation\(\)/);
});
