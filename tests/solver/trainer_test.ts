import assert from "node:assert/strict";
import { FileFormatError, readSafetensors, writeSafetensors } from "../../io/mod.ts";
import { TwoLayerNet } from "../../models/mod.ts";
import { array, type NDArray, zeros } from "../../ndarray/mod.ts";
import { Updater } from "../../optim/mod.ts";
import { RandomState } from "../../random/mod.ts";
import {
  NonFiniteLossError,
  type Progress,
  readCheckpoint,
  Trainer,
  type TrainerOptions,
} from "../../solver/mod.ts";
import { inFolder, numbers } from "./_runs.ts";

const X = new RandomState(1).randn(40, 4);
const y = X.argmax(1);

/** Two nets that take turns, as in a GAN: the second learns what the first has come to say. */
function makeTurns(seed: number, options: Partial<TrainerOptions> = {}) {
  const rng = new RandomState(seed);
  const make = () => new TwoLayerNet({ inputDim: 4, hiddenDim: 6, numClasses: 4, rng });
  const [teacher, pupil] = [make(), make()];
  const teaching = new Updater(teacher, "adam", { learningRate: 1e-2 });
  const learning = new Updater(pupil, "sgdMomentum", { learningRate: 1e-1 });
  const average = zeros([4, 6]);
  const all: TrainerOptions = {
    stepsPerEpoch: 5,
    numEpochs: 4,
    state: { teacher, pupil, teaching, learning, average, rng },
    progress: [],
    step({ workspace }) {
      const rows = rng.choice(40, 8);
      const batch = X.take(rows, 0);
      const [teacherLoss, grads] = teacher.loss(batch, y.take(rows, 0), workspace);
      teaching.update(grads);
      const [pupilLoss, more] = pupil.loss(batch, teacher.loss(batch).argmax(1), workspace);
      learning.update(more);
      average.data.set(average.multiply(0.9).add(pupil.params.W1).data);
      return { teacherLoss, pupilLoss };
    },
    check: () => ({ valLoss: pupil.loss(X, y)[0] }),
    ...options,
  };
  return { all, teacher, pupil, average, rng };
}

/** What must come out the same to the bit. */
function outcome(trainer: Trainer, { teacher, pupil, average, rng }: ReturnType<typeof makeTurns>) {
  const { history, checks, epoch, iteration } = trainer;
  const weights = [numbers(teacher.params), numbers(pupil.params), numbers({ average })];
  return JSON.stringify({ history, checks, epoch, iteration, weights, next: rng.randn() });
}

Deno.test("a loop with two models and optimizers keeps figures by name", async () => {
  const turns = makeTurns(0);
  const events: string[] = [];
  const face: Progress = {
    start: ({ numIterations }) => events.push(`start ${numIterations}`),
    step: ({ iteration, figures, loss, seconds }) => {
      assert.ok(seconds >= 0 && loss === figures.teacherLoss);
      if (iteration === 1) events.push(Object.keys(figures).join());
    },
    check: ({ iteration, epoch, figures, best }) => {
      events.push(`${iteration} ${epoch} ${Object.keys(figures)} ${best}`);
    },
    end: ({ reason, best }) => events.push(`${reason} ${best}`),
  };
  const trainer = new Trainer({ ...turns.all, numEpochs: 2, progress: [face, {}, face] });
  await trainer.train();
  const twice = (line: string) => [line, line];
  assert.deepEqual(
    events,
    [
      "start 10",
      "teacherLoss,pupilLoss",
      "1 0 valLoss false",
      "5 1 valLoss false",
      "10 2 valLoss false",
      "finished null",
    ].flatMap(twice),
  );
  assert.deepEqual(Object.keys(trainer.history), ["teacherLoss", "pupilLoss"]);
  assert.equal(trainer.history.pupilLoss.length, 10);
  assert.equal(trainer.checks.valLoss.length, 3);
  assert.deepEqual([trainer.epoch, trainer.iteration, trainer.stopped], [2, 10, "finished"]);
});

for (const stopAfter of [1, 5, 13, 20]) {
  Deno.test(`resume() after step ${stopAfter} ends as an undisturbed run, to the bit`, () =>
    inFolder(async (folder) => {
      const whole = makeTurns(0);
      const undisturbed = new Trainer(whole.all);
      await undisturbed.train();

      const checkpointName = `${folder}/turns`;
      const controller = new AbortController();
      const stopped = new Trainer({
        ...makeTurns(0, { checkpointName, checkpointEverySteps: 1 }).all,
        signal: controller.signal,
        progress: { step: ({ iteration }) => iteration === stopAfter && controller.abort() },
      });
      await stopped.train();
      assert.equal(stopped.iteration, stopAfter);

      const again = makeTurns(99);
      const resumed = await Trainer.resume(checkpointName, again.all);
      assert.equal(resumed.iteration, stopAfter);
      await resumed.train();
      assert.equal(outcome(resumed, again), outcome(undisturbed, whole));
    }));
}

Deno.test("the best weights by a figure of one's own are in the models in the end", async () => {
  // The rate is far too high, so that the loss goes up and down.
  const run = async (best: TrainerOptions["best"]) => {
    const rng = new RandomState(3);
    const model = new TwoLayerNet({ inputDim: 4, hiddenDim: 6, numClasses: 4, rng });
    const updater = new Updater(model, "sgdMomentum", { learningRate: 3 });
    const trainer = new Trainer({
      stepsPerEpoch: 2,
      numEpochs: 12,
      state: { model, updater },
      best,
      progress: [],
      step() {
        const [loss, grads] = model.loss(X, y);
        updater.update(grads);
        return loss;
      },
      check: () => ({ valLoss: model.loss(X, y)[0] }),
    });
    await trainer.train();
    return { trainer, now: model.loss(X, y)[0] };
  };
  const lowest = await run({ figure: "valLoss", goal: "min" });
  const { valLoss } = lowest.trainer.checks;
  assert.ok(valLoss.at(-1)! > Math.min(...valLoss), "the last was the best, so nothing was shown");
  assert.equal(lowest.now, Math.min(...valLoss));
  assert.equal(lowest.trainer.best?.value, lowest.now);
  const highest = await run("valLoss");
  assert.equal(highest.now, Math.max(...valLoss));
  const beyond = await run({ figure: "valLoss", goal: "min", from: 0 });
  assert.equal(beyond.trainer.best, null);
  assert.equal(beyond.now, valLoss.at(-1));
  await assert.rejects(
    run("valAcc"),
    /^RangeError: Trainer: check must return the figure "valAcc", by which .*, got valLoss$/,
  );
});

Deno.test("of equal figures the weights of the first are kept, whatever is best", async () => {
  for (const goal of ["max", "min"] as const) {
    const place = zeros([1]);
    const trainer = new Trainer({
      stepsPerEpoch: 2,
      numEpochs: 3,
      state: { place },
      best: { figure: "same", goal },
      progress: [],
      step: () => place.data[0] += 1,
      check: () => ({ same: 5 }),
    });
    await trainer.train();
    assert.deepEqual([place.data[0], trainer.history.loss.at(-1)], [1, 6]);
  }
});

Deno.test("train() goes on after an abort as if there had been none, best weights aside", async () => {
  const best = { figure: "valLoss", goal: "min" } as const;
  const whole = makeTurns(0, { best });
  const undisturbed = new Trainer(whole.all);
  await undisturbed.train();
  const controller = new AbortController();
  const turns = makeTurns(0, { best, signal: controller.signal });
  const trainer = new Trainer({
    ...turns.all,
    progress: { step: ({ iteration }) => iteration === 12 && controller.abort() },
  });
  await trainer.train();
  assert.equal(trainer.stopped, "aborted");
  await trainer.train({ signal: new AbortController().signal });
  assert.equal(outcome(trainer, turns), outcome(undisturbed, whole));
});

Deno.test("a step may be a promise, and return the loss alone", async () => {
  let steps = 0;
  const trainer = new Trainer({
    stepsPerEpoch: 3,
    progress: [],
    step: async ({ iteration, epoch, breathe }) => {
      await breathe();
      assert.deepEqual([iteration, epoch], [steps, 0]);
      return ++steps;
    },
  });
  await trainer.train();
  assert.deepEqual(trainer.history, { loss: [1, 2, 3] });
});

Deno.test("a figure that is not finite ends the run, with its name and the advice of the loop", async () => {
  const trainer = new Trainer({
    stepsPerEpoch: 9,
    progress: [],
    step: ({ iteration }) => ({ gLoss: 1, dLoss: iteration < 3 ? iteration : NaN }),
    diagnose: (figure) => `look at ${figure}`,
  });
  await assert.rejects(trainer.train(), (error) => {
    assert.ok(error instanceof NonFiniteLossError);
    assert.equal(error.figure, "dLoss");
    assert.equal(
      error.message,
      "train: dLoss is NaN at iteration 4, after a last finite dLoss of 2; look at dLoss",
    );
    return true;
  });
  assert.deepEqual(trainer.history, { gLoss: [1, 1, 1], dLoss: [0, 1, 2] });
});

Deno.test("what a step or a check returns must be figures", async () => {
  const run = (returned: unknown) =>
    new Trainer({ stepsPerEpoch: 1, progress: [], step: () => returned as number }).train();
  const start =
    /^TypeError: Trainer: step must return figures by name, such as \{ loss: 2\.3 \}, or/;
  for (
    const [returned, got] of [
      [undefined, "undefined"],
      [array([1]), "object"],
      [[1], "a list"],
      [{}, "no figure"],
      [{ loss: "1" }, "loss of type string"],
    ] as const
  ) {
    await assert.rejects(run(returned), start);
    await assert.rejects(run(returned), new RegExp(`got ${got}$`));
  }
  const check = () => 3 as unknown as Record<string, number>;
  await assert.rejects(
    new Trainer({ stepsPerEpoch: 1, progress: [], step: () => 1, check }).train(),
    /check must return figures by name, such as \{ loss: 2\.3 \}, got number$/,
  );
});

Deno.test("options that are missing, unknown or of the wrong kind are named", () => {
  const refuses = (message: RegExp, options: unknown) =>
    assert.throws(() => new Trainer(options as TrainerOptions), message);
  const step = () => 1;
  refuses(
    /^TypeError: Trainer: step must be a function that makes one step .*, got undefined$/,
    {},
  );
  refuses(/^RangeError: Trainer: stepsPerEpoch must be a whole number from 1 up, got undefined$/, {
    step,
  });
  refuses(/there is no option "epochs"; did you mean "numEpochs"\?$/, {
    step,
    stepsPerEpoch: 1,
    epochs: 3,
  });
  refuses(/there is no option "model"; declare models in state: \{ model \}$/, { model: 1 });
  refuses(
    /state\.G must be a model, a module, an NDArray, a tensor, or have getState\(\) .*, got string$/,
    {
      step,
      stepsPerEpoch: 1,
      state: { G: "net" },
    },
  );
  refuses(/^RangeError: Trainer: best must be the name of a figure, or \{ figure, goal, from \}/, {
    step,
    stepsPerEpoch: 1,
    best: { figure: "a", goal: "most" },
  });
});

Deno.test("resume() refuses another state, other settings and other data, and changes nothing", () =>
  inFolder(async (folder) => {
    const checkpointName = `${folder}/run`;
    const make = (options: Partial<TrainerOptions> = {}) => {
      const [a, b, rng] = [zeros([2]), zeros([3]), new RandomState(5)];
      return {
        all: {
          stepsPerEpoch: 2,
          numEpochs: 2,
          progress: [],
          state: { a, b, rng },
          settings: { temperature: 0.5, words: ["x"] },
          data: { X },
          step: () => a.data[0] += rng.randn() as number,
          ...options,
        } satisfies TrainerOptions,
        a,
      };
    };
    await new Trainer({ ...make().all, checkpointName }).train();
    const refuses = async (message: RegExp, options: Partial<TrainerOptions>) => {
      const { all, a } = make(options);
      await assert.rejects(Trainer.resume(checkpointName, all), message);
      assert.deepEqual(a.toArray(), [0, 0]);
    };
    const start = "^RangeError: Trainer\\.resume: ";
    await refuses(new RegExp(`${start}.*run\\.safetensors holds no state of extra; declare`), {
      state: { ...make().all.state, extra: zeros([1]) },
    });
    await refuses(new RegExp(`${start}.*run\\.safetensors holds a state of rng; declare`), {
      state: { a: zeros([2]), b: zeros([3]) },
    });
    await refuses(/b has shape \(3,\), float64, in .* and \(4,\), float64, in the b; make/, {
      state: { ...make().all.state, b: zeros([4]) },
    });
    await refuses(/temperature was 0\.5 in the run of .*, got 0\.6; leave it out/, {
      settings: { temperature: 0.6, words: ["x"] },
    });
    await refuses(/stepsPerEpoch was 2 in the run of .*, got 3/, { stepsPerEpoch: 3 });
    await refuses(/X has the shape it had in the run of .*, but other values/, {
      data: { X: X.add(1) },
    });
    await refuses(/was trained with X; give the same data/, { data: {} });
    await refuses(/has done 2 epochs, got numEpochs 1; give a larger number/, { numEpochs: 1 });
    await refuses(/is the checkpoint of a Trainer; continue it with that/, { name: "GAN" });
    const longer = await Trainer.resume(checkpointName, make({ numEpochs: 3 }).all);
    await longer.train();
    assert.equal(longer.history.loss.length, 6);
  }));

Deno.test("one generator under two names must stay one", () =>
  inFolder(async (folder) => {
    const checkpointName = `${folder}/run`;
    const make = (a: RandomState, b: RandomState): TrainerOptions => ({
      stepsPerEpoch: 2,
      progress: [],
      state: { a, b },
      step: () => (a.randn() as number) + (b.randn() as number),
    });
    const one = new RandomState(1);
    await new Trainer({ ...make(one, one), checkpointName }).train();
    await assert.rejects(
      Trainer.resume(checkpointName, make(new RandomState(1), new RandomState(2))),
      /b and a were one thing in the run of .* and are two now; make them as they were made there/,
    );
    const again = new RandomState(3);
    await Trainer.resume(checkpointName, make(again, again));
    assert.deepEqual(again.getState(), one.getState());
  }));

Deno.test("a state that something refuses is damage, and everything is as before", () =>
  inFolder(async (folder) => {
    const checkpointName = `${folder}/run`;
    const make = () => {
      const [a, rng] = [zeros([1]), new RandomState(1)];
      const step = () => a.data[0] += rng.randn() as number;
      return { a, rng, all: { stepsPerEpoch: 2, progress: [], state: { a, rng }, step } };
    };
    await new Trainer({ ...make().all, checkpointName }).train();
    const path = `${checkpointName}.safetensors`;
    const { tensors, metadata } = await readSafetensors(path);
    const run = metadata.run.replace(/"pos":\d+/, '"pos":70000');
    await writeSafetensors(path, tensors, { ...metadata, run }, { checksum: true });
    const { a, rng, all } = make();
    const before = rng.getState();
    await assert.rejects(Trainer.resume(checkpointName, all), (error) => {
      assert.ok(error instanceof FileFormatError);
      assert.match(error.message, /the state of rng: RandomState\.setState: pos must be/);
      return true;
    });
    assert.deepEqual([a.toArray(), rng.getState()], [[0], before]);
  }));

Deno.test("a state of one's own may be made of lists, records and numbers without a word in JSON", () =>
  inFolder(async (folder) => {
    const state = {
      numbers: [1.5, -0, NaN, -Infinity],
      mixed: ["a", null, undefined, true, { $: "array", "a/b": array([1, 2], "int32") }],
      words: Uint32Array.of(1, 4294967295),
      empty: [] as number[],
      zero: -0,
      none: NaN,
      all: Infinity,
    };
    let seen: unknown;
    const thing = { getState: () => state, setState: (given: typeof state) => seen = given };
    const options: TrainerOptions = {
      stepsPerEpoch: 1,
      progress: [],
      state: { thing },
      step: () => 1,
      checkpointName: `${folder}/run`,
    };
    await new Trainer(options).train();
    await Trainer.resume(`${folder}/run`, options);
    const plain = (tree: typeof state) => {
      const { mixed: [a, b, c, d, record], ...rest } = tree;
      const { $: dollar, "a/b": array } = record as { $: string; "a/b": NDArray };
      return { ...rest, mixed: [a, b, c, d, dollar, array.dtype, array.toArray()] };
    };
    assert.deepEqual(plain(seen as typeof state), plain(state));

    const wrong = { getState: () => ({ past: new Map() }), setState() {} };
    await assert.rejects(
      new Trainer({ ...options, state: { wrong } }).train(),
      /^TypeError: state\/wrong\/past cannot be stored: it must be made of .*, got Map$/,
    );
  }));

Deno.test("results that nobody waited for are an error, not a zero", async () => {
  const trainer = new Trainer({ stepsPerEpoch: 3, progress: [], step: () => 1 });
  const end = trainer.train();
  for (const read of ["history", "checks", "epoch", "iteration", "best"] as const) {
    assert.throws(
      () => trainer[read],
      /^Error: Trainer: train\(\) has only begun and there is no result yet; write await ….train\(\)$/,
    );
  }
  await end;
  assert.equal(trainer.iteration, 3);
});

Deno.test("two runs with one checkpoint: the second is told so, and may begin when the first is over", () =>
  inFolder(async (folder) => {
    const checkpointName = `${folder}/run`;
    const make = (step: TrainerOptions["step"] = () => 1) =>
      new Trainer({ stepsPerEpoch: 2, progress: [], step, checkpointName });
    let refused: Promise<void> | undefined;
    const first = make(async () => {
      refused ??= assert.rejects(
        make().train(),
        /^Error: train: another run is writing .*run\.safetensors; wait for it, or give this one/,
      );
      await refused;
      return 1;
    });
    await first.train();
    assert.ok(refused);
    await make().train();
    assert.deepEqual([...Deno.readDirSync(folder)].map(({ name }) => name), ["run.safetensors"]);
  }));

Deno.test("a disk that fails later does not end the run: it is told once, and tried again", () =>
  inFolder(async (folder) => {
    const inner = `${folder}/inner`;
    const notes: string[] = [];
    const trainer = new Trainer({
      stepsPerEpoch: 1,
      numEpochs: 6,
      checkpointName: `${inner}/run`,
      progress: { note: ({ message }) => notes.push(message) },
      step({ iteration }) {
        if (iteration === 1) Deno.renameSync(inner, `${inner}-away`);
        if (iteration === 4) Deno.renameSync(`${inner}-away`, inner);
        return 1;
      },
    });
    await trainer.train();
    assert.equal(trainer.stopped, "finished");
    assert.equal(notes.length, 2);
    assert.match(notes[0], /cannot write .*run\.safetensors: .*; training goes on and tries again/);
    assert.equal(notes[1], "The checkpoint was written again");
    assert.equal((await readCheckpoint(`${inner}/run.safetensors`)).iteration, 6);
  }));
