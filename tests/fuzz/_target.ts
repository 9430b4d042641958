/**
 * What is fuzzed, and what is a fault.
 *
 * @module
 */
import { messageOf } from "../../internal/message_of.ts";
import type { RandomState } from "../../random/mod.ts";

/** Something that takes input of any kind. */
export interface Target {
  /** Makes an input from the random numbers and hands it over; throws a {@linkcode Fault}. */
  readonly run: (rng: RandomState) => unknown;
}

/** What must not happen. */
export class Fault extends Error {
  override readonly name = "Fault";
}

/** What the engine says when nobody has looked at a value before. */
const engine =
  /^(Cannot (read|convert|set|destructure|mix|access|assign|create)|Maximum call stack|Invalid (array|typed array|string|count|date|time)|Array buffer allocation|Unexpected |Expected |The number |The requested|offset is out|Offset is|Start offset|Reduce of empty|Class constructor|Method |Division by zero|BigInt|invalid |Object prototype|Spread syntax|null is not|undefined is not|Bad control|Unterminated|memory access|unreachable|Exponent)|is not (a function|iterable|a constructor|defined|an object|valid JSON)|object is not extensible/;

/**
 * Runs something that may refuse its input in the words of this library.
 *
 * @param classes Names of the errors that the documentation allows
 * @param work What may throw them
 * @returns What it gave, or undefined if it refused
 * @throws {Fault} If it threw something else, or what the engine threw under it
 */
export async function mayRefuse<T>(
  classes: readonly string[],
  work: () => T | Promise<T>,
): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof Fault) throw error;
    const name = error instanceof Error ? error.name : typeof error;
    const message = messageOf(error);
    const own = name.endsWith("FormatError") || name === "UsageError";
    if (!classes.includes(name) || (!own && engine.test(message))) {
      throw new Fault(`${name}: ${message.slice(0, 200)}`, { cause: error });
    }
  }
}

/** Fails unless something holds. */
export function expect(holds: boolean, what: string): void {
  if (!holds) throw new Fault(what);
}

/** One of several. */
export function oneOf<T>(rng: RandomState, items: readonly T[]): T {
  return items[below(rng, items.length)];
}

/** A whole number from 0 to `n` - 1. */
export function below(rng: RandomState, n: number): number {
  return Math.floor(rng.rand() as number * n);
}
