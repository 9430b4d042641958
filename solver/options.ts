/**
 * How a Solver trains.
 *
 * @module
 */
import type { Augmentation } from "../data/augmentation/augmentation.ts";
import type { OptimConfig, Schedule, UpdateRule, UpdateRuleName } from "../optim/mod.ts";
import type { RandomState } from "../random/mod.ts";
import type { Progress } from "./progress.ts";

/**
 * Options that every Solver has.
 *
 * @category Training
 */
export interface CaptioningSolverOptions {
  /** How a parameter follows its gradient: a name, or a function. Default `"sgd"`. */
  updateRule?: UpdateRuleName | UpdateRule;
  /** The configuration that the rule starts with, for every parameter. Default `{}`. */
  optimConfig?: OptimConfig;
  /** Factor on every learning rate at the end of an epoch. Default 1. */
  lrDecay?: number;
  /**
   * The learning rate of each step, counted from 0 over all epochs. It replaces the rate of
   * `optimConfig`, and goes without `lrDecay`. Default null: none.
   */
  schedule?: Schedule | null;
  /** Examples in a minibatch. Default 100. */
  batchSize?: number;
  /** Passes over the data. Default 10. */
  numEpochs?: number;
  /**
   * Path of the checkpoint, to which `.safetensors` is added; null for none. Default null. While a run
   * trains, a `.lock` beside it keeps others from writing the same one.
   */
  checkpointName?: string | null;
  /** Write the checkpoint every so many epochs. Default 1. */
  checkpointEvery?: number;
  /** Write it also every so many steps; null for not. Default null. */
  checkpointEverySteps?: number | null;
  /** Show the loss every so many steps. Default 10. */
  printEvery?: number;
  /** Whether to print lines; without, nothing is shown unless there is a `progress`. Default true. */
  verbose?: boolean;
  /** How the run shows itself, instead of lines: a face, or several. */
  progress?: Progress | readonly Progress[];
  /** Draws minibatches and samples. Default: the model's own generator, else an unseeded one. */
  rng?: RandomState;
  /** Ends training after the current step when it is aborted. */
  signal?: AbortSignal;
}

/**
 * Options of a Solver.
 *
 * @category Training
 */
export interface SolverOptions extends CaptioningSolverOptions {
  /**
   * Changes the examples of each minibatch at random, such as `randomCropAndFlip()` of
   * `@nndl/nndl/data`. It draws from the Solver's generator, after the minibatch; accuracies are
   * checked on the examples as they are. Default null: none.
   */
  augment?: Augmentation | null;
  /** Training examples, drawn anew, for each accuracy check; null for all. Default 1000. */
  numTrainSamples?: number | null;
  /** Validation examples for each accuracy check; null for all. Default null. */
  numValSamples?: number | null;
}
