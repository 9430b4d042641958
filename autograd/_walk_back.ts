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
import { checkStamp, type Form, type Step, type Track } from "./_tape.ts";

/**
 * Computes gradients.
 *
 * @param root The result
 * @param dout Its upstream gradient
 * @param targets What to compute the gradients of; null for all leaves
 * @returns The gradients; none for a target that the result does not depend on. No two share memory
 */
export function walkBack(
  caller: string,
  root: Track,
  dout: NDArray,
  targets: ReadonlySet<Track> | null,
): Map<Track, NDArray> {
  const steps = stepsBefore(root);
  const needs = needsOf(steps, targets);
  const sums = new Sums();
  sums.add(root, dout);
  for (let i = steps.length - 1; i >= 0; i--) {
    const step = steps[i];
    const needed = needs.get(step);
    const upstream = sums.of(step);
    if (!needed || !upstream) continue;
    checkUnchanged(caller, step);
    const douts = step.outputs.map((form, k) => upstream[k] ?? zeros(form.shape, form.dtype));
    const gradients = step.pullback(douts, needed);
    step.inputs.forEach((input, k) => {
      if (needed[k]) sums.add(input!, checkGradient(step, k, input!, gradients[k]));
    });
  }
  return sums.collect(targets ?? leavesOf(root, steps), dout);
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
  checkStamp(caller, `the result of ${name}`, stamp);
  inputs.forEach((input, i) => {
    if (!input || input.version === versions[i]) return;
    throw new Error(
      `${caller}: argument ${i} of ${name}, of shape ${showShape(input.shape)}, was updated in ` +
        `place after it was used; compute gradients before the optimizer's step, or the forward ` +
        `pass anew`,
    );
  });
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
  /** By step one for each of its outputs, by leaf one. */
  readonly #slots = new Map<Step | Track, (NDArray | null)[]>();
  /** Sums that only this object holds, so that more can be added in place. */
  readonly #own = new Set<TypedArray>();

  add(track: Track, gradient: NDArray): void {
    const key = track.step ?? track;
    let slots = this.#slots.get(key);
    if (!slots) {
      this.#slots.set(key, slots = new Array(track.step?.outputs.length ?? 1).fill(null));
    }
    const sum = slots[track.output];
    if (!sum) {
      slots[track.output] = gradient;
    } else if (this.#own.has(sum.data)) {
      kernels.addScaled(1, gradient.data as FloatArray, sum.data as FloatArray);
    } else {
      const fresh = sum.add(gradient);
      this.#own.add(fresh.data);
      slots[track.output] = fresh;
    }
  }

  of(step: Step): readonly (NDArray | null)[] | undefined {
    return this.#slots.get(step);
  }

  /** The gradients of `tracks`. Where backward passes hand one array on, all but the first get copies. */
  collect(tracks: ReadonlySet<Track>, dout: NDArray): Map<Track, NDArray> {
    const collected = new Map<Track, NDArray>();
    const taken = new Set([dout.data]);
    for (const track of tracks) {
      const sum = this.#slots.get(track.step ?? track)?.[track.output];
      if (!sum) continue;
      const gradient = taken.has(sum.data) ? sum.copy() : sum;
      taken.add(gradient.data);
      collected.set(track, gradient);
    }
    return collected;
  }
}
