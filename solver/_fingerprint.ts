/** Telling whether a run continues on the data it began with, without reading all of them. */
import { crc32 } from "node:zlib";
import { showShape } from "../internal/shapes.ts";
import type { NDArray } from "../ndarray/mod.ts";
import type { ArrayFingerprint, Checkpoint } from "./checkpoint.ts";
import type { SolverData } from "./data.ts";

const blockSize = 4096;
const blocks = 64;

/** Takes the fingerprint of the data: shapes, types, and checksums of samples. */
export function fingerprint({ XTrain, yTrain, XVal, yVal }: SolverData): Checkpoint["data"] {
  return {
    XTrain: print(XTrain),
    yTrain: print(yTrain),
    XVal: print(XVal),
    yVal: print(yVal),
  };
}

/** Throws if the data are not those of the fingerprint. */
export function checkFingerprint(data: SolverData, stored: Checkpoint["data"], file: string): void {
  const actual = fingerprint(data);
  for (const name of ["XTrain", "yTrain", "XVal", "yVal"] as const) {
    const [was, is] = [stored[name], actual[name]];
    if (was.shape.join() !== is.shape.join() || was.dtype !== is.dtype) {
      throw new RangeError(
        `Solver.resume: ${file} was trained with ${name} of shape ${showShape(was.shape)}, ` +
          `${was.dtype}, got ${showShape(is.shape)}, ${is.dtype}; load the same data`,
      );
    }
    if (was.sum !== is.sum) {
      throw new RangeError(
        `Solver.resume: ${name} has the shape it had in the run of ${file}, but other values; ` +
          "load and preprocess the same data in the same way",
      );
    }
  }
}

/** The checksum takes small arrays whole, and of large ones blocks at even distances. */
function print({ shape, dtype, data }: NDArray): ArrayFingerprint {
  const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  if (bytes.length <= blockSize * blocks) return { shape, dtype, sum: crc32(bytes) };
  let sum = 0;
  for (let i = 0; i < blocks; i++) {
    const start = Math.floor((i * (bytes.length - blockSize)) / (blocks - 1));
    sum = crc32(bytes.subarray(start, start + blockSize), sum);
  }
  return { shape, dtype, sum };
}
