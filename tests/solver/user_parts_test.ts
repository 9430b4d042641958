import assert from "node:assert/strict";
import { softmaxLoss } from "../../layers/mod.ts";
import type { Model } from "../../models/mod.ts";
import { matmul, type NDArray, zeros } from "../../ndarray/mod.ts";
import { adam, linearWarmup, type OptimConfig, sgd, sgdMomentum } from "../../optim/mod.ts";
import { RandomState } from "../../random/mod.ts";
import { Solver } from "../../solver/mod.ts";
import { data, makeNet, numbers, quiet } from "./_runs.ts";

/** A linear classifier as a user would write it, which knows of no workspace. */
function linearModel(): Model {
  const params = { W: zeros([5, 3]) };
  const loss = (X: NDArray, y?: NDArray): NDArray | [number, Record<string, NDArray>] => {
    const scores = matmul(X, model.params.W);
    if (!y) return scores;
    const [value, dscores] = softmaxLoss(scores, y);
    return [value, { W: matmul(X, dscores, { transposeA: true }) }];
  };
  const model = { params, loss } as Model;
  return model;
}

Deno.test("a model of the user's own is trained, to what one finds by hand", async () => {
  const solver = quiet(linearModel(), {
    optimConfig: { learningRate: 0.5 },
    rng: new RandomState(1),
  });
  await solver.train();

  const model = linearModel();
  const rng = new RandomState(1);
  const losses: number[] = [];
  for (let step = 0; step < 18; step++) {
    const rows = rng.choice(60, 10);
    const [loss, { W }] = model.loss(data.XTrain.take(rows, 0), data.yTrain.take(rows, 0));
    losses.push(loss);
    model.params.W = model.params.W.subtract(W.multiply(0.5));
  }
  assert.deepEqual(solver.lossHistory, losses);
  assert.ok(solver.bestValAcc > 0.8);
});

Deno.test("a rule of the user's own, which returns new arrays, trains as the one in place", async () => {
  const run = async (updateRule: "sgdMomentum" | typeof sgdMomentum) => {
    const rng = new RandomState(1);
    const solver = quiet(makeNet(rng), { updateRule, rng, lrDecay: 0.9 });
    await solver.train();
    return solver;
  };
  const inPlace = await run("sgdMomentum");
  const copying = await run((w, dw, config) => sgdMomentum(w, dw, config));
  assert.deepEqual(copying.lossHistory, inPlace.lossHistory);
  assert.deepEqual(numbers(copying.model.params), numbers(inPlace.model.params));
});

Deno.test("a rule of the user's own may keep the gradient it is given", async () => {
  const kept: [NDArray, number[]][] = [];
  const updateRule = (w: NDArray, dw: NDArray, config: OptimConfig = {}) => {
    kept.push([dw, [...dw.data]]);
    return sgd(w, dw, config);
  };
  await quiet(makeNet(new RandomState(1)), { updateRule }).train();
  for (const [dw, values] of kept) assert.deepEqual([...dw.data], values);
});

Deno.test("each parameter has a configuration of its own, and the one given stays as it was", async () => {
  const optimConfig: OptimConfig = { learningRate: 0.1 };
  const seen = new Set<OptimConfig>();
  const updateRule = (w: NDArray, dw: NDArray, config: OptimConfig = {}, out?: NDArray) => {
    seen.add(config);
    return adam(w, dw, config, out);
  };
  const model = makeNet(new RandomState(1));
  await quiet(model, { updateRule, optimConfig, batchSize: 60, numEpochs: 1 }).train();
  assert.equal(seen.size, Object.keys(model.params).length);
  assert.deepEqual(optimConfig, { learningRate: 0.1 });
});

Deno.test("lrDecay shrinks the rate at the end of each epoch, and a schedule sets it each step", async () => {
  const ratesOf = async (options: object) => {
    const rates: number[] = [];
    const updateRule = (w: NDArray, dw: NDArray, config: OptimConfig = {}) => {
      rates.push(config.learningRate!);
      return sgd(w, dw, config);
    };
    await quiet(linearModel(), { batchSize: 30, numEpochs: 3, updateRule, ...options }).train();
    return rates;
  };
  assert.deepEqual(
    await ratesOf({ optimConfig: { learningRate: 1 }, lrDecay: 0.5 }),
    [1, 1, 0.5, 0.5, 0.25, 0.25],
  );
  assert.deepEqual(
    await ratesOf({ schedule: linearWarmup({ base: 1, warmup: 4 }) }),
    [0.25, 0.5, 0.75, 1, 1, 1],
  );
});

Deno.test("lrDecay with a rule that hands on no rate is an error", async () => {
  const updateRule = (w: NDArray, dw: NDArray): [NDArray, OptimConfig] => [sgd(w, dw)[0], {}];
  await assert.rejects(
    quiet(linearModel(), { updateRule, lrDecay: 0.9 }).train(),
    /lrDecay needs a learningRate in the state of the update rule, got none for W/,
  );
});

Deno.test("a checkpoint refuses a rule's state that it cannot hold", async () => {
  const updateRule = (w: NDArray, dw: NDArray, config: OptimConfig = {}) =>
    [sgd(w, dw)[0], { ...config, ...{ past: [1, 2] } }] as [NDArray, OptimConfig];
  const folder = await Deno.makeTempDir();
  await assert.rejects(
    quiet(linearModel(), { updateRule, checkpointName: `${folder}/net` }).train(),
    /a checkpoint cannot hold "past" of the update rule's state for W; keep numbers/,
  );
  await Deno.remove(folder, { recursive: true });
});

Deno.test("a model that returns no gradient, or no loss, is told so", async () => {
  const { params, loss } = linearModel();
  const missing = { params: { ...params, b: zeros([3]) }, loss } as Model;
  await assert.rejects(
    new Solver(missing, data, { verbose: false }).train(),
    /^RangeError: train: model\.loss must return a gradient for each parameter, got none for b; its gradients are W$/,
  );
  const scoresOnly = { params, loss: (X: NDArray) => matmul(X, params.W) } as unknown as Model;
  await assert.rejects(
    new Solver(scoresOnly, data, { verbose: false }).train(),
    /^TypeError: train: model\.loss\(X, y\) must return \[loss, grads\]/,
  );
});
