/** A split of CIFAR-10: read from the files, or from the cache, and converted to arrays. */
import { asNDArray, type NDArray } from "../../ndarray/mod.ts";
import { imageSize, readLabelNames, readRows, type Rows } from "./_batches.ts";
import { convertPixels, type ImageArray, meanImage } from "../_pixels.ts";
import type { Cifar10Folder } from "./find_cifar10.ts";
import type { ProgressListener } from "../progress.ts";

/** How the images are divided. */
export interface Split {
  readonly numTraining: number;
  readonly numValidation: number;
  readonly numTest: number;
  /** Records in a file. */
  readonly records: number;
}

/** A split as bytes. */
export interface PreparedSplit {
  readonly train: Rows;
  readonly val: Rows;
  readonly test: Rows;
  /** Mean training image. */
  readonly mean: Float64Array<ArrayBuffer>;
  readonly labelNames: readonly string[];
}

/** A stored split. */
export interface CachedSplit {
  readonly labelNames: readonly string[];
  readonly mean: Float64Array<ArrayBuffer>;
  readonly labels: (part: "train" | "val" | "test") => Promise<Int32Array<ArrayBuffer>>;
  /** Reads images piece by piece: whole images, and where they start in the part. */
  readonly images: (
    part: "train" | "val" | "test",
    onPiece: (bytes: Uint8Array, offset: number) => void,
  ) => Promise<void>;
}

/** The images' dtype, and whether they are centred. */
export interface ImageFormat {
  readonly dtype: "float32" | "float64" | "uint8";
  readonly subtractMean: boolean;
}

/** A split as arrays. */
interface SplitArrays {
  readonly XTrain: NDArray;
  readonly yTrain: NDArray;
  readonly XVal: NDArray;
  readonly yVal: NDArray;
  readonly XTest: NDArray;
  readonly yTest: NDArray;
  readonly meanImage?: NDArray;
  readonly labelNames: readonly string[];
}

/** Reads a split from the files. */
export async function readSplit(
  caller: string,
  folder: Cifar10Folder,
  { numTraining, numValidation, numTest, records }: Split,
  onProgress?: ProgressListener,
): Promise<PreparedSplit> {
  const labelNames = await readLabelNames(caller, folder);
  const count = numTraining + numValidation;
  const total = (count + numTest) * imageSize;
  const report = (base: number) => (done: number) =>
    onProgress?.({ phase: "read", done: base + done, total });
  const all = await readRows(folder, {
    caller,
    part: "train",
    count,
    records,
    onProgress: report(0),
  });
  const test = await readRows(folder, {
    caller,
    part: "test",
    count: numTest,
    records,
    onProgress: report(count * imageSize),
  });
  const train = rowsBetween(all, 0, numTraining);
  const val = rowsBetween(all, numTraining, count);
  return { train, val, test, mean: meanImage(train.images, imageSize), labelNames };
}

function rowsBetween({ images, labels }: Rows, from: number, to: number): Rows {
  return {
    images: images.subarray(from * imageSize, to * imageSize),
    labels: labels.slice(from, to),
  };
}

/** Converts a split that was read from the files. */
export function fromRows(
  { train, val, test, mean, labelNames }: PreparedSplit,
  format: ImageFormat,
): SplitArrays {
  const shift = format.subtractMean ? mean : new Float64Array(imageSize);
  const converted = ({ images, labels }: Rows) => {
    const out = imageArray(format, labels.length);
    convertPixels(images, shift, out, 0);
    return imagesOf(out, labels.length);
  };
  return {
    XTrain: converted(train),
    yTrain: labelsOf(train.labels),
    XVal: converted(val),
    yVal: labelsOf(val.labels),
    XTest: converted(test),
    yTest: labelsOf(test.labels),
    ...meanOf(mean, format),
    labelNames,
  };
}

/** Converts a stored split while it is read. */
export async function fromCache(
  { labelNames, mean, labels, images }: CachedSplit,
  { numTraining, numValidation, numTest }: Split,
  format: ImageFormat,
): Promise<SplitArrays> {
  const shift = format.subtractMean ? mean : new Float64Array(imageSize);
  const converted = async (part: "train" | "val" | "test", count: number) => {
    const out = imageArray(format, count);
    await images(part, (piece, offset) => convertPixels(piece, shift, out, offset));
    return imagesOf(out, count);
  };
  return {
    XTrain: await converted("train", numTraining),
    yTrain: labelsOf(await labels("train")),
    XVal: await converted("val", numValidation),
    yVal: labelsOf(await labels("val")),
    XTest: await converted("test", numTest),
    yTest: labelsOf(await labels("test")),
    ...meanOf(mean, format),
    labelNames,
  };
}

function imageArray({ dtype }: ImageFormat, count: number): ImageArray {
  const length = count * imageSize;
  if (dtype === "float32") return new Float32Array(length);
  return dtype === "float64" ? new Float64Array(length) : new Uint8Array(length);
}

function imagesOf(data: ImageArray, count: number): NDArray {
  return asNDArray(data, [count, 3, 32, 32]);
}

function labelsOf(labels: Int32Array): NDArray {
  return asNDArray(labels, [labels.length]);
}

function meanOf(mean: Float64Array, { dtype, subtractMean }: ImageFormat) {
  if (!subtractMean) return {};
  const data = dtype === "float64" ? mean : Float32Array.from(mean);
  return { meanImage: asNDArray(data, [3, 32, 32]) };
}
