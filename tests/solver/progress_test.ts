import assert from "node:assert/strict";
import { RandomState } from "../../random/mod.ts";
import { lineProgress, type Progress, Solver, type SolverOptions } from "../../solver/mod.ts";
import { barProgress } from "../../solver/progress_bar.ts";
import { formatFixed } from "../../solver/_format.ts";
import { data, makeNet, quiet } from "./_runs.ts";

/** What a run prints on the console. */
async function printed(work: () => Promise<unknown>): Promise<string[]> {
  const lines: string[] = [];
  const { log } = console;
  console.log = (line: string) => lines.push(line);
  try {
    await work();
  } finally {
    console.log = log;
  }
  return lines;
}

Deno.test("train() prints the course's lines", async () => {
  const solver = quiet(makeNet(new RandomState(0)), { numEpochs: 2, printEvery: 4, verbose: true });
  const lines = await printed(() => solver.train());
  const loss = (i: number) => solver.lossHistory[i - 1].toFixed(6);
  const check = (i: number) =>
    `train acc: ${solver.trainAccHistory[i].toFixed(6)}; ` +
    `val_acc: ${solver.valAccHistory[i].toFixed(6)}`;
  assert.deepEqual(lines, [
    `(Iteration 1 / 12) loss: ${loss(1)}`,
    `(Epoch 0 / 2) ${check(0)}`,
    `(Iteration 5 / 12) loss: ${loss(5)}`,
    `(Epoch 1 / 2) ${check(1)}`,
    `(Iteration 9 / 12) loss: ${loss(9)}`,
    `(Epoch 2 / 2) ${check(2)}`,
  ]);
});

Deno.test("a Solver prints unless it is told not to", async () => {
  const options = { numEpochs: 1, batchSize: 10 };
  const solver = new Solver(makeNet(new RandomState(0)), data, options);
  const lines = await printed(() => solver.train());
  assert.match(lines[0], /^\(Iteration 1 \/ \d+\) loss: /);
});

Deno.test("verbose: false prints nothing, and a progress of one's own replaces the lines", async () => {
  assert.deepEqual(await printed(() => quiet(makeNet(new RandomState(0))).train()), []);
  const events: string[] = [];
  const progress: Progress = {
    start: ({ iteration, numIterations }) => events.push(`start ${iteration} / ${numIterations}`),
    check: ({ epoch, best }) => events.push(`check ${epoch} ${best}`),
    end: ({ reason }) => events.push(reason),
  };
  const solver = quiet(makeNet(new RandomState(0)), { verbose: true, numEpochs: 1, progress });
  assert.deepEqual(await printed(() => solver.train()), []);
  const better = solver.valAccHistory[1] > solver.valAccHistory[0];
  assert.deepEqual(events, ["start 0 / 6", "check 0 true", `check 1 ${better}`, "finished"]);
});

Deno.test("lineProgress() says that a run was resumed, was done before, or was stopped", () => {
  const lines: string[] = [];
  const face = lineProgress({ write: (line) => lines.push(line) });
  face.start?.({ iteration: 0, numIterations: 40, epoch: 0, numEpochs: 4 });
  face.start?.({ iteration: 20, numIterations: 40, epoch: 2, numEpochs: 4 });
  face.start?.({ iteration: 40, numIterations: 40, epoch: 4, numEpochs: 4 });
  face.end?.({ reason: "finished", iteration: 40, best: { figure: "valAcc", value: 0.5 } });
  face.end?.({ reason: "aborted", iteration: 23, best: { figure: "valAcc", value: 0.5 } });
  assert.deepEqual(lines, [
    "(Resumed after iteration 20 / 40, epoch 2 / 4)",
    "(All 4 epochs were done before)",
    "(Stopped after iteration 23, best val_acc: 0.500000)",
  ]);
});

Deno.test("lineProgress() shows named figures, and the rate and the time if asked to", () => {
  const lines: string[] = [];
  const write = (line: string) => lines.push(line);
  const faces = [lineProgress({ write }), lineProgress({ write, learningRate: true, time: true })];
  const figures = { dLoss: 1.25, gLoss: 0.5, learningRate: 0.01 };
  for (const face of faces) {
    const { learningRate } = figures;
    const step = {
      iteration: 11,
      numIterations: 20,
      loss: 1.25,
      figures,
      learningRate,
      seconds: 3,
    };
    face.step?.(step);
    face.step?.({ ...step, iteration: 12 });
    const check = { iteration: 20, epoch: 1, numEpochs: 1, best: false, seconds: 3.04 };
    face.check?.({ ...check, figures: { bleu: 0.5 } });
    face.note?.({ message: "The disk is full" });
    face.end?.({ reason: "aborted", iteration: 20, best: null });
  }
  assert.deepEqual(lines, [
    "(Iteration 11 / 20) dLoss: 1.250000; gLoss: 0.500000",
    "(Epoch 1 / 1) bleu: 0.500000",
    "(The disk is full)",
    "(Stopped after iteration 20)",
    "(Iteration 11 / 20) dLoss: 1.250000; gLoss: 0.500000; learning rate: 0.01; 3.0 s",
    "(Epoch 1 / 1) bleu: 0.500000; 3.0 s",
    "(The disk is full)",
    "(Stopped after iteration 20)",
  ]);
});

Deno.test("a step tells its learning rate and its time, to each of several faces", async () => {
  const rates: (number | undefined)[] = [];
  let before = 0;
  const face: Progress = {
    step: ({ learningRate, seconds, figures, loss }) => {
      rates.push(learningRate);
      assert.ok(seconds >= before && figures.loss === loss);
      before = seconds;
    },
  };
  const run = (options: SolverOptions) =>
    quiet(makeNet(new RandomState(0)), { batchSize: 30, progress: [face, {}], ...options }).train();
  await run({ optimConfig: { learningRate: 1 }, lrDecay: 0.5 });
  assert.deepEqual(rates.splice(0), [1, 1, 0.5, 0.5, 0.25, 0.25]);
  before = 0;
  await run({ schedule: (step) => 1 / (1 + step), numEpochs: 1 });
  assert.deepEqual(rates.splice(0), [1, 0.5]);
  before = 0;
  await run({ updateRule: "adam", numEpochs: 1 });
  assert.deepEqual(rates, [1e-3, 1e-3]);
});

Deno.test("barProgress() can be given to a Solver, and leaves no timer behind", async () => {
  const solver = quiet(makeNet(new RandomState(0)), { numEpochs: 1, progress: barProgress() });
  await solver.train();
  assert.equal(solver.lossHistory.length, data.XTrain.shape[0] / 10);
});

Deno.test("formatFixed() rounds as Python's %f does", () => {
  const expected: [number, string][] = [
    [0, "0.000000"],
    [1, "1.000000"],
    [0.107, "0.107000"],
    [2.3409735, "2.340974"],
    [1 / 128, "0.007812"],
    [3 / 128, "0.023438"],
    [-1 / 128, "-0.007812"],
    [127 / 128, "0.992188"],
    [5 / 256, "0.019531"],
    [1e-7, "0.000000"],
    [123456789.5, "123456789.500000"],
  ];
  for (const [value, text] of expected) assert.equal(formatFixed(value), text);
});
