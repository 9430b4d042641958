/** Telling whether a run continues on the data it began with, without reading all of them. */
import { crc32 } from "../internal/crc32.ts";
import { sameShape, showShape } from "../internal/shapes.ts";
import type { NDArray } from "../ndarray/mod.ts";
import type { ArrayFingerprint } from "./checkpoint.ts";

const blockSize = 4096;
const blocks = 64;

/** Takes the fingerprint of data: shapes, types, and checksums of samples. */
export function fingerprint(
  data: Readonly<Record<string, NDArray>>,
): Record<string, ArrayFingerprint> {
  return Object.fromEntries(Object.entries(data).map(([name, array]) => [name, print(array)]));
}

/** Data in words, a line for each array, that differ where the data do. */
export function linesOf(data: Readonly<Record<string, NDArray>>): string[] {
  return Object.entries(fingerprint(data)).map(([name, { shape, dtype, sum }]) =>
    `${name} ${showShape(shape)} ${dtype} with the checksum ${sum.toString(16)}`
  );
}

/** Throws if the data are not those of the fingerprint. */
export function checkFingerprint(
  caller: string,
  data: Readonly<Record<string, NDArray>>,
  stored: Readonly<Record<string, ArrayFingerprint>>,
  file: string,
): void {
  for (const name of new Set([...Object.keys(stored), ...Object.keys(data)])) {
    const was = Object.hasOwn(stored, name) ? stored[name] : undefined;
    const is = Object.hasOwn(data, name) ? print(data[name]) : undefined;
    if (!was || !is) {
      throw new RangeError(
        `${caller}: ${file} was trained ${was ? "with" : "without"} ${name}; give the same data`,
      );
    }
    if (!sameShape(was.shape, is.shape) || was.dtype !== is.dtype) {
      throw new RangeError(
        `${caller}: ${file} was trained with ${name} of shape ${showShape(was.shape)}, ` +
          `${was.dtype}, got ${showShape(is.shape)}, ${is.dtype}; load the same data`,
      );
    }
    if (was.sum !== is.sum) {
      throw new RangeError(
        `${caller}: ${name} has the shape it had in the run of ${file}, but other values; ` +
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
