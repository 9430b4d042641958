import type { RandomState } from "../../random/mod.ts";

/** @throws {RangeError} If `p` is no probability */
export function checkProbability(caller: string, name: string, p: number): void {
  if (p >= 0 && p <= 1) return;
  throw new RangeError(`${caller}: ${name} must be a probability from 0 to 1, got ${p}`);
}

/** Draws whether something of probability `p` happens; what is certain draws nothing. */
export function happens(p: number, rng: RandomState): boolean {
  return p === 1 || rng.rand() < p;
}
