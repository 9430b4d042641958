/** Images and what Pillow makes of them, from `tests/fixtures/images.json`. */
import recorded from "../fixtures/images.json" with { type: "json" };
import { asNDArray, type NDArray } from "../../ndarray/mod.ts";

interface RecordedArray {
  readonly shape: number[];
  readonly data: number[];
}

/** An array of bytes as recorded. */
export function bytesOf({ shape, data }: RecordedArray): NDArray {
  return asNDArray(Uint8Array.from(data), shape);
}

/** An array of floats as recorded. */
export function floatsOf({ shape, data }: RecordedArray): NDArray {
  return asNDArray(Float64Array.from(data), shape);
}

/** A file as recorded. */
export function fileOf(base64: string): Uint8Array {
  return Uint8Array.fromBase64(base64);
}

/** The recorded facts. */
export const images = recorded;

/** The image that most facts are about, uint8, (19, 27, 3). */
export const picture = bytesOf(recorded.image);
