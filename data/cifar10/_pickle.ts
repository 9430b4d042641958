/** What the pickles of CIFAR-10's Python version say. */
import { FileFormatError } from "../../io/mod.ts";
import { type Pickled, PickledArray, pickledText, readPickle } from "../../io/pickle.ts";

/** The content of a batch file. */
export interface PickledBatch {
  /** (n, 3072). */
  readonly images: Uint8Array;
  /** (n), unchecked. */
  readonly labels: readonly number[];
  /** Where the images are in the file. */
  readonly offset: number;
}

/** Reads a batch: a dictionary with an array `data` and a list `labels`. */
export function parseCifar10Pickle(caller: string, path: string, bytes: Uint8Array): PickledBatch {
  const batch = dictionary(caller, path, bytes);
  const data = batch.get("data");
  const labels = batch.get("labels");
  if (!(data instanceof PickledArray) || data.shape.length !== 2 || data.shape[1] !== 3072) {
    throw unexpected(caller, path, 'an array of shape (n, 3072) under "data" expected');
  }
  if (!Array.isArray(labels) || !labels.every((label) => typeof label === "number")) {
    throw unexpected(caller, path, 'a list of numbers under "labels" expected');
  }
  return { images: data.data, labels, offset: data.offset };
}

/** Reads the class names of `batches.meta`. */
export function parseLabelNamesPickle(caller: string, path: string, bytes: Uint8Array): string[] {
  const names = dictionary(caller, path, bytes).get("label_names");
  if (!Array.isArray(names) || !names.every((name) => name instanceof Uint8Array)) {
    throw unexpected(caller, path, 'a list of strings under "label_names" expected');
  }
  return names.map(pickledText);
}

function dictionary(caller: string, path: string, bytes: Uint8Array): Map<string, Pickled> {
  const value = readPickle(caller, path, bytes);
  if (value instanceof Map) return value;
  throw unexpected(caller, path, "a dictionary expected");
}

function unexpected(caller: string, path: string, problem: string): FileFormatError {
  return new FileFormatError(caller, path, 0, `${problem}; is this a file of CIFAR-10?`);
}
