import assert from "node:assert/strict";
import { flatten, relu } from "../../autograd/mod.ts";
import { asModel, BatchNorm1d, Conv2d, Dropout, Linear, Sequential } from "../../nn/mod.ts";
import { RandomState } from "../../random/mod.ts";
import { Solver } from "../../solver/mod.ts";

Deno.test("the Solver trains, resumes and restores a model of modules bit for bit", async () => {
  const folder = await Deno.makeTempDir();
  const X = new RandomState(0).randn(40, 1, 4, 4);
  const y = X.reshape([40, 16]).slice(":", ":3").argmax(1);
  const data = { XTrain: X, yTrain: y, XVal: X, yVal: y };
  const make = (seed: number) => {
    const rng = new RandomState(seed);
    const net = new Sequential(
      new Conv2d(1, 4, 3, { pad: 1, rng }),
      relu,
      flatten,
      new Linear(64, 16, { rng }),
      new BatchNorm1d(16),
      relu,
      new Dropout(0.2, { rng }),
      new Linear(16, 3, { rng }),
    );
    return { model: asModel(net), rng };
  };
  const options = { batchSize: 10, updateRule: "adam", verbose: false } as const;
  try {
    const checkpointName = `${folder}/net`;
    const { model, rng } = make(1);
    await new Solver(model, data, { ...options, rng, numEpochs: 2, checkpointName }).train();
    const resumed = await Solver.resume(checkpointName, make(9).model, data, {
      numEpochs: 5,
      verbose: false,
    });
    await resumed.train();
    const other = make(1);
    const whole = new Solver(other.model, data, { ...options, rng: other.rng, numEpochs: 5 });
    await whole.train();
    assert.deepEqual(resumed.lossHistory, whole.lossHistory);
    assert.deepEqual({ ...resumed.model.params }, { ...whole.model.params });
    assert.equal(whole.checkAccuracy(X, y), whole.bestValAcc);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
