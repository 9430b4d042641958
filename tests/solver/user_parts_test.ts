import assert from "node:assert/strict";
import { softmaxLoss } from "../../layers/mod.ts";
import type { Model, TrainableModel } from "../../models/mod.ts";
import { matmul, type NDArray, zeros } from "../../ndarray/mod.ts";
import {
  adam,
  linearWarmup,
  type OptimConfig,
  sgd,
  sgdMomentum,
  type UpdateRule,
} from "../../optim/mod.ts";
import { RandomState } from "../../random/mod.ts";
import { Solver } from "../../solver/mod.ts";
import { data, inFolder, makeNet, numbers, quiet } from "./_runs.ts";

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

Deno.test("a gradient of another shape, type or kind than its parameter is named", async () => {
  const refuses = async (message: RegExp, grad: (W: NDArray) => unknown) => {
    const { params, loss } = linearModel();
    const model = {
      params,
      loss: (X: NDArray, y?: NDArray) => y ? [1, { W: grad(params.W) }] : loss(X),
    } as unknown as Model;
    await assert.rejects(quiet(model).train(), message);
  };
  const start = "^(RangeError|TypeError): train: ";
  await refuses(
    new RegExp(`${start}the gradient of W must have the shape of the parameter, \\(5, 3\\), got`),
    (W) => W.transpose(),
  );
  await refuses(
    new RegExp(
      `${start}the gradient of W must be float64 as the parameter is, got float32; return`,
    ),
    (W) => W.astype("float32"),
  );
  await refuses(new RegExp(`${start}.*an NDArray, got object for W$`), (W) => W.data);
});

Deno.test("what a rule of one's own returns is checked", async () => {
  const refuses = (message: RegExp, updateRule: (w: NDArray) => unknown) =>
    assert.rejects(
      quiet(linearModel(), { updateRule: updateRule as unknown as UpdateRule }).train(),
      message,
    );
  const start = "train: the update rule must return ";
  await refuses(
    new RegExp(`^TypeError: ${start}\\[nextW, config\\], got an NDArray alone for W$`),
    (w) => w,
  );
  await refuses(new RegExp(`${start}\\[nextW, config\\], got a list of 1 for W$`), (w) => [w]);
  await refuses(new RegExp(`got a promise for W$`), (w) => Promise.resolve([w, {}]));
  await refuses(
    new RegExp(`^RangeError: ${start}W in its shape \\(5, 3\\), got \\(3, 5\\)$`),
    (w) => [
      w.transpose(),
      {},
    ],
  );
  await refuses(new RegExp(`^TypeError: ${start}W as float64, got float32; use astype`), (w) => [
    w.astype("float32"),
    {},
  ]);
});

Deno.test("a class with one signature of loss, and a rule with a state of its own, need no casts", async () => {
  class Linear implements TrainableModel {
    params: Record<string, NDArray> = { W: zeros([5, 3]) };
    loss(X: NDArray, y?: NDArray): NDArray | [number, Record<string, NDArray>] {
      const scores = matmul(X, this.params.W);
      if (!y) return scores;
      const [value, dscores] = softmaxLoss(scores, y);
      return [value, { W: matmul(X, dscores, { transposeA: true }) }];
    }
  }
  interface Lazy extends OptimConfig {
    past?: NDArray;
  }
  const lazy = (w: NDArray, dw: NDArray, config: Lazy = {}): [NDArray, Lazy] => {
    const { past = dw, learningRate = 0.1 } = config;
    return [w.subtract(past.multiply(learningRate)), { learningRate, past: dw }];
  };
  const optimConfig: Lazy = { learningRate: 0.2 };
  const solver = new Solver(new Linear(), data, { updateRule: lazy, optimConfig, verbose: false });
  await solver.train();
  assert.ok(solver.bestValAcc > 0.5);
});

Deno.test("labels may be anything for a model that says how to score", () =>
  inFolder(async (folder) => {
    const rng = new RandomState(2);
    const XTrain = rng.randn(30, 4);
    const truth = rng.randn(4, 2);
    const targets = matmul(XTrain, truth);
    const regression = { XTrain, yTrain: targets, XVal: XTrain, yVal: targets };
    const make = (): TrainableModel => {
      const params: Record<string, NDArray> = { W: zeros([4, 2]) };
      return {
        params,
        loss(X, y) {
          const out = matmul(X, params.W);
          if (!y) return out;
          const error = out.subtract(y);
          const W = matmul(X, error, { transposeA: true }).multiply(2 / X.shape[0]);
          return [error.multiply(error).sum() as number / X.shape[0], { W }];
        },
        score: (out, y) => -(out.subtract(y).multiply(out.subtract(y)).mean() as number),
      };
    };
    const options = {
      optimConfig: { learningRate: 0.1 },
      batchSize: 10,
      numTrainSamples: 12,
      numEpochs: 30,
      verbose: false,
      rng,
      checkpointName: `${folder}/net`,
    };
    const solver = new Solver(make(), regression, options);
    assert.equal(solver.bestValAcc, -Infinity);
    await solver.train();
    assert.ok(solver.bestValAcc > -1e-3 && solver.bestValAcc < 0, `${solver.bestValAcc}`);
    assert.equal(solver.checkAccuracy(XTrain, targets, { batchSize: 30 }), solver.bestValAcc);
    const resumed = await Solver.resume(`${folder}/net`, make(), regression, { verbose: false });
    assert.equal(resumed.bestValAcc, solver.bestValAcc);
    assert.throws(
      () => new Solver(make(), { ...regression, yVal: targets.slice(":20") }),
      /^RangeError: Solver: yVal must have 30 rows, .*, got shape \(20, 2\)$/,
    );
  }));

Deno.test("a Solver that nobody waited for has no accuracy, and says so", async () => {
  const solver = quiet(linearModel());
  const end = solver.train();
  for (const read of [() => solver.bestValAcc, () => solver.lossHistory, () => solver.bestParams]) {
    assert.throws(
      read,
      /^Error: Solver: train\(\) has only begun and there is no result yet; write/,
    );
  }
  await end;
  assert.ok(solver.bestValAcc > 0);
});
