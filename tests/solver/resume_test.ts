import assert from "node:assert/strict";
import { FileFormatError, readSafetensors, writeSafetensors } from "../../io/mod.ts";
import { FullyConnectedNet, type Model } from "../../models/mod.ts";
import { activeBackend, registerBackend, setThreads, useBackend } from "../../kernels/mod.ts";
import { array, type NDArray, zeros } from "../../ndarray/mod.ts";
import { cosineDecay, type OptimConfig, sgd } from "../../optim/mod.ts";
import { RandomState } from "../../random/mod.ts";
import { type Progress, readCheckpoint, Solver, type SolverOptions } from "../../solver/mod.ts";
import { outcome, start } from "./_killed_run.ts";
import { data, drawData, inFolder, makeNet, numbers, quiet } from "./_runs.ts";

const names = (folder: string) => [...Deno.readDirSync(folder)].map((entry) => entry.name).sort();

/** Starts the run as a process and kills it after a number of steps. Returns how many it made. */
async function runAndKill(steps: number, ...args: string[]): Promise<number> {
  const process = new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-check", "--allow-all", import.meta.resolve("./_killed_run.ts"), ...args],
    stdout: "piped",
  }).spawn();
  let made = 0;
  let killed = false;
  for await (const dots of process.stdout) {
    made += dots.length;
    if (made < steps || killed) continue;
    process.kill("SIGKILL");
    killed = true;
  }
  await process.status;
  return made;
}

Deno.test("a run killed with SIGKILL again and again ends as an undisturbed one, to the bit", () =>
  inFolder(async (folder) => {
    const undisturbed = await start(null, {});
    await undisturbed.train();

    const [name, result] = [`${folder}/net`, `${folder}/result.json`];
    // Epochs have 8 steps: the kills fall before the first checkpoint and between later ones.
    for (const steps of [3, 13, 20, 31]) {
      assert.ok(await runAndKill(steps, name, result) >= steps);
      assert.ok(!names(folder).includes("result.json"), "the run ended before it was killed");
      await readCheckpoint(`${name}.safetensors`);
    }
    const { iteration } = await readCheckpoint(`${name}.safetensors`);
    assert.ok(iteration >= 40 && iteration < 96, `${iteration}`);
    await runAndKill(Infinity, name, result);
    assert.equal(await Deno.readTextFile(result), outcome(undisturbed));
    assert.deepEqual(names(folder), ["net.safetensors", "result.json"]);
  }));

Deno.test("a checkpoint is locked while a process writes it, and free when that was killed", () =>
  inFolder(async (folder) => {
    const [name, result] = [`${folder}/net`, `${folder}/result.json`];
    const other = new Deno.Command(Deno.execPath(), {
      args: [
        "run",
        "--no-check",
        "--allow-all",
        import.meta.resolve("./_killed_run.ts"),
        name,
        result,
      ],
      stdout: "piped",
    }).spawn();
    const dots = other.stdout[Symbol.asyncIterator]();
    await dots.next();
    const run = () => start(name, {}).then((solver) => solver.train());
    try {
      await assert.rejects(run(), /^Error: train: another run is writing .*net\.safetensors; wait/);
    } finally {
      other.kill("SIGKILL");
    }
    while (!(await dots.next()).done);
    await other.status;
    assert.deepEqual(names(folder).filter((name) => !name.endsWith(".partial")), [
      "net.safetensors",
      "net.safetensors.lock",
    ]);
    await run();
    assert.deepEqual(names(folder), ["net.safetensors"]);
  }));

/** Stops after some steps, resumes, and compares with the run that was not stopped. */
async function assertResumes(
  make: () => { model: Model; options: SolverOptions },
  stopAfter = 11,
): Promise<void> {
  const whole = make();
  const undisturbed = quiet(whole.model, { numEpochs: 4, ...whole.options });
  await undisturbed.train();
  await inFolder(async (folder) => {
    const controller = new AbortController();
    const progress: Progress = {
      step: ({ iteration }) => iteration === stopAfter && controller.abort(),
    };
    const { model, options } = make();
    const checkpointName = `${folder}/net`;
    const stopped = quiet(model, {
      numEpochs: 4,
      ...options,
      checkpointName,
      progress,
      signal: controller.signal,
    });
    await stopped.train();
    assert.equal(stopped.stopped, "aborted");

    const again = make();
    const { rng, updateRule, schedule } = again.options;
    const needed = { rng, updateRule, schedule, verbose: false };
    const resumed = await Solver.resume(checkpointName, again.model, data, needed);
    assert.equal(resumed.iteration, stopAfter);
    await resumed.train();
    assert.equal(outcome(resumed), outcome(undisturbed));
  });
}

for (const updateRule of ["sgd", "sgdMomentum", "nesterov", "rmsprop", "adam"] as const) {
  for (const dtype of ["float32", "float64"] as const) {
    Deno.test(`resume() continues ${updateRule} in ${dtype} to the bit`, () =>
      assertResumes(() => {
        const rng = new RandomState(2);
        return { model: makeNet(rng, dtype), options: { updateRule, lrDecay: 0.7, rng } };
      }));
  }
}

Deno.test("resume() keeps a cached normal, and generators that are two", () =>
  assertResumes(() => {
    const own = new RandomState(3);
    const model = makeNet(own);
    // An odd number of normals leaves one in the generator.
    own.randn();
    const rng = new RandomState(4);
    rng.randn();
    return { model, options: { rng } };
  }));

Deno.test("resume() puts the whole state of the Solver's generator back, a cached normal included", () =>
  inFolder(async (folder) => {
    const rng = new RandomState(4);
    rng.randn();
    await quiet(makeNet(new RandomState(3)), { checkpointName: `${folder}/net`, rng }).train();
    assert.ok(rng.getState().hasGauss);
    const again = new RandomState(5);
    const model = makeNet(new RandomState(6));
    await Solver.resume(`${folder}/net`, model, data, { rng: again, verbose: false });
    assert.deepEqual(again.getState(), rng.getState());
  }));

Deno.test("resume() works after the very first step", () =>
  assertResumes(() => {
    const rng = new RandomState(2);
    return { model: makeNet(rng), options: { rng } };
  }, 1));

Deno.test("resume() continues a schedule and a rule of the user's own, which it must be given", () =>
  assertResumes(() => {
    const rng = new RandomState(2);
    // Keeps a number that JSON has no word for, a word and the last gradient.
    const updateRule = (w: NDArray, dw: NDArray, config: OptimConfig = {}) => {
      const state = config as OptimConfig & { last?: NDArray; least?: number; word?: string };
      const { last = dw, least = -Infinity, word = "a" } = state;
      const [next] = sgd(w, dw.add(last).multiply(0.5), { learningRate: config.learningRate });
      const nextState = { ...config, last: dw, least, word: word + "b" };
      assert.ok(least === -Infinity && word.length < 100);
      return [next, nextState] as [NDArray, OptimConfig];
    };
    const schedule = cosineDecay({ base: 0.1, total: 30 });
    return { model: makeNet(rng), options: { rng, updateRule, schedule } };
  }));

Deno.test("resume() with more epochs is the longer run", () =>
  inFolder(async (folder) => {
    const run = async (numEpochs: number, checkpointName: string | null) => {
      const rng = new RandomState(6);
      const solver = quiet(makeNet(rng), { numEpochs, checkpointName, rng });
      await solver.train();
      return solver;
    };
    const whole = await run(5, null);
    await run(2, `${folder}/net`);
    const options = { numEpochs: 5, verbose: false };
    const longer = await Solver.resume(`${folder}/net`, makeNet(new RandomState(0)), data, options);
    await longer.train();
    assert.equal(outcome(longer), outcome(whole));
    await assert.rejects(
      Solver.resume(`${folder}/net`, makeNet(new RandomState(0)), data, { numEpochs: 2 }),
      /has done 5 epochs, got numEpochs 2; give a larger number/,
    );
  }));

Deno.test("resume() of a finished run trains no more, and has the best parameters", () =>
  inFolder(async (folder) => {
    const solver = quiet(makeNet(new RandomState(1)), { checkpointName: `${folder}/net` });
    await solver.train();
    const model = makeNet(new RandomState(2));
    const resumed = await Solver.resume(`${folder}/net`, model, data, { verbose: false });
    await resumed.train();
    assert.deepEqual([resumed.stopped, resumed.lossHistory], ["finished", solver.lossHistory]);
    assert.deepEqual(numbers(model.params), numbers(solver.model.params));
    assert.equal(resumed.checkAccuracy(data.XVal, data.yVal), solver.bestValAcc);
  }));

Deno.test("checkpoints are written at the start, after epochs, after steps, and at the end", () =>
  inFolder(async (folder) => {
    const path = `${folder}/deep/net.safetensors`;
    const written: number[] = [];
    let last = -1;
    const look: Progress["step"] = () => {
      // The checkpoint as the step found it: what was written after the step before.
      const text = new TextDecoder().decode(Deno.readFileSync(path));
      const iteration = Number(/\\"iteration\\":(\d+)/.exec(text)![1]);
      if (iteration !== last) written.push(last = iteration);
    };
    const run = async (options: SolverOptions) => {
      written.length = 0;
      last = -1;
      const checkpointName = `${folder}/deep/net`;
      const progress: Progress = { step: look };
      await quiet(makeNet(new RandomState(1)), { checkpointName, progress, ...options }).train();
      const { iteration } = await readCheckpoint(path);
      return [...written, iteration];
    };
    assert.deepEqual(await run({ numEpochs: 3 }), [0, 6, 12, 18]);
    assert.deepEqual(await run({ numEpochs: 5, checkpointEvery: 2 }), [0, 12, 24, 30]);
    assert.deepEqual(
      await run({ numEpochs: 2, checkpointEverySteps: 4, checkpointEvery: 2 }),
      [0, 4, 8, 12],
    );
  }));

Deno.test("a checkpoint that cannot be written is an error before the first step", () =>
  inFolder(async (folder) => {
    await Deno.writeTextFile(`${folder}/file`, "");
    const solver = quiet(makeNet(new RandomState(1)), { checkpointName: `${folder}/file/net` });
    await assert.rejects(
      solver.train(),
      /cannot write .*net\.safetensors: .*part of the path is a file/,
    );
    assert.equal(solver.iteration, 0);
    assert.deepEqual(names(folder), ["file"]);
  }));

Deno.test("what a killed writer left is gone after the next start", () =>
  inFolder(async (folder) => {
    await Deno.writeTextFile(`${folder}/net.safetensors.0123abcd.partial`, "half a");
    await quiet(makeNet(new RandomState(1)), { checkpointName: `${folder}/net` }).train();
    assert.deepEqual(names(folder), ["net.safetensors"]);
  }));

Deno.test("resume() finds every flipped bit of a checkpoint", () =>
  inFolder(async (folder) => {
    const small = new FullyConnectedNet([], { inputDim: 5, numClasses: 3 });
    await quiet(small, { numEpochs: 1, checkpointName: `${folder}/net` }).train();
    const path = `${folder}/net.safetensors`;
    const bytes = await Deno.readFile(path);
    for (let byte = 0; byte < bytes.length; byte += 31) {
      bytes[byte] ^= 1 << (byte % 8);
      await Deno.writeFile(path, bytes);
      await assert.rejects(Solver.resume(path, small, data), FileFormatError, `byte ${byte}`);
      bytes[byte] ^= 1 << (byte % 8);
    }
  }));

Deno.test("resume() refuses files that are no checkpoints or of another version", () =>
  inFolder(async (folder) => {
    const path = `${folder}/net.safetensors`;
    const model = makeNet(new RandomState(1));
    await assert.rejects(Solver.resume(path, model, data), /cannot read .*net\.safetensors/);
    await writeSafetensors(path, { a: array([1]) }, {}, { checksum: true });
    await assert.rejects(Solver.resume(path, model, data), /this is not a checkpoint of a Solver/);
    await quiet(model, { checkpointName: path }).train();
    const { tensors, metadata } = await readSafetensors(path, { checksum: true });
    await writeSafetensors(path, tensors, { ...metadata, version: "99" }, { checksum: true });
    await assert.rejects(
      Solver.resume(path, model, data),
      /the checkpoint has format version 99, this library reads 2; use the library that wrote it/,
    );
  }));

Deno.test("resume() refuses another model, other data and other options, and says which", () =>
  inFolder(async (folder) => {
    const rng = new RandomState(1);
    const path = `${folder}/net.safetensors`;
    await quiet(makeNet(rng), { checkpointName: path, rng, optimConfig: { learningRate: 0.1 } })
      .train();
    const refuses = (message: RegExp, model: Model, on = data, options: SolverOptions = {}) =>
      assert.rejects(Solver.resume(path, model, on, options), (error: Error) => {
        assert.match(error.message, message);
        assert.match(error.message, /^Solver\.resume: .*[^.]$/);
        return true;
      });
    const net = (options: object, hidden = [8, 6]) =>
      new FullyConnectedNet(hidden, {
        inputDim: 5,
        numClasses: 3,
        normalization: "batchnorm",
        dropoutKeepRatio: 0.8,
        ...options,
      });
    const same = makeNet(new RandomState(9));
    const before = numbers(same.params);

    await refuses(
      /model\.params\.W1 has shape \(5, 8\), float32, in .* and \(5, 9\), float32, in the model/,
      net({}, [9, 6]),
    );
    await refuses(/float32, in .* and \(5, 8\), float64, in the model/, net({ dtype: "float64" }));
    await refuses(
      /net\.safetensors has model\.params\.\w+1 and the model has not/,
      net({
        normalization: null,
      }),
    );
    await refuses(
      /the model has model\.params\.\w+3 and .*net\.safetensors has not/,
      net({}, [
        8,
        6,
        3,
      ]),
    );
    await refuses(
      /trained with XTrain of shape \(60, 5\), float64, got \(61, 5\), float64; load the same data/,
      same,
      drawData(new RandomState(7), 61),
    );
    const yVal = data.yVal.copy();
    yVal.data[0] = (yVal.data[0] + 1) % 3;
    await refuses(/yVal has the shape it had .*, but other values/, same, { ...data, yVal });
    await refuses(/batchSize was 10 in the run of .*, got 20; leave it out/, same, data, {
      batchSize: 20,
    });
    await refuses(/updateRule was "sgd" in the run of .*, got "adam"/, same, data, {
      updateRule: "adam",
    });
    await refuses(
      /optimConfig was \{"learningRate":0\.1\} in the run of .*, got \{"learningRate":0\.2\}/,
      same,
      data,
      { optimConfig: { learningRate: 0.2 } },
    );
    await refuses(/the model had the Solver's generator, and now has its own/, same, data, {
      rng: new RandomState(1),
    });
    assert.deepEqual(numbers(same.params), before, "a refused resume changed the model");
  }));

Deno.test("a run that goes on with other kernels says so", () =>
  inFolder(async (folder) => {
    const path = `${folder}/net.safetensors`;
    await quiet(makeNet(new RandomState(1)), { checkpointName: path }).train();
    const { tensors, metadata } = await readSafetensors(path, { checksum: true });
    const run = metadata.run.replace(/"backend":\{"name":"\w+"/, '"backend":{"name":"abacus"');
    await writeSafetensors(path, tensors, { ...metadata, run }, { checksum: true });
    const notes: unknown[] = [];
    const progress: Progress = { start: ({ note }) => notes.push(note) };
    const resumed = await Solver.resume(path, makeNet(new RandomState(1)), data, { progress });
    await resumed.train();
    assert.match(String(notes[0]), /^The run began with the abacus kernels and goes on with \w+: /);
  }));

Deno.test("a run goes on with as many threads as it began with, where their number tells", () =>
  inFolder(async (folder) => {
    const path = `${folder}/net.safetensors`;
    const load = (threads: number, canChange: boolean) =>
      registerBackend("abacus", () => ({
        kernels: {},
        reason: "beads",
        threads,
        features: [],
        ...(canChange && { setThreads: (count: number) => Math.min(count, 8) }),
      }), { after: "wasm" });
    const resumeWith = async (threads: number, canChange: boolean) => {
      load(threads, canChange);
      const notes: (string | undefined)[] = [];
      const progress: Progress = { start: ({ note }) => notes.push(note) };
      const resumed = await Solver.resume(path, makeNet(new RandomState(1)), data, { progress });
      await resumed.train();
      return [notes[0], activeBackend().threads];
    };
    load(3, true);
    try {
      useBackend("abacus");
      await quiet(makeNet(new RandomState(1)), { checkpointName: path }).train();
      assert.deepEqual((await readCheckpoint(path)).backend, { name: "abacus", threads: 3 });
      assert.deepEqual(await resumeWith(3, true), [undefined, 3]);
      const note = "The run began with 3 threads and goes on with as many, not 5";
      assert.deepEqual(await resumeWith(5, true), [note, 3]);
      assert.deepEqual(await resumeWith(5, false), [undefined, 5]);
      load(12, true);
      setThreads(8);
      await quiet(makeNet(new RandomState(1)), { checkpointName: path }).train();
      assert.equal(setThreads(9), false);
      assert.throws(
        () => setThreads(0),
        /^RangeError: setThreads: count must be a whole number from 1/,
      );
    } finally {
      useBackend("auto");
    }
  }));

Deno.test("a checkpoint with wrong content under a right checksum is a FileFormatError or a misfit", () =>
  inFolder(async (folder) => {
    const path = `${folder}/net.safetensors`;
    const rng = new RandomState(1);
    const solver = quiet(makeNet(rng), { checkpointName: path, updateRule: "adam", rng });
    await solver.train();
    const { tensors, metadata } = await readSafetensors(path, { checksum: true });
    const draw = new RandomState(5);
    const pick = <T>(list: readonly T[]): T => list[draw.randint(0, list.length) as number];
    const values = ['"x"', "null", "-1", "1e999", "[]", "{}", "true", '{"$":"array"}', "0.5", "7"];
    let refused = 0;
    for (let round = 0; round < 300; round++) {
      let run = metadata.run;
      const changed = { ...tensors };
      if (round % 3 === 0) {
        // Another value for a key.
        const places = [...run.matchAll(/":("[^"]*"|[\d.]+|true|false|null|\{[^{}]*\})/g)];
        const { index, 1: old } = pick(places);
        run = run.slice(0, index + 2) + pick(values) + run.slice(index + 2 + old.length);
      } else if (round % 3 === 1) {
        // Text that is cut or overwritten anywhere.
        const at = draw.randint(0, run.length) as number;
        run = pick([
          run.slice(0, at),
          run.slice(0, at) + pick([...'{}[]:,"x9']) + run.slice(at + 1),
        ]);
      } else {
        // An array that is gone, misshapen or of another type.
        const name = pick(Object.keys(tensors));
        const array = tensors[name];
        if (round % 2 === 0) delete changed[name];
        else changed[name] = pick([array.astype("uint8"), array.reshape([1, -1]), zeros([3])]);
      }
      await writeSafetensors(path, changed, { ...metadata, run }, { checksum: true });
      const again = new RandomState(2);
      const model = makeNet(again);
      const before = numbers(model.params);
      try {
        await Solver.resume(path, model, data, { rng: again, verbose: false });
      } catch (error) {
        refused++;
        const documented = error instanceof FileFormatError ||
          (error as Error).message.startsWith("Solver.resume: ");
        assert.ok(documented, `round ${round}: ${error}`);
        assert.deepEqual(numbers(model.params), before);
      }
    }
    assert.ok(refused > 200, `${refused}`);
  }));
