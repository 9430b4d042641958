import assert from "node:assert/strict";
import type { Model } from "../../models/mod.ts";
import { RandomState } from "../../random/mod.ts";
import { NonFiniteLossError, type Progress, Solver } from "../../solver/mod.ts";
import { data, makeNet, numbers, quiet } from "./_runs.ts";

/** Aborts after a number of steps. */
function abortAfter(steps: number): { signal: AbortSignal; progress: Progress } {
  const controller = new AbortController();
  const step: Progress["step"] = ({ iteration }) => {
    if (iteration === steps) controller.abort();
  };
  return { signal: controller.signal, progress: { step } };
}

Deno.test("an aborted signal ends train() after the current step, with the best parameters", async () => {
  const model = makeNet(new RandomState(0));
  const solver = quiet(model, { numEpochs: 50, ...abortAfter(20) });
  await solver.train();
  assert.deepEqual([solver.stopped, solver.iteration, solver.epoch], ["aborted", 20, 3]);
  assert.ok(solver.bestValAcc > 0);
  assert.equal(solver.checkAccuracy(data.XVal, data.yVal), solver.bestValAcc);
  assert.deepEqual(numbers(model.params), numbers(solver.bestParams));
});

Deno.test("a signal that was aborted before takes no step and draws nothing", async () => {
  const rng = new RandomState(0);
  const solver = quiet(makeNet(new RandomState(0)), { signal: AbortSignal.abort(), rng });
  await solver.train();
  assert.deepEqual([solver.stopped, solver.iteration], ["aborted", 0]);
  assert.deepEqual(rng.getState(), new RandomState(0).getState());
});

Deno.test("a timer can abort: train() lets the event loop run", async () => {
  const solver = quiet(makeNet(new RandomState(0)), {
    numEpochs: 1_000_000,
    signal: AbortSignal.timeout(250),
  });
  const started = performance.now();
  await solver.train();
  assert.equal(solver.stopped, "aborted");
  assert.ok(performance.now() - started < 5000);
});

Deno.test("train() goes on after an abort as if there had been none", async () => {
  const whole = quiet(makeNet(new RandomState(4)), { updateRule: "adam", numEpochs: 6 });
  await whole.train();

  const options = { updateRule: "adam", numEpochs: 6, ...abortAfter(15) } as const;
  const solver = quiet(makeNet(new RandomState(4)), options);
  await solver.train();
  assert.deepEqual([solver.stopped, solver.iteration], ["aborted", 15]);
  await solver.train({ signal: new AbortController().signal });
  assert.equal(solver.stopped, "finished");
  assert.deepEqual(solver.lossHistory, whole.lossHistory);
  assert.deepEqual(numbers(solver.model.params), numbers(whole.model.params));
});

Deno.test("two calls of train() at once are refused", async () => {
  const solver = quiet(makeNet(new RandomState(0)));
  const first = solver.train();
  await assert.rejects(solver.train(), /training already; wait for it/);
  await first;
  await solver.train();
  assert.equal(solver.lossHistory.length, 18);
});

Deno.test("a non-finite loss is an error with iteration, last loss and advice, and the best parameters are back", async () => {
  const model = makeNet(new RandomState(0));
  const loss = model.loss.bind(model) as (...args: unknown[]) => unknown;
  let steps = 0;
  model.loss = ((X: unknown, y: unknown, workspace: unknown) => {
    const result = loss(X, y, workspace);
    if (y && ++steps === 10) (result as [number])[0] = Infinity;
    return result;
  }) as Model["loss"];
  const ends: unknown[] = [];
  const solver = quiet(model, { progress: { end: (event) => ends.push(event) } });
  await assert.rejects(solver.train(), (error) => {
    assert.ok(error instanceof NonFiniteLossError);
    const { iteration, lastFiniteLoss } = error;
    assert.deepEqual([error.loss, iteration, lastFiniteLoss], [
      Infinity,
      10,
      solver.lossHistory[8],
    ]);
    assert.match(
      error.message,
      /^train: the loss is Infinity at iteration 10, after a last finite loss of [\d.]+; lower the learning rate or the scale of the initial weights$/,
    );
    return true;
  });
  assert.equal(solver.lossHistory.length, 9);
  assert.equal(solver.checkAccuracy(data.XVal, data.yVal), solver.bestValAcc);
  const best = { figure: "valAcc", value: solver.bestValAcc };
  assert.deepEqual(ends, [{ reason: "failed", iteration: 9, best }]);
});

Deno.test("NaN in the data is named with its row and feature", async () => {
  const XTrain = data.XTrain.copy();
  XTrain.data[17 * 5 + 3] = NaN;
  const solver = quiet(makeNet(new RandomState(0)), { numEpochs: 50 }, { ...data, XTrain });
  await assert.rejects(
    solver.train(),
    /the loss is NaN at iteration \d+, .*; row 17 of XTrain holds NaN \(feature 3 of 5\), clean the data/,
  );
});

Deno.test("a learning rate that is far too high is told so, or blamed on the parameter that broke", async () => {
  const solver = quiet(makeNet(new RandomState(0)), { optimConfig: { learningRate: 1e30 } });
  await assert.rejects(
    solver.train(),
    /(parameter \w+ holds (NaN|-?Infinity), )?lower the learning rate/,
  );
});

Deno.test("labels that the model has no class for are named, in training and in checks", async () => {
  const yVal = data.yVal.copy();
  yVal.data[4] = 3;
  await assert.rejects(
    quiet(makeNet(new RandomState(0)), {}, { ...data, yVal }).train(),
    /label 3 is not one of the 3 classes of the model; do the labels count from 1\?/,
  );
  const yTrain = data.yTrain.copy();
  yTrain.data.fill(3);
  await assert.rejects(
    quiet(makeNet(new RandomState(0)), {}, { ...data, yTrain }).train(),
    /y must hold whole numbers from 0 to 2/,
  );
  const careless = {
    params: {},
    loss: (X: { slice(...specs: string[]): unknown }, y?: unknown) =>
      y ? [NaN, {}] : X.slice(":", ":3"),
  } as unknown as Model;
  await assert.rejects(
    new Solver(careless, { ...data, yTrain }, { verbose: false }).train(),
    /row \d+ of yTrain is class 3 and the model has 3 classes/,
  );
});
