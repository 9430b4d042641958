/**
 * Patches: what the output pixels of a convolution see of an image, packed for the matrix product
 * straight from the padded image.
 */
import { PACKED_COLUMNS } from "./layout";
import { outW, pixel, strideW, taps } from "./geometry";
import { evenDepth, transposeLanes } from "./pack";

/** Packs pixels as columns and taps as steps of the inner dimension. */
export function packPixels(
  image: usize,
  firstPixel: i32,
  pixels: i32,
  firstTap: i32,
  count: i32,
): void {
  const even = evenDepth(count);
  const table = taps + firstTap * 4;
  for (let j = 0; j < pixels; j += 8) {
    const to = PACKED_COLUMNS + j * even * 4;
    const left = pixels - j;
    const first = firstPixel + j;
    if (left >= 8 && strideW == 1 && first % outW <= outW - 8) {
      packNeighbours(image + pixel(first), table, count, to);
    } else if (left > 4) {
      packScattered(image, first, 4, table, count, to, 32);
      packScattered(image, first + 4, min(4, left - 4), table, count, to + 16, 32);
    } else {
      packScattered(image, first, left, table, count, to, 16);
    }
  }
}

/** Packs 8 pixels of one row. */
function packNeighbours(image: usize, table: usize, count: i32, to: usize): void {
  for (let p = 0; p < count; p++) {
    const from = image + load<i32>(table);
    v128.store(to, v128.load(from));
    v128.store(to, v128.load(from, 16), 16);
    table += 4;
    to += 32;
  }
  if (count & 1) {
    v128.store(to, f32x4.splat(0));
    v128.store(to, f32x4.splat(0), 16);
  }
}

/** Packs up to 4 pixels of anywhere; missing ones repeat the last, their results are dropped. */
function packScattered(
  image: usize,
  first: i32,
  pixels: i32,
  table: usize,
  count: i32,
  to: usize,
  toStep: usize,
): void {
  const last = pixels - 1;
  const from0 = image + pixel(first);
  const from1 = image + pixel(first + min(1, last));
  const from2 = image + pixel(first + min(2, last));
  const from3 = image + pixel(first + min(3, last));
  for (let p = 0; p < count; p++) {
    const tap = load<i32>(table);
    store<f32>(to, load<f32>(from0 + tap));
    store<f32>(to, load<f32>(from1 + tap), 4);
    store<f32>(to, load<f32>(from2 + tap), 8);
    store<f32>(to, load<f32>(from3 + tap), 12);
    table += 4;
    to += toStep;
  }
  if (count & 1) v128.store(to, f32x4.splat(0));
}

/** Packs taps as columns and pixels as steps of the inner dimension. */
export function packTaps(
  image: usize,
  firstPixel: i32,
  pixels: i32,
  firstTap: i32,
  count: i32,
): void {
  const even = evenDepth(pixels);
  for (let j = 0; j < count; j += 8) {
    const to = PACKED_COLUMNS + j * even * 4;
    const left = count - j;
    const table = taps + (firstTap + j) * 4;
    if (left > 4) {
      packTapPanel(image, firstPixel, pixels, table, 4, to, 32);
      packTapPanel(image, firstPixel, pixels, table + 16, min(4, left - 4), to + 16, 32);
    } else {
      packTapPanel(image, firstPixel, pixels, table, left, to, 16);
    }
  }
}

/** Packs up to 4 taps; missing ones repeat the last, their results are dropped. */
function packTapPanel(
  image: usize,
  firstPixel: i32,
  pixels: i32,
  table: usize,
  lanes: i32,
  to: usize,
  toStep: usize,
): void {
  const last = lanes - 1;
  const tap0 = image + load<i32>(table);
  const tap1 = image + load<i32>(table + 4 * min(1, last));
  const tap2 = image + load<i32>(table + 4 * min(2, last));
  const tap3 = image + load<i32>(table + 4 * min(3, last));
  let column = firstPixel % outW;
  for (let p = 0; p < pixels;) {
    const from = pixel(firstPixel + p);
    if (strideW == 1 && column <= outW - 4 && p <= pixels - 4) {
      transposeLanes(tap0 + from, tap1 + from, tap2 + from, tap3 + from, to, toStep);
      p += 4;
      column += 4;
      to += 4 * toStep;
    } else {
      store<f32>(to, load<f32>(tap0 + from));
      store<f32>(to, load<f32>(tap1 + from), 4);
      store<f32>(to, load<f32>(tap2 + from), 8);
      store<f32>(to, load<f32>(tap3 + from), 12);
      p++;
      column++;
      to += toStep;
    }
    if (column == outW) column = 0;
  }
  if (pixels & 1) v128.store(to, f32x4.splat(0));
}

/**
 * The way back: adds `pixels` values for each tap, from a dense matrix (taps, pixels), to the
 * pixels of the padded image that they came from. The pixels are whole output rows.
 */
export function addPatches(
  patches: usize,
  image: usize,
  firstPixel: i32,
  pixels: i32,
  tapCount: i32,
): void {
  const start = image + pixel(firstPixel);
  const rowStep = pixel(outW);
  for (let tap = 0; tap < tapCount; tap++) {
    let to = start + load<i32>(taps + tap * 4);
    for (let p = 0; p < pixels; p += outW) {
      addRow(patches, to);
      patches += outW * 4;
      to += rowStep;
    }
  }
}

function addRow(from: usize, to: usize): void {
  let j = 0;
  if (strideW == 1) {
    for (; j <= outW - 4; j += 4) {
      v128.store(to, f32x4.add(v128.load(to), v128.load(from)));
      from += 16;
      to += 16;
    }
  }
  for (; j < outW; j++) {
    store<f32>(to, load<f32>(to) + load<f32>(from));
    from += 4;
    to += strideW * 4;
  }
}
