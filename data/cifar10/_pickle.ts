/** What the pickles of CIFAR-10's Python version say. */
import { FileFormatError } from "../../io/mod.ts";
import { type Pickled, PickledArray, pickledText, readPickle } from "../../io/pickle.ts";

/** The content of a batch file. */
export interface PickledBatch {
  /** (n, 3072). */
  readonly images: Uint8Array;
  /** (n), unchecked. */
  readonly labels: ArrayLike<number>;
  /** Where the images are in the file. */
  readonly offset: number;
}

/** Reads a batch: a dictionary with an array `data`, and `labels`, a list or an array. */
export function parseCifar10Pickle(caller: string, path: string, bytes: Uint8Array): PickledBatch {
  const batch = dictionary(caller, path, bytes);
  const data = batch.get("data");
  const pixels = data instanceof PickledArray ? data.array : null;
  if (!(data instanceof PickledArray) || !pixels || !isImages(pixels.shape)) {
    throw unexpected(caller, path, 'an array of shape (n, 3072) under "data" expected');
  }
  if (!(pixels.data instanceof Uint8Array)) {
    throw unexpected(caller, path, `an array of uint8 expected, got ${pixels.dtype}`, data.builtAt);
  }
  const labels = numbersOf(batch.get("labels"));
  if (!labels) throw unexpected(caller, path, 'a list of numbers under "labels" expected');
  return { images: pixels.data, labels, offset: data.offset };
}

/** Whether these are rows of pixels, or the same as red, green and blue planes. */
function isImages([, ...rest]: readonly number[]): boolean {
  return ["3072", "3,32,32"].includes(rest.join());
}

/** Numbers in a list or in an array of one axis. */
function numbersOf(value: Pickled | undefined): ArrayLike<number> | null {
  if (value instanceof PickledArray) return value.array?.ndim === 1 ? value.array.data : null;
  const isList = Array.isArray(value) && value.every((label) => typeof label === "number");
  return isList ? value as number[] : null;
}

/** Reads the class names of `batches.meta`. */
export function parseLabelNamesPickle(caller: string, path: string, bytes: Uint8Array): string[] {
  const names = dictionary(caller, path, bytes).get("label_names");
  const isText = (name: Pickled) => typeof name === "string" || name instanceof Uint8Array;
  if (!Array.isArray(names) || !names.every(isText)) {
    throw unexpected(caller, path, 'a list of strings under "label_names" expected');
  }
  return (names as (string | Uint8Array)[]).map(pickledText);
}

function dictionary(caller: string, path: string, bytes: Uint8Array): Map<string, Pickled> {
  const value = readPickle(caller, path, bytes);
  if (value instanceof Map) return value;
  throw unexpected(caller, path, "a dictionary expected");
}

function unexpected(caller: string, path: string, problem: string, at = 0): FileFormatError {
  return new FileFormatError(caller, path, at, `${problem}; is this a file of CIFAR-10?`);
}
