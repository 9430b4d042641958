/**
 * The inner loops of the matrix product: a panel of four packed rows times a panel of eight or
 * four packed columns.
 *
 * The sums of a 4 × 8 tile are eight vectors, which with the operands of a step fit in the sixteen
 * registers of x86-64. Engines check every load against the end of the memory; four values of A
 * come in one load and are spread by shuffles, so that there are three checks for sixteen
 * operations, and they hide behind them.
 */

/**
 * `sum + a·b`. Relaxed, the product need not be rounded before it is added: one instruction instead
 * of two where the machine has it.
 */
// @ts-ignore: decorator
@inline
function addProduct(sum: v128, a: v128, b: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return f32x4.relaxed_madd(a, b, sum);
  return f32x4.add(sum, f32x4.mul(a, b));
}

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
  for (const end = a + depth * 16; a < end;) {
    const rows = v128.load(a);
    const left = v128.load(b);
    let row = v128.shuffle<f32>(rows, rows, 0, 0, 0, 0);
    c00 = addProduct(c00, row, left);
    const right = v128.load(b, 16);
    c01 = addProduct(c01, row, right);
    row = v128.shuffle<f32>(rows, rows, 1, 1, 1, 1);
    c10 = addProduct(c10, row, left);
    c11 = addProduct(c11, row, right);
    row = v128.shuffle<f32>(rows, rows, 2, 2, 2, 2);
    c20 = addProduct(c20, row, left);
    c21 = addProduct(c21, row, right);
    row = v128.shuffle<f32>(rows, rows, 3, 3, 3, 3);
    c30 = addProduct(c30, row, left);
    c31 = addProduct(c31, row, right);
    a += 16;
    b += 32;
  }
  writeRow(c, c00, add);
  writeRow(c + 16, c01, add);
  c += stride;
  writeRow(c, c10, add);
  writeRow(c + 16, c11, add);
  c += stride;
  writeRow(c, c20, add);
  writeRow(c + 16, c21, add);
  c += stride;
  writeRow(c, c30, add);
  writeRow(c + 16, c31, add);
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
  for (const end = a + depth * 16; a < end;) {
    const rows = v128.load(a);
    const columns = v128.load(b);
    c0 = addProduct(c0, v128.shuffle<f32>(rows, rows, 0, 0, 0, 0), columns);
    c1 = addProduct(c1, v128.shuffle<f32>(rows, rows, 1, 1, 1, 1), columns);
    c2 = addProduct(c2, v128.shuffle<f32>(rows, rows, 2, 2, 2, 2), columns);
    c3 = addProduct(c3, v128.shuffle<f32>(rows, rows, 3, 3, 3, 3), columns);
    a += 16;
    b += 16;
  }
  writeRow(c, c0, add);
  c += stride;
  writeRow(c, c1, add);
  c += stride;
  writeRow(c, c2, add);
  c += stride;
  writeRow(c, c3, add);
}

function writeRow(c: usize, sums: v128, add: bool): void {
  v128.store(c, add ? f32x4.add(v128.load(c), sums) : sums);
}
