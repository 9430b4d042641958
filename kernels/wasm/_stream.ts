/**
 * Elementwise work on arrays of any length, through copies that stay in the L1 cache.
 *
 * @module
 */
import type { Heap } from "./_heap.ts";

/** Elements copied at a time. */
const CHUNK = 4096;
const STEP = CHUNK * 4;

/**
 * Copies arrays in, piece by piece, and results out.
 *
 * @param heap Where the copies go
 * @param reads Arrays of one length
 * @param writes Where the copies of the first arrays go after the work
 * @param work Works on `count` elements of all copies, the copy of `reads[i]` being at
 * `start + i · step`, with room up to a multiple of 16. Behind the last there is as much room again
 */
export function stream(
  heap: Heap,
  reads: readonly Float32Array[],
  writes: readonly Float32Array[],
  work: (count: number, start: number, step: number) => void,
): void {
  const { length } = reads[0];
  const room = CHUNK * (reads.length + 1);
  heap.reset();
  const start = heap.take(room);
  for (let from = 0; from < length; from += CHUNK) {
    const count = Math.min(CHUNK, length - from);
    const whole = count === length;
    for (let i = 0; i < reads.length; i++) {
      heap.write(whole ? reads[i] : reads[i].subarray(from, from + count), start + i * STEP);
    }
    work(count, start, STEP);
    for (let i = 0; i < writes.length; i++) {
      heap.read(start + i * STEP, whole ? writes[i] : writes[i].subarray(from, from + count));
    }
  }
}
