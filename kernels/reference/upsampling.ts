/**
 * Upsampling of images by whole factors, and its gradient.
 *
 * Output pixel i of an axis lies at `(i + 1/2) / scale - 1/2` of the input: nearest takes the pixel
 * that it falls into, bilinear mixes the two that it lies between, the first with itself before the
 * centre of the first pixel, and the last likewise.
 *
 * @module
 */
import { specialize } from "../../internal/specialize.ts";
import type { FloatArray } from "../types.ts";

/** Contracts of upsampling. */
export const upsamplingContracts = {
  /**
   * Planes (h, w) become planes (h·scaleH, w·scaleW): every pixel is repeated, or with `bilinear`
   * those between the centres of four pixels are mixed. What has no share does not count, be it
   * infinite.
   */
  upsampleForward: [
    "planes: size",
    "h: size",
    "w: size",
    "scaleH: size",
    "scaleW: size",
    "bilinear: flag",
    "x: in float[planes*h*w]",
    "out: out float[planes*h*scaleH*w*scaleW]",
  ],

  /** Its gradient: every pixel gets its share of each output that it has a part in. */
  upsampleBackward: [
    "planes: size",
    "h: size",
    "w: size",
    "scaleH: size",
    "scaleW: size",
    "bilinear: flag",
    "dout: in float[planes*h*scaleH*w*scaleW]",
    "dx: out float[planes*h*w]",
  ],
} as const;

/** The places that the outputs along an axis lie between, and how near each is to the second. */
interface Samples {
  readonly low: Int32Array;
  readonly high: Int32Array;
  readonly share: Float64Array;
}

function samplesOf(length: number, scale: number, bilinear: boolean): Samples {
  const size = length * scale;
  const [low, high] = [new Int32Array(size), new Int32Array(size)];
  const share = new Float64Array(size);
  for (let i = 0; i < size; i++) {
    const place = bilinear ? Math.max(0, (i + 0.5) / scale - 0.5) : Math.floor(i / scale);
    low[i] = Math.floor(place);
    share[i] = place - low[i];
    high[i] = bilinear ? Math.min(low[i] + 1, length - 1) : low[i];
  }
  return { low, high, share };
}

/** See `Kernels.upsampleForward`. */
export function upsampleForward(
  planes: number,
  h: number,
  w: number,
  scaleH: number,
  scaleW: number,
  bilinear: boolean,
  x: FloatArray,
  out: FloatArray,
): void {
  const [rows, columns] = [samplesOf(h, scaleH, bilinear), samplesOf(w, scaleW, bilinear)];
  specialize(mix, `${x.BYTES_PER_ELEMENT}`)(planes, h, w, rows, columns, x, out);
}

function mix(
  planes: number,
  h: number,
  w: number,
  rows: Samples,
  columns: Samples,
  x: FloatArray,
  out: FloatArray,
): void {
  const [height, width] = [rows.low.length, columns.low.length];
  for (let plane = 0, at = 0; plane < planes; plane++) {
    for (let i = 0; i < height; i++) {
      const above = (plane * h + rows.low[i]) * w;
      const below = (plane * h + rows.high[i]) * w;
      const lower = rows.share[i];
      for (let j = 0; j < width; j++) {
        const [left, right, share] = [columns.low[j], columns.high[j], columns.share[j]];
        let value = x[above + left];
        if (share > 0) value = value * (1 - share) + x[above + right] * share;
        if (lower > 0) {
          let second = x[below + left];
          if (share > 0) second = second * (1 - share) + x[below + right] * share;
          value = value * (1 - lower) + second * lower;
        }
        out[at++] = value;
      }
    }
  }
}

/** See `Kernels.upsampleBackward`. */
export function upsampleBackward(
  planes: number,
  h: number,
  w: number,
  scaleH: number,
  scaleW: number,
  bilinear: boolean,
  dout: FloatArray,
  dx: FloatArray,
): void {
  const [rows, columns] = [samplesOf(h, scaleH, bilinear), samplesOf(w, scaleW, bilinear)];
  dx.fill(0, 0, planes * h * w);
  specialize(share, `${dx.BYTES_PER_ELEMENT}`)(planes, h, w, rows, columns, dout, dx);
}

function share(
  planes: number,
  h: number,
  w: number,
  rows: Samples,
  columns: Samples,
  dout: FloatArray,
  dx: FloatArray,
): void {
  const [height, width] = [rows.low.length, columns.low.length];
  for (let plane = 0, at = 0; plane < planes; plane++) {
    for (let i = 0; i < height; i++) {
      const above = (plane * h + rows.low[i]) * w;
      const below = (plane * h + rows.high[i]) * w;
      const lower = rows.share[i];
      for (let j = 0; j < width; j++) {
        const [left, right, share] = [columns.low[j], columns.high[j], columns.share[j]];
        const d = dout[at++];
        const [up, down] = [d * (1 - lower), d * lower];
        dx[above + left] += up * (1 - share);
        if (share > 0) dx[above + right] += up * share;
        if (lower === 0) continue;
        dx[below + left] += down * (1 - share);
        if (share > 0) dx[below + right] += down * share;
      }
    }
  }
}
