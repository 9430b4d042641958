import assert from "node:assert/strict";
import { softmaxLoss } from "../../layers/mod.ts";
import { CaptioningRNN } from "../../models/mod.ts";
import { array, matmul, type NDArray, zeros } from "../../ndarray/mod.ts";
import { type OptimConfig, sgd } from "../../optim/mod.ts";
import { RandomState } from "../../random/mod.ts";
import {
  type CaptioningModel,
  CaptioningSolver,
  type CaptioningSolverOptions,
  type Progress,
  Solver,
  type TrainingCaptions,
} from "../../solver/mod.ts";
import { inFolder, numbers } from "./_runs.ts";

const draws = new RandomState(7);
/** Captions of two words; the second is to be read off the features of the image. */
const data: TrainingCaptions = {
  trainCaptions: draws.randint(0, 5, [45, 2]),
  trainImageIdxs: draws.randint(0, 12, 45),
  trainFeatures: draws.randn(12, 6),
};

/** Predicts the second word from the features, with noise that a generator of its own draws. */
function makeModel(rng: RandomState): CaptioningModel {
  const params: Record<string, NDArray> = { W: rng.randn(6, 5).multiply(0.1) };
  return {
    params,
    rng,
    loss(features, captions) {
      const noisy = features.add(rng.randn(...features.shape).multiply(0.01));
      const [loss, dscores] = softmaxLoss(matmul(noisy, params.W), captions.slice(":", 1));
      return [loss, { W: matmul(noisy, dscores, { transposeA: true }) }];
    },
  };
}

function makeSolver(seed: number, options: CaptioningSolverOptions = {}): CaptioningSolver {
  const rng = new RandomState(seed);
  return new CaptioningSolver(makeModel(rng), data, {
    updateRule: "adam",
    optimConfig: { learningRate: 0.05 },
    lrDecay: 0.8,
    batchSize: 10,
    numEpochs: 5,
    verbose: false,
    rng,
    ...options,
  });
}

function outcome({ lossHistory, epoch, iteration, model }: CaptioningSolver): string {
  const next = model.rng?.randn();
  return JSON.stringify({ lossHistory, epoch, iteration, params: numbers(model.params), next });
}

Deno.test("train() is the course's loop: one choice a step, no checks, a lower rate each epoch", async () => {
  const rates: number[] = [];
  const updateRule = (w: NDArray, dw: NDArray, config: OptimConfig = {}, out?: NDArray) => {
    rates.push(config.learningRate!);
    return sgd(w, dw, config, out);
  };
  const solver = makeSolver(3, { updateRule, optimConfig: { learningRate: 0.5 }, lrDecay: 0.5 });
  await solver.train();

  const rng = new RandomState(3);
  const model = makeModel(rng);
  const losses: number[] = [];
  let rate = 0.5;
  for (let step = 0; step < 5 * 4; step++) {
    const mask = rng.choice(45, 10);
    const features = data.trainFeatures.take(data.trainImageIdxs.take(mask, 0), 0);
    const [loss, { W }] = model.loss(features, data.trainCaptions.take(mask, 0));
    losses.push(loss);
    model.params.W = model.params.W.subtract(W.multiply(rate));
    assert.equal(rates[step], rate);
    if ((step + 1) % 4 === 0) rate *= 0.5;
  }
  assert.deepEqual(solver.lossHistory, losses);
  assert.deepEqual(numbers(solver.model.params), numbers(model.params));
  assert.equal(solver.model.rng!.randn(), rng.randn());
  assert.deepEqual([solver.epoch, solver.iteration, solver.stopped], [5, 20, "finished"]);
});

Deno.test("train() prints the course's lines, and a batch larger than the data is a step", async () => {
  const lines: string[] = [];
  const { log } = console;
  console.log = (line: string) => lines.push(line);
  const solver = makeSolver(3, { batchSize: 100, numEpochs: 3, printEvery: 2, verbose: true });
  try {
    await solver.train();
  } finally {
    console.log = log;
  }
  const loss = (i: number) => solver.lossHistory[i - 1].toFixed(6);
  assert.deepEqual(lines, [
    `(Iteration 1 / 3) loss: ${loss(1)}`,
    `(Iteration 3 / 3) loss: ${loss(3)}`,
  ]);
});

Deno.test("the arrays that the model came with stay as they are", async () => {
  const solver = makeSolver(3);
  const { W } = solver.model.params;
  const before = [...W.data];
  await solver.train();
  assert.deepEqual([...W.data], before);
});

for (const stopAfter of [1, 4, 11]) {
  Deno.test(`resume() after step ${stopAfter} ends as an undisturbed run, to the bit`, () =>
    inFolder(async (folder) => {
      const whole = makeSolver(3);
      await whole.train();
      const checkpointName = `${folder}/captions`;
      const controller = new AbortController();
      const progress: Progress = {
        step: ({ iteration }) => iteration === stopAfter && controller.abort(),
      };
      await makeSolver(3, { checkpointName, progress, signal: controller.signal }).train();

      const model = makeModel(new RandomState(99));
      const { W } = model.params;
      const before = [...W.data];
      const resumed = await CaptioningSolver.resume(checkpointName, model, data, {
        verbose: false,
      });
      assert.equal(resumed.iteration, stopAfter);
      await resumed.train();
      assert.equal(outcome(resumed), outcome(whole));
      assert.deepEqual([...W.data], before);
    }));
}

Deno.test("resume() refuses other data and the checkpoint of another kind of run", () =>
  inFolder(async (folder) => {
    const checkpointName = `${folder}/captions`;
    await makeSolver(3, { checkpointName }).train();
    const model = makeModel(new RandomState(99));
    const trainFeatures = data.trainFeatures.add(1);
    await assert.rejects(
      CaptioningSolver.resume(checkpointName, model, { ...data, trainFeatures }),
      /^RangeError: CaptioningSolver\.resume: trainFeatures has the shape it had .* other values/,
    );
    const [X, y] = [zeros([4, 6]), zeros([4], "int32")];
    await assert.rejects(
      Solver.resume(checkpointName, model as never, { XTrain: X, yTrain: y, XVal: X, yVal: y }),
      /^RangeError: Solver\.resume: .* is the checkpoint of a CaptioningSolver; continue it with/,
    );
  }));

Deno.test("data that do not fit are named", () => {
  const refuses = (message: RegExp, change: object) =>
    assert.throws(
      () => new CaptioningSolver(makeModel(new RandomState(0)), { ...data, ...change }),
      message,
    );
  refuses(/^TypeError: CaptioningSolver: data has no trainFeatures; its keys are /, {
    trainFeatures: undefined,
  });
  refuses(/^RangeError: CaptioningSolver: trainCaptions must have shape \(N, T \+ 1\).*\(45,\)$/, {
    trainCaptions: zeros([45]),
  });
  refuses(/trainImageIdxs must have shape \(45,\), an image for each caption, got \(44,\)$/, {
    trainImageIdxs: zeros([44]),
  });
  const trainImageIdxs = data.trainImageIdxs.copy();
  trainImageIdxs.data[8] = 12;
  refuses(/trainImageIdxs must hold rows of trainFeatures, 0 to 11, got 12 at position 8$/, {
    trainImageIdxs,
  });
});

Deno.test("a loss that is NaN names the image whose features are", async () => {
  const trainFeatures = data.trainFeatures.copy();
  trainFeatures.data[5 * 6 + 2] = NaN;
  const solver = new CaptioningSolver(
    makeModel(new RandomState(0)),
    { ...data, trainFeatures },
    { verbose: false },
  );
  await assert.rejects(
    solver.train(),
    /the loss is NaN at iteration 1, the first; row 5 of trainFeatures holds NaN \(feature 2 of 6\)/,
  );
});

for (const cellType of ["rnn", "lstm"] as const) {
  Deno.test(`a ${cellType} learns a few captions by heart, and says them`, async () => {
    const rng = new RandomState(231);
    const words = ["<NULL>", "<START>", "<END>", "<UNK>", "red", "blue", "ball", "box"];
    const [, start, end, , red, blue, ball, box] = words.keys();
    const said = [[start, red, ball, end], [start, blue, box, end], [start, red, box, end]];
    const captions = array(said, "int32");
    const trainFeatures = rng.randn(3, 6).astype("float32");
    const model = new CaptioningRNN({
      wordToIdx: Object.fromEntries(words.map((word, i) => [word, i])),
      inputDim: 6,
      wordvecDim: 8,
      hiddenDim: 16,
      cellType,
      rng,
    });
    const trainImageIdxs = array([0, 1, 2], "int32");
    const solver = new CaptioningSolver(
      model,
      { trainCaptions: captions, trainImageIdxs, trainFeatures },
      {
        updateRule: "adam",
        optimConfig: { learningRate: 2e-2 },
        lrDecay: 0.99,
        batchSize: 3,
        numEpochs: 80,
        verbose: false,
        rng,
      },
    );
    await solver.train();
    assert.ok(solver.lossHistory[79] < 0.1, `${solver.lossHistory[79]}`);
    const sampled = model.sample(trainFeatures, { maxLength: 3 }).toArray();
    assert.deepEqual(sampled, said.map((words) => words.slice(1)));
  });
}
