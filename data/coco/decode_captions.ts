/**
 * Captions as words.
 *
 * @module
 */
import { showShape } from "../../internal/shapes.ts";
import { NDArray } from "../../ndarray/mod.ts";

const special: ReadonlySet<string> = new Set(["<NULL>", "<START>", "<END>"]);

/**
 * Writes captions as text, as the course's function of this name does: `<NULL>` is left out, and
 * nothing follows the first `<END>`.
 *
 * @param captions Word numbers, (N, T), or those of one caption, (T,)
 * @param idxToWord The word of each number
 * @returns The text of each caption, `<START>` and `<END>` included
 * @throws {RangeError} If a number has no word, or there are more than two axes
 *
 * @example
 * ```ts
 * import { decodeCaptions } from "@nndl/nndl/data";
 * import { array } from "@nndl/nndl/ndarray";
 * import assert from "node:assert/strict";
 *
 * const idxToWord = ["<NULL>", "<START>", "<END>", "<UNK>", "a", "cat"];
 * const captions = array([[1, 4, 5, 2, 0, 0], [1, 5, 2, 4, 4, 4]], "int32");
 * assert.deepEqual(decodeCaptions(captions, idxToWord), [
 *   "<START> a cat <END>",
 *   "<START> cat <END>",
 * ]);
 * ```
 *
 * @category Data
 */
export function decodeCaptions(captions: NDArray, idxToWord: readonly string[]): string[] {
  return wordsOf("decodeCaptions", captions, idxToWord)
    .map((words) => words.filter((word) => word !== "<NULL>").join(" "));
}

/**
 * Takes captions apart into the words that `bleu` compares: without `<START>`, `<END>` and
 * `<NULL>`, and without what follows the first `<END>`.
 *
 * @param captions Word numbers, (N, T), or those of one caption, (T,)
 * @param idxToWord The word of each number
 * @returns The words of each caption
 * @throws {RangeError} If a number has no word, or there are more than two axes
 *
 * @example
 * ```ts
 * import { captionWords } from "@nndl/nndl/data";
 * import { array } from "@nndl/nndl/ndarray";
 * import assert from "node:assert/strict";
 *
 * const idxToWord = ["<NULL>", "<START>", "<END>", "<UNK>", "a", "cat"];
 * const captions = array([[1, 4, 5, 2, 0, 0]], "int32");
 * assert.deepEqual(captionWords(captions, idxToWord), [["a", "cat"]]);
 * ```
 *
 * @category Data
 */
export function captionWords(captions: NDArray, idxToWord: readonly string[]): string[][] {
  return wordsOf("captionWords", captions, idxToWord)
    .map((words) => words.filter((word) => !special.has(word)));
}

/** The words of each caption up to the first `<END>`. */
function wordsOf(caller: string, captions: NDArray, idxToWord: readonly string[]): string[][] {
  if (!(captions instanceof NDArray)) {
    throw new TypeError(`${caller}: captions must be an NDArray of word numbers, got ${captions}`);
  }
  if (captions.ndim !== 1 && captions.ndim !== 2) {
    throw new RangeError(
      `${caller}: captions must have shape (N, T) or (T,), got ${showShape(captions.shape)}`,
    );
  }
  if (!Array.isArray(idxToWord)) {
    throw new TypeError(`${caller}: idxToWord must be a list of words, got ${idxToWord}`);
  }
  const length = captions.shape[captions.ndim - 1];
  const rows = captions.ndim === 1 ? 1 : captions.shape[0];
  return Array.from({ length: rows }, (_, row) => {
    const words: string[] = [];
    for (let t = 0; t < length; t++) {
      const number = captions.data[row * length + t];
      const word = idxToWord[number];
      if (word === undefined) {
        throw new RangeError(
          `${caller}: captions must hold word numbers from 0 to ${idxToWord.length - 1}, got ` +
            `${number} at position ${t} of row ${row}`,
        );
      }
      words.push(word);
      if (word === "<END>") break;
    }
    return words;
  });
}
