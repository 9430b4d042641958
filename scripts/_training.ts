/**
 * Trainings that several assignments make.
 *
 * @module
 */
import type { Dataset } from "../data/mod.ts";
import { nextTask } from "../internal/event_loop.ts";
import type { LinearClassifier, LinearTrainOptions, Model } from "../models/mod.ts";
import type { NDArray } from "../ndarray/mod.ts";
import {
  type CaptioningModel,
  CaptioningSolver,
  type CaptioningSolverOptions,
  Solver,
  type SolverOptions,
  type TrainingCaptions,
} from "../solver/mod.ts";
import { UsageError } from "./_flags.ts";
import type { Context } from "./_part.ts";
import { trainingFaces } from "./_terminal.ts";

/** What remains of a training. */
export interface Run {
  /** What was trained. */
  readonly name: string;
  /** Loss of each step. */
  readonly lossHistory: readonly number[];
  /** Training accuracy before the first epoch and after each. */
  readonly trainAccHistory: readonly number[];
  /** Validation accuracy before the first epoch and after each. */
  readonly valAccHistory: readonly number[];
  /** The best validation accuracy; its parameters are the model's now. */
  readonly bestValAcc: number;
  /** Wall time, seconds. */
  readonly seconds: number;
}

/**
 * Trains a model until it is done or Ctrl-C was pressed.
 *
 * @param context Of the part
 * @param name What is trained
 * @param model The model
 * @param data Its data
 * @param options Of the Solver, `rng` among them
 * @returns What came out
 */
export async function train(
  { signal }: Context,
  name: string,
  model: Model,
  data: Dataset,
  options: SolverOptions,
): Promise<Run> {
  const started = performance.now();
  const solver = new Solver(model, data, { ...options, ...facesOf(options), signal });
  await solver.train();
  return runOf(name, solver, started);
}

/**
 * Trains a model as the longest training of a program, whose state `--checkpoint` saves and
 * `--resume` takes up.
 *
 * @param context Of the part
 * @param name What is trained
 * @param model The model
 * @param data Its data
 * @param options Of the Solver, `rng` among them
 * @returns What came out, and the Solver
 * @throws {UsageError} If the saved state is not one of this training
 */
export async function trainResumable(
  context: Context,
  name: string,
  model: Model,
  data: Dataset,
  options: SolverOptions,
): Promise<{ run: Run; solver: Solver }> {
  const started = performance.now();
  const all = { ...options, ...facesOf(options) };
  const solver = await startOrResume(context, Solver, model, data, all);
  await solver.train();
  return { run: runOf(name, solver, started), solver };
}

/**
 * Makes the Solver of a captioner as the longest training of a program.
 *
 * @param context Of the part
 * @param model The captioner
 * @param data Its data
 * @param options Of the Solver, `rng` among them
 * @returns The Solver, at the beginning or where `--resume` takes it up
 * @throws {UsageError} If the saved state is not one of this training
 */
export function captionerResumable(
  context: Context,
  model: CaptioningModel,
  data: TrainingCaptions,
  options: CaptioningSolverOptions,
): Promise<CaptioningSolver> {
  return startOrResume(context, CaptioningSolver, model, data, options);
}

/** A class of Solvers. */
interface Solvers<M, D, O, S> {
  new (model: M, data: D, options: O): S;
  resume(path: string, model: M, data: D, options: O): Promise<S>;
}

/** A Solver that saves its state where `--checkpoint` says, begun or taken up by `--resume`. */
async function startOrResume<M, D, O, S>(
  { flags, signal }: Context,
  solvers: Solvers<M, D, O & Pick<SolverOptions, "checkpointName" | "signal">, S>,
  model: M,
  data: D,
  options: O,
): Promise<S> {
  const all = { ...options, checkpointName: flags.checkpoint ?? flags.resume, signal };
  if (flags.resume === undefined) return new solvers(model, data, all);
  try {
    return await solvers.resume(flags.resume, model, data, all);
  } catch (error) {
    if (!(error instanceof RangeError || error instanceof TypeError)) throw error;
    throw new UsageError(error.message);
  }
}

/** How a training shows itself, unless it is one of many. */
function facesOf({ verbose = true, printEvery = 10 }: SolverOptions): Partial<SolverOptions> {
  return verbose ? { progress: trainingFaces(printEvery) } : {};
}

/**
 * Trains a linear classifier in pieces, which come to the same, so that Ctrl-C is noticed in
 * between.
 *
 * @param context Of the part
 * @param classifier The classifier
 * @param X Examples, (N, D)
 * @param y Labels, (N,)
 * @param options Of its training
 * @returns The loss of each step
 */
export async function trainLinear(
  { signal }: Context,
  classifier: LinearClassifier,
  X: NDArray,
  y: NDArray,
  { numIters, ...options }: LinearTrainOptions & { numIters: number },
): Promise<number[]> {
  const losses: number[] = [];
  while (losses.length < numIters && !signal.aborted) {
    const piece = Math.min(100, numIters - losses.length);
    losses.push(...classifier.train(X, y, { ...options, numIters: piece }));
    await nextTask();
  }
  return losses;
}

function runOf(name: string, solver: Solver, started: number): Run {
  const { lossHistory, trainAccHistory, valAccHistory, bestValAcc } = solver;
  const seconds = (performance.now() - started) / 1000;
  return { name, lossHistory, trainAccHistory, valAccHistory, bestValAcc, seconds };
}
