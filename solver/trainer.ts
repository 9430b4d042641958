/**
 * A training loop around a step of one's own. It counts steps and epochs, keeps figures by name,
 * shows progress, lets the event loop breathe, ends cleanly at Ctrl-C, writes checkpoints from which
 * a run continues to the bit, and puts the best weights back in the end.
 *
 * {@linkcode Solver} and `CaptioningSolver` are faces of it; a GAN, contrastive training or any loop
 * of one's own is another: say what a step does, what state it has, and which figures to show.
 *
 * @module
 */
import { Breather, pause } from "../internal/event_loop.ts";
import { FileFormatError } from "../io/errors.ts";
import { activeBackend, Workspace } from "../kernels/mod.ts";
import { Checkpointing } from "./_checkpointing.ts";
import { combineFaces } from "./_faces.ts";
import { checkFigures, isBetter, keep } from "./_figures.ts";
import { checkFingerprint, fingerprint } from "./_fingerprint.ts";
import { RunState } from "./_run_state.ts";
import { type ResolvedTrainerOptions, resolveTrainerOptions } from "./_trainer_options.ts";
import { checkSameSettings, returnToBackend } from "./_resume.ts";
import { type BestState, type Checkpoint, checkpointPath, readCheckpoint } from "./checkpoint.ts";
import { NonFiniteLossError } from "./non_finite_loss_error.ts";
import type { Progress } from "./progress.ts";
import type { CheckContext, TrainerOptions, TrainOptions } from "./trainer_options.ts";

/** How long a run shows no sign of life before another call may take it over, milliseconds. */
const silence = 1000;

/**
 * A training loop around a step of one's own.
 *
 * After the first step and at the end of every epoch it calls `check`, if there is one. The weights
 * with the best of its figures are in the models, modules and arrays of `state` when
 * {@linkcode Trainer.train} returns or throws.
 *
 * @example Two models that take turns, as in a GAN
 * ```ts
 * import { TwoLayerNet } from "@nndl/nndl/models";
 * import { Updater } from "@nndl/nndl/optim";
 * import { RandomState } from "@nndl/nndl/random";
 * import { Trainer } from "@nndl/nndl/solver";
 * import assert from "node:assert/strict";
 *
 * const rng = new RandomState(231);
 * const X = rng.randn(60, 4);
 * const y = X.argmax(1);
 * const make = () => new TwoLayerNet({ inputDim: 4, hiddenDim: 8, numClasses: 4, rng });
 * const [first, second] = [make(), make()];
 * const [firstUpdate, secondUpdate] = [first, second].map((model) =>
 *   new Updater(model, "adam", { learningRate: 1e-2 })
 * );
 * const trainer = new Trainer({
 *   stepsPerEpoch: 20,
 *   numEpochs: 3,
 *   state: { first, second, firstUpdate, secondUpdate, rng },
 *   progress: [],
 *   step({ workspace }) {
 *     const rows = rng.choice(60, 20);
 *     const [batch, labels] = [X.take(rows, 0), y.take(rows, 0)];
 *     const [firstLoss, firstGrads] = first.loss(batch, labels, workspace);
 *     firstUpdate.update(firstGrads);
 *     const [secondLoss, secondGrads] = second.loss(batch, labels, workspace);
 *     secondUpdate.update(secondGrads);
 *     return { firstLoss, secondLoss };
 *   },
 * });
 * await trainer.train();
 * assert.equal(trainer.history.firstLoss.length, 60);
 * assert.ok(trainer.history.secondLoss[59] < trainer.history.secondLoss[0]);
 * ```
 *
 * @category Training
 */
export class Trainer {
  /** Why the last `train()` returned: all steps are done, or the signal was aborted. */
  stopped: "finished" | "aborted" | null = null;

  readonly #options: ResolvedTrainerOptions;
  readonly #state: RunState;
  readonly #progress: Required<Progress>;
  readonly #checkpointing: Checkpointing;
  #workspace = new Workspace();
  readonly #breather = new Breather();
  readonly #history: Record<string, number[]> = {};
  readonly #checks: Record<string, number[]> = {};
  #epoch = 0;
  #iteration = 0;
  #best: BestState | null = null;
  /** The weights as they are being trained, while the best ones are in their place. */
  #trained: BestState["state"] | null = null;
  #fingerprint: Checkpoint["data"] | null = null;
  #note: string | undefined;
  #running = false;
  /** The call of `train()` that goes on, and when it last showed that it does. */
  #call = 0;
  #lastSign = 0;
  /** Whether `train()` was called and the caller has not waited since. */
  #awaited = true;
  #started = 0;

  /**
   * Makes a loop. Nothing is drawn or computed yet.
   *
   * @param options What a step does, what state it has, how long to train and what to show
   * @throws {TypeError} If something is of the wrong kind, or there is no option of a given name
   * @throws {RangeError} If a value is out of range
   */
  constructor(options: TrainerOptions) {
    this.#options = resolveTrainerOptions(options);
    const { name, state, progress } = this.#options;
    this.#state = new RunState(name, state);
    this.#progress = combineFaces(progress);
    this.#checkpointing = new Checkpointing(
      this.#options,
      () => this.#checkpoint(),
      (message) => this.#progress.note({ message }),
    );
  }

  /**
   * Makes a loop that continues a run from its checkpoint, to the very figures and weights that it
   * would have had undisturbed. Call `train()` on the result.
   *
   * If the table and the threads of the kernels are others than in the run, digits may differ. Threads
   * of the native table are set to as many as there were; `setThreads` changes them again. Either is
   * told when training starts.
   *
   * @param path The checkpoint
   * @param options Those of the run; `numEpochs` may be larger. What `state` declares is written to
   * @returns The loop in the state of the checkpoint, which it will go on to write
   * @throws {FileFormatError} If the file is damaged, no checkpoint, or one of another version
   * @throws {RangeError} If the state, the data or the settings are not those of the run
   *
   * @example
   * ```ts
   * import { zeros } from "@nndl/nndl/ndarray";
   * import { RandomState } from "@nndl/nndl/random";
   * import { Trainer } from "@nndl/nndl/solver";
   * import assert from "node:assert/strict";
   *
   * const checkpointName = `${await Deno.makeTempDir()}/walk`;
   * const walk = (numEpochs: number) => {
   *   const [rng, place] = [new RandomState(numEpochs), zeros([1])];
   *   const step = () => place.data[0] += rng.randn() as number;
   *   return { step, stepsPerEpoch: 5, numEpochs, state: { rng, place }, checkpointName, progress: [] };
   * };
   * const first = new Trainer(walk(1));
   * await first.train();
   * const longer = await Trainer.resume(checkpointName, walk(2));
   * await longer.train();
   * assert.deepEqual(longer.history.loss.slice(0, 5), first.history.loss);
   * ```
   */
  static async resume(path: string, options: TrainerOptions): Promise<Trainer> {
    const file = checkpointPath(path);
    const checkpointName = file.replace(/\.safetensors$/, "");
    const trainer = new Trainer({ checkpointName, ...options });
    trainer.restore(file, await readCheckpoint(file));
    return trainer;
  }

  /**
   * Takes the state of a checkpoint over.
   *
   * @param file Where it comes from, for messages
   * @param checkpoint What `readCheckpoint` returned
   * @throws {FileFormatError} If a part of the state takes it for damaged
   * @throws {RangeError} If the state, the data or the settings are not those of the run; everything
   * is then as before
   */
  restore(file: string, checkpoint: Checkpoint): void {
    const { name, data, numEpochs, stepsPerEpoch } = this.#options;
    const caller = `${name}.resume`;
    if (checkpoint.name !== name) {
      throw new RangeError(
        `${caller}: ${file} is the checkpoint of a ${checkpoint.name}; continue it with that`,
      );
    }
    checkFingerprint(caller, data, checkpoint.data, file);
    this.#state.check(file, checkpoint.state, checkpoint.shared);
    if (checkpoint.best) this.#state.checkWeights(file, checkpoint.best.state);
    checkSameSettings(caller, file, this.#settings(), checkpoint.settings);
    const { epoch, iteration, history, checks, best, state, backend } = checkpoint;
    if (numEpochs < epoch) {
      throw new RangeError(
        `${caller}: ${file} has done ${epoch} epochs, got numEpochs ${numEpochs}; give a larger number`,
      );
    }
    if (epoch !== Math.floor(iteration / stepsPerEpoch)) {
      throw new FileFormatError(
        caller,
        file,
        8,
        `what it says of the run makes no sense: ${iteration} steps are not ${epoch} epochs of ` +
          `${stepsPerEpoch}`,
      );
    }
    this.#state.write(file, state);
    this.#epoch = epoch;
    this.#iteration = iteration;
    this.#best = best;
    this.#trained = null;
    this.#note = returnToBackend(backend);
    for (const [live, stored] of [[this.#history, history], [this.#checks, checks]] as const) {
      for (const name of Object.keys(live)) live[name].length = 0;
      for (const [name, values] of Object.entries(stored)) live[name] = [...values];
    }
  }

  /** The figures of every step, by name: `history.loss`. */
  get history(): Record<string, number[]> {
    return this.#result(this.#history);
  }

  /** The figures of every check, by name, after the first step and at the end of every epoch. */
  get checks(): Record<string, number[]> {
    return this.#result(this.#checks);
  }

  /** Epochs done. */
  get epoch(): number {
    return this.#result(this.#epoch);
  }

  /** Steps done. */
  get iteration(): number {
    return this.#result(this.#iteration);
  }

  /** Whether a call of `train()` has not ended yet. */
  get running(): boolean {
    return this.#running;
  }

  /** The best value of the figure that tells, and the weights it came with; null if there is none. */
  get best(): BestState | null {
    return this.#result(this.#best);
  }

  /**
   * Trains until all epochs are done or the signal is aborted, and puts the best weights into what
   * `state` declares. Called again after an abort, it goes on where it stopped; so it does after an
   * interrupt of a notebook's cell, which cuts a run off in the middle.
   *
   * @param options A signal for this call, instead of that of the loop
   * @throws {NonFiniteLossError} If a figure of a step is NaN or infinite
   * @throws {Error} If the checkpoint cannot be written when training begins, or another run is
   * writing it
   */
  async train({ signal = this.#options.signal }: TrainOptions = {}): Promise<void> {
    const { name } = this.#options;
    if (this.#running && !await this.#isCutOff()) {
      throw new Error(`train: this ${name} is training already; wait for it`);
    }
    const call = ++this.#call;
    this.#running = true;
    this.#awaited = false;
    this.stopped = null;
    await null;
    this.#awaited = true;
    this.#started = performance.now();
    try {
      if (this.#trained) this.#state.writeWeights(this.#trained);
      this.#trained = null;
      await this.#checkpointing.open(this.#iteration);
      this.#progress.start({
        iteration: this.#iteration,
        numIterations: this.#numSteps,
        epoch: this.#epoch,
        numEpochs: this.#options.numEpochs,
        note: this.#note,
      });
      this.stopped = await this.#loop(signal, call);
    } finally {
      if (call === this.#call) this.#end();
    }
  }

  #end(): void {
    this.#checkpointing.close();
    this.#running = false;
    this.#installBest();
    const { best } = this.#options;
    const value = this.#best?.value ?? best?.from;
    this.#progress.end({
      reason: this.stopped ?? "failed",
      iteration: this.#iteration,
      best: best && value !== undefined ? { figure: best.figure, value } : null,
    });
  }

  get #numSteps(): number {
    return this.#options.numEpochs * this.#options.stepsPerEpoch;
  }

  get #seconds(): number {
    return (performance.now() - this.#started) / 1000;
  }

  /** Whether the call that is under way does nothing any more; its workspace may be in mid-step then. */
  async #isCutOff(): Promise<boolean> {
    const last = this.#lastSign;
    await pause(silence);
    if (!this.#running || this.#lastSign !== last) return false;
    this.#checkpointing.close();
    this.#workspace = new Workspace();
    return true;
  }

  async #loop(
    signal: AbortSignal | undefined,
    call: number,
  ): Promise<"finished" | "aborted"> {
    const { stepsPerEpoch, epochEnd } = this.#options;
    while (this.#iteration < this.#numSteps) {
      if (signal?.aborted) {
        await this.#checkpointing.save();
        return "aborted";
      }
      const figures = this.#options.step(this.#context());
      this.#record(figures instanceof Promise ? await figures : figures);
      this.#lastSign = performance.now();
      const epochEnds = this.#iteration % stepsPerEpoch === 0;
      if (epochEnds) {
        this.#epoch++;
        epochEnd?.(this.#epoch);
      }
      if (epochEnds || this.#iteration === 1) await this.#check();
      await this.#checkpointing.saveIfDue(this.#iteration, this.#epoch, epochEnds);
      await this.#breather.due();
      if (call !== this.#call) throw new Error("train: another call has taken this run over");
    }
    return "finished";
  }

  /** Takes note of what a step returned. */
  #record(returned: unknown): void {
    const figures = typeof returned === "number" ? { loss: returned } : returned;
    checkFigures(this.#options.name, "step", figures);
    for (const [name, value] of Object.entries(figures)) {
      if (Number.isFinite(value)) continue;
      const last = this.#history[name]?.at(-1) ?? null;
      throw new NonFiniteLossError(
        value,
        this.#iteration + 1,
        last,
        this.#options.diagnose?.(name) ?? "lower the learning rate",
        name,
      );
    }
    keep(this.#history, figures);
    this.#iteration++;
    this.#progress.step({
      iteration: this.#iteration,
      numIterations: this.#numSteps,
      loss: figures.loss ?? Object.values(figures)[0],
      figures,
      learningRate: figures.learningRate,
      seconds: this.#seconds,
    });
  }

  async #check(): Promise<void> {
    const { check, best, numEpochs, name } = this.#options;
    if (!check) return;
    const figures = await check(this.#context());
    checkFigures(name, "check", figures);
    keep(this.#checks, figures);
    const isBest = best !== null && isBetter(name, figures, best, this.#best?.value ?? null);
    if (isBest) this.#best = { value: figures[best.figure], state: this.#state.copyWeights() };
    this.#progress.check({
      iteration: this.#iteration,
      epoch: this.#epoch,
      numEpochs,
      figures,
      best: isBest,
      seconds: this.#seconds,
    });
  }

  #context(): CheckContext {
    return {
      iteration: this.#iteration,
      epoch: this.#epoch,
      workspace: this.#workspace,
      breathe: () => {
        this.#lastSign = performance.now();
        return this.#breather.due();
      },
    };
  }

  /** Puts the best weights in place, and keeps the others for a `train()` to come. */
  #installBest(): void {
    if (!this.#best) return;
    this.#trained = this.#state.copyWeights();
    this.#state.writeWeights(this.#best.state);
  }

  #settings(): Checkpoint["settings"] {
    const { settings, stepsPerEpoch, numEpochs } = this.#options;
    return { ...settings, stepsPerEpoch, numEpochs };
  }

  #checkpoint(): Checkpoint {
    const { name, threads } = activeBackend();
    return {
      name: this.#options.name,
      epoch: this.#epoch,
      iteration: this.#iteration,
      history: this.#history,
      checks: this.#checks,
      ...this.#state.read(),
      best: this.#best,
      settings: this.#settings(),
      data: this.#fingerprint ??= fingerprint(this.#options.data),
      backend: { name, threads },
    };
  }

  /** Hands a result out, unless the caller has not waited for it. */
  #result<T>(value: T): T {
    if (this.#awaited) return value;
    throw new Error(
      `${this.#options.name}: train() has only begun and there is no result yet; write ` +
        "await ….train()",
    );
  }
}
