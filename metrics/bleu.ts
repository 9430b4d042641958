/**
 * BLEU: how much of generated sentences stands in reference sentences, word by word, pair by pair,
 * and so on.
 *
 * `BLEU-N = brevity · (p₁ · … · p_N)^(1/N)`, where `p_n` is the part of all candidates' n-grams that
 * a reference of the same candidate has as well. An n-gram counts at most as often as in the one
 * reference that has it most often. `brevity` is 1, or `exp(1 - r/c)` where the candidates' length
 * `c` is less than `r`, the sum of the reference lengths closest to each candidate's, the shorter
 * on ties. Nothing is smoothed: where no n-gram of some length matches, the result is 0.
 *
 * Source: K. Papineni, S. Roukos, T. Ward and W.-J. Zhu, "BLEU: a method for automatic evaluation of
 * machine translation", ACL 2002.
 *
 * @module
 */

/**
 * A sentence as a list of words.
 *
 * @category Metrics
 */
export type Words = readonly string[];

/**
 * Options of {@linkcode bleu}.
 *
 * @category Metrics
 */
export interface BleuOptions {
  /** The longest n-grams that count: 4 for BLEU-4. Default: 4. */
  readonly maxN?: number;
}

/**
 * Computes the BLEU of a corpus: counts are summed over all sentences before they are divided.
 *
 * @param candidates The generated sentences, each a list of words
 * @param references For each candidate its reference sentences, at least one
 * @param options How long the n-grams get
 * @returns The score, from 0 to 1, where 1 is best
 * @throws {TypeError} If a sentence is not a list of words
 * @throws {RangeError} If there is no candidate, or not one list of references for each, or `maxN`
 * is not a whole number from 1 up
 *
 * @example
 * ```ts
 * import { bleu } from "@nndl/nndl/metrics";
 * import assert from "node:assert/strict";
 *
 * const candidates = ["a red circle left of a square".split(" ")];
 * const references = [[
 *   "a red circle left of a blue square".split(" "),
 *   "a square to the right of a red circle".split(" "),
 * ]];
 * assert.ok(Math.abs(bleu(candidates, references) - 0.7629494) < 1e-7);
 * assert.ok(Math.abs(bleu(candidates, references, { maxN: 1 }) - Math.exp(-1 / 7)) < 1e-12);
 * ```
 *
 * @category Metrics
 */
export function bleu(
  candidates: readonly Words[],
  references: readonly (readonly Words[])[],
  { maxN = 4 }: BleuOptions = {},
): number {
  check(candidates, references, maxN);
  const matches = new Float64Array(maxN);
  const totals = new Float64Array(maxN);
  let length = 0;
  let closest = 0;
  candidates.forEach((candidate, i) => {
    const numbers = new Numbering();
    const words = candidate.map((word) => numbers.of(word));
    const known = references[i].map((reference) => reference.map((word) => numbers.of(word)));
    length += words.length;
    closest += closestLength(words.length, known);
    for (let n = 1; n <= maxN; n++) {
      totals[n - 1] += Math.max(0, words.length - n + 1);
      matches[n - 1] += clippedMatches(words, known, n);
    }
  });
  if (matches.includes(0)) return 0;
  const brevity = length < closest ? Math.exp(1 - closest / length) : 1;
  const logs = matches.map((count, i) => Math.log(count / totals[i]));
  return brevity * Math.exp(logs.reduce((a, b) => a + b) / maxN);
}

/** Gives every different word of a candidate and its references a number. */
class Numbering {
  readonly #numbers = new Map<string, number>();

  of(word: string): number {
    const number = this.#numbers.get(word) ?? this.#numbers.size;
    this.#numbers.set(word, number);
    return number;
  }
}

type Numbers = readonly number[];

/** How many n-grams of `words` a reference has, each as often as one reference has it at most. */
function clippedMatches(words: Numbers, references: readonly Numbers[], n: number): number {
  const counts = [...ngrams(words, n)];
  const perReference = references.map((reference) => ngrams(reference, n));
  return counts.reduce((sum, [gram, count]) => {
    const most = Math.max(...perReference.map((there) => there.get(gram) ?? 0));
    return sum + Math.min(count, most);
  }, 0);
}

/** Each n-gram, written as its numbers, and how often it occurs. */
function ngrams(words: Numbers, n: number): Map<string, number> {
  const counts = new Map<string, number>();
  for (let i = 0; i + n <= words.length; i++) {
    const gram = words.slice(i, i + n).join();
    counts.set(gram, (counts.get(gram) ?? 0) + 1);
  }
  return counts;
}

function closestLength(length: number, references: readonly Numbers[]): number {
  let best = Infinity;
  for (const { length: other } of references) {
    const nearer = Math.abs(other - length) - Math.abs(best - length);
    if (nearer < 0 || (nearer === 0 && other < best)) best = other;
  }
  return best;
}

function check(
  candidates: readonly Words[],
  references: readonly (readonly Words[])[],
  maxN: number,
): void {
  if (!Array.isArray(candidates) || !Array.isArray(references)) {
    throw new TypeError(
      "bleu: candidates must be a list of sentences, references a list of lists of them",
    );
  }
  if (candidates.length === 0 || references.length !== candidates.length) {
    throw new RangeError(
      "bleu: one list of references for each of one or more candidates expected, got " +
        `${references.length} lists for ${candidates.length} candidates`,
    );
  }
  if (!Number.isSafeInteger(maxN) || maxN < 1) {
    throw new RangeError(`bleu: maxN must be a whole number from 1 up, got ${maxN}`);
  }
  candidates.forEach((candidate, i) => {
    checkWords(`candidates[${i}]`, candidate);
    if (!Array.isArray(references[i])) {
      throw new TypeError(`bleu: references[${i}] must be a list of sentences`);
    }
    if (references[i].length === 0) {
      throw new RangeError(`bleu: references[${i}] must hold at least one sentence, got none`);
    }
    references[i].forEach((reference, j) => checkWords(`references[${i}][${j}]`, reference));
  });
}

function checkWords(name: string, words: unknown): void {
  if (Array.isArray(words) && words.every((word) => typeof word === "string")) return;
  const text = typeof words === "string";
  throw new TypeError(
    `bleu: ${name} must be a list of words, got ${text ? `the text "${words}"` : words}` +
      (!text
        ? ""
        : name.startsWith("ref")
        ? '; each candidate has a list of references, each a list of words: text.split(" ")'
        : '; take it apart with split(" ")'),
  );
}
