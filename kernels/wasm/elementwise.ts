/**
 * Elementwise kernels and sums on the wasm module.
 *
 * @module
 */
import { reference } from "../reference/mod.ts";
import type { FloatArray, Kernels } from "../types.ts";
import type { Elements } from "./_machine.ts";
import { stream } from "./_stream.ts";
import { Sweep } from "./_sweep.ts";

/** Elements below which the reference is done before operands are copied. */
const SMALL = 256;

type Entries =
  | "reluForward"
  | "reluBackward"
  | "maskScale"
  | "addScaled"
  | "sumSquares"
  | "sumRows";

/** Makes the entries that treat every element alike, and the sums. */
export function createElementwise({ exports, heap }: Elements): Pick<Kernels, Entries> {
  return {
    reluForward(x: FloatArray, out: FloatArray): void {
      if (!isLarge(x)) return reference.reluForward(x, out);
      stream(heap, [x], [out as Float32Array], exports.reluForward);
    },

    reluBackward(dout: FloatArray, x: FloatArray, dx: FloatArray): void {
      if (!isLarge(x)) return reference.reluBackward(dout, x, dx);
      stream(heap, [dout as Float32Array, x], [dx as Float32Array], (count, start, step) => {
        exports.reluBackward(count, start, start + step);
      });
    },

    maskScale(x: FloatArray, mask: Uint8Array, scale: number, out: FloatArray): void {
      if (!isLarge(x)) return reference.maskScale(x, mask, scale, out);
      let from = 0;
      stream(heap, [x], [out as Float32Array], (count, start, step) => {
        heap.writeBytes(mask.subarray(from, from + count), start + step);
        exports.maskScale(count, start, start + step, scale);
        from += count;
      });
    },

    addScaled(alpha: number, x: FloatArray, y: FloatArray): void {
      if (!isLarge(x)) return reference.addScaled(alpha, x, y);
      const target = y as Float32Array;
      stream(heap, [target, x], [target], (count, start, step) => {
        exports.addScaled(count, start, start + step, alpha);
      });
    },

    sumSquares(x: FloatArray): number {
      if (!isLarge(x)) return reference.sumSquares(x);
      let sum = 0;
      stream(heap, [x], [], (count, start) => {
        sum += exports.sumSquares(count, start);
      });
      return sum;
    },

    sumRows(n: number, m: number, x: FloatArray, out: FloatArray): void {
      if (!isLarge(x)) return reference.sumRows(n, m, x, out);
      heap.reset();
      const [SUMS, OUT] = [heap.takeZeros(2 * m + 8), heap.take(m)];
      new Sweep(heap, n, m, x).run((from, to, [X]) => exports.batchSums(to - from, m, 1, X, SUMS));
      exports.roundSums(m, SUMS, OUT);
      heap.read(OUT, out as Float32Array);
    },
  };
}

function isLarge(x: FloatArray): x is Float32Array {
  return x.length >= SMALL && x instanceof Float32Array;
}
