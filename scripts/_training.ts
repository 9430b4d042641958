/**
 * Trainings that several assignments make, and their histories beside the course's.
 *
 * @module
 */
import type { Dataset } from "../data/mod.ts";
import type { Model } from "../models/mod.ts";
import { Solver, type SolverOptions } from "../solver/mod.ts";
import { type Context, printTable } from "./_program.ts";

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

/** What the course printed of a training. */
export interface CourseRun {
  /** Loss of the first step. */
  readonly firstLoss: number;
  /** Loss of the last step that was printed. */
  readonly lastLoss?: number;
  /** Training accuracy before the first epoch and after each. */
  readonly trainAcc: readonly number[];
  /** Validation accuracy before the first epoch and after each. */
  readonly valAcc: readonly number[];
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
  const solver = new Solver(model, data, { ...options, signal });
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
 */
export async function trainResumable(
  { flags, signal }: Context,
  name: string,
  model: Model,
  data: Dataset,
  options: SolverOptions,
): Promise<{ run: Run; solver: Solver }> {
  const started = performance.now();
  const all = { ...options, checkpointName: flags.checkpoint ?? flags.resume, signal };
  const solver = flags.resume === undefined
    ? new Solver(model, data, all)
    : await Solver.resume(flags.resume, model, data, all);
  await solver.train();
  return { run: runOf(name, solver, started), solver };
}

function runOf(name: string, solver: Solver, started: number): Run {
  const { lossHistory, trainAccHistory, valAccHistory, bestValAcc } = solver;
  const seconds = (performance.now() - started) / 1000;
  return { name, lossHistory, trainAccHistory, valAccHistory, bestValAcc, seconds };
}

/** The last of a history, NaN if it is empty. */
export function last(values: readonly number[]): number {
  return values.at(-1) ?? NaN;
}

/** An accuracy as all programs print it; "-" if there is none. */
export function accuracyText(value: number | undefined): string {
  return value === undefined || Number.isNaN(value) ? "-" : value.toFixed(3);
}

/** What a training came to, in a line. */
export function runText(
  { name, lossHistory, trainAccHistory, valAccHistory, seconds }: Run,
): string {
  return `${name}: loss ${last(lossHistory).toFixed(3)}, train ${
    accuracyText(last(trainAccHistory))
  }, validation ${accuracyText(last(valAccHistory))} after ${seconds.toFixed(1)} s`;
}

/**
 * Prints what trainings came to, one row each.
 *
 * @param heading What the rows are
 * @param runs The trainings
 * @param course What the course printed of them, if it did
 */
export function printRuns(
  heading: string,
  runs: readonly Run[],
  course: readonly CourseRun[] = [],
): void {
  const columns = ["last loss", "train", "best train", "validation", "best validation"];
  const row = (
    name: string,
    lastLoss: number | undefined,
    train: readonly number[],
    val: readonly number[],
  ) => [
    name,
    lastLoss?.toFixed(4) ?? "-",
    accuracyText(last(train)),
    accuracyText(Math.max(...train)),
    accuracyText(last(val)),
    accuracyText(Math.max(...val)),
  ];
  printTable(
    [heading, ...columns],
    runs.flatMap(({ name, lossHistory, trainAccHistory, valAccHistory }, i) => [
      row(name, last(lossHistory), trainAccHistory, valAccHistory),
      ...(course[i]
        ? [row("  course", course[i].lastLoss, course[i].trainAcc, course[i].valAcc)]
        : []),
    ]),
  );
}

/**
 * Prints a training epoch by epoch beside the course's log.
 *
 * @param run The training
 * @param course The course's
 */
export function printLog(run: Run, course: CourseRun): void {
  const epochs = Math.max(run.trainAccHistory.length, 1);
  printTable(
    [run.name, "train", "course", "validation", "course"],
    Array.from({ length: epochs }, (_, epoch) => [
      `epoch ${epoch}`,
      accuracyText(run.trainAccHistory[epoch]),
      accuracyText(course.trainAcc[epoch]),
      accuracyText(run.valAccHistory[epoch]),
      accuracyText(course.valAcc[epoch]),
    ]),
  );
}
