/**
 * How a training loop is put together.
 *
 * @module
 */
import type { Workspace } from "../kernels/mod.ts";
import type { NDArray } from "../ndarray/mod.ts";
import type { Progress } from "./progress.ts";
import type { State, Stateful } from "./state.ts";

/**
 * Numbers by name, such as `{ loss: 2.3 }` of a step or `{ valAcc: 0.5 }` of a check. One called
 * `learningRate` is shown as such, and all others are.
 *
 * @category Training
 */
export type Figures = Readonly<Record<string, number>>;

/**
 * What a step is told.
 *
 * @category Training
 */
export interface StepContext {
  /** Steps done before this one. */
  readonly iteration: number;
  /** Epochs done before this step. */
  readonly epoch: number;
  /** Memory of the step: inside `workspace.run(...)` arrays take the places of the step before. */
  readonly workspace: Workspace;
  /** Lets timers and signals through if it was long ago: `await breathe()` in long steps. */
  readonly breathe: () => Promise<void> | null;
}

/**
 * What a check is told.
 *
 * @category Training
 */
export interface CheckContext extends StepContext {
  /** Steps done. */
  readonly iteration: number;
  /** Epochs done. */
  readonly epoch: number;
}

/**
 * Which state of a run is the best.
 *
 * @category Training
 */
export interface BestOption {
  /** The figure of the checks that tells. */
  readonly figure: string;
  /** Whether it should be large, as an accuracy, or small, as a loss. Default `"max"`. */
  readonly goal?: "max" | "min";
  /** What the first check has to beat. Default: nothing. */
  readonly from?: number;
}

/**
 * Options of a {@linkcode Trainer}.
 *
 * @category Training
 */
export interface TrainerOptions {
  /**
   * Makes one step: draws what it needs, computes, and updates what is trained.
   *
   * Returns the loss, or figures by name. They must be finite, or the run ends with a
   * `NonFiniteLossError`.
   */
  step: (context: StepContext) => number | Figures | Promise<number | Figures>;
  /** Steps in an epoch. */
  stepsPerEpoch: number;
  /** Epochs in all. Default 1. */
  numEpochs?: number;
  /**
   * Everything that changes and that the next step depends on: models, modules, optimizers,
   * generators, arrays. A checkpoint holds it, and a resumed run gets it back. Default: nothing.
   */
  state?: Readonly<Record<string, Stateful>>;
  /** Looks at the run after the first step and at the end of every epoch. Default: does not. */
  check?: (context: CheckContext) => Figures | Promise<Figures>;
  /**
   * The figure of `check` by which the best weights are chosen, which are in the models when
   * training ends. Default: none, the last ones stay.
   */
  best?: string | BestOption;
  /** Called at the end of every epoch, before the check: the place to lower learning rates. */
  epochEnd?: (epoch: number) => void;
  /** Says what to do about a figure that is NaN or infinite. */
  diagnose?: (figure: string) => string;
  /**
   * Path of the checkpoint, to which `.safetensors` is added; null for none. Default null. While a run
   * trains, a `.lock` beside it keeps others from writing the same one.
   */
  checkpointName?: string | null;
  /** Write the checkpoint every so many epochs. Default 1. */
  checkpointEvery?: number;
  /** Write it also every so many steps; null for not. Default null. */
  checkpointEverySteps?: number | null;
  /**
   * What makes the run what it is, such as the batch size. A checkpoint remembers it, and a run
   * with other values is not resumed from it. Default: nothing.
   */
  settings?: Readonly<Record<string, State>>;
  /** The arrays that the run reads, which must be the same when it is resumed. Default: none. */
  data?: Readonly<Record<string, NDArray>>;
  /** How the run shows itself: a face, or several. Default: lines, as `lineProgress()` makes. */
  progress?: Progress | readonly Progress[];
  /** Ends training after the current step when it is aborted. */
  signal?: AbortSignal;
  /** What the loop is called in errors and checkpoints. Default `"Trainer"`. */
  name?: string;
}

/**
 * Options of one call of `train()`.
 *
 * @category Training
 */
export interface TrainOptions {
  /** Ends training after the current step when it is aborted. Default: that of the loop. */
  signal?: AbortSignal;
}
