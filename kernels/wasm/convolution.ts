/**
 * Convolution on the wasm module. Threads share the images, of which each does some at a time.
 *
 * @module
 */
import { isMostlyPadding } from "../padding.ts";
import type { ConvGeometry } from "../types.ts";
import type { FastKernels } from "./_choice.ts";
import type { Products } from "./_machine.ts";
import { CONV_BACKWARD_DATA, CONV_BACKWARD_WEIGHTS, CONV_FORWARD } from "./_team.ts";

/** Multiplications from which copying operands pays. */
const least = 4000;
/** Multiplications from which threads share the images. */
const LARGE = 400_000;
/** Sums of the weights' gradient: pieces take turns. */
const SUMS = 4;
/** Floats of the images and outputs that a thread does at a time, unless one image has more. */
const PIECE = 1 << 15;
/** Floats that the patches of one tile should not exceed, unless one row does. */
const TILE = 1 << 16;

/** Some images, and their number among the pieces. */
interface Piece {
  readonly from: number;
  readonly to: number;
  readonly number: number;
}

/** Makes the three entries. */
export function createConvolution({ exports, heap, team }: Products): FastKernels {
  /** Empties the heap and tells the module the geometry. */
  function begin(g: ConvGeometry): void {
    heap.reset();
    const { c, h, w, f, kh, kw, strideH, strideW, padH, padW, dilationH, dilationW } = g;
    const sizes = [c, h, w, f, kh, kw, strideH, strideW, padH, padW, dilationH, dilationW];
    const taps = heap.take(sizesOf(g).depth);
    exports.setConvolution(...sizes, g.groups, g.outH, g.outW, taps);
  }

  /** Room for the copies of every thread: images, bare and padded, and outputs. */
  function buffers(g: ConvGeometry, threads: number) {
    const { image, out, padded, most } = sizesOf(g);
    const isPadded = g.padH + g.padW > 0;
    return Array.from({ length: threads }, () => ({
      X: heap.take(most * image),
      OUT: heap.take(most * out),
      PADDED: isPadded ? heap.takeZeros(most * padded) : 0,
    }));
  }

  /** The pieces that are done side by side, and then the next ones. */
  function* rounds(g: ConvGeometry, threads: number): Generator<Piece[]> {
    const { most } = sizesOf(g);
    for (let start = 0; start < g.n; start += threads * most) {
      const round: Piece[] = [];
      for (let thread = 0; thread < threads; thread++) {
        const from = start + thread * most;
        const to = Math.min(g.n, from + most);
        if (from < to) round.push({ from, to, number: from / most });
      }
      yield round;
    }
  }

  /** No more threads than there are pieces: each takes room. */
  function threadsFor(g: ConvGeometry): number {
    if (work(g) < LARGE) return 1;
    return Math.min(team.threads(work(g)), Math.ceil(g.n / sizesOf(g).most));
  }

  return {
    convForward: {
      least,
      work,
      run(g, x, w, b, relu, out) {
        begin(g);
        const { depth, image, out: outSize } = sizesOf(g);
        const packed = heap.take(packedSize(g.groups, g.f / g.groups, depth));
        exports.packWeights(heap.put(w), packed);
        const B = b ? heap.put(b) : 0;
        const threads = threadsFor(g);
        const room = buffers(g, threads);
        for (const round of rounds(g, threads)) {
          team.share(round.length, (thread) => {
            const [{ from, to }, { X, OUT, PADDED }] = [round[thread], room[thread]];
            heap.write(rows(x, from, to, image), X);
            return [CONV_FORWARD, to - from, X, PADDED, packed, B, Number(relu), OUT];
          }, (thread) => {
            const { from, to } = round[thread];
            heap.read(room[thread].OUT, rows(out, from, to, outSize));
          });
        }
      },
    },

    convBackwardData: {
      least,
      work,
      run(g, dout, w, dx) {
        begin(g);
        const { depth, image, out: outSize } = sizesOf(g);
        const packed = heap.take(packedSize(g.groups, depth, g.f / g.groups));
        exports.packWeightsBack(heap.put(w), packed);
        const height = Math.min(g.outH, Math.max(1, Math.floor(TILE / (depth * g.outW))));
        const threads = threadsFor(g);
        const room = buffers(g, threads);
        const patches = room.map(() => heap.take(depth * height * g.outW));
        for (const round of rounds(g, threads)) {
          team.share(round.length, (thread) => {
            const [{ from, to }, { X, OUT, PADDED }] = [round[thread], room[thread]];
            heap.write(rows(dout, from, to, outSize), OUT);
            const images = [patches[thread], PADDED, X];
            return [CONV_BACKWARD_DATA, to - from, OUT, packed, height, ...images];
          }, (thread) => {
            const { from, to } = round[thread];
            heap.read(room[thread].X, rows(dx, from, to, image));
          });
        }
      },
    },

    convBackwardWeights: {
      least,
      work,
      run(g, dout, x, dw, db) {
        begin(g);
        const { image, out: outSize } = sizesOf(g);
        // As many sums for any number of threads, so that it does not change the result.
        const sums = Array.from({ length: SUMS }, () => heap.takeZeros(dw.length));
        const [DB_SUMS, DB] = [heap.takeZeros(2 * g.f), heap.take(g.f)];
        const threads = Math.min(SUMS, threadsFor(g));
        const room = buffers(g, threads);
        for (const round of rounds(g, threads)) {
          team.share(round.length, (thread) => {
            const [{ from, to, number }, { X, OUT, PADDED }] = [round[thread], room[thread]];
            heap.write(rows(x, from, to, image), X);
            heap.write(rows(dout, from, to, outSize), OUT);
            return [CONV_BACKWARD_WEIGHTS, to - from, OUT, X, PADDED, sums[number % SUMS]];
          }, (thread) => {
            const { from, to } = round[thread];
            if (db) exports.convSums(to - from, room[thread].OUT, DB_SUMS);
          });
        }
        for (const sum of sums.slice(1)) exports.addScaled(dw.length, sums[0], sum, 1);
        heap.read(sums[0], dw);
        if (!db) return;
        exports.roundSums(g.f, DB_SUMS, DB);
        heap.read(DB, db);
      },
    },
  };
}

/** Multiplications of a convolution; none if the reference does it better. */
function work(g: ConvGeometry): number {
  if (isMostlyPadding(g)) return 0;
  const { depth, out } = sizesOf(g);
  return g.n * out * depth;
}

/** Taps of a filter; floats of an image, bare and padded, and of its output; images of a piece. */
function sizesOf(g: ConvGeometry) {
  const depth = (g.c / g.groups) * g.kh * g.kw;
  const image = g.c * g.h * g.w;
  const padded = g.c * (g.h + 2 * g.padH) * (g.w + 2 * g.padW);
  const out = g.f * g.outH * g.outW;
  const fitting = Math.floor(PIECE / (image + out));
  const most = Math.max(1, Math.min(fitting, Math.ceil(g.n / SUMS)));
  return { depth, image, padded, out, most };
}

/** Floats of packed weights: rows come in fours. */
function packedSize(groups: number, rows: number, steps: number): number {
  return groups * (rows + 3) * steps;
}

/** The values of some images. */
function rows(x: Float32Array, from: number, to: number, size: number): Float32Array {
  return x.subarray(from * size, to * size);
}
