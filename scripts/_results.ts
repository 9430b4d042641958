/**
 * What trainings came to, in words, tables and figures, and beside the course's.
 *
 * @module
 */
import { figure } from "../plot/mod.ts";
import { accuracyPlot, lossPlot } from "./_figures.ts";
import { savePlot } from "./_outputs.ts";
import type { Context, Goal } from "./_part.ts";
import { courseName, printTable } from "./_tables.ts";
import type { Run } from "./_training.ts";

/** What the course printed of a training. */
export interface CourseRun {
  /** Steps between the losses. */
  readonly printEvery: number;
  /** Loss of the first step and of every `printEvery`th after it. */
  readonly losses: readonly number[];
  /** Training accuracy before the first epoch and after each. */
  readonly trainAcc: readonly number[];
  /** Validation accuracy before the first epoch and after each. */
  readonly valAcc: readonly number[];
}

/** The last of a history, NaN if it is empty. */
export function last(values: readonly number[]): number {
  return values.at(-1) ?? NaN;
}

/** An accuracy as all programs print it; "-" if there is none. */
export function accuracyText(value: number | undefined): string {
  return value === undefined || Number.isNaN(value) ? "-" : value.toFixed(3);
}

/** Prints settings of the longest training, and where they come from. */
export function printSettings(
  { flags }: Context,
  settings: Readonly<Record<string, unknown>>,
  origin: string,
): void {
  const text = Object.entries(settings).map(([name, value]) =>
    `${name} ${Array.isArray(value) ? value.join("-") : value}`
  );
  const quick = flags.quick ? " With --quick the net is smaller or trains for fewer epochs." : "";
  console.log(`Settings: ${text.join(", ")}.\n${origin}${quick}\n`);
}

/** A classifier that a program ends with. */
export interface Final {
  /** Its name. */
  readonly name: string;
  /** Its validation accuracy. */
  readonly valAcc: number;
  /** Its test accuracy. */
  readonly testAcc: number;
  /** What the validation accuracy should be on CIFAR-10. */
  readonly goal: Goal;
  /** The course's, if it printed them. */
  readonly course?: { readonly validation: number; readonly test: number };
}

/**
 * Prints the accuracies of a classifier beside the course's.
 *
 * @param context Of the part
 * @param final The classifier
 * @returns The line for the summary; where the images are the real ones, with the goal
 */
export function printFinal(
  context: Context,
  { name, valAcc, testAcc, goal: { goal }, course }: Final,
): string {
  console.log("");
  printTable(["accuracy", "validation", "test"], [
    [name, accuracyText(valAcc), accuracyText(testAcc)],
    ...(course
      ? [[courseName(context), accuracyText(course.validation), accuracyText(course.test)]]
      : []),
  ]);
  const line = `${name}: validation ${accuracyText(valAcc)}, test ${accuracyText(testAcc)}`;
  return line + goalText(context, valAcc, goal);
}

/** Whether a goal was reached, to put behind an accuracy; nothing where the images are not real. */
export function goalText({ real }: Context, valAcc: number, goal: number): string {
  if (!real) return "";
  const verdict = valAcc >= goal ? "reached" : `missed by ${(goal - valAcc).toFixed(3)}`;
  return ` (goal ${goal} validation: ${verdict})`;
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
 * @param context Of the part
 * @param heading What the rows are
 * @param runs The trainings
 * @param course What the course printed of them, if it did
 */
export function printRuns(
  context: Context,
  heading: string,
  runs: readonly Run[],
  course: readonly CourseRun[] = [],
): void {
  const row = (
    name: string,
    losses: readonly number[],
    trainAcc: readonly number[],
    valAcc: readonly number[],
  ) => [
    name,
    last(losses).toFixed(4),
    accuracyText(last(trainAcc)),
    accuracyText(Math.max(...trainAcc)),
    accuracyText(last(valAcc)),
    accuracyText(Math.max(...valAcc)),
  ];
  printTable(
    [heading, "last loss", "train", "best train", "validation", "best validation"],
    runs.flatMap(({ name, lossHistory, trainAccHistory, valAccHistory }, i) => [
      row(name, lossHistory, trainAccHistory, valAccHistory),
      ...course.slice(i, i + 1).map(({ losses, trainAcc, valAcc }) =>
        row(`  ${courseName(context)}`, losses, trainAcc, valAcc)
      ),
    ]),
  );
}

/**
 * Prints a training beside the course's log: the losses that the course printed, then the
 * accuracies.
 *
 * @param context Of the part
 * @param run The training
 * @param course The course's
 */
export function printLog(context: Context, run: Run, course: CourseRun): void {
  const theirs = courseName(context);
  const steps = course.losses.map((_, i) => i * course.printEvery)
    .filter((step) => step < run.lossHistory.length);
  console.log("");
  printTable(
    [`${run.name}: loss`, "ours", theirs],
    steps.map((step, i) => [
      `iteration ${step + 1}`,
      run.lossHistory[step].toFixed(6),
      course.losses[i].toFixed(6),
    ]),
  );
  console.log("");
  printTable(
    [`${run.name}: accuracy`, "train", theirs, "validation", theirs],
    run.trainAccHistory.map((trainAcc, epoch) => [
      `epoch ${epoch}`,
      accuracyText(trainAcc),
      accuracyText(course.trainAcc[epoch]),
      accuracyText(run.valAccHistory[epoch]),
      accuracyText(course.valAcc[epoch]),
    ]),
  );
}

/**
 * Draws losses and accuracies of trainings beside each other into the folder of `--plots`, if there
 * is one.
 *
 * @param context Of the part
 * @param name Name of the file, without its ending
 * @param title Heading
 * @param runs The trainings, one line each
 */
export async function saveComparison(
  context: Context,
  name: string,
  title: string,
  runs: readonly Run[],
): Promise<void> {
  const lines = (history: (run: Run) => readonly number[]) =>
    runs.map((run) => ({ name: run.name, y: history(run) }));
  await savePlot(context, name, () =>
    figure([[
      lossPlot(lines((run) => run.lossHistory)),
      accuracyPlot("Training accuracy", lines((run) => run.trainAccHistory)),
      accuracyPlot("Validation accuracy", lines((run) => run.valAccHistory)),
    ]], { title }));
}
