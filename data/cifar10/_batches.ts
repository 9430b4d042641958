/** Reads the batch files of CIFAR-10 into one array of images and one of labels. */
import { messageOf } from "../../internal/message_of.ts";
import { FileFormatError } from "../../io/mod.ts";
import { archiveUrl, type Cifar10Folder, cifar10LabelNames } from "./find_cifar10.ts";
import { parseCifar10Pickle, parseLabelNamesPickle } from "./_pickle.ts";

/** Bytes of an image: 3 planes of 32 × 32. */
export const imageSize = 3072;

const recordSize = 1 + imageSize;
const trainFiles = [1, 2, 3, 4, 5].map((number) => `data_batch_${number}`);
const remedy =
  `remove the folder and unpack ${archiveUrl} there, or call getCifar10Data({ download: true })`;

/** Images in the order of the files, and their labels. */
export interface Rows {
  /** (n, 3, 32, 32). */
  readonly images: Uint8Array<ArrayBuffer>;
  /** (n). */
  readonly labels: Int32Array<ArrayBuffer>;
}

/** What {@linkcode readRows} is to read. */
export interface RowsRequest {
  /** The function to name in errors. */
  readonly caller: string;
  /** The training files or the test file. */
  readonly part: "train" | "test";
  /** How many rows, from the first. */
  readonly count: number;
  /** Records in a file. */
  readonly records: number;
  /** Told the bytes of pixels read so far. */
  readonly onProgress?: (done: number) => void;
}

/** The files of a folder, the training batches first. */
export function batchFiles({ dir, layout }: Cifar10Folder): string[] {
  const ending = layout === "binary" ? ".bin" : "";
  return [...trainFiles, "test_batch"].map((name) => `${dir}/${name}${ending}`);
}

/** Reads the first `count` rows, and no more files than they take. */
export async function readRows(
  folder: Cifar10Folder,
  { caller, part, count, records, onProgress }: RowsRequest,
): Promise<Rows> {
  const all = batchFiles(folder);
  const files = (part === "train" ? all.slice(0, -1) : all.slice(-1))
    .slice(0, Math.ceil(count / records));
  const rows = { images: new Uint8Array(count * imageSize), labels: new Int32Array(count) };
  const parse = folder.layout === "binary" ? parseBinary : parsePickle;
  // The next file is read while this one is taken apart.
  let coming = files.length > 0 ? readFile(caller, files[0]) : null;
  for (let i = 0; i < files.length; i++) {
    const bytes = await coming!;
    coming = i + 1 < files.length ? readFile(caller, files[i + 1]) : null;
    // A rejection is met by the await of the next round; until then it is nobody's.
    coming?.catch(() => {});
    const first = i * records;
    const wanted = Math.min(records, count - first);
    parse(caller, files[i], bytes, records, {
      images: rows.images.subarray(first * imageSize, (first + wanted) * imageSize),
      labels: rows.labels.subarray(first, first + wanted),
    });
    onProgress?.((first + wanted) * imageSize);
  }
  return rows;
}

/** Reads the names of the classes; the official ones if the folder does not say. */
export async function readLabelNames(
  caller: string,
  { dir, layout }: Cifar10Folder,
): Promise<string[]> {
  const path = `${dir}/batches.meta${layout === "binary" ? ".txt" : ""}`;
  let bytes;
  try {
    bytes = await Deno.readFile(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [...cifar10LabelNames];
    throw unreadable(caller, path, error);
  }
  const names = layout === "binary"
    ? new TextDecoder().decode(bytes).split(/\r?\n/).filter((line) => line.trim() !== "")
    : parseLabelNamesPickle(caller, path, bytes);
  if (names.length !== 10) {
    throw new FileFormatError(
      caller,
      path,
      bytes.length,
      `10 class names expected, ${names.length} found; ${remedy}`,
    );
  }
  return names;
}

function parseBinary(
  caller: string,
  path: string,
  bytes: Uint8Array,
  records: number,
  { images, labels }: { images: Uint8Array; labels: Int32Array },
): void {
  const expected = records * recordSize;
  if (bytes.length !== expected) {
    const problem = bytes.length < expected
      ? `the file ends here, after ${bytes.length / recordSize | 0} of ${records} whole records`
      : `${bytes.length - expected} bytes follow the ${records} records`;
    throw new FileFormatError(
      caller,
      path,
      Math.min(bytes.length, expected),
      `${problem} (${expected} bytes expected, got ${bytes.length}); ${remedy}`,
    );
  }
  for (let i = 0; i < labels.length; i++) {
    const at = i * recordSize;
    labels[i] = bytes[at];
    if (labels[i] > 9) throw badLabel(caller, path, bytes[at], at);
    images.set(bytes.subarray(at + 1, at + recordSize), i * imageSize);
  }
}

function parsePickle(
  caller: string,
  path: string,
  bytes: Uint8Array,
  records: number,
  { images, labels }: { images: Uint8Array; labels: Int32Array },
): void {
  const batch = parseCifar10Pickle(caller, path, bytes);
  if (batch.labels.length !== records || batch.images.length !== records * imageSize) {
    throw new FileFormatError(
      caller,
      path,
      bytes.length,
      `${records} images expected, got ${batch.images.length / imageSize} and ` +
        `${batch.labels.length} labels; ${remedy}`,
    );
  }
  for (let i = 0; i < labels.length; i++) {
    labels[i] = batch.labels[i];
    if (labels[i] < 0 || labels[i] > 9) throw badLabel(caller, path, labels[i], batch.offset, i);
  }
  images.set(batch.images.subarray(0, images.length));
}

function badLabel(
  caller: string,
  path: string,
  label: number,
  offset: number,
  position?: number,
): FileFormatError {
  const which = position === undefined ? "a label" : `label ${position} of the list`;
  const problem = `${which} must be from 0 to 9, got ${label}; the file is damaged: ${remedy}`;
  return new FileFormatError(caller, path, offset, problem);
}

async function readFile(caller: string, path: string): Promise<Uint8Array> {
  try {
    return await Deno.readFile(path);
  } catch (error) {
    throw unreadable(caller, path, error);
  }
}

function unreadable(caller: string, path: string, cause: unknown): Error {
  const [reason, advice] = cause instanceof Deno.errors.NotFound
    ? ["there is no such file", remedy]
    : cause instanceof Deno.errors.NotCapable
    ? ["Deno may not read it", `allow it with --allow-read=${path}`]
    : [
      messageOf(cause),
      "check the disk and the file's mode",
    ];
  return new Error(`${caller}: ${path}: ${reason}; ${advice}`, { cause });
}
