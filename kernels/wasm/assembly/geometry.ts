/**
 * The geometry of the convolution that is under way, where all threads find it.
 *
 * An image is copied with its padding around it. A tap (channel, row, column of a filter) is then
 * one distance in memory from the pixel of the padded image that an output pixel begins at.
 */
import { GEOMETRY } from "./layout";

export function channels(): i32 {
  return load<i32>(GEOMETRY);
}
export function height(): i32 {
  return load<i32>(GEOMETRY, 4);
}
export function width(): i32 {
  return load<i32>(GEOMETRY, 8);
}
/** Filters of a group. */
export function filters(): i32 {
  return load<i32>(GEOMETRY, 12);
}
export function strideH(): i32 {
  return load<i32>(GEOMETRY, 16);
}
export function strideW(): i32 {
  return load<i32>(GEOMETRY, 20);
}
export function padH(): i32 {
  return load<i32>(GEOMETRY, 24);
}
export function padW(): i32 {
  return load<i32>(GEOMETRY, 28);
}
export function groups(): i32 {
  return load<i32>(GEOMETRY, 32);
}
export function outH(): i32 {
  return load<i32>(GEOMETRY, 36);
}
export function outW(): i32 {
  return load<i32>(GEOMETRY, 40);
}
/** Taps of a filter. */
export function depth(): i32 {
  return load<i32>(GEOMETRY, 44);
}
/** Distances of the taps of the first group in bytes, 32-bit integers. */
export function taps(): usize {
  return load<i32>(GEOMETRY, 48);
}
export function paddedH(): i32 {
  return height() + 2 * padH();
}
export function paddedW(): i32 {
  return width() + 2 * padW();
}
/** Bytes from the channels of a group to those of the next, in the padded image. */
export function groupStep(): i32 {
  return channels() / groups() * paddedH() * paddedW() * 4;
}

/** Sets the geometry, and writes the distances of the taps to `table`. */
export function setConvolution(
  c: i32,
  h: i32,
  w: i32,
  f: i32,
  kh: i32,
  kw: i32,
  stepH: i32,
  stepW: i32,
  marginH: i32,
  marginW: i32,
  dilationH: i32,
  dilationW: i32,
  groupCount: i32,
  resultH: i32,
  resultW: i32,
  table: usize,
): void {
  const perGroup = c / groupCount;
  store<i32>(GEOMETRY, c);
  store<i32>(GEOMETRY, h, 4);
  store<i32>(GEOMETRY, w, 8);
  store<i32>(GEOMETRY, f / groupCount, 12);
  store<i32>(GEOMETRY, stepH, 16);
  store<i32>(GEOMETRY, stepW, 20);
  store<i32>(GEOMETRY, marginH, 24);
  store<i32>(GEOMETRY, marginW, 28);
  store<i32>(GEOMETRY, groupCount, 32);
  store<i32>(GEOMETRY, resultH, 36);
  store<i32>(GEOMETRY, resultW, 40);
  store<i32>(GEOMETRY, perGroup * kh * kw, 44);
  store<i32>(GEOMETRY, <i32> table, 48);
  for (let channel = 0; channel < perGroup; channel++) {
    for (let u = 0; u < kh; u++) {
      for (let v = 0; v < kw; v++) {
        const row = channel * paddedH() + u * dilationH;
        store<i32>(table, (row * paddedW() + v * dilationW) * 4);
        table += 4;
      }
    }
  }
}

/** Distance in bytes from the padded image to where an output pixel of it begins. */
export function pixel(index: i32): i32 {
  const row = index / outW();
  const column = index - row * outW();
  return (row * strideH() * paddedW() + column * strideW()) * 4;
}

/** Copies an image into the middle of a padded one, whose padding is zero already. */
export function padImage(image: usize, padded: usize): void {
  const bytes = width() * 4;
  for (let channel = 0; channel < channels(); channel++) {
    let to = padded + ((channel * paddedH() + padH()) * paddedW() + padW()) * 4;
    for (let row = 0; row < height(); row++) {
      memory.copy(to, image, bytes);
      image += bytes;
      to += paddedW() * 4;
    }
  }
}

/** Copies the middle of a padded image. */
export function cropImage(padded: usize, image: usize): void {
  const bytes = width() * 4;
  for (let channel = 0; channel < channels(); channel++) {
    let from = padded + ((channel * paddedH() + padH()) * paddedW() + padW()) * 4;
    for (let row = 0; row < height(); row++) {
      memory.copy(image, from, bytes);
      image += bytes;
      from += paddedW() * 4;
    }
  }
}
