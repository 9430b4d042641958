import assert from "node:assert/strict";
import { type Augmentation, type Dataset, randomCropAndFlip } from "../../data/mod.ts";
import { ConvNet, type Model } from "../../models/mod.ts";
import type { NDArray } from "../../ndarray/mod.ts";
import { RandomState } from "../../random/mod.ts";
import { Solver, type SolverOptions } from "../../solver/mod.ts";
import { fails } from "../layers/_fails.ts";
import { inFolder, numbers } from "./_runs.ts";

const images: Dataset = {
  XTrain: new RandomState(1).randn(30, 1, 6, 6).astype("float32"),
  yTrain: new RandomState(2).randint(0, 3, 30),
  XVal: new RandomState(3).randn(10, 1, 6, 6).astype("float32"),
  yVal: new RandomState(4).randint(0, 3, 10),
};

function makeNet(rng: RandomState): Model {
  return new ConvNet({ inputDim: [1, 6, 6], conv: [2], numClasses: 3, dropoutKeepRatio: 0.8, rng });
}

function makeSolver(model: Model, options: SolverOptions): Solver {
  return new Solver(model, images, { batchSize: 10, numEpochs: 4, verbose: false, ...options });
}

Deno.test("augment changes each minibatch after its draw, and nothing else", async () => {
  const seen: string[] = [];
  const rng = new RandomState(5);
  const model = makeNet(rng);
  const loss = model.loss.bind(model) as (X: NDArray, y?: NDArray) => unknown;
  model.loss = ((X: NDArray, y?: NDArray) => {
    seen.push(`${y ? "train" : "check"} ${[...X.data.slice(0, 72)]}`);
    return loss(X, y);
  }) as Model["loss"];
  const before = [...images.XTrain.data];

  const augment = randomCropAndFlip({ pad: 2 });
  const solver = makeSolver(model, { rng, augment, numEpochs: 1 });
  const control = new RandomState();
  control.setState(rng.getState());
  await solver.train();

  const rows = control.choice(30, 10);
  const batch = augment(images.XTrain.take(rows, 0), control);
  assert.equal(seen[0], `train ${[...batch.data.slice(0, 72)]}`);
  const checks = seen.filter((line) => line.startsWith("check"));
  assert.ok(checks.includes(`check ${[...images.XVal.data.slice(0, 72)]}`));
  assert.ok(checks.includes(`check ${[...images.XTrain.data.slice(0, 72)]}`));
  assert.deepEqual([...images.XTrain.data], before);
});

Deno.test("augment is given one buffer, step after step", async () => {
  const buffers = new Set<unknown>();
  const augment: Augmentation = (X, _rng, out) => {
    buffers.add(out!.data);
    assert.notEqual(out!.data, X.data);
    out!.data.set(X.data);
    return out!;
  };
  const run = async (options: SolverOptions) => {
    const rng = new RandomState(6);
    const solver = makeSolver(makeNet(rng), { rng, ...options });
    await solver.train();
    return solver.lossHistory;
  };
  assert.deepEqual(await run({ augment }), await run({}));
  assert.equal(buffers.size, 1);
});

Deno.test("resume() continues a run with augmentation to the bit, and must be given it", () =>
  inFolder(async (folder) => {
    const checkpointName = `${folder}/net`;
    const augment = randomCropAndFlip({ pad: 1 });
    const rng = new RandomState(7);
    const whole = makeSolver(makeNet(rng), { rng, augment });
    await whole.train();

    const controller = new AbortController();
    const again = new RandomState(7);
    const stopped = makeSolver(makeNet(again), {
      rng: again,
      augment,
      checkpointName,
      signal: controller.signal,
      progress: { step: ({ iteration }) => iteration === 7 && controller.abort() },
    });
    await stopped.train();
    assert.equal(stopped.iteration, 7);

    const model = makeNet(new RandomState(8));
    const resume = (options: SolverOptions) =>
      Solver.resume(checkpointName, model, images, { verbose: false, ...options });
    await assert.rejects(
      resume({}),
      /trained with augmented examples; give the function as augment$/,
    );
    const resumed = await resume({ augment });
    await resumed.train();
    assert.deepEqual(resumed.lossHistory, whole.lossHistory);
    assert.deepEqual(numbers(resumed.model.params), numbers(whole.model.params));
  }));

Deno.test("resume() refuses augmentation where there was none", () =>
  inFolder(async (folder) => {
    const checkpointName = `${folder}/net`;
    await makeSolver(makeNet(new RandomState(7)), { checkpointName, numEpochs: 1 }).train();
    const model = makeNet(new RandomState(8));
    await assert.rejects(
      Solver.resume(checkpointName, model, images, { augment: randomCropAndFlip() }),
      /augment was false in the run of .*, got true; leave it out/,
    );
  }));

Deno.test("augment must be a function that returns as many examples", async () => {
  const model = makeNet(new RandomState(7));
  // deno-lint-ignore no-explicit-any
  const make = (augment: any) => makeSolver(model, { augment });
  fails(
    TypeError,
    "Solver: augment must be a function of a batch and a generator, got object; " +
      "randomCropAndFlip() makes one",
    () => make({ pad: 4 }),
  );
  await assert.rejects(
    make((X: NDArray) => X.slice(":3")).train(),
    /^TypeError: train: augment must return an array of 10 examples, got \(3, 1, 6, 6\)$/,
  );
  await assert.rejects(make(() => undefined).train(), /10 examples, got undefined$/);
});
