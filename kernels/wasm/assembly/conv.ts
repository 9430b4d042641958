/**
 * Convolution as matrix products with patches, image by image. Weights are packed once for all
 * images. Where there is padding, `padded` is room for as many padded images, zero at first; where
 * there is none it is 0.
 */
import { addNumber } from "./bias";
import {
  channels,
  cropImage,
  depth,
  filters,
  groups,
  groupStep,
  height,
  outH,
  outW,
  padImage,
  paddedH,
  paddedW,
  width,
} from "./geometry";
import { multiplyBlock } from "./gemm";
import { BLOCK_COLUMNS, BLOCK_DEPTH, BLOCK_ROWS, packedColumns, packedRows } from "./layout";
import { packColumns, packRows, packRowsPart } from "./pack";
import { addPatches, packPixels, packTaps } from "./patches";
import { sumRun } from "./sums";

/** Packs the weights of all groups for the forward pass: filters as rows, taps as steps. */
export function packWeights(weights: usize, to: usize): void {
  const steps = depth();
  const rows = filters();
  for (let group = 0; group < groups(); group++) {
    for (let p = 0; p < steps; p += BLOCK_DEPTH) {
      const count = min(BLOCK_DEPTH, steps - p);
      packRows(weights + p * 4, steps * 4, 4, rows, count, to);
      to += packedSize(rows, count);
    }
    weights += rows * steps * 4;
  }
}

/** Packs them for the gradient of the input: taps as rows, filters as steps. */
export function packWeightsBack(weights: usize, to: usize): void {
  const steps = filters();
  const rows = depth();
  for (let group = 0; group < groups(); group++) {
    for (let p = 0; p < steps; p += BLOCK_DEPTH) {
      const count = min(BLOCK_DEPTH, steps - p);
      packRows(weights + p * rows * 4, 4, rows * 4, rows, count, to);
      to += packedSize(rows, count);
    }
    weights += rows * steps * 4;
  }
}

/** Bytes of packed rows. */
function packedSize(rows: i32, steps: i32): usize {
  return ((rows + 3) & ~3) * steps * 4;
}

/** Bytes of an image, without padding. */
function imageSize(): i32 {
  return channels() * height() * width() * 4;
}

/** Bytes of an image with padding. */
function paddedSize(): i32 {
  return channels() * paddedH() * paddedW() * 4;
}

/** Bytes of the output of an image. */
function outSize(): i32 {
  return groups() * filters() * outH() * outW() * 4;
}

/** `out = weights · patches + bias`, then ReLU if asked. `bias` may be 0 for none. */
export function convForward(
  count: i32,
  images: usize,
  padded: usize,
  packed: usize,
  bias: usize,
  relu: bool,
  out: usize,
): void {
  for (let i = 0; i < count; i++) {
    if (padded != 0) padImage(images, padded);
    forwardImage(padded != 0 ? padded : images, packed, bias, relu, out);
    images += imageSize();
    out += outSize();
  }
}

function forwardImage(image: usize, packed: usize, bias: usize, relu: bool, out: usize): void {
  const plane = outH() * outW();
  const rows = filters();
  for (let group = 0; group < groups(); group++) {
    let block = packed;
    for (let j = 0; j < plane; j += BLOCK_COLUMNS) {
      const pixels = min(BLOCK_COLUMNS, plane - j);
      block = packed;
      for (let p = 0; p < depth(); p += BLOCK_DEPTH) {
        const steps = min(BLOCK_DEPTH, depth() - p);
        packPixels(image, j, pixels, p, steps);
        multiplyBlock(rows, pixels, steps, block, out + j * 4, plane * 4, p > 0);
        block += packedSize(rows, steps);
      }
      if (bias == 0 && !relu) continue;
      for (let i = 0; i < rows; i++) {
        const value: f32 = bias == 0 ? 0 : load<f32>(bias + (group * rows + i) * 4);
        addNumber(pixels, value, relu, out + (i * plane + j) * 4);
      }
    }
    packed = block;
    image += groupStep();
    out += rows * plane * 4;
  }
}

/** Gradient of the input. `patches` is room for those of `rowsAtATime` output rows. */
export function convBackwardData(
  count: i32,
  dout: usize,
  packed: usize,
  rowsAtATime: i32,
  patches: usize,
  padded: usize,
  images: usize,
): void {
  for (let i = 0; i < count; i++) {
    const image = padded != 0 ? padded : images;
    memory.fill(image, 0, paddedSize());
    backwardImage(dout, packed, rowsAtATime, patches, image);
    if (padded != 0) cropImage(padded, images);
    dout += outSize();
    images += imageSize();
  }
}

function backwardImage(
  dout: usize,
  packed: usize,
  rowsAtATime: i32,
  patches: usize,
  image: usize,
): void {
  const plane = outH() * outW();
  const rows = depth();
  const most = rowsAtATime * outW();
  for (let group = 0; group < groups(); group++) {
    let block = packed;
    for (let j = 0; j < plane; j += most) {
      const pixels = min(most, plane - j);
      for (let q = 0; q < pixels; q += BLOCK_COLUMNS) {
        const columns = min(BLOCK_COLUMNS, pixels - q);
        block = packed;
        for (let p = 0; p < filters(); p += BLOCK_DEPTH) {
          const steps = min(BLOCK_DEPTH, filters() - p);
          const from = dout + (p * plane + j + q) * 4;
          packColumns(from, 4, plane * 4, columns, steps, packedColumns);
          multiplyBlock(rows, columns, steps, block, patches + q * 4, pixels * 4, p > 0);
          block += packedSize(rows, steps);
        }
      }
      addPatches(patches, image, j, pixels, rows);
    }
    packed = block;
    dout += filters() * plane * 4;
    image += groupStep();
  }
}

/**
 * Adds the gradient of the weights: `dw += dout · patchesᵀ`. The pixels of several small images
 * make one product.
 */
export function convBackwardWeights(
  count: i32,
  dout: usize,
  images: usize,
  padded: usize,
  dw: usize,
): void {
  const plane = outH() * outW();
  const step = padded != 0 ? paddedSize() : imageSize();
  if (padded != 0) {
    for (let i = 0; i < count; i++) padImage(images + i * imageSize(), padded + i * step);
    images = padded;
  }
  const together = max(1, BLOCK_DEPTH / plane);
  for (let i = 0; i < count; i += together) {
    const some = min(together, count - i);
    for (let p = 0; p < plane; p += BLOCK_DEPTH) {
      const pixels = min(BLOCK_DEPTH, plane - p);
      backwardWeights(some, dout + i * outSize(), images + i * step, step, p, pixels, dw);
    }
  }
}

function backwardWeights(
  count: i32,
  dout: usize,
  images: usize,
  imageStep: i32,
  firstPixel: i32,
  pixels: i32,
  dw: usize,
): void {
  const plane = outH() * outW();
  const columns = depth();
  const steps = count * pixels;
  for (let group = 0; group < groups(); group++) {
    for (let j = 0; j < columns; j += BLOCK_COLUMNS) {
      const width = min(BLOCK_COLUMNS, columns - j);
      for (let s = 0; s < count; s++) {
        packTaps(images + s * imageStep, firstPixel, pixels, j, width, s * pixels, steps);
      }
      for (let i = 0; i < filters(); i += BLOCK_ROWS) {
        const rows = min(BLOCK_ROWS, filters() - i);
        for (let s = 0; s < count; s++) {
          const from = dout + s * outSize() + (i * plane + firstPixel) * 4;
          const to = packedRows + s * pixels * 16;
          packRowsPart(from, plane * 4, 4, rows, pixels, to, steps * 16);
        }
        const to = dw + (i * columns + j) * 4;
        multiplyBlock(rows, width, steps, packedRows, to, columns * 4, true);
      }
    }
    dout += filters() * plane * 4;
    images += groupStep();
    dw += filters() * columns * 4;
  }
}

/** `sums[filter] += Σ dout` of every filter, in float64. */
export function convSums(count: i32, dout: usize, sums: usize): void {
  const plane = outH() * outW();
  const all = groups() * filters();
  for (let i = 0; i < count * all; i++) {
    const at = sums + (i % all) * 8;
    store<f64>(at, load<f64>(at) + sumRun(plane, dout));
    dout += plane * 4;
  }
}
