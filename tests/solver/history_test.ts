import assert from "node:assert/strict";
import { FullyConnectedNet } from "../../models/mod.ts";
import type { OptimConfig, UpdateRuleName } from "../../optim/mod.ts";
import { RandomState } from "../../random/mod.ts";
import { Solver } from "../../solver/mod.ts";
import { makeNet, numbers, quiet } from "./_runs.ts";

/** A run of the course's loop in NumPy; `solver_history.py` wrote it. */
interface Run {
  readonly seed: number;
  readonly updateRule: UpdateRuleName;
  readonly optimConfig: OptimConfig;
  readonly lrDecay: number;
  readonly batchSize: number;
  readonly numEpochs: number;
  readonly numTrainSamples: number | null;
  readonly numValSamples: number | null;
  readonly reg: number;
  readonly keepRatio: number;
  readonly lossHistory: readonly number[];
  readonly trainAccHistory: readonly number[];
  readonly valAccHistory: readonly number[];
  readonly bestValAcc: number;
  readonly bestW2: readonly number[];
  readonly nextDraw: number;
}

const { sizes, cases } = JSON.parse(
  await Deno.readTextFile(new URL("../fixtures/solver_history.json", import.meta.url)),
) as { sizes: Record<string, number>; cases: readonly Run[] };

function assertClose(actual: readonly number[], expected: readonly number[], what: string): void {
  assert.equal(actual.length, expected.length, what);
  actual.forEach((value, i) => {
    const error = Math.abs(value - expected[i]);
    assert.ok(error <= 1e-9 * Math.max(1, Math.abs(expected[i])), `${what}[${i}]: ${error}`);
  });
}

for (const run of cases) {
  const { seed, reg, keepRatio, lossHistory, bestW2, nextDraw, ...rest } = run;
  const { trainAccHistory, valAccHistory, bestValAcc, ...options } = rest;
  Deno.test(`train() has the history of the course's loop in NumPy: ${run.updateRule}`, async () => {
    const rng = new RandomState(seed);
    const draw = (count: number) => ({
      X: rng.randn(count, sizes.inputs),
      y: rng.randint(0, sizes.classes, count),
    });
    const train = draw(sizes.train);
    const val = draw(sizes.val);
    const model = new FullyConnectedNet([sizes.hidden], {
      inputDim: sizes.inputs,
      numClasses: sizes.classes,
      weightScale: 0.1,
      reg,
      dropoutKeepRatio: keepRatio,
      dtype: "float64",
      rng,
    });
    const solver = new Solver(
      model,
      { XTrain: train.X, yTrain: train.y, XVal: val.X, yVal: val.y },
      { ...options, verbose: false, rng },
    );
    await solver.train();
    assertClose(solver.lossHistory, lossHistory, "lossHistory");
    assertClose(solver.trainAccHistory, trainAccHistory, "trainAccHistory");
    assertClose(solver.valAccHistory, valAccHistory, "valAccHistory");
    assertClose([solver.bestValAcc], [bestValAcc], "bestValAcc");
    assertClose([...model.params.W2.data], bestW2, "bestW2");
    // The stream is where NumPy's is: not one draw more or fewer.
    assert.equal(rng.randn(), nextDraw);
  });
}

Deno.test("train() draws a minibatch a step, and samples only where there are more examples", async () => {
  const rng = new RandomState(3);
  const draws: unknown[][] = [];
  const choice = rng.choice.bind(rng) as (...args: unknown[]) => unknown;
  rng.choice = ((...args: unknown[]) => (draws.push(args), choice(...args))) as typeof rng.choice;
  const solver = quiet(makeNet(new RandomState(0)), {
    batchSize: 25,
    numEpochs: 2,
    numTrainSamples: 59,
    numValSamples: 30,
    rng,
  });
  await solver.train();
  const [batch, sample] = [[60, 25], [60, 59]];
  assert.deepEqual(draws, [batch, sample, batch, sample, batch, batch, sample]);
});

Deno.test("train() gives the same history whatever the model's pass does with its workspace", async () => {
  const run = async (useWorkspace: boolean) => {
    const rng = new RandomState(5);
    const net = makeNet(rng);
    const model = useWorkspace ? net : {
      params: net.params,
      rng,
      loss: (X: never, y: never) => net.loss(X, y),
    } as unknown as typeof net;
    const solver = quiet(model, { updateRule: "adam", rng });
    await solver.train();
    return [solver.lossHistory, solver.trainAccHistory, solver.valAccHistory];
  };
  assert.deepEqual(await run(true), await run(false));
});

Deno.test("lossHistory has a value a step, and the accuracies one a check", async () => {
  const solver = quiet(makeNet(new RandomState(0)), { batchSize: 17, numEpochs: 4 });
  await solver.train();
  assert.equal(solver.lossHistory.length, 4 * 3);
  assert.equal(solver.trainAccHistory.length, 1 + 4);
  assert.equal(solver.valAccHistory.length, 1 + 4);
  assert.deepEqual([solver.epoch, solver.iteration, solver.stopped], [4, 12, "finished"]);
});

Deno.test("a batch larger than the data makes one step an epoch, drawn with replacement", async () => {
  const solver = quiet(makeNet(new RandomState(0)), { batchSize: 100, numEpochs: 2 });
  await solver.train();
  assert.equal(solver.lossHistory.length, 2);
});

Deno.test("numEpochs 0 changes nothing", async () => {
  const model = makeNet(new RandomState(0));
  const before = numbers(model.params);
  const solver = quiet(model, { numEpochs: 0 });
  await solver.train();
  assert.deepEqual([solver.lossHistory, solver.bestValAcc, solver.bestParams], [[], 0, {}]);
  assert.deepEqual(numbers(model.params), before);
});

Deno.test("train() leaves the arrays that the model came with as they were", async () => {
  const model = makeNet(new RandomState(0));
  const { W1 } = model.params;
  const before = [...W1.data];
  await quiet(model, { updateRule: "sgdMomentum" }).train();
  assert.deepEqual([...W1.data], before);
  assert.notDeepEqual([...model.params.W1.data], before);
});

Deno.test("without an rng the Solver draws from the model's", async () => {
  const run = async (share: boolean) => {
    const rng = new RandomState(11);
    const solver = quiet(makeNet(rng), share ? { rng } : {});
    await solver.train();
    return solver.lossHistory;
  };
  assert.deepEqual(await run(false), await run(true));
});
