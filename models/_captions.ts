/**
 * What captioning models have in common: the vocabulary and the checks of what they are given.
 *
 * @module
 */
import type { OptionRule } from "../internal/described_options.ts";
import { showShape } from "../internal/shapes.ts";
import { showValue } from "../internal/show.ts";
import { allocate } from "../kernels/mod.ts";
import { NDArray } from "../ndarray/mod.ts";
import { inTypeOf } from "./_network.ts";
import type { SampleOptions } from "./sample_options.ts";

/** The numbers of the words that mean something to a model. */
export interface Vocabulary {
  /** Number of words, V. */
  readonly size: number;
  /** `<NULL>`, which fills captions up. */
  readonly nothing: number;
  /** `<START>`, or null if there is none: then nothing can be sampled. */
  readonly start: number | null;
  /** `<END>`, or null if there is none: then no caption ends early. */
  readonly end: number | null;
}

/** What a vocabulary may be. */
export function vocabularyRule(): OptionRule<Readonly<Record<string, number>>> {
  const isNumber = (value: unknown) => Number.isSafeInteger(value) && (value as number) >= 0;
  return {
    must: 'the numbers of words by word, with that of "<NULL>", such as { "<NULL>": 0, cat: 1 }',
    fits: (given) =>
      typeof given === "object" && given !== null && !Array.isArray(given) &&
      Object.values(given).every(isNumber) && isNumber((given as Record<string, number>)["<NULL>"]),
    advice: (given) =>
      Array.isArray(given)
        ? "a list is idxToWord"
        : typeof given === "object" && given !== null && !("<NULL>" in given)
        ? '"<NULL>" is missing'
        : "",
  };
}

/** Reads the special words off a vocabulary, each of which must be one of its V words. */
export function vocabularyOf(
  caller: string,
  wordToIdx: Readonly<Record<string, number>>,
): Vocabulary {
  const size = Object.keys(wordToIdx).length;
  const number = (word: string): number | null => {
    const index = wordToIdx[word] ?? null;
    if (index === null || index < size) return index;
    throw new RangeError(
      `${caller}: wordToIdx["${word}"] must be below ${size}, the number of words, got ${index}`,
    );
  };
  return { size, nothing: number("<NULL>")!, start: number("<START>"), end: number("<END>") };
}

/** Checks features of images against weights (D, M), and brings them to the type of the weights. */
export function enterFeatures(
  caller: string,
  features: NDArray,
  W: NDArray,
  inputDim: number = W.shape[0],
): NDArray {
  checkArray(caller, "features", features);
  if (features.ndim !== 2 || features.shape[1] !== inputDim || features.size === 0) {
    throw new RangeError(
      `${caller}: features must have shape (N, ${inputDim}), a row for each image, got ` +
        showShape(features.shape) +
        (features.ndim === 1 && features.size === inputDim
          ? `; reshape those of one image to (1, ${inputDim})`
          : features.size === 0
          ? "; is the batch empty?"
          : "; inputDim is set when the model is made"),
    );
  }
  return inTypeOf(W, features);
}

/** Throws unless `captions` holds captions of at least `least` words, 1 or 2, for `n` images. */
export function checkCaptions(
  caller: string,
  captions: NDArray,
  n: number,
  v: number,
  least: 1 | 2 = 2,
): void {
  checkArray(caller, "captions", captions);
  if (captions.ndim !== 2 || captions.shape[0] !== n || captions.shape[1] < least) {
    const wanted = least === 2
      ? `(${n}, T + 1), one of at least two words`
      : `(${n}, T), one of at least one word`;
    throw new RangeError(
      `${caller}: captions must have shape ${wanted} for each row of features, got ` +
        showShape(captions.shape),
    );
  }
  if (captions.dtype === "bool") {
    throw new TypeError(`${caller}: captions must hold word numbers, got bools`);
  }
  const { data } = captions;
  for (let place = 0; place < data.length; place++) {
    const word = data[place];
    if (Number.isInteger(word) && word >= 0 && word < v) continue;
    const length = captions.shape[1];
    throw new RangeError(
      `${caller}: captions must hold whole numbers from 0 to ${v - 1}, words of the vocabulary, ` +
        `got ${word} at position ${place % length} of row ${Math.floor(place / length)}`,
    );
  }
}

/** The captions without their last word and without their first, and which of the latter count. */
export function shiftCaptions(
  captions: NDArray,
  nothing: number,
): [words: NDArray, targets: NDArray, mask: NDArray] {
  const [n, length] = captions.shape;
  const t = length - 1;
  const [words, targets] = [allocate(Int32Array, n * t), allocate(Int32Array, n * t)];
  const mask = allocate(Uint8Array, n * t);
  for (let row = 0, to = 0; row < n; row++) {
    for (let from = row * length; from < row * length + t; from++, to++) {
      words[to] = captions.data[from];
      targets[to] = captions.data[from + 1];
      mask[to] = targets[to] === nothing ? 0 : 1;
    }
  }
  const shape = [n, t];
  return [new NDArray(words, shape), new NDArray(targets, shape), new NDArray(mask, shape, "bool")];
}

/** The number of the first word of every caption. */
export function startWord(caller: string, { start }: Vocabulary): number {
  if (start !== null) return start;
  throw new RangeError(
    `${caller}: wordToIdx has no "<START>", the word that captions begin with; add it to the ` +
      "vocabulary that the model is made with",
  );
}

/** Throws unless the options of sampling go together. */
export function checkSampling(
  caller: string,
  { temperature, beamWidth }: Required<Pick<SampleOptions, "temperature" | "beamWidth">>,
): void {
  if (temperature === 0 || beamWidth === 1) return;
  throw new RangeError(
    `${caller}: temperature draws words, and beamWidth searches for the most probable ones; give ` +
      `one of them, got ${showValue(temperature)} and ${showValue(beamWidth)}`,
  );
}

function checkArray(caller: string, name: string, value: unknown): void {
  if (value instanceof NDArray) return;
  throw new TypeError(`${caller}: ${name} must be an NDArray, got ${showValue(value)}`);
}
