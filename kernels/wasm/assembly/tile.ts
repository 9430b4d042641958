/**
 * The inner loops of the matrix product: a panel of four packed rows times a panel of eight or
 * four packed columns.
 *
 * The sums of a 4 × 8 tile are eight vectors, which with the operands of a step fit in the sixteen
 * registers of x86-64. Engines check every load against the end of the memory; four values of A
 * come in one load and are spread by shuffles, and the loads stand between the arithmetic, so that
 * the checks hide behind it. Two steps a turn: `depth` is even.
 */

/** A tile of 4 rows and 8 columns, `stride` bytes from row to row: `C = A·B`, or `C += A·B`. */
export function multiplyTile8(
  depth: i32,
  a: usize,
  b: usize,
  c: usize,
  stride: usize,
  add: bool,
): void {
  let c00 = f32x4.splat(0);
  let c01 = f32x4.splat(0);
  let c10 = f32x4.splat(0);
  let c11 = f32x4.splat(0);
  let c20 = f32x4.splat(0);
  let c21 = f32x4.splat(0);
  let c30 = f32x4.splat(0);
  let c31 = f32x4.splat(0);
  const end = a + <usize> depth * 16;
  do {
    let rows = v128.load(a);
    let left = v128.load(b);
    let row = v128.shuffle<f32>(rows, rows, 0, 0, 0, 0);
    c00 = f32x4.add(c00, f32x4.mul(row, left));
    let right = v128.load(b, 16);
    c01 = f32x4.add(c01, f32x4.mul(row, right));
    row = v128.shuffle<f32>(rows, rows, 1, 1, 1, 1);
    c10 = f32x4.add(c10, f32x4.mul(row, left));
    c11 = f32x4.add(c11, f32x4.mul(row, right));
    row = v128.shuffle<f32>(rows, rows, 2, 2, 2, 2);
    c20 = f32x4.add(c20, f32x4.mul(row, left));
    c21 = f32x4.add(c21, f32x4.mul(row, right));
    row = v128.shuffle<f32>(rows, rows, 3, 3, 3, 3);
    c30 = f32x4.add(c30, f32x4.mul(row, left));
    c31 = f32x4.add(c31, f32x4.mul(row, right));

    rows = v128.load(a, 16);
    left = v128.load(b, 32);
    row = v128.shuffle<f32>(rows, rows, 0, 0, 0, 0);
    c00 = f32x4.add(c00, f32x4.mul(row, left));
    right = v128.load(b, 48);
    c01 = f32x4.add(c01, f32x4.mul(row, right));
    row = v128.shuffle<f32>(rows, rows, 1, 1, 1, 1);
    c10 = f32x4.add(c10, f32x4.mul(row, left));
    c11 = f32x4.add(c11, f32x4.mul(row, right));
    row = v128.shuffle<f32>(rows, rows, 2, 2, 2, 2);
    c20 = f32x4.add(c20, f32x4.mul(row, left));
    c21 = f32x4.add(c21, f32x4.mul(row, right));
    row = v128.shuffle<f32>(rows, rows, 3, 3, 3, 3);
    c30 = f32x4.add(c30, f32x4.mul(row, left));
    c31 = f32x4.add(c31, f32x4.mul(row, right));
    a += 32;
    b += 64;
  } while (a < end);
  writeRow8(c, c00, c01, add);
  c += stride;
  writeRow8(c, c10, c11, add);
  c += stride;
  writeRow8(c, c20, c21, add);
  c += stride;
  writeRow8(c, c30, c31, add);
}

/** The same with 4 columns. */
export function multiplyTile4(
  depth: i32,
  a: usize,
  b: usize,
  c: usize,
  stride: usize,
  add: bool,
): void {
  let c0 = f32x4.splat(0);
  let c1 = f32x4.splat(0);
  let c2 = f32x4.splat(0);
  let c3 = f32x4.splat(0);
  const end = a + <usize> depth * 16;
  do {
    let rows = v128.load(a);
    let columns = v128.load(b);
    c0 = f32x4.add(c0, f32x4.mul(v128.shuffle<f32>(rows, rows, 0, 0, 0, 0), columns));
    c1 = f32x4.add(c1, f32x4.mul(v128.shuffle<f32>(rows, rows, 1, 1, 1, 1), columns));
    c2 = f32x4.add(c2, f32x4.mul(v128.shuffle<f32>(rows, rows, 2, 2, 2, 2), columns));
    c3 = f32x4.add(c3, f32x4.mul(v128.shuffle<f32>(rows, rows, 3, 3, 3, 3), columns));
    rows = v128.load(a, 16);
    columns = v128.load(b, 16);
    c0 = f32x4.add(c0, f32x4.mul(v128.shuffle<f32>(rows, rows, 0, 0, 0, 0), columns));
    c1 = f32x4.add(c1, f32x4.mul(v128.shuffle<f32>(rows, rows, 1, 1, 1, 1), columns));
    c2 = f32x4.add(c2, f32x4.mul(v128.shuffle<f32>(rows, rows, 2, 2, 2, 2), columns));
    c3 = f32x4.add(c3, f32x4.mul(v128.shuffle<f32>(rows, rows, 3, 3, 3, 3), columns));
    a += 32;
    b += 32;
  } while (a < end);
  writeRow4(c, c0, add);
  c += stride;
  writeRow4(c, c1, add);
  c += stride;
  writeRow4(c, c2, add);
  c += stride;
  writeRow4(c, c3, add);
}

function writeRow8(c: usize, left: v128, right: v128, add: bool): void {
  writeRow4(c, left, add);
  writeRow4(c + 16, right, add);
}

function writeRow4(c: usize, sums: v128, add: bool): void {
  v128.store(c, add ? f32x4.add(v128.load(c), sums) : sums);
}
