/**
 * The inner loops of the blocked matrix product: packed panels and the tile that multiplies them.
 *
 * A block of A is packed as panels of four rows, a block of B as panels of two columns. Each of
 * the four rows and two columns has an array of its own, so that one index reads a whole step of
 * the product and V8 checks its bounds once; as the arrays are constants of this module, their
 * addresses and lengths are constants of the machine code. Packing converts to float64, the only
 * arithmetic JavaScript has, and makes the product blind to transposes.
 *
 * @module
 */
import type { FloatArray } from "../types.ts";

/** The most rows of A that fit in its panels; a multiple of 4. */
export const BLOCK_ROWS = 64;
/** The most columns of B that fit in its panels; a multiple of 2. */
export const BLOCK_COLUMNS = 512;
/** The most steps of the inner dimension that fit: six streams of them stay in the L1 cache. */
export const BLOCK_DEPTH = 256;

const ROW_LENGTH = BLOCK_ROWS / 4 * BLOCK_DEPTH;
const row0 = new Float64Array(ROW_LENGTH);
const row1 = new Float64Array(ROW_LENGTH);
const row2 = new Float64Array(ROW_LENGTH);
const row3 = new Float64Array(ROW_LENGTH);

const COLUMN_LENGTH = BLOCK_COLUMNS / 2 * BLOCK_DEPTH;
const column0 = new Float64Array(COLUMN_LENGTH);
const column1 = new Float64Array(COLUMN_LENGTH);

/**
 * Packs a block of A. Rows missing from the last panel repeat the last row; their products are
 * computed and dropped.
 *
 * @param a Where the block is
 * @param offset Index of its first element
 * @param rowStep Distance from an element to the one in the next row
 * @param depthStep Distance from an element to the one in the next column
 * @param rows Number of rows
 * @param depth Number of columns
 */
export function packRows(
  a: FloatArray,
  offset: number,
  rowStep: number,
  depthStep: number,
  rows: number,
  depth: number,
): void {
  let to = 0;
  for (let i = 0; i < rows; i += 4) {
    let from0 = offset + i * rowStep;
    let from1 = offset + Math.min(i + 1, rows - 1) * rowStep;
    let from2 = offset + Math.min(i + 2, rows - 1) * rowStep;
    let from3 = offset + Math.min(i + 3, rows - 1) * rowStep;
    for (const end = to + depth; to < end; to++) {
      row0[to] = a[from0];
      row1[to] = a[from1];
      row2[to] = a[from2];
      row3[to] = a[from3];
      from0 += depthStep;
      from1 += depthStep;
      from2 += depthStep;
      from3 += depthStep;
    }
  }
}

/**
 * Packs a block of B, like {@linkcode packRows} with columns for rows.
 *
 * @param b Where the block is
 * @param offset Index of its first element
 * @param columnStep Distance from an element to the one in the next column
 * @param depthStep Distance from an element to the one in the next row
 * @param columns Number of columns
 * @param depth Number of rows
 */
export function packColumns(
  b: FloatArray,
  offset: number,
  columnStep: number,
  depthStep: number,
  columns: number,
  depth: number,
): void {
  let to = 0;
  for (let j = 0; j < columns; j += 2) {
    let from0 = offset + j * columnStep;
    let from1 = offset + Math.min(j + 1, columns - 1) * columnStep;
    for (const end = to + depth; to < end; to++) {
      column0[to] = b[from0];
      column1[to] = b[from1];
      from0 += depthStep;
      from1 += depthStep;
    }
  }
}

/**
 * Multiplies all packed rows by one panel of packed columns and adds the result, up to two columns
 * wide, to C. The eight sums of a 4 × 2 tile are locals, which is what fits in registers.
 *
 * @param rows Number of packed rows
 * @param columns Columns of the panel that exist, 1 or 2
 * @param depth Number of steps packed
 * @param panel Which panel of columns
 * @param c Where the result goes
 * @param offset Index of the result's first element
 * @param stride Distance from a row of the result to the next
 */
export function multiplyPanel(
  rows: number,
  columns: number,
  depth: number,
  panel: number,
  c: FloatArray,
  offset: number,
  stride: number,
): void {
  const wide = columns === 2;
  const start = panel * depth;
  // `| 0` tells V8 that these stay small whole numbers, whatever was added.
  let p = 0;
  for (let i = 0; i < rows; i += 4) {
    let c00 = 0, c01 = 0, c10 = 0, c11 = 0, c20 = 0, c21 = 0, c30 = 0, c31 = 0;
    let q = start;
    for (const end = (p + depth) | 0; p < end;) {
      const b0 = column0[q], b1 = column1[q];
      const a0 = row0[p], a1 = row1[p], a2 = row2[p], a3 = row3[p];
      c00 += a0 * b0;
      c01 += a0 * b1;
      c10 += a1 * b0;
      c11 += a1 * b1;
      c20 += a2 * b0;
      c21 += a2 * b1;
      c30 += a3 * b0;
      c31 += a3 * b1;
      p = (p + 1) | 0;
      q = (q + 1) | 0;
    }
    c[offset] += c00;
    if (wide) c[offset + 1] += c01;
    offset += stride;
    if (i + 1 === rows) return;
    c[offset] += c10;
    if (wide) c[offset + 1] += c11;
    offset += stride;
    if (i + 2 === rows) return;
    c[offset] += c20;
    if (wide) c[offset + 1] += c21;
    offset += stride;
    if (i + 3 === rows) return;
    c[offset] += c30;
    if (wide) c[offset + 1] += c31;
    offset += stride;
  }
}
