/**
 * Numbers that NumPy drew, and a way to repeat a recorded call.
 *
 * @module
 */
import { array, NDArray } from "../../ndarray/mod.ts";
import type { RandomState } from "../../random/mod.ts";
import recorded from "../fixtures/numpy_random.json" with { type: "json" };

/** A call on a freshly seeded generator, and what NumPy returned. */
export interface RecordedCall {
  readonly method: string;
  readonly args: unknown[];
  readonly options?: Record<string, unknown>;
  readonly expected: unknown;
}

/** The recorded numbers. */
export const vectors = recorded;

/** Calls by seed. */
export const calls = recorded.calls as { seed: number | number[]; cases: RecordedCall[] }[];

/** Makes the recorded call; the options follow the last positional argument. */
export function repeat(rng: RandomState, call: RecordedCall): unknown {
  const method = rng[call.method as "rand"] as (...args: unknown[]) => unknown;
  const args = call.options ? [...call.args, call.options] : call.args;
  return plain(method.apply(rng, args));
}

/** Nested lists of numbers for an array, anything else as it is. */
export function plain(value: unknown): unknown {
  return value instanceof NDArray ? value.toArray() : value;
}

/** The largest relative difference between two equally shaped nested lists of normals. */
export function worstRelative(actual: unknown, expected: unknown): number {
  if (typeof expected === "number") {
    if (typeof actual !== "number") return Infinity;
    return actual === expected ? 0 : Math.abs(actual - expected) / Math.abs(expected);
  }
  const [a, b] = [actual as unknown[], expected as unknown[]];
  if (!Array.isArray(a) || a.length !== b.length) return Infinity;
  return b.reduce<number>((worst, entry, i) => Math.max(worst, worstRelative(a[i], entry)), 0);
}

/** 0, 1, 2, … in a given shape. */
export function counting(shape: number[]): NDArray {
  const size = shape.reduce((a, b) => a * b, 1);
  return array(Array.from({ length: size }, (_, i) => i)).reshape(shape);
}
