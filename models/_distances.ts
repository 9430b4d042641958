/**
 * Distances between all rows of two sets at once.
 *
 * @module
 */
import { kernels } from "../kernels/mod.ts";
import type { TypedArray } from "../ndarray/mod.ts";

/** Rows whose distances are wanted: `rows` of `width` values each. */
export interface Rows {
  readonly data: TypedArray;
  readonly rows: number;
  readonly width: number;
}

/** Rows of pixels, cut into blocks of columns whose products float32 holds exactly. */
export interface PixelRows {
  readonly rows: number;
  /** Every pixel less 128; block i has columns `i * EXACT_COLUMNS` and on, row-major. */
  readonly blocks: readonly Float32Array[];
  /** `|a|²` of each row, of the pixels less 128. */
  readonly squares: Float64Array;
}

/**
 * Columns of one exact block: with pixels moved to -128 … 127 a product is at most 2¹⁴, so that the
 * sum of 2¹⁰ of them is a whole number of at most 2²⁴, which float32 holds exactly.
 */
const EXACT_COLUMNS = 1024;

/** Columns converted to float64 at a time, so that the copies stay small. */
const FLOAT_COLUMNS = 512;

/** Squares that cancel to less than this part of their sum have lost too many digits. */
const NEAR = 1e-6;

/** Prepares rows for {@linkcode euclideanDistances}, if all values are whole numbers 0 … 255. */
export function pixelRows({ data, rows, width }: Rows): PixelRows | null {
  const row = new Float64Array(width);
  const blocks: Float32Array[] = [];
  const squares = new Float64Array(rows);
  for (let i = 0; i < rows; i++) {
    row.set(data.subarray(i * width, (i + 1) * width));
    // Nothing is allocated for data that is no image, which the first row nearly always shows.
    if (!row.every((value) => (value & 255) === value)) return null;
    for (let b = 0, first = 0; first < width; b++, first += EXACT_COLUMNS) {
      const columns = Math.min(EXACT_COLUMNS, width - first);
      const block = blocks[b] ??= new Float32Array(rows * columns);
      squares[i] += shiftAndSquare(row, first, columns, block, i * columns);
    }
  }
  return { rows, blocks, squares };
}

/** Copies some values less 128 to `out` and returns the sum of their squares. */
function shiftAndSquare(
  row: Float64Array,
  first: number,
  count: number,
  out: Float32Array,
  to: number,
): number {
  let sum = 0;
  for (let i = 0; i < count; i++) {
    const value = row[first + i] - 128;
    out[to + i] = value;
    sum += value * value;
  }
  return sum;
}

/**
 * Euclidean distances through one matrix product: `|a - b|² = |a|² - 2·a·b + |b|²`.
 *
 * The differences cancel digits, so float32 products of whole rows would be useless for near rows.
 * Pixels (whole numbers from 0 to 255) are multiplied in float32 blocks that are exact; anything
 * else in float64, and of rows so near that even float64 is left with few digits, the difference
 * is squared instead. So nothing is below zero under the root.
 *
 * @param a Rows
 * @param b Other rows of the same width
 * @param bPixels What {@linkcode pixelRows} says of b, which is worth keeping for further calls
 * @returns (a.rows, b.rows), row-major
 */
export function euclideanDistances(a: Rows, b: Rows, bPixels: PixelRows | null): Float64Array {
  const aPixels = bPixels && pixelRows(a);
  return aPixels ? pixelDistances(aPixels, bPixels) : floatDistances(a, b);
}

function pixelDistances(a: PixelRows, b: PixelRows): Float64Array {
  const out = new Float64Array(a.rows * b.rows);
  const product = new Float32Array(out.length);
  a.blocks.forEach((block, i) => {
    const columns = block.length / a.rows;
    kernels.gemm(false, true, a.rows, b.rows, columns, block, b.blocks[i], 0, product);
    for (let at = 0; at < out.length; at++) out[at] += product[at];
  });
  for (let i = 0, at = 0; i < a.rows; i++) {
    for (let j = 0; j < b.rows; j++, at++) {
      out[at] = Math.sqrt(a.squares[i] + b.squares[j] - 2 * out[at]);
    }
  }
  return out;
}

function floatDistances(a: Rows, b: Rows): Float64Array {
  const out = new Float64Array(a.rows * b.rows);
  const aSquares = new Float64Array(a.rows);
  const bSquares = new Float64Array(b.rows);
  const width = Math.min(FLOAT_COLUMNS, a.width);
  const aBuffer = new Float64Array(a.rows * width);
  const bBuffer = new Float64Array(b.rows * width);
  for (let first = 0; first < a.width; first += width) {
    const columns = Math.min(width, a.width - first);
    const aBlock = aBuffer.subarray(0, a.rows * columns);
    const bBlock = bBuffer.subarray(0, b.rows * columns);
    gatherColumns(a, first, columns, aBlock, aSquares);
    gatherColumns(b, first, columns, bBlock, bSquares);
    kernels.gemm(false, true, a.rows, b.rows, columns, aBlock, bBlock, 1, out);
  }
  for (let i = 0, at = 0; i < a.rows; i++) {
    for (let j = 0; j < b.rows; j++, at++) {
      const squares = aSquares[i] + bSquares[j];
      const rest = squares - 2 * out[at];
      out[at] = Math.sqrt(rest < NEAR * squares ? squaredDistance(a, i, b, j) : rest);
    }
  }
  return out;
}

/** `|a - b|²` of one pair of rows, entry by entry. */
function squaredDistance(a: Rows, i: number, b: Rows, j: number): number {
  const [p, q] = [i * a.width, j * b.width];
  let sum = 0;
  for (let column = 0; column < a.width; column++) {
    const difference = a.data[p + column] - b.data[q + column];
    sum += difference * difference;
  }
  return sum;
}

/** Copies some columns to `block` and adds their squares to those of each row. */
function gatherColumns(
  { data, rows, width }: Rows,
  first: number,
  columns: number,
  block: Float64Array,
  squares: Float64Array,
): void {
  for (let row = 0; row < rows; row++) {
    const from = row * width + first;
    const to = row * columns;
    block.set(data.subarray(from, from + columns), to);
    let sum = 0;
    for (let i = to; i < to + columns; i++) sum += block[i] * block[i];
    squares[row] += sum;
  }
}

/** Manhattan distances `Σ |a - b|`. @returns (a.rows, b.rows), row-major */
export function manhattanDistances(a: Rows, b: Rows): Float64Array {
  const out = new Float64Array(a.rows * b.rows);
  for (let i = 0, at = 0; i < a.rows; i++) {
    for (let j = 0; j < b.rows; j++, at++) {
      let sum = 0;
      const [p, q] = [i * a.width, j * b.width];
      for (let column = 0; column < a.width; column++) {
        sum += Math.abs(a.data[p + column] - b.data[q + column]);
      }
      out[at] = sum;
    }
  }
  return out;
}
