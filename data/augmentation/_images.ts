/**
 * Batches of images that are changed one by one.
 *
 * @module
 */
import { showShape } from "../../internal/shapes.ts";
import type { Rows } from "../../internal/rows.ts";
import { asNDArray, NDArray } from "../../ndarray/mod.ts";
import type { RandomState } from "../../random/mod.ts";
import type { Augmentation } from "./augmentation.ts";

/** Numbers of an image in floating point, plane after plane, from 0 to 1. */
export type Pixels = Float32Array | Float64Array;

/** The size of an image. */
export interface ImageSize {
  readonly channels: number;
  readonly height: number;
  readonly width: number;
}

/** What was drawn for an image: reads `pixels` and writes `out`, the same array unless it is resized. */
export type Change = (pixels: Pixels, out: Pixels) => void;

/** A kind of change of one image. */
export interface ImageStep {
  /** The size of what comes of an image; of the same size if it is left out. */
  readonly resize?: (size: ImageSize) => ImageSize;
  /** Draws the change of an image of a size; null for none. */
  readonly draw: (size: ImageSize, rng: RandomState) => Change | null;
  /** How many channels it takes, if not any number. */
  readonly channels?: number;
}

const steps = new WeakMap<Augmentation, readonly ImageStep[]>();

/** The steps of an augmentation made by {@linkcode augmentationOf}. */
export function stepsOf(augmentation: Augmentation): readonly ImageStep[] | undefined {
  return steps.get(augmentation);
}

/**
 * Makes an augmentation that takes each image through some steps. Bytes are read as 0 to 1; the
 * result is float64 if X is, and float32 otherwise.
 *
 * @param caller The function to name in errors
 */
export function augmentationOf(caller: string, list: readonly ImageStep[]): Augmentation {
  const ofRows = (X: NDArray, rows: Rows, rng: RandomState, out?: NDArray) => {
    const size = sizeOf(caller, X, list);
    const n = X.shape[0];
    const sizes = [size];
    for (const { resize } of list) {
      sizes.push(resize ? resize(sizes[sizes.length - 1]) : sizes[sizes.length - 1]);
    }
    const { channels, height, width } = sizes[sizes.length - 1];
    const dtype = X.dtype === "float64" ? "float64" : "float32";
    const shape = [n, channels, height, width];
    const target = out === undefined
      ? fresh(dtype, shape)
      : checkedOut(caller, out, dtype, shape, X);
    const make = dtype === "float64" ? Float64Array : Float32Array;
    const most = Math.max(...sizes.map(areaOf));
    let [from, to]: Pixels[] = [new make(most), new make(most)];
    const [area, outArea] = [areaOf(size), channels * height * width];
    const scale = X.dtype === "uint8" ? 1 / 255 : 1;
    for (let row = 0; row < rows.total; row++) {
      const changes = list.map(({ draw }, k) => draw(sizes[k], rng));
      if (row < rows.start || row >= rows.end) continue;
      const i = row - rows.start;
      for (let j = 0; j < area; j++) from[j] = X.data[i * area + j] * scale;
      list.forEach(({ resize }, k) => {
        changes[k]?.(from, resize ? to : from);
        if (resize) [from, to] = [to, from];
      });
      target.data.set(from.subarray(0, outArea), i * outArea);
    }
    return target;
  };
  const augmentation = ofAllRows(ofRows);
  steps.set(augmentation, list);
  return augmentation;
}

/** An augmentation that is given by what it does with rows of a batch. */
export function ofAllRows(ofRows: NonNullable<Augmentation["ofRows"]>): Augmentation {
  const augmentation = (X: NDArray, rng: RandomState, out?: NDArray) => {
    const total = X instanceof NDArray ? X.shape[0] ?? 0 : 0;
    return ofRows(X, { start: 0, end: total, total }, rng, out);
  };
  return Object.assign(augmentation, { ofRows });
}

function areaOf({ channels, height, width }: ImageSize): number {
  return channels * height * width;
}

function fresh(dtype: "float32" | "float64", shape: readonly number[]): NDArray {
  const size = shape.reduce((a, b) => a * b, 1);
  return asNDArray(dtype === "float64" ? new Float64Array(size) : new Float32Array(size), shape);
}

function sizeOf(caller: string, X: NDArray, list: readonly ImageStep[]): ImageSize {
  if (!(X instanceof NDArray)) {
    throw new TypeError(`${caller}: X must be an NDArray, got ${typeof X}`);
  }
  if (!["uint8", "float32", "float64"].includes(X.dtype)) {
    throw new TypeError(
      `${caller}: X must hold bytes, or floats from 0 to 1, got ${X.dtype}`,
    );
  }
  const channels = list.find((step) => step.channels !== undefined)?.channels;
  if (X.ndim !== 4 || (channels !== undefined && X.shape[1] !== channels)) {
    throw new RangeError(
      `${caller}: X must hold images of shape (N, ${channels ?? "C"}, H, W), got ` +
        showShape(X.shape) + (X.ndim === 2 ? "; reshape rows of pixels to images" : ""),
    );
  }
  const [, c, height, width] = X.shape;
  return { channels: c, height, width };
}

function checkedOut(
  caller: string,
  out: NDArray,
  dtype: string,
  shape: readonly number[],
  X: NDArray,
): NDArray {
  const fits = out instanceof NDArray && out.dtype === dtype && out.data !== X.data &&
    showShape(out.shape) === showShape(shape);
  if (fits) return out;
  throw new RangeError(
    `${caller}: out must be another array of shape ${showShape(shape)} and type ${dtype}, got ` +
      (out instanceof NDArray ? `${showShape(out.shape)} ${out.dtype}` : typeof out),
  );
}
