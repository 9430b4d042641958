/**
 * Matrix products, blocked so that a packed block of A stays in the L2 cache and a panel of B in
 * the L1 cache.
 */
import {
  BLOCK_COLUMNS,
  BLOCK_DEPTH,
  BLOCK_ROWS,
  packedColumns,
  packedRows,
  tile,
} from "./layout";
import { packColumns, packRows } from "./pack";
import { multiplyTile4, multiplyTile8 } from "./tile";

/**
 * `C = A·B`, added to C if `add`: A (m, k), B (k, n), C (m, n), k at least 1. Steps are in bytes:
 * `aRow` from a row of A to the next, `aDepth` from a column of A to the next, `bColumn` from a
 * column of B, `bDepth` from a row; of either matrix one step is 4.
 */
export function multiply(
  m: i32,
  n: i32,
  k: i32,
  a: usize,
  aRow: usize,
  aDepth: usize,
  b: usize,
  bColumn: usize,
  bDepth: usize,
  add: bool,
  c: usize,
  cRow: usize,
): void {
  for (let j = 0; j < n; j += BLOCK_COLUMNS) {
    const columns = min(BLOCK_COLUMNS, n - j);
    for (let p = 0; p < k; p += BLOCK_DEPTH) {
      const depth = min(BLOCK_DEPTH, k - p);
      packColumns(b + j * bColumn + p * bDepth, bColumn, bDepth, columns, depth, packedColumns);
      for (let i = 0; i < m; i += BLOCK_ROWS) {
        const rows = min(BLOCK_ROWS, m - i);
        packRows(a + i * aRow + p * aDepth, aRow, aDepth, rows, depth, packedRows);
        const to = c + i * cRow + j * 4;
        multiplyBlock(rows, columns, depth, packedRows, to, cRow, add || p > 0);
      }
    }
  }
}

/** The same for `planes` planes, which are `aPlane`, `bPlane` bytes and one C apart. */
export function multiplyPlanes(
  planes: i32,
  m: i32,
  n: i32,
  k: i32,
  a: usize,
  aPlane: usize,
  aRow: usize,
  aDepth: usize,
  b: usize,
  bPlane: usize,
  bColumn: usize,
  bDepth: usize,
  add: bool,
  c: usize,
): void {
  for (let i = 0; i < planes; i++) {
    const left = a + i * aPlane;
    const right = b + i * bPlane;
    const to = c + i * m * n * 4;
    multiply(m, n, k, left, aRow, aDepth, right, bColumn, bDepth, add, to, n * 4);
  }
}

/** Multiplies packed rows by the packed columns. */
export function multiplyBlock(
  rows: i32,
  columns: i32,
  depth: i32,
  packed: usize,
  c: usize,
  stride: usize,
  add: bool,
): void {
  for (let j = 0; j < columns; j += 8) {
    const b = packedColumns + j * depth * 4;
    const width = min(8, columns - j);
    for (let i = 0; i < rows; i += 4) {
      const a = packed + i * depth * 4;
      const height = min(4, rows - i);
      const to = c + i * stride + j * 4;
      if (height == 4 && width == 8) {
        multiplyTile8(depth, a, b, to, stride, add);
      } else if (height == 4 && width == 4) {
        multiplyTile4(depth, a, b, to, stride, add);
      } else {
        if (width > 4) multiplyTile8(depth, a, b, tile, 32, false);
        else multiplyTile4(depth, a, b, tile, 32, false);
        writePart(height, width, to, stride, add);
      }
    }
  }
}

/** Writes the part of the tile that exists in the result. */
function writePart(height: i32, width: i32, to: usize, stride: usize, add: bool): void {
  for (let i = 0; i < height; i++) {
    for (let j = 0; j < width; j++) {
      const at = to + i * stride + j * 4;
      const sum = load<f32>(tile + i * 32 + j * 4);
      store<f32>(at, add ? load<f32>(at) + sum : sum);
    }
  }
}
