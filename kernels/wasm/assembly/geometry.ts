/**
 * The geometry of the convolution that is under way, and its taps.
 *
 * An image is copied with its padding around it. A tap (channel, row, column of a filter) is then
 * one distance in memory from the pixel of the padded image that an output pixel begins at.
 */

export let channels: i32 = 0;
export let height: i32 = 0;
export let width: i32 = 0;
export let strideH: i32 = 1;
export let strideW: i32 = 1;
export let padH: i32 = 0;
export let padW: i32 = 0;
export let outH: i32 = 0;
export let outW: i32 = 0;
export let groups: i32 = 1;
/** Filters of a group. */
export let filters: i32 = 0;
/** Taps of a filter. */
export let depth: i32 = 0;
/** Height and width with padding. */
export let paddedH: i32 = 0;
export let paddedW: i32 = 0;
/** Distances of the taps of the first group in bytes, 32-bit integers. */
export let taps: usize = 0;
/** Bytes from the channels of a group to those of the next, in the padded image. */
export let groupStep: usize = 0;

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
  channels = c;
  height = h;
  width = w;
  strideH = stepH;
  strideW = stepW;
  padH = marginH;
  padW = marginW;
  outH = resultH;
  outW = resultW;
  groups = groupCount;
  filters = f / groupCount;
  paddedH = h + 2 * marginH;
  paddedW = w + 2 * marginW;
  const perGroup = c / groupCount;
  depth = perGroup * kh * kw;
  groupStep = perGroup * paddedH * paddedW * 4;
  taps = table;
  for (let channel = 0; channel < perGroup; channel++) {
    for (let u = 0; u < kh; u++) {
      for (let v = 0; v < kw; v++) {
        const row = channel * paddedH + u * dilationH;
        store<i32>(table, (row * paddedW + v * dilationW) * 4);
        table += 4;
      }
    }
  }
}

/** Distance in bytes from the padded image to where an output pixel of it begins. */
export function pixel(index: i32): i32 {
  const row = index / outW;
  const column = index - row * outW;
  return (row * strideH * paddedW + column * strideW) * 4;
}

/** Copies an image into the middle of a padded one, whose padding is zero already. */
export function padImage(image: usize, padded: usize): void {
  const bytes = width * 4;
  for (let channel = 0; channel < channels; channel++) {
    let to = padded + ((channel * paddedH + padH) * paddedW + padW) * 4;
    for (let row = 0; row < height; row++) {
      memory.copy(to, image, bytes);
      image += bytes;
      to += paddedW * 4;
    }
  }
}

/** Copies the middle of a padded image. */
export function cropImage(padded: usize, image: usize): void {
  const bytes = width * 4;
  for (let channel = 0; channel < channels; channel++) {
    let from = padded + ((channel * paddedH + padH) * paddedW + padW) * 4;
    for (let row = 0; row < height; row++) {
      memory.copy(image, from, bytes);
      image += bytes;
      from += paddedW * 4;
    }
  }
}
