import assert from "node:assert/strict";
import type { Model } from "../../models/mod.ts";
import type { NDArray } from "../../ndarray/mod.ts";
import { RandomState } from "../../random/mod.ts";
import { data, makeNet, numbers, quiet } from "./_runs.ts";

Deno.test("after train() the model has the best validation accuracy, running statistics included", async () => {
  let fell = 0;
  for (let seed = 0; seed < 8; seed++) {
    const model = makeNet(new RandomState(seed));
    const solver = quiet(model, { optimConfig: { learningRate: 0.1 }, numEpochs: 6 });
    await solver.train();
    const last = solver.valAccHistory.at(-1)!;
    assert.equal(solver.bestValAcc, Math.max(...solver.valAccHistory));
    assert.equal(solver.checkAccuracy(data.XVal, data.yVal), solver.bestValAcc);
    assert.deepEqual(numbers(solver.bestParams), numbers(model.params));
    if (last < solver.bestValAcc) fell++;
  }
  assert.ok(fell > 0, "in no run the last accuracy was below the best, so nothing was shown");
});

Deno.test("bestParams are copies, which no step and no user of the model changes", async () => {
  const model = makeNet(new RandomState(0));
  const solver = quiet(model, { numEpochs: 2 });
  await solver.train();
  const before = numbers(solver.bestParams);
  for (const param of Object.values(model.params)) param.data.fill(0);
  assert.deepEqual(numbers(solver.bestParams), before);
});

Deno.test("if no check beats 0 the final parameters stay", async () => {
  const yVal = data.yVal.copy();
  yVal.data.fill(2);
  const net = makeNet(new RandomState(0));
  // In every check all scores are 0, and so every guess is class 0.
  const model = {
    params: net.params,
    loss: (X: NDArray, y?: NDArray) => y ? net.loss(X, y) : net.loss(X).multiply(0),
  } as Model;
  const solver = quiet(model, {}, { ...data, yVal });
  const before = numbers(model.params);
  await solver.train();
  assert.deepEqual([solver.bestValAcc, solver.bestParams], [0, {}]);
  assert.notDeepEqual(numbers(model.params), before);
});

Deno.test("checkAccuracy() draws only if asked to, and does not depend on the batch size", async () => {
  const rng = new RandomState(1);
  const solver = quiet(makeNet(rng), { rng });
  await solver.train();
  const state = rng.getState();
  const accuracy = solver.checkAccuracy(data.XTrain, data.yTrain);
  for (const batchSize of [1, 7, 60, 1000]) {
    assert.equal(solver.checkAccuracy(data.XTrain, data.yTrain, { batchSize }), accuracy);
  }
  solver.checkAccuracy(data.XTrain, data.yTrain, { numSamples: 60 });
  assert.deepEqual(rng.getState(), state);
  const sampled = solver.checkAccuracy(data.XTrain, data.yTrain, { numSamples: 8, batchSize: 3 });
  rng.setState(state);
  const rows = rng.choice(60, 8);
  assert.equal(sampled, solver.checkAccuracy(data.XTrain.take(rows, 0), data.yTrain.take(rows, 0)));
});
