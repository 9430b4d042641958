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

/**
 * Columns of one exact block: with pixels moved to -128 … 127 a product is at most 2¹⁴, so that the
 * sum of 2¹⁰ of them is a whole number of at most 2²⁴, which float32 holds exactly.
 */
const EXACT_COLUMNS = 1024;

/** Columns converted to float64 at a time, so that the copies stay small. */
const FLOAT_COLUMNS = 512;

/** Squares that cancel to less than this part of their sum have lost too many digits. */
const NEAR = 1e-6;

/**
 * Euclidean distances through one matrix product: `|a - b|² = |a|² - 2·a·b + |b|²`.
 *
 * The differences cancel digits, so float32 products of whole rows would be useless for near rows.
 * Pixels (whole numbers from 0 to 255) are multiplied in float32 blocks that are exact; anything
 * else in float64, and of rows so near that even float64 is left with few digits, the difference
 * is squared instead. So nothing is below zero under the root.
 *
 * @returns (a.rows, b.rows), row-major
 */
export function euclideanDistances(a: Rows, b: Rows): Float64Array {
  const exact = arePixels(a.data) && arePixels(b.data);
  const width = exact ? EXACT_COLUMNS : FLOAT_COLUMNS;
  const type = exact ? Float32Array : Float64Array;
  const shift = exact ? 128 : 0;
  const out = new Float64Array(a.rows * b.rows);
  const products = new type(out.length);
  const aSquares = new Float64Array(a.rows);
  const bSquares = new Float64Array(b.rows);
  const aBuffer = new type(a.rows * Math.min(width, a.width));
  const bBuffer = new type(b.rows * Math.min(width, a.width));
  for (let first = 0; first < a.width; first += width) {
    const columns = Math.min(width, a.width - first);
    const aBlock = aBuffer.subarray(0, a.rows * columns);
    const bBlock = bBuffer.subarray(0, b.rows * columns);
    gatherColumns(a, first, columns, shift, aBlock, aSquares);
    gatherColumns(b, first, columns, shift, bBlock, bSquares);
    kernels.gemm(false, true, a.rows, b.rows, columns, aBlock, bBlock, 0, products);
    for (let i = 0; i < out.length; i++) out[i] += products[i];
  }
  for (let i = 0, at = 0; i < a.rows; i++) {
    for (let j = 0; j < b.rows; j++, at++) {
      const squares = aSquares[i] + bSquares[j];
      const rest = squares - 2 * out[at];
      out[at] = Math.sqrt(exact || !(rest < NEAR * squares) ? rest : squaredDistance(a, i, b, j));
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

/** Whether all values are whole numbers from 0 to 255. */
function arePixels(data: TypedArray): boolean {
  if (data instanceof Uint8Array) return true;
  for (let i = 0; i < data.length; i++) {
    if (!(data[i] >= 0 && data[i] <= 255 && Math.trunc(data[i]) === data[i])) return false;
  }
  return true;
}

/** Copies some columns to `block`, less `shift`, and adds their squares to those of each row. */
function gatherColumns(
  { data, rows, width }: Rows,
  first: number,
  columns: number,
  shift: number,
  block: Float32Array | Float64Array,
  squares: Float64Array,
): void {
  for (let row = 0, to = 0; row < rows; row++) {
    const from = row * width + first;
    let sum = 0;
    for (let column = 0; column < columns; column++, to++) {
      const value = data[from + column] - shift;
      block[to] = value;
      sum += value * value;
    }
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
