/** Loops of one's own on the Trainer: a GAN, contrastive pairs, rows without replacement. */
import assert from "node:assert/strict";
import {
  bceWithLogits,
  concatenate,
  crossEntropy,
  divide,
  matmul,
  noGrad,
  relu,
  sqrt,
  square,
  sum,
  Tensor,
} from "../../autograd/mod.ts";
import { arange, array, type NDArray, ones, zeros } from "../../ndarray/mod.ts";
import { asModel, BatchNorm1d, Linear, type Module, Optimizer, Sequential } from "../../nn/mod.ts";
import { RandomState } from "../../random/mod.ts";
import { EpochRows, Trainer, type TrainerOptions } from "../../solver/mod.ts";
import { inFolder, numbers } from "./_runs.ts";

const points = new RandomState(1).randn(40, 2).multiply(0.1).add(array([2, -1])).astype("float32");

interface Loop {
  readonly all: TrainerOptions;
  readonly modules: Record<string, Module>;
}

/** A GAN of points in the plane: two modules, two optimizers, alternating steps. */
function makeGan(seed: number): Loop {
  const rng = new RandomState(seed);
  const G = new Sequential(
    new Linear(3, 8, { rng }),
    new BatchNorm1d(8),
    relu,
    new Linear(8, 2, { rng }),
  );
  const D = new Sequential(new Linear(2, 8, { rng }), relu, new Linear(8, 1, { rng }));
  const gOptimizer = new Optimizer(G, "adam", { learningRate: 1e-2, beta1: 0.5 });
  const dOptimizer = new Optimizer(D, "adam", { learningRate: 1e-2, beta1: 0.5 });
  const rows = new EpochRows(40, 16, rng);
  const noise = (n: number) => rng.uniform(-1, 1, [n, 3]).astype("float32");
  const all: TrainerOptions = {
    name: "GAN",
    stepsPerEpoch: rows.stepsPerEpoch,
    numEpochs: 6,
    state: { G, D, gOptimizer, dOptimizer, rows, rng },
    progress: [],
    step: ({ workspace }) =>
      workspace.run(() => {
        const real = points.take(rows.next(), 0);
        const n = real.shape[0];
        dOptimizer.zeroGrad();
        const fake = noGrad(() => G.forward(noise(n)) as Tensor);
        const scores = D.forward(concatenate([real, fake.value])) as Tensor;
        const dLoss = bceWithLogits(
          scores,
          array([...ones([n]).data, ...zeros([n]).data]).reshape([2 * n, 1]),
        );
        dLoss.backward();
        dOptimizer.step();
        gOptimizer.zeroGrad();
        const gLoss = bceWithLogits(D.forward(G.forward(noise(n))) as Tensor, ones([n, 1]));
        gLoss.backward();
        gOptimizer.step();
        return { dLoss: dLoss.item(), gLoss: gLoss.item() };
      }),
  };
  return { all, modules: { G, D } };
}

/** Contrastive training: two views of each example are to be near each other. */
function makeContrastive(seed: number): Loop {
  const rng = new RandomState(seed);
  const encoder = new Sequential(new Linear(2, 8, { rng }), relu, new Linear(8, 4, { rng }));
  const optimizer = new Optimizer(encoder, "sgdMomentum", { learningRate: 0.05 });
  const view = (X: NDArray) => X.add(rng.randn(...X.shape).multiply(0.05)).astype("float32");
  const all: TrainerOptions = {
    name: "contrastive",
    stepsPerEpoch: 5,
    numEpochs: 4,
    state: { encoder, optimizer, rng },
    best: { figure: "valLoss", goal: "min" },
    progress: [],
    step: ({ workspace }) =>
      workspace.run(() => {
        const X = points.take(rng.choice(40, 8), 0);
        optimizer.zeroGrad();
        const loss = contrast(
          encoder.forward(view(X)) as Tensor,
          encoder.forward(view(X)) as Tensor,
        );
        loss.backward();
        optimizer.step();
        return loss.item();
      }),
    check: () => ({
      valLoss: noGrad(() => {
        const z = encoder.forward(points) as Tensor;
        return contrast(z, z);
      }).item(),
    }),
    epochEnd: () => optimizer.scaleLearningRate(0.9),
  };
  return { all, modules: { encoder } };
}

function contrast(left: Tensor, right: Tensor): Tensor {
  const [a, b] = [left, right].map((z) => divide(z, sqrt(sum(square(z), 1, { keepdims: true }))));
  return crossEntropy(matmul(a, b, { transposeB: true }), arange(left.shape[0]).astype("int32"));
}

function outcome(trainer: Trainer, { modules }: Loop): string {
  const { history, checks, iteration, epoch } = trainer;
  const weights = Object.values(modules).map((module) => {
    const { params, buffers } = asModel(module);
    return [numbers(params), numbers(buffers ?? {})];
  });
  return JSON.stringify({ history, checks, iteration, epoch, weights });
}

for (const [name, make] of Object.entries({ GAN: makeGan, contrastive: makeContrastive })) {
  Deno.test(`a ${name} loop trains`, async () => {
    const trainer = new Trainer(make(0).all);
    await trainer.train();
    const losses = Object.values(trainer.history);
    assert.ok(losses.every((values) => values.length === trainer.iteration));
    if (name === "contrastive") assert.ok(losses[0].at(-1)! < losses[0][0]);
    else assert.deepEqual(Object.keys(trainer.history), ["dLoss", "gLoss"]);
  });

  for (const stopAfter of [1, 7, 10]) {
    Deno.test(`a ${name} loop resumed after step ${stopAfter} ends as an undisturbed one, to the bit`, () =>
      inFolder(async (folder) => {
        const whole = make(0);
        const undisturbed = new Trainer(whole.all);
        await undisturbed.train();

        const checkpointName = `${folder}/run`;
        const controller = new AbortController();
        await new Trainer({
          ...make(0).all,
          checkpointName,
          signal: controller.signal,
          progress: { step: ({ iteration }) => iteration === stopAfter && controller.abort() },
        }).train();
        const again = make(99);
        const resumed = await Trainer.resume(checkpointName, again.all);
        assert.equal(resumed.iteration, stopAfter);
        await resumed.train();
        assert.equal(outcome(resumed, again), outcome(undisturbed, whole));
      }));
  }
}

Deno.test("EpochRows deals out every row once an epoch, in orders that the generator draws", () => {
  const rng = new RandomState(4);
  const rows = new EpochRows(7, 3, rng);
  const control = new RandomState(4);
  assert.equal(rows.stepsPerEpoch, 3);
  for (let epoch = 0; epoch < 3; epoch++) {
    const dealt = [rows.next(), rows.next(), rows.next()];
    assert.deepEqual(dealt.map(({ size }) => size), [3, 3, 1]);
    assert.deepEqual(dealt.flatMap(({ data }) => [...data]), [...control.permutation(7).data]);
  }
  assert.equal(rng.rand(), control.rand());
  assert.throws(() => new EpochRows(0, 3, rng), /^RangeError: EpochRows: numRows must be a whole/);
  assert.throws(
    () => new EpochRows(7, 0, rng),
    /^RangeError: EpochRows: batchSize must be a whole/,
  );
});

Deno.test("EpochRows refuses a state that is not an order of its rows", () => {
  const rows = new EpochRows(4, 2, new RandomState(0));
  const order = (values: number[]) => array(values, "int32");
  rows.setState({ order: order([3, 1, 0, 2]), position: 2 });
  assert.deepEqual(rows.next().toArray(), [0, 2]);
  for (
    const [values, position] of [
      [[0, 1, 2], 0],
      [[0, 1, 2, 2], 0],
      [[0, 1, 2, 4], 0],
      [[0, 1, 2, -1], 0],
      [[0, 1, 2, 3], 5],
      [[0, 1, 2, 3], 0.5],
    ] as const
  ) {
    assert.throws(
      () => rows.setState({ order: order([...values]), position }),
      /^RangeError: EpochRows\.setState: the state must be that of 4 rows$/,
    );
  }
});

Deno.test("tensors that are trained without a module are state, too, and have a best value", () =>
  inFolder(async (folder) => {
    const make = () => {
      const w = new Tensor(array([1, 2]), { requiresGrad: true });
      const all: TrainerOptions = {
        stepsPerEpoch: 3,
        numEpochs: 2,
        state: { w },
        best: { figure: "size", goal: "min" },
        progress: [],
        checkpointName: `${folder}/run`,
        // Comes down to 1, and goes up again.
        step: ({ iteration }) => w.value.data[0] = Math.abs(iteration - 2) + 1,
        check: () => ({ size: w.value.data[0] }),
      };
      return { w, all };
    };
    const { w, all } = make();
    await new Trainer(all).train();
    assert.equal(w.value.data[0], 1);
    const again = make();
    const resumed = await Trainer.resume(`${folder}/run`, { ...again.all, numEpochs: 3 });
    assert.equal(again.w.value.data[0], 4);
    await resumed.train();
    assert.deepEqual(resumed.history.loss, [3, 2, 1, 2, 3, 4, 5, 6, 7]);
    assert.equal(again.w.value.data[0], 1);
  }));
