/**
 * The course's training loop: minibatch, loss and gradients, update, and now and then a look at the
 * accuracies.
 *
 * Source: CS231n, assignment 2. Draw by draw it follows the course's Solver, so that a seeded run
 * has the course's history.
 *
 * @module
 */
import type { Dataset } from "../data/dataset.ts";
import { Workspace } from "../kernels/mod.ts";
import type { Model, TrainableModel } from "../models/mod.ts";
import type { NDArray } from "../ndarray/mod.ts";
import { accuracyInBatches, type AccuracyOptions, drain } from "./_accuracy.ts";
import { checkData, checkExamples } from "./_data.ts";
import { diagnose } from "./_diagnosis.ts";
import { Minibatch } from "./_minibatch.ts";
import { checkModel, detachParams, followGradients, restoreDetached } from "./_model.ts";
import { resumedOptions } from "./_resumed_options.ts";
import { loopOptions, settingsOf, type Settled, settleSolver } from "./_solver_options.ts";
import { Together } from "./_together.ts";
import { checkpointPath, readCheckpointFor } from "./checkpoint.ts";
import type { SolverOptions } from "./options.ts";
import type { ModelState } from "./state.ts";
import { Trainer } from "./trainer.ts";
import type { CheckContext, Figures, StepContext, TrainOptions } from "./trainer_options.ts";

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
 *
 * @category Training
 */
export class Solver {
  /** The model. Its parameters are replaced, so that the arrays it came with stay as they are. */
  readonly model: Model;
  /** The data. */
  readonly data: Dataset;

  readonly #options: Settled<SolverOptions>;
  readonly #trainer: Trainer;
  readonly #minibatch: Minibatch;
  /** The other processes, if several train the model. */
  readonly #together: Together | null;
  readonly #workspace = new Workspace();

  /**
   * Makes a Solver. Nothing is drawn or computed yet.
   *
   * @param model What to train
   * @param data Examples and labels to train with and to validate on
   * @param options How to train
   * @throws {TypeError} If something is of the wrong kind, or there is no option of a given name
   * @throws {RangeError} If shapes do not fit together, or a value is out of range
   */
  constructor(model: TrainableModel, data: Dataset, options: SolverOptions = {}) {
    checkModel("Solver", model);
    checkData(data, model.score !== undefined);
    this.model = model as Model;
    this.data = data;
    this.#options = settleSolver(options, model);
    const { batchSize, augment, numTrainSamples, numValSamples } = this.#options;
    const { XTrain, yTrain, XVal, yVal } = data;
    const settings = {
      ...settingsOf(this.#options),
      augment: augment !== null,
      numTrainSamples,
      numValSamples,
    };
    this.#together = model.shared
      ? new Together(model.shared, {
        settings: { ...settings, numEpochs: this.#options.numEpochs },
        data: { XTrain, yTrain, XVal, yVal },
      })
      : null;
    this.#minibatch = new Minibatch({ X: XTrain, y: yTrain }, batchSize);
    this.#trainer = new Trainer({
      name: "Solver",
      stepsPerEpoch: Math.max(Math.floor(XTrain.shape[0] / batchSize), 1),
      ...loopOptions(this.#options, model),
      step: (context) => this.#step(context),
      check: (context) => this.#check(context),
      best: { figure: "valAcc", ...(model.score ? {} : { from: 0 }) },
      settings,
      data: { XTrain, yTrain, XVal, yVal },
    });
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
    model: TrainableModel,
    data: Dataset,
    options: SolverOptions = {},
  ): Promise<Solver> {
    const file = checkpointPath(path);
    checkModel("Solver", model);
    const checkpoint = await readCheckpointFor(file, model.shared);
    const all = resumedOptions("Solver", file, checkpoint, model, options);
    const solver = new Solver(model, data, all);
    restoreDetached(solver.#trainer, model, file, checkpoint);
    return solver;
  }

  /** The loss of every step. */
  get lossHistory(): number[] {
    return this.#trainer.history.loss ??= [];
  }

  /** The training accuracy, 0 to 1, after the first step and at the end of every epoch. */
  get trainAccHistory(): number[] {
    return this.#trainer.checks.trainAcc ??= [];
  }

  /** The validation accuracy, 0 to 1, at the same moments. */
  get valAccHistory(): number[] {
    return this.#trainer.checks.valAcc ??= [];
  }

  /**
   * The best validation accuracy; 0 before any was above. Of a model with a score of its own the
   * best score, -∞ before there was one.
   */
  get bestValAcc(): number {
    return this.#trainer.best?.value ?? (this.model.score ? -Infinity : 0);
  }

  /** The parameters with the best validation accuracy, by name; empty before any was above 0. */
  get bestParams(): Readonly<Record<string, NDArray>> {
    const state = this.#trainer.best?.state.model as ModelState | undefined;
    return state?.params ?? {};
  }

  /** Epochs done. */
  get epoch(): number {
    return this.#trainer.epoch;
  }

  /** Steps done. */
  get iteration(): number {
    return this.#trainer.iteration;
  }

  /** Why the last `train()` returned: all steps are done, or the signal was aborted. */
  get stopped(): "finished" | "aborted" | null {
    return this.#trainer.stopped;
  }

  /**
   * Trains until all epochs are done or the signal is aborted, and puts the best parameters into
   * the model. Called again after an abort, it goes on where it stopped.
   *
   * @param options A signal for this call, instead of that of the Solver
   * @throws {NonFiniteLossError} If the loss is NaN or infinite
   * @throws {Error} If the checkpoint cannot be written when training begins, or another run is
   * writing it
   */
  async train(options: TrainOptions = {}): Promise<void> {
    if (!this.#trainer.running) detachParams(this.model);
    const together = this.#together;
    if (together) await together.train(this.#trainer, options.signal ?? this.#options.signal);
    else await this.#trainer.train(options);
  }

  /**
   * Computes the share of examples that the model classifies rightly, or the mean of what it calls
   * its score.
   *
   * @param X Examples, (N, d₁, …, d_k)
   * @param y Labels, (N,)
   * @param options How many examples to draw from the Solver's generator, and how many go through
   * the model at a time
   * @returns The accuracy, 0 to 1
   * @throws {RangeError} If X and y do not fit together, or a label is no class of the model
   */
  checkAccuracy(X: NDArray, y: NDArray, options: AccuracyOptions = {}): number {
    checkExamples("checkAccuracy", { X, y }, "X", "y", this.model.score !== undefined);
    const { rng } = this.#options;
    return drain(accuracyInBatches(this.model, { X, y }, options, rng, this.#workspace));
  }

  #step({ iteration, workspace }: StepContext): Figures {
    const model = this.model;
    const together = this.#together;
    const { rng, batchSize, augment, updater, schedule } = this.#options;
    const indices = rng.choice(this.data.XTrain.shape[0], batchSize).data;
    const rows = together?.shared.rowsOf(batchSize) ??
      { start: 0, end: batchSize, total: batchSize };
    const part = this.#minibatch.gatherPart(indices, rows, augment, rng);
    const result = together
      ? together.loss(part, rows, indices, workspace)
      : model.loss(part.X, part.y, workspace);
    return followGradients(result, {
      call: "model.loss(X, y)",
      iteration,
      lossHistory: this.lossHistory,
      updater,
      schedule,
      diagnose: () => {
        const own = indices.subarray(rows.start, rows.end);
        return diagnose(model, this.#minibatch.gather(own), own);
      },
    });
  }

  async #check({ workspace, breathe }: CheckContext): Promise<Figures> {
    const { XTrain, yTrain, XVal, yVal } = this.data;
    const { numTrainSamples, numValSamples, rng } = this.#options;
    const shared = this.#together?.shared;
    shared?.agreeOnBuffers();
    const patiently = async (X: NDArray, y: NDArray, numSamples: number | null) => {
      const options = { numSamples };
      const steps = accuracyInBatches(this.model, { X, y }, options, rng, workspace, shared);
      for (;;) {
        const { done, value } = steps.next();
        if (done) return value;
        await breathe();
      }
    };
    const trainAcc = await patiently(XTrain, yTrain, numTrainSamples);
    const valAcc = await patiently(XVal, yVal, numValSamples);
    return { trainAcc, valAcc };
  }
}
