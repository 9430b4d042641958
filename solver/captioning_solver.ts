/**
 * The course's training loop for image captions.
 *
 * Source: CS231n, assignment 3. Draw by draw it follows the course's CaptioningSolver, so that a
 * seeded run has the course's history.
 *
 * @module
 */
import type { CaptioningData } from "../data/coco/captioning_data.ts";
import { sameShape, showShape } from "../internal/shapes.ts";
import type { Workspace } from "../kernels/mod.ts";
import type { SharedTraining } from "../models/mod.ts";
import type { NDArray } from "../ndarray/mod.ts";
import type { RandomState } from "../random/mod.ts";
import { checkArrays } from "./_data.ts";
import { badParameter, badRow } from "./_diagnosis.ts";
import { RowBuffer } from "./_minibatch.ts";
import { checkModel, detachParams, followGradients, restoreDetached } from "./_model.ts";
import { resumedOptions } from "./_resumed_options.ts";
import { loopOptions, settingsOf, settleCaptioning, type Settled } from "./_solver_options.ts";
import { Together } from "./_together.ts";
import { checkpointPath, readCheckpointFor } from "./checkpoint.ts";
import type { CaptioningSolverOptions } from "./options.ts";
import { Trainer } from "./trainer.ts";
import type { Figures, StepContext, TrainOptions } from "./trainer_options.ts";

/**
 * The part of captioning data that a {@linkcode CaptioningSolver} reads.
 *
 * @category Training
 */
export type TrainingCaptions = Pick<
  CaptioningData,
  "trainCaptions" | "trainImageIdxs" | "trainFeatures"
>;

/**
 * A model that a {@linkcode CaptioningSolver} trains.
 *
 * @category Training
 */
export interface CaptioningModel {
  /** The trained arrays by name. */
  params: Record<string, NDArray>;

  /**
   * Computes the loss of captions and its gradients.
   *
   * @param features What is known of the image of each caption, (B, D)
   * @param captions Word numbers, (B, T + 1)
   * @param workspace Where the arrays of the pass come from; without one they are fresh
   * @returns The loss, and the gradient of every parameter under its name
   */
  loss(
    features: NDArray,
    captions: NDArray,
    workspace?: Workspace,
  ): [loss: number, grads: Record<string, NDArray>];

  /** State that is kept between passes but not trained, by name, live; or a module's method. */
  readonly buffers?: Record<string, NDArray> | (() => Record<string, NDArray>);

  /** The generator that dropout draws from. */
  readonly rng?: RandomState;

  /** How several processes train it together, if they do. */
  readonly shared?: SharedTraining;
}

/**
 * Trains a captioning model.
 *
 * Each step draws captions with replacement, one `rng.choice`, and follows the gradients of their
 * loss. Nothing is checked between epochs; at the end of each the learning rate shrinks by `lrDecay`.
 *
 * @example
 * ```ts
 * import { matmul, type NDArray } from "@nndl/nndl/ndarray";
 * import { RandomState } from "@nndl/nndl/random";
 * import { CaptioningSolver } from "@nndl/nndl/solver";
 * import assert from "node:assert/strict";
 *
 * // A "caption" of one number, which the model learns to read off the features.
 * const rng = new RandomState(231);
 * const features = rng.randn(10, 3);
 * const data = {
 *   trainCaptions: rng.randint(0, 5, [40, 1]),
 *   trainImageIdxs: rng.randint(0, 10, 40),
 *   trainFeatures: features,
 * };
 * const params: Record<string, NDArray> = { w: rng.randn(3, 1) };
 * const model = {
 *   params,
 *   loss(features: NDArray, captions: NDArray): [number, Record<string, NDArray>] {
 *     const error = matmul(features, params.w).subtract(captions);
 *     const dw = matmul(features, error, { transposeA: true }).multiply(2 / error.size);
 *     return [error.multiply(error).mean() as number, { w: dw }];
 *   },
 * };
 * const solver = new CaptioningSolver(model, data, { batchSize: 8, numEpochs: 9, verbose: false, rng });
 * await solver.train();
 * assert.equal(solver.lossHistory.length, 9 * Math.floor(40 / 8));
 * ```
 *
 * @category Training
 */
export class CaptioningSolver {
  /** The model. Its parameters are replaced, so that the arrays it came with stay as they are. */
  readonly model: CaptioningModel;
  /** The data. */
  readonly data: TrainingCaptions;

  readonly #options: Settled<CaptioningSolverOptions>;
  readonly #trainer: Trainer;
  readonly #captions: RowBuffer;
  readonly #features: RowBuffer;
  /** The other processes, if several train the model. */
  readonly #together: Together | null;

  /**
   * Makes a Solver. Nothing is drawn or computed yet.
   *
   * @param model What to train
   * @param data Captions, and features of the images they belong to
   * @param options How to train
   * @throws {TypeError} If something is of the wrong kind, or there is no option of a given name
   * @throws {RangeError} If shapes do not fit together, or a value is out of range
   */
  constructor(
    model: CaptioningModel,
    data: TrainingCaptions,
    options: CaptioningSolverOptions = {},
  ) {
    checkModel("CaptioningSolver", model);
    checkCaptions(data);
    this.model = model;
    this.data = data;
    this.#options = settleCaptioning(options, model);
    const { batchSize } = this.#options;
    const { trainCaptions, trainImageIdxs, trainFeatures } = data;
    const settings = settingsOf(this.#options);
    const { numEpochs } = this.#options;
    this.#together = model.shared
      ? new Together(model.shared, {
        settings: { ...settings, numEpochs },
        data: { trainCaptions, trainImageIdxs, trainFeatures },
      })
      : null;
    this.#captions = new RowBuffer(trainCaptions, batchSize);
    this.#features = new RowBuffer(trainFeatures, batchSize);
    this.#trainer = new Trainer({
      name: "CaptioningSolver",
      stepsPerEpoch: Math.max(Math.floor(trainCaptions.shape[0] / batchSize), 1),
      ...loopOptions(this.#options, model),
      step: (context) => this.#step(context),
      settings,
      data: { trainCaptions, trainImageIdxs, trainFeatures },
    });
  }

  /**
   * Continues a run from its checkpoint, to the very history and parameters that it would have had
   * undisturbed. Call `train()` on the result.
   *
   * The options of the run are those of the checkpoint; `numEpochs` may be larger. A rule or a
   * schedule of one's own must be given again.
   *
   * @param path The checkpoint
   * @param model A model made as in the run; its parameters are replaced
   * @param data The data of the run
   * @param options What to change: `numEpochs`, `signal`, and how progress and checkpoints are made
   * @returns A Solver in the state of the checkpoint, which it will go on to write
   * @throws {FileFormatError} If the file is damaged, no checkpoint, or one of another version
   * @throws {TypeError} If the run's own rule or schedule is missing
   * @throws {RangeError} If the model, the data or an option are not those of the run
   */
  static async resume(
    path: string,
    model: CaptioningModel,
    data: TrainingCaptions,
    options: CaptioningSolverOptions = {},
  ): Promise<CaptioningSolver> {
    const file = checkpointPath(path);
    checkModel("CaptioningSolver", model);
    const checkpoint = await readCheckpointFor(file, model.shared);
    const all = resumedOptions("CaptioningSolver", file, checkpoint, model, options);
    const solver = new CaptioningSolver(model, data, all);
    restoreDetached(solver.#trainer, model, file, checkpoint);
    return solver;
  }

  /** The loss of every step. */
  get lossHistory(): number[] {
    return this.#trainer.history.loss ??= [];
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
   * Trains until all epochs are done or the signal is aborted. Called again after an abort, it goes
   * on where it stopped.
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

  #step({ iteration, workspace }: StepContext): Figures {
    const { model, data } = this;
    const together = this.#together;
    const { rng, batchSize, updater, schedule } = this.#options;
    const indices = rng.choice(data.trainCaptions.shape[0], batchSize).data;
    const part = together?.shared.rowsOf(batchSize) ??
      { start: 0, end: batchSize, total: batchSize };
    const rows = indices.subarray(part.start, part.end);
    const images = Int32Array.from(rows, (row) => data.trainImageIdxs.data[row]);
    const [captions, features] = [this.#captions.gather(rows), this.#features.gather(images)];
    const result = together
      ? together.loss({ X: features, y: captions }, part, indices, workspace)
      : model.loss(features, captions, workspace);
    return followGradients(result, {
      call: "model.loss(features, captions)",
      iteration,
      lossHistory: this.lossHistory,
      updater,
      schedule,
      diagnose: () =>
        badRow("trainFeatures", features, images) ?? badParameter(model) ??
          "lower the learning rate or the scale of the initial weights",
    });
  }
}

function checkCaptions(data: TrainingCaptions): void {
  const caller = "CaptioningSolver";
  checkArrays(caller, data, ["trainCaptions", "trainImageIdxs", "trainFeatures"]);
  const { trainCaptions, trainImageIdxs, trainFeatures } = data;
  if (trainCaptions.ndim !== 2 || trainCaptions.size === 0) {
    throw new RangeError(
      `${caller}: trainCaptions must have shape (N, T + 1) with at least one caption, got ` +
        showShape(trainCaptions.shape),
    );
  }
  if (!sameShape(trainImageIdxs.shape, [trainCaptions.shape[0]])) {
    throw new RangeError(
      `${caller}: trainImageIdxs must have shape (${trainCaptions.shape[0]},), an image for each ` +
        `caption, got ${showShape(trainImageIdxs.shape)}`,
    );
  }
  if (trainFeatures.ndim < 2 || trainFeatures.size === 0) {
    throw new RangeError(
      `${caller}: trainFeatures must have shape (M, D) with at least one image, got ` +
        showShape(trainFeatures.shape),
    );
  }
  const [images] = trainFeatures.shape;
  const bad = trainImageIdxs.data.findIndex((i) => !(Number.isInteger(i) && i >= 0 && i < images));
  if (bad < 0) return;
  throw new RangeError(
    `${caller}: trainImageIdxs must hold rows of trainFeatures, 0 to ${images - 1}, got ` +
      `${trainImageIdxs.data[bad]} at position ${bad}`,
  );
}
