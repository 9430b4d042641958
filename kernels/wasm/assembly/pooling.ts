/**
 * Pooling over planes of h × w pixels. Four windows of a row are treated side by side where the
 * step between them is 1 or 2 and four more pixels can be read; the others one by one.
 */

/**
 * The largest value of every window, and where it is in its plane: the first largest, or the first
 * NaN.
 */
export function maxPoolForward(
  planes: i32,
  h: i32,
  w: i32,
  kh: i32,
  kw: i32,
  strideH: i32,
  strideW: i32,
  outH: i32,
  outW: i32,
  x: usize,
  out: usize,
  argmax: usize,
): void {
  for (let plane = 0; plane < planes; plane++) {
    for (let i = 0; i < outH; i++) {
      let j = 0;
      if (kh == 2 && kw == 2 && strideW == 2) {
        for (; j + 4 <= outW; j += 4) {
          maxOfFourSquares(x, (i * strideH) * w + j * 2, w, out, argmax);
          out += 16;
          argmax += 16;
        }
      } else if (strideW <= 2) {
        for (; j + 4 <= outW; j += 4) {
          maxOfFour(x, (i * strideH) * w + j * strideW, w, kh, kw, strideW, out, argmax);
          out += 16;
          argmax += 16;
        }
      }
      for (; j < outW; j++) {
        maxOfOne(x, (i * strideH) * w + j * strideW, w, kh, kw, out, argmax);
        out += 4;
        argmax += 4;
      }
    }
    x += h * w * 4;
  }
}

/** Four windows of 2 × 2 that touch. */
function maxOfFourSquares(x: usize, corner: i32, w: i32, out: usize, argmax: usize): void {
  const top = x + corner * 4;
  const topNear = v128.load(top);
  const topFar = v128.load(top, 16);
  let largest = v128.shuffle<f32>(topNear, topFar, 0, 2, 4, 6);
  const first = i32x4.add(i32x4.splat(corner), i32x4(0, 2, 4, 6));
  let where = first;

  let pixels = v128.shuffle<f32>(topNear, topFar, 1, 3, 5, 7);
  let take = isLarger(pixels, largest);
  largest = v128.bitselect(pixels, largest, take);
  where = i32x4.sub(where, take);

  const bottom = top + w * 4;
  const bottomNear = v128.load(bottom);
  const bottomFar = v128.load(bottom, 16);
  pixels = v128.shuffle<f32>(bottomNear, bottomFar, 0, 2, 4, 6);
  take = isLarger(pixels, largest);
  largest = v128.bitselect(pixels, largest, take);
  where = v128.bitselect(i32x4.add(first, i32x4.splat(w)), where, take);

  pixels = v128.shuffle<f32>(bottomNear, bottomFar, 1, 3, 5, 7);
  take = isLarger(pixels, largest);
  v128.store(out, v128.bitselect(pixels, largest, take));
  v128.store(argmax, v128.bitselect(i32x4.add(first, i32x4.splat(w + 1)), where, take));
}

/** Larger, or a NaN where there is none yet. */
function isLarger(pixels: v128, largest: v128): v128 {
  const nan = v128.andnot(f32x4.ne(pixels, pixels), f32x4.ne(largest, largest));
  return v128.or(f32x4.gt(pixels, largest), nan);
}

/** Four windows: each pixel of all of them is compared with what is largest so far. */
function maxOfFour(
  x: usize,
  corner: i32,
  w: i32,
  kh: i32,
  kw: i32,
  stride: i32,
  out: usize,
  argmax: usize,
): void {
  const lanes = stride == 1 ? i32x4(0, 1, 2, 3) : i32x4(0, 2, 4, 6);
  let largest = pixelsOfFour(x + corner * 4, stride);
  let where = i32x4.add(i32x4.splat(corner), lanes);
  for (let u = 0; u < kh; u++) {
    for (let v = u == 0 ? 1 : 0; v < kw; v++) {
      const position = corner + u * w + v;
      const pixels = pixelsOfFour(x + position * 4, stride);
      const take = isLarger(pixels, largest);
      largest = v128.bitselect(pixels, largest, take);
      where = v128.bitselect(i32x4.add(i32x4.splat(position), lanes), where, take);
    }
  }
  v128.store(out, largest);
  v128.store(argmax, where);
}

/** Every pixel, or every second one. */
function pixelsOfFour(from: usize, stride: i32): v128 {
  const near = v128.load(from);
  if (stride == 1) return near;
  // The fourth pixel is the last one read, so that nothing past it is needed.
  return v128.shuffle<f32>(near, v128.load(from, 12), 0, 2, 5, 7);
}

function maxOfOne(
  x: usize,
  corner: i32,
  w: i32,
  kh: i32,
  kw: i32,
  out: usize,
  argmax: usize,
): void {
  let largest = load<f32>(x + corner * 4);
  let where = corner;
  for (let u = 0; u < kh; u++) {
    for (let v = 0; v < kw; v++) {
      const position = corner + u * w + v;
      const value = load<f32>(x + position * 4);
      if (value > largest || (value != value && largest == largest)) {
        largest = value;
        where = position;
      }
    }
  }
  store<f32>(out, largest);
  store<i32>(argmax, where);
}

/** The mean of every window. */
export function avgPoolForward(
  planes: i32,
  h: i32,
  w: i32,
  kh: i32,
  kw: i32,
  strideH: i32,
  strideW: i32,
  outH: i32,
  outW: i32,
  x: usize,
  out: usize,
): void {
  const area = <f32> (kh * kw);
  for (let plane = 0; plane < planes; plane++) {
    for (let i = 0; i < outH; i++) {
      let j = 0;
      for (; strideW <= 2 && j + 4 <= outW; j += 4) {
        const corner = x + ((i * strideH) * w + j * strideW) * 4;
        let sum = f32x4.splat(0);
        for (let u = 0; u < kh; u++) {
          for (let v = 0; v < kw; v++) {
            sum = f32x4.add(sum, pixelsOfFour(corner + (u * w + v) * 4, strideW));
          }
        }
        v128.store(out, f32x4.div(sum, f32x4.splat(area)));
        out += 16;
      }
      for (; j < outW; j++) {
        const corner = x + ((i * strideH) * w + j * strideW) * 4;
        let sum: f32 = 0;
        for (let u = 0; u < kh; u++) {
          for (let v = 0; v < kw; v++) sum += load<f32>(corner + (u * w + v) * 4);
        }
        store<f32>(out, sum / area);
        out += 4;
      }
    }
    x += h * w * 4;
  }
}
