/**
 * An LSTM on the wasm modules: products of one, the cell of the other.
 *
 * @module
 */
import { cellBackward, cellForward, composedLstm } from "../reference/lstm.ts";
import type { FloatArray, Kernels } from "../types.ts";
import type { FastKernels } from "./_choice.ts";
import type { Elements } from "./_machine.ts";

/** States of all steps from which copying operands pays. */
const least = 64;
/** Floats of the gates that are copied at a time. */
const PIECE = 1 << 13;

/** Arrays of states that a cell works on. */
const STATES = 4;

/** Makes the LSTM from the product of the other module. */
export function createLstm(
  { exports, heap }: Elements,
  gemm: Kernels["gemm"],
): Pick<FastKernels, "lstmForward" | "lstmBackward"> {
  /**
   * Goes over rows in pieces whose copies stay in a cache.
   *
   * @param sizes Rows and units
   * @param gates What the gates are, and what the work makes of them
   * @param reads States that are read, the first of the four that the work gets
   * @param writes States that are written, the last of the four
   * @param work Works on so many rows at these addresses
   * @returns Whether rows have whole vectors, and there was room
   */
  function sweep(
    [n, h]: readonly [number, number],
    [gates, made]: readonly [FloatArray, FloatArray],
    reads: readonly FloatArray[],
    writes: readonly FloatArray[],
    work: (rows: number, gates: number, states: readonly number[]) => void,
  ): boolean {
    const most = Math.min(n, Math.max(1, Math.floor(PIECE / (4 * h))));
    const room = most * h;
    if (h % 4 !== 0 || !heap.fits(4 * room, room, room, room, room)) return false;
    heap.reset();
    const copy = heap.take(4 * room);
    const states = Array.from({ length: STATES }, () => heap.take(room));
    for (let from = 0; from < n; from += most) {
      const rows = Math.min(most, n - from);
      const part = (x: FloatArray, width: number) =>
        x.subarray(from * width, (from + rows) * width) as Float32Array;
      heap.write(part(gates, 4 * h), copy);
      reads.forEach((x, i) => heap.write(part(x, h), states[i]));
      work(rows, copy, states);
      heap.read(copy, part(made, 4 * h));
      writes.forEach((x, i) => heap.read(states[STATES - writes.length + i], part(x, h)));
    }
    return true;
  }

  const { lstmForward, lstmBackward } = composedLstm({ gemm }, {
    forward(n, h, gates, prevC, nextC, tanhC, nextH) {
      const written = [nextC, tanhC, nextH];
      const done = sweep([n, h], [gates, gates], [prevC], written, (rows, copy, states) => {
        exports.cellForward(rows, h, copy, ...states);
      });
      if (!done) cellForward(n, h, gates, prevC, nextC, tanhC, nextH);
    },

    backward(n, h, gates, prevC, tanhC, dh, dc, da) {
      const read = [prevC, tanhC, dh, dc];
      const done = sweep([n, h], [gates, da], read, [dc], (rows, copy, states) => {
        exports.cellBackward(rows, h, copy, ...states);
      });
      if (!done) cellBackward(n, h, gates, prevC, tanhC, dh, dc, da);
    },
  });
  const work = (t: number, n: number, h: number) => t * n * h;
  return {
    lstmForward: { least, work, run: lstmForward },
    lstmBackward: { least, work, run: lstmBackward },
  };
}
