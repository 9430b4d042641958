/**
 * Convolution of one image as matrix products with its patches. Weights are packed once for all
 * images; an image comes with its padding.
 */
import { depth, filters, groups, groupStep, outH, outW } from "./geometry";
import { multiplyBlock } from "./gemm";
import { BLOCK_COLUMNS, BLOCK_DEPTH, BLOCK_ROWS, PACKED_COLUMNS, PACKED_ROWS } from "./layout";
import { evenDepth, packColumns, packRows } from "./pack";
import { addPatches, packPixels, packTaps } from "./patches";
import { sumRun } from "./sums";

/** Packs the weights of all groups for the forward pass: filters as rows, taps as steps. */
export function packWeights(weights: usize, to: usize): void {
  for (let group = 0; group < groups; group++) {
    for (let p = 0; p < depth; p += BLOCK_DEPTH) {
      const steps = min(BLOCK_DEPTH, depth - p);
      packRows(weights + p * 4, depth * 4, 4, filters, steps, to);
      to += packedSize(filters, steps);
    }
    weights += filters * depth * 4;
  }
}

/** Packs them for the gradient of the input: taps as rows, filters as steps. */
export function packWeightsBack(weights: usize, to: usize): void {
  for (let group = 0; group < groups; group++) {
    for (let p = 0; p < filters; p += BLOCK_DEPTH) {
      const steps = min(BLOCK_DEPTH, filters - p);
      packRows(weights + p * depth * 4, 4, depth * 4, depth, steps, to);
      to += packedSize(depth, steps);
    }
    weights += filters * depth * 4;
  }
}

/** Bytes of packed rows. */
function packedSize(rows: i32, steps: i32): usize {
  return ((rows + 3) & ~3) * evenDepth(steps) * 4;
}

/** `out = weights · patches + bias`, then ReLU if asked. `bias` may be 0 for none. */
export function convForward(
  image: usize,
  packed: usize,
  bias: usize,
  relu: bool,
  out: usize,
): void {
  const plane = outH * outW;
  for (let group = 0; group < groups; group++) {
    let rows = packed;
    for (let j = 0; j < plane; j += BLOCK_COLUMNS) {
      const pixels = min(BLOCK_COLUMNS, plane - j);
      rows = packed;
      for (let p = 0; p < depth; p += BLOCK_DEPTH) {
        const steps = min(BLOCK_DEPTH, depth - p);
        packPixels(image, j, pixels, p, steps);
        multiplyBlock(filters, pixels, steps, rows, out + j * 4, plane * 4, p > 0);
        rows += packedSize(filters, steps);
      }
      if (bias != 0 || relu) addBias(bias, relu, pixels, out + j * 4, plane * 4);
    }
    packed = rows;
    image += groupStep;
    out += filters * plane * 4;
    if (bias != 0) bias += filters * 4;
  }
}

/** Adds the gradient of the input to `image`, which is padded. */
export function convBackwardData(
  dout: usize,
  packed: usize,
  rowsAtATime: i32,
  patches: usize,
  image: usize,
): void {
  const plane = outH * outW;
  const most = rowsAtATime * outW;
  for (let group = 0; group < groups; group++) {
    let rows = packed;
    for (let j = 0; j < plane; j += most) {
      const pixels = min(most, plane - j);
      for (let q = 0; q < pixels; q += BLOCK_COLUMNS) {
        const columns = min(BLOCK_COLUMNS, pixels - q);
        rows = packed;
        for (let p = 0; p < filters; p += BLOCK_DEPTH) {
          const steps = min(BLOCK_DEPTH, filters - p);
          packColumns(
            dout + (p * plane + j + q) * 4,
            4,
            plane * 4,
            columns,
            steps,
            PACKED_COLUMNS,
          );
          multiplyBlock(depth, columns, steps, rows, patches + q * 4, pixels * 4, p > 0);
          rows += packedSize(depth, steps);
        }
      }
      addPatches(patches, image, j, pixels, depth);
    }
    packed = rows;
    dout += filters * plane * 4;
    image += groupStep;
  }
}

/** Adds the gradient of the weights: `dw += dout · patchesᵀ`. */
export function convBackwardWeights(dout: usize, image: usize, dw: usize): void {
  const plane = outH * outW;
  for (let group = 0; group < groups; group++) {
    for (let p = 0; p < plane; p += BLOCK_DEPTH) {
      const steps = min(BLOCK_DEPTH, plane - p);
      for (let j = 0; j < depth; j += BLOCK_COLUMNS) {
        const columns = min(BLOCK_COLUMNS, depth - j);
        packTaps(image, p, steps, j, columns);
        for (let i = 0; i < filters; i += BLOCK_ROWS) {
          const rows = min(BLOCK_ROWS, filters - i);
          packRows(dout + (i * plane + p) * 4, plane * 4, 4, rows, steps, PACKED_ROWS);
          const to = dw + (i * depth + j) * 4;
          multiplyBlock(rows, columns, steps, PACKED_ROWS, to, depth * 4, true);
        }
      }
    }
    dout += filters * plane * 4;
    image += groupStep;
    dw += filters * depth * 4;
  }
}

/** `sums[filter] += Σ dout` of every filter, in float64. */
export function convSums(dout: usize, sums: usize): void {
  const plane = outH * outW;
  for (let filter = 0; filter < groups * filters; filter++) {
    store<f64>(sums, load<f64>(sums) + sumRun(plane, dout));
    dout += plane * 4;
    sums += 8;
  }
}

/** Adds the bias of each filter to `count` neighbours, then ReLU if asked. */
function addBias(bias: usize, relu: bool, count: i32, out: usize, stride: usize): void {
  const least: f32 = relu ? 0 : -Infinity;
  const floor = f32x4.splat(least);
  for (let filter = 0; filter < filters; filter++) {
    const value: f32 = bias == 0 ? 0 : load<f32>(bias + filter * 4);
    const shift = f32x4.splat(value);
    let p = out + filter * stride;
    const end = p + count * 4;
    for (; p + 16 <= end; p += 16) {
      v128.store(p, f32x4.pmax(f32x4.add(v128.load(p), shift), floor));
    }
    for (; p < end; p += 4) {
      const sum = load<f32>(p) + value;
      store<f32>(p, sum < least ? least : sum);
    }
  }
}
