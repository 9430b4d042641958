/**
 * The training loop: minibatch, loss and gradients, update, and now and then a look at the
 * accuracies.
 *
 * Source: CS231n, assignment 2. Draw by draw it follows the course's Solver, so that a seeded run
 * has the course's history.
 *
 * @module
 */
import { Workspace } from "../kernels/mod.ts";
import type { Model } from "../models/mod.ts";
import type { NDArray } from "../ndarray/mod.ts";
import { accuracyInBatches, type AccuracyOptions, drain } from "./_accuracy.ts";
import { Breather } from "../internal/event_loop.ts";
import { Checkpointing, type Progressed } from "./_checkpointing.ts";
import { diagnose } from "./_diagnosis.ts";
import { type Examples, Minibatch } from "./_minibatch.ts";
import { checkModel, copyState, installState } from "./_model_state.ts";
import { Optimizer } from "./_optimizer.ts";
import { type ResolvedOptions, resolveOptions } from "./_resolve_options.ts";
import { backendNote, checkSameRun, resumedOptions } from "./_resume.ts";
import { type Checkpoint, checkpointPath, type ModelState, readCheckpoint } from "./checkpoint.ts";
import { checkData, checkExamples, type SolverData } from "./data.ts";
import { NonFiniteLossError } from "./non_finite_loss_error.ts";
import type { SolverOptions, TrainOptions } from "./options.ts";

/**
 * Trains a model on data.
 *
 * Each step draws a minibatch with replacement and follows its gradients. At the first step and at
 * the end of each epoch the accuracies are checked; the parameters with the best validation
 * accuracy, with the running statistics they had, are in the model when {@linkcode Solver.train}
 * returns or throws.
 *
 * @example
 * ```ts
 * import { FullyConnectedNet } from "@nndl/nndl/models";
 * import { RandomState } from "@nndl/nndl/random";
 * import { Solver } from "@nndl/nndl/solver";
 * import assert from "node:assert/strict";
 *
 * const rng = new RandomState(231);
 * const X = rng.randn(60, 4);
 * const y = X.argmax(1);
 * const model = new FullyConnectedNet([20], { inputDim: 4, numClasses: 4, weightScale: 0.1, rng });
 * const solver = new Solver(model, { XTrain: X, yTrain: y, XVal: X, yVal: y }, {
 *   updateRule: "adam",
 *   optimConfig: { learningRate: 1e-2 },
 *   batchSize: 20,
 *   numEpochs: 40,
 *   verbose: false,
 *   rng,
 * });
 * await solver.train();
 * assert.equal(solver.lossHistory.length, 120);
 * assert.ok(solver.bestValAcc > 0.95);
 * assert.equal(solver.checkAccuracy(X, y), solver.bestValAcc);
 * ```
 */
export class Solver {
  /** The model. Its parameters are replaced, so that the arrays it came with stay as they are. */
  readonly model: Model;
  /** The data. */
  readonly data: SolverData;
  /** The loss of every step. */
  readonly lossHistory: number[] = [];
  /** The training accuracy, 0 to 1, after the first step and at the end of every epoch. */
  readonly trainAccHistory: number[] = [];
  /** The validation accuracy, 0 to 1, at the same moments. */
  readonly valAccHistory: number[] = [];
  /** The best validation accuracy; 0 before any was above. */
  bestValAcc = 0;
  /** Epochs done. */
  epoch = 0;
  /** Steps done. */
  iteration = 0;
  /** Why the last `train()` returned: all steps are done, or the signal was aborted. */
  stopped: "finished" | "aborted" | null = null;

  readonly #options: ResolvedOptions;
  readonly #stepsPerEpoch: number;
  readonly #numSteps: number;
  readonly #workspace = new Workspace();
  readonly #breather = new Breather();
  readonly #minibatch: Minibatch;
  readonly #optimizer: Optimizer;
  readonly #checkpointing: Checkpointing;
  #best: ModelState | null = null;
  /** The model as it is being trained, while the best one is in its place. */
  #trained: ModelState | null = null;
  #note: string | undefined;
  #running = false;

  /**
   * Makes a Solver. Nothing is drawn or computed yet.
   *
   * @param model What to train
   * @param data Examples and labels to train with and to validate on
   * @param options How to train
   * @throws {TypeError} If something is of the wrong kind, or there is no option of a given name
   * @throws {RangeError} If shapes do not fit together, or a value is out of range
   */
  constructor(model: Model, data: SolverData, options: SolverOptions = {}) {
    checkModel(model);
    checkData(data);
    this.model = model;
    this.data = data;
    this.#options = resolveOptions(options, model);
    const { batchSize, numEpochs } = this.#options;
    this.#stepsPerEpoch = Math.max(Math.floor(data.XTrain.shape[0] / batchSize), 1);
    this.#numSteps = numEpochs * this.#stepsPerEpoch;
    this.#minibatch = new Minibatch({ X: data.XTrain, y: data.yTrain }, batchSize);
    this.#optimizer = new Optimizer(Object.keys(model.params), this.#options);
    this.#checkpointing = new Checkpointing(model, data, this.#options);
  }

  /**
   * Continues a run from its checkpoint, to the very history and parameters that it would have had
   * undisturbed. Call `train()` on the result.
   *
   * The options of the run are those of the checkpoint; `numEpochs` may be larger. A rule, a
   * schedule or an augmentation of one's own must be given again. The state of the generators is
   * put into those of `model` and `options`, which must be one or two as before.
   *
   * @param path The checkpoint
   * @param model A model made as in the run; its parameters are replaced
   * @param data The data of the run
   * @param options What to change: `numEpochs`, `signal`, and how progress and checkpoints are made
   * @returns A Solver in the state of the checkpoint, which it will go on to write
   * @throws {FileFormatError} If the file is damaged, no checkpoint, or one of another version
   * @throws {TypeError} If the run's own rule or schedule is missing
   * @throws {RangeError} If the model, the data or an option are not those of the run
   *
   * @example
   * ```ts
   * import { TwoLayerNet } from "@nndl/nndl/models";
   * import { RandomState } from "@nndl/nndl/random";
   * import { Solver } from "@nndl/nndl/solver";
   * import assert from "node:assert/strict";
   *
   * const folder = await Deno.makeTempDir();
   * const checkpointName = `${folder}/net`;
   * const X = new RandomState(0).randn(40, 3);
   * const data = { XTrain: X, yTrain: X.argmax(1), XVal: X, yVal: X.argmax(1) };
   * const run = { batchSize: 10, verbose: false, checkpointName };
   * const make = (seed: number) =>
   *   new TwoLayerNet({ inputDim: 3, hiddenDim: 5, numClasses: 3, rng: new RandomState(seed) });
   *
   * const rng = new RandomState(1);
   * await new Solver(make(1), data, { ...run, numEpochs: 2, rng }).train();
   * const resumed = await Solver.resume(checkpointName, make(2), data, { numEpochs: 4, verbose: false });
   * await resumed.train();
   *
   * const whole = new Solver(make(1), data, { ...run, numEpochs: 4, rng: new RandomState(1) });
   * await whole.train();
   * assert.deepEqual(resumed.lossHistory, whole.lossHistory);
   * await Deno.remove(folder, { recursive: true });
   * ```
   */
  static async resume(
    path: string,
    model: Model,
    data: SolverData,
    options: SolverOptions = {},
  ): Promise<Solver> {
    const file = checkpointPath(path);
    const checkpoint = await readCheckpoint(file);
    const all = resumedOptions(file, checkpoint, model, data, options);
    const solver = new Solver(model, data, all);
    checkSameRun(file, solver.#options, checkpoint);
    solver.#restore(checkpoint);
    return solver;
  }

  /** The parameters with the best validation accuracy, by name; empty before any was above 0. */
  get bestParams(): Readonly<Record<string, NDArray>> {
    return this.#best?.params ?? {};
  }

  /**
   * Trains until all epochs are done or the signal is aborted, and puts the best parameters into
   * the model. Called again after an abort, it goes on where it stopped.
   *
   * @param options A signal for this call, instead of that of the Solver
   * @throws {NonFiniteLossError} If the loss is NaN or infinite
   * @throws {Error} If the checkpoint cannot be written
   */
  async train({ signal = this.#options.signal }: TrainOptions = {}): Promise<void> {
    if (this.#running) throw new Error("train: this Solver is training already; wait for it");
    const { progress } = this.#options;
    this.#running = true;
    this.stopped = null;
    try {
      installState(this.model, this.#trained ?? { params: this.model.params, buffers: {} });
      this.#trained = null;
      await this.#checkpointing.open(this.#progressed());
      progress.start?.({
        iteration: this.iteration,
        numIterations: this.#numSteps,
        epoch: this.epoch,
        numEpochs: this.#options.numEpochs,
        note: this.#note,
      });
      this.stopped = await this.#loop(signal);
    } finally {
      this.#running = false;
      this.#installBest();
      const { iteration, bestValAcc } = this;
      progress.end?.({ reason: this.stopped ?? "failed", iteration, bestValAcc });
    }
  }

  /**
   * Computes the share of examples that the model classifies rightly.
   *
   * @param X Examples, (N, d₁, …, d_k)
   * @param y Labels, (N,)
   * @param options How many examples to draw from the Solver's generator, and how many go through
   * the model at a time
   * @returns The accuracy, 0 to 1
   * @throws {RangeError} If X and y do not fit together, or a label is no class of the model
   */
  checkAccuracy(X: NDArray, y: NDArray, options: AccuracyOptions = {}): number {
    checkExamples("checkAccuracy", { X, y }, "X", "y");
    return drain(this.#accuracy({ X, y }, options));
  }

  async #loop(signal: AbortSignal | undefined): Promise<"finished" | "aborted"> {
    const { progress } = this.#options;
    while (this.iteration < this.#numSteps) {
      if (signal?.aborted) {
        await this.#checkpointing.save(this.#progressed());
        return "aborted";
      }
      const loss = this.#step();
      this.iteration++;
      progress.step?.({ iteration: this.iteration, numIterations: this.#numSteps, loss });
      const epochEnds = this.iteration % this.#stepsPerEpoch === 0;
      if (epochEnds) {
        this.epoch++;
        this.#optimizer.decay();
      }
      if (epochEnds || this.iteration === 1) await this.#check();
      await this.#checkpointing.saveIfDue(this.#progressed(), epochEnds);
      await this.#breather.due();
    }
    return "finished";
  }

  #step(): number {
    const { model, data, lossHistory } = this;
    const { rng, batchSize, augment } = this.#options;
    const rows = rng.choice(data.XTrain.shape[0], batchSize).data;
    const batch = this.#minibatch.gather(rows);
    const { X, y } = augment ? this.#minibatch.augment(augment, rng) : batch;
    const result = model.loss(X, y, this.#workspace);
    if (!Array.isArray(result) || typeof result[0] !== "number") {
      throw new TypeError("train: model.loss(X, y) must return [loss, grads], the loss a number");
    }
    const [loss, grads] = result;
    if (!Number.isFinite(loss)) {
      const advice = diagnose(model, batch, rows);
      throw new NonFiniteLossError(loss, this.iteration + 1, lossHistory.at(-1) ?? null, advice);
    }
    lossHistory.push(loss);
    this.#optimizer.update(model.params, grads, this.iteration);
    return loss;
  }

  async #check(): Promise<void> {
    const { XTrain, yTrain, XVal, yVal } = this.data;
    const { numTrainSamples, numValSamples, numEpochs, progress } = this.#options;
    const trainAcc = await this.#patiently({ X: XTrain, y: yTrain }, numTrainSamples);
    const valAcc = await this.#patiently({ X: XVal, y: yVal }, numValSamples);
    this.trainAccHistory.push(trainAcc);
    this.valAccHistory.push(valAcc);
    const best = valAcc > this.bestValAcc;
    if (best) {
      this.bestValAcc = valAcc;
      this.#best = copyState(this.model);
    }
    progress.check?.({ epoch: this.epoch, numEpochs, trainAcc, valAcc, best });
  }

  async #patiently(examples: Examples, numSamples: number | null): Promise<number> {
    const steps = this.#accuracy(examples, { numSamples });
    for (;;) {
      const { done, value } = steps.next();
      if (done) return value;
      await this.#breather.due();
    }
  }

  #accuracy(examples: Examples, options: AccuracyOptions): Generator<void, number> {
    return accuracyInBatches(this.model, examples, options, this.#options.rng, this.#workspace);
  }

  /** Puts the best parameters into the model, and keeps the others for a `train()` to come. */
  #installBest(): void {
    if (!this.#best) return;
    this.#trained = copyState(this.model);
    installState(this.model, this.#best);
  }

  /** What a checkpoint holds of the Solver itself. */
  #progressed(): Progressed {
    const { bestValAcc, epoch, iteration, lossHistory, trainAccHistory, valAccHistory } = this;
    return {
      best: this.#best,
      bestValAcc,
      epoch,
      iteration,
      lossHistory,
      trainAccHistory,
      valAccHistory,
      optimConfigs: this.#optimizer.configs,
    };
  }

  #restore(checkpoint: Checkpoint): void {
    const { model, best, bestValAcc, epoch, iteration, optimConfigs, rng, modelRng } = checkpoint;
    installState(this.model, model);
    if (modelRng && modelRng !== "shared") this.model.rng?.setState(modelRng);
    this.#options.rng.setState(rng);
    this.#optimizer.configs = optimConfigs;
    this.#best = best;
    this.#note = backendNote(checkpoint.backend);
    Object.assign(this, { bestValAcc, epoch, iteration });
    for (const name of ["lossHistory", "trainAccHistory", "valAccHistory"] as const) {
      for (const value of checkpoint[name]) this[name].push(value);
    }
  }
}
