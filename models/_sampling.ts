/**
 * Makes captions word by word, whatever the model: greedily, by drawing, or by beam search.
 *
 * @module
 */
import { logSoftmaxForward } from "../layers/mod.ts";
import { NDArray } from "../ndarray/mod.ts";
import type { RandomState } from "../random/mod.ts";
import type { Vocabulary } from "./_captions.ts";

/** The part of a model that says what may come next. */
export interface Decoder<State> {
  /**
   * Reads one word for each of B captions.
   *
   * @returns Scores of the words that may follow, (B, V), and the state after the word
   */
  next(words: NDArray, state: State): [scores: NDArray, state: State];
  /** The states of these captions, in this order. */
  take(state: State, captions: readonly number[]): State;
}

/** Chooses a word from each row of scores. */
type Choose = (scores: NDArray) => Int32Array;

/** Makes `n` captions of `length` words, each word chosen for itself. */
export function sampleWords<State>(
  decoder: Decoder<State>,
  state: State,
  n: number,
  start: number,
  length: number,
  choose: Choose,
): NDArray {
  const captions = new Int32Array(n * length);
  let words = new NDArray(new Int32Array(n).fill(start), [n]);
  for (let t = 0; t < length; t++) {
    const [scores, after] = decoder.next(words, state);
    const chosen = choose(scores);
    chosen.forEach((word, i) => captions[i * length + t] = word);
    [words, state] = [new NDArray(chosen, [n]), after];
  }
  return new NDArray(captions, [n, length]);
}

/** The word with the highest score; of equals, the first. */
export function mostProbable(scores: NDArray): Int32Array {
  return scores.argmax(1).data as Int32Array;
}

/** Draws words from the softmax of the scores divided by `temperature`, one number a word. */
export function drawnWords(temperature: number, rng: RandomState): Choose {
  return (scores) => {
    const [n, v] = scores.shape;
    const [logs] = logSoftmaxForward(scores.astype("float64").divide(temperature));
    const draws = rng.rand(n).data;
    return Int32Array.from({ length: n }, (_, i) => {
      let rest = draws[i];
      let last = 0;
      for (let word = 0; word < v; word++) {
        const probability = Math.exp(logs.data[i * v + word]);
        if (probability === 0) continue;
        last = word;
        rest -= probability;
        if (rest < 0) break;
      }
      return last;
    });
  };
}

/** A beginning of a caption. */
interface Beam {
  readonly words: readonly number[];
  /** Sum of the logarithms of the probabilities of its words. */
  readonly score: number;
  /** Where its state is. */
  readonly row: number;
  readonly done: boolean;
}

/**
 * Finds captions of a high probability: of every image the `width` most probable beginnings are
 * followed, word by word, until all have ended or are `length` words long.
 */
export function beamSearch<State>(
  decoder: Decoder<State>,
  state: State,
  n: number,
  { nothing, end }: Vocabulary,
  start: number,
  length: number,
  width: number,
): NDArray {
  let beams: Beam[][] = Array.from(
    { length: n },
    (_, row) => [{ words: [], score: 0, row, done: false }],
  );
  for (let t = 0; t < length; t++) {
    const open = beams.flat().filter((beam) => !beam.done);
    if (open.length === 0) break;
    const last = Int32Array.from(open, ({ words }) => words.at(-1) ?? start);
    const taken = decoder.take(state, open.map(({ row }) => row));
    const [scores, after] = decoder.next(new NDArray(last, [last.length]), taken);
    state = after;
    const [logs] = logSoftmaxForward(scores.astype("float64"));
    const rows = new Map(open.map((beam, row) => [beam, row]));
    beams = beams.map((followed) =>
      followed.flatMap((beam) => {
        const row = rows.get(beam);
        return row === undefined ? [beam] : continuations(beam, logs, row, width, end);
      }).sort((a, b) => b.score - a.score).slice(0, width)
    );
  }
  const captions = new Int32Array(n * length).fill(nothing);
  beams.forEach(([{ words }], i) => captions.set(words, i * length));
  return new NDArray(captions, [n, length]);
}

/** The `width` most probable beginnings that are one word longer. */
function continuations(
  { words, score }: Beam,
  logs: NDArray,
  row: number,
  width: number,
  end: number | null,
): Beam[] {
  const v = logs.shape[1];
  const own = logs.data.subarray(row * v, (row + 1) * v);
  const best = Array.from(own.keys()).sort((a, b) => own[b] - own[a]).slice(0, width);
  return best.map((word) => ({
    words: [...words, word],
    score: score + own[word],
    row,
    done: word === end,
  }));
}
