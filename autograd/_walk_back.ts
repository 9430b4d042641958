/**
 * The walk back over the tape: from a result to what it was made from, every step undone once, after
 * all steps that used its outputs.
 *
 * @module
 */
import { type FloatArray, kernels } from "../kernels/mod.ts";
import { sameShape, showShape } from "../internal/shapes.ts";
import type { TypedArray } from "../ndarray/dtypes.ts";
import { NDArray, zeros } from "../ndarray/mod.ts";
import { type Form, isOver, overError, type Step, type Track } from "./_tape.ts";

/**
 * Computes gradients.
 *
 * @param root The result
 * @param dout Its upstream gradient
 * @param targets What to compute the gradients of; null for all leaves
 * @param onFinal Told of each as soon as it is final, while the walk goes on
 * @returns The gradients; none for a target that the result does not depend on. No two share memory
 */
export function walkBack(
  caller: string,
  root: Track,
  dout: NDArray,
  targets: ReadonlySet<Track> | null,
  onFinal?: (track: Track, gradient: NDArray) => void,
): Map<Track, NDArray> {
  const steps = stepsBefore(root);
  const needs = needsOf(steps, targets);
  const sums = new Sums(dout);
  sums.add(root, dout);
  const uses = onFinal && targets ? usesOf(needs, targets) : null;
  for (let i = steps.length - 1; i >= 0; i--) {
    const step = steps[i];
    const needed = needs.get(step);
    if (!needed) continue;
    if (step.outputs.some((output) => sums.of(output))) {
      checkUnchanged(caller, step);
      const douts = step.outputs.map((out) => sums.of(out) ?? zeros(out.shape, out.dtype));
      const gradients = step.pullback(douts, needed);
      for (let k = 0; k < needed.length; k++) {
        if (!needed[k]) continue;
        const input = step.inputs[k]!;
        sums.add(input, checkGradient(step, k, input, gradients[k]));
      }
    }
    if (!uses) continue;
    for (const track of lastUses(step, needed, uses)) {
      const gradient = sums.take(track, true);
      if (gradient) onFinal!(track, gradient);
    }
  }
  const collected = new Map<Track, NDArray>();
  for (const track of targets ?? leavesOf(root, steps)) {
    const known = sums.taken(track);
    const gradient = known ?? sums.take(track, false);
    if (!gradient) continue;
    if (!known) onFinal?.(track, gradient);
    collected.set(track, gradient);
  }
  return collected;
}

/** How often each target is yet to get a gradient. */
function usesOf(
  needs: ReadonlyMap<Step, readonly boolean[]>,
  targets: ReadonlySet<Track>,
): Map<Track, number> {
  const uses = new Map<Track, number>();
  for (const [{ inputs }, needed] of needs) {
    inputs.forEach((input, k) => {
      if (needed[k] && targets.has(input!)) uses.set(input!, (uses.get(input!) ?? 0) + 1);
    });
  }
  return uses;
}

/** Counts the uses of a step that is undone, and returns the targets that had no other left. */
function lastUses(step: Step, needed: readonly boolean[], uses: Map<Track, number>): Track[] {
  return step.inputs.filter((input, k): input is Track => {
    const left = needed[k] ? uses.get(input!) : undefined;
    if (left === undefined) return false;
    uses.set(input!, left - 1);
    return left === 1;
  });
}

/** The steps that lead to a result, those to be undone last first. */
function stepsBefore(root: Track): Step[] {
  if (!root.step) return [];
  const found = new Set([root.step]);
  // A set hands out what is added while it is walked, so this needs no recursion.
  for (const { inputs } of found) {
    for (const input of inputs) if (input?.step) found.add(input.step);
  }
  return [...found].sort((a, b) => a.depth - b.depth);
}

/** For each step that leads to a target, which of its inputs do. */
function needsOf(
  steps: readonly Step[],
  targets: ReadonlySet<Track> | null,
): Map<Step, boolean[]> {
  const needs = new Map<Step, boolean[]>();
  for (const step of steps) {
    const needed = step.inputs.map((input) =>
      input !== null &&
      (targets === null || targets.has(input) || (input.step !== null && needs.has(input.step)))
    );
    if (needed.includes(true)) needs.set(step, needed);
  }
  return needs;
}

function leavesOf(root: Track, steps: readonly Step[]): Set<Track> {
  const leaves = new Set<Track>();
  if (!root.step) leaves.add(root);
  for (const { inputs } of steps) {
    for (const input of inputs) if (input && !input.step) leaves.add(input);
  }
  return leaves;
}

/** Throws if what a step remembers has been overwritten since. */
function checkUnchanged(caller: string, { name, stamp, inputs, versions }: Step): void {
  if (isOver(stamp)) throw overError(caller, `the result of ${name}`);
  for (let i = 0; i < inputs.length; i++) {
    const input = inputs[i];
    if (!input || input.version === versions[i]) continue;
    throw new Error(
      `${caller}: argument ${i} of ${name}, of shape ${showShape(input.shape)}, was updated in ` +
        `place after it was used; compute gradients before the optimizer's step, or the forward ` +
        `pass anew`,
    );
  }
}

/** Checks what a backward pass returned for an input, and brings it to the input's type. */
function checkGradient(
  { name }: Step,
  k: number,
  { shape, dtype }: Form,
  gradient: NDArray | null | undefined,
): NDArray {
  if (!(gradient instanceof NDArray)) {
    throw new TypeError(
      `${name}: the backward pass must return a gradient for argument ${k} of shape ` +
        `${showShape(shape)}, got ${gradient}`,
    );
  }
  if (!sameShape(gradient.shape, shape)) {
    throw new RangeError(
      `${name}: the backward pass must return a gradient of shape ${
        showShape(shape)
      } for argument ` +
        `${k}, got ${showShape(gradient.shape)}`,
    );
  }
  return gradient.dtype === dtype ? gradient : gradient.astype(dtype);
}

/** The gradients that have come together so far. */
class Sums {
  readonly #sums = new Map<Track, NDArray>();
  /** Sums that only this object holds, so that more can be added in place. */
  readonly #own = new Set<TypedArray>();
  /** What was handed out, and what belongs to the caller. */
  readonly #taken = new Map<Track, NDArray>();
  readonly #takenData: Set<TypedArray>;

  constructor(dout: NDArray) {
    this.#takenData = new Set([dout.data]);
  }

  add(track: Track, gradient: NDArray): void {
    const sum = this.#sums.get(track);
    if (!sum) {
      this.#sums.set(track, gradient);
    } else if (this.#own.has(sum.data)) {
      kernels.addScaled(1, gradient.data as FloatArray, sum.data as FloatArray);
    } else {
      const fresh = sum.add(gradient);
      this.#own.add(fresh.data);
      this.#sums.set(track, fresh);
    }
  }

  of(track: Track): NDArray | undefined {
    return this.#sums.get(track);
  }

  /** The gradient of a target that was taken before. */
  taken(track: Track): NDArray | undefined {
    return this.#taken.get(track);
  }

  /**
   * Hands out the gradient of a target. It is the caller's, who may write to it: where backward passes
   * handed one array on, all but the first get copies.
   *
   * @param early Whether the walk goes on, and must find everything else as it was
   */
  take(track: Track, early: boolean): NDArray | null {
    const sum = this.#sums.get(track);
    if (!sum) return null;
    const inUse = early && (track.step !== null || this.#holders(sum) > 1);
    const gradient = inUse || this.#takenData.has(sum.data) ? sum.copy() : sum;
    this.#takenData.add(gradient.data);
    this.#taken.set(track, gradient);
    return gradient;
  }

  /** How many places hold an array. */
  #holders({ data }: NDArray): number {
    let count = 0;
    for (const sum of this.#sums.values()) if (sum.data === data) count++;
    return count;
  }
}
