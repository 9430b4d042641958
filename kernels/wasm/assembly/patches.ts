/**
 * Patches: what the output pixels of a convolution see of an image, packed for the matrix product
 * straight from the padded image.
 */
import { outW, pixel, strideW, taps } from "./geometry";
import { packedColumns } from "./layout";
import { transposeLanes } from "./pack";

/** Packs pixels as columns and taps as steps of the inner dimension. */
export function packPixels(
  image: usize,
  firstPixel: i32,
  pixels: i32,
  firstTap: i32,
  count: i32,
): void {
  const neighbours = strideW() == 1;
  const rowLength = outW();
  const table = taps() + firstTap * 4;
  for (let j = 0; j < pixels; j += 8) {
    const to = packedColumns + j * count * 4;
    const left = pixels - j;
    const first = firstPixel + j;
    if (left >= 8 && neighbours && first % rowLength <= rowLength - 8) {
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
}

/**
 * Packs taps as columns and pixels as steps of the inner dimension: steps `firstStep` on of panels
 * that have `steps`.
 */
export function packTaps(
  image: usize,
  firstPixel: i32,
  pixels: i32,
  firstTap: i32,
  count: i32,
  firstStep: i32,
  steps: i32,
): void {
  for (let j = 0; j < count; j += 8) {
    const panel = packedColumns + j * steps * 4;
    const left = count - j;
    const table = taps() + (firstTap + j) * 4;
    if (left > 4) {
      const to = panel + firstStep * 32;
      packTapPanel(image, firstPixel, pixels, table, 4, to, 32);
      packTapPanel(image, firstPixel, pixels, table + 16, min(4, left - 4), to + 16, 32);
    } else {
      packTapPanel(image, firstPixel, pixels, table, left, panel + firstStep * 16, 16);
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
  const step = strideW() * 4;
  const rowLength = outW();
  const rowStep = pixel(rowLength);
  let column = firstPixel % rowLength;
  let row = pixel(firstPixel - column);
  for (let p = 0; p < pixels;) {
    const from = row + column * step;
    if (step == 4 && column <= rowLength - 4 && p <= pixels - 4) {
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
    if (column == rowLength) {
      column = 0;
      row += rowStep;
    }
  }
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
  const rowLength = outW();
  const start = image + pixel(firstPixel);
  const rowStep = pixel(rowLength);
  for (let tap = 0; tap < tapCount; tap++) {
    let to = start + load<i32>(taps() + tap * 4);
    for (let p = 0; p < pixels; p += rowLength) {
      addRow(rowLength, patches, to);
      patches += rowLength * 4;
      to += rowStep;
    }
  }
}

function addRow(count: i32, from: usize, to: usize): void {
  const step = strideW() * 4;
  let j = 0;
  if (step == 4) {
    for (; j <= count - 4; j += 4) {
      v128.store(to, f32x4.add(v128.load(to), v128.load(from)));
      from += 16;
      to += 16;
    }
  }
  for (; j < count; j++) {
    store<f32>(to, load<f32>(to) + load<f32>(from));
    from += 4;
    to += step;
  }
}
