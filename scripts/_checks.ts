/**
 * Checks that several assignments make: gradients against centred differences, and figures against
 * those that the course printed.
 *
 * @module
 */
import { asFunctionOf, evalNumericalGradient, relError } from "../gradient_check/mod.ts";
import type { Model } from "../models/mod.ts";
import { array, type NDArray } from "../ndarray/mod.ts";
import { type Comparison, printTable } from "./_tables.ts";

/** Relative errors by the name of the gradient. */
export type GradientErrors = Readonly<Record<string, number>>;

/** The relative errors of one layer or net, or those that the course printed for it. */
export interface GradientRow {
  /** Whose errors they are. */
  readonly name: string;
  /** The errors. */
  readonly errors: GradientErrors;
}

/**
 * Compares the gradients of a float64 network with centred differences of its loss. Biases before
 * batch norm are left out: it takes them off again with the mean, so that their gradient is 0, and
 * what little remains of it is rounding.
 *
 * @param model The network
 * @param X Examples
 * @param y Their labels
 * @param h Step of the differences
 * @returns The relative error of every gradient, by parameter
 */
export function modelGradientErrors(
  model: Model,
  X: NDArray,
  y: NDArray,
  h: number = 1e-5,
): GradientErrors {
  const [, grads] = model.loss(X, y);
  const buffers = model.buffers ?? {};
  const isCancelled = (name: string) => name.replace(/^b(\d+)$/, "bn$1.runningMean") in buffers;
  const names = Object.keys(model.params).filter((name) => !isCancelled(name));
  return Object.fromEntries(
    names.sort().map((name) => {
      const f = asFunctionOf(model.params, name, () => model.loss(X, y)[0]);
      return [name, relError(evalNumericalGradient(f, model.params[name], h), grads[name])];
    }),
  );
}

/**
 * Prints relative errors, one row for each layer or net.
 *
 * @param heading What the rows are
 * @param rows The errors; all have those of the first
 */
export function printGradients(heading: string, rows: readonly GradientRow[]): void {
  const names = Object.keys(rows[0].errors);
  printTable(
    [heading, ...names],
    rows.map(({ name, errors }) => [name, ...names.map((key) => errorText(errors[key]))]),
  );
  if (!rows.some(({ name }) => name.trim() === "course")) return;
  console.log(
    "The errors are mostly those of the differences: rounding, and ReLUs that a step crosses.",
  );
  console.log("Whether they are a little larger or smaller than the course's means nothing.");
}

/** The largest of all errors. */
export function worstGradient(rows: readonly GradientRow[]): number {
  return Math.max(...rows.flatMap(({ errors }) => Object.values(errors)));
}

/** Numbers written one after the other, as NumPy prints an array without its brackets. */
export function figures(text: string): number[] {
  return text.trim().split(/\s+/).map(Number);
}

/** An array of such numbers. */
export function printed(text: string, shape: readonly number[]): NDArray {
  return array(figures(text)).reshape(shape);
}

/** A small number with two digits. */
export function errorText(value: number): string {
  return value.toExponential(1);
}

/** One comparison for each figure. */
function comparisons(name: string, ours: NDArray, course: readonly number[]): Comparison[] {
  return course.map((figure, i) => ({
    name: `${name} ${i + 1}`,
    ours: ours.data[i],
    course: figure,
  }));
}

/** What the course printed of the spread of values. */
export interface Spread {
  /** Means. */
  readonly means: readonly number[];
  /** Standard deviations. */
  readonly stds: readonly number[];
}

/**
 * Comparisons of means and deviations over axes.
 *
 * @param name What is spread
 * @param x The values
 * @param axes The axes over which mean and deviation are taken
 * @param course The course's
 */
export function statistics(
  name: string,
  x: NDArray,
  axes: readonly number[],
  course: Spread,
): Comparison[] {
  return [
    ...comparisons(`${name}: mean`, x.mean([...axes]) as NDArray, course.means),
    ...comparisons(`${name}: deviation`, x.std([...axes]) as NDArray, course.stds),
  ];
}

/**
 * Sums comparisons up in a line.
 *
 * @param what What was compared
 * @param rows The comparisons
 * @param courseSeed Whether the digits are comparable
 */
export function compared(what: string, rows: readonly Comparison[], courseSeed: boolean): string {
  if (!courseSeed) return `${what}: not comparable with the course's, the seed differs`;
  const worst = Math.max(...rows.map(({ ours, course }) => Math.abs(ours - course)));
  return `${what}: largest difference from the course's digits ${errorText(worst)}`;
}

/**
 * The shortest of several calls after a first one that does not count.
 *
 * @param times How many calls count
 * @param work What is called
 * @returns Milliseconds
 */
export function shortestMilliseconds(times: number, work: () => unknown): number {
  work();
  let best = Infinity;
  for (let i = 0; i < times; i++) {
    const started = performance.now();
    work();
    best = Math.min(best, performance.now() - started);
  }
  return best;
}
