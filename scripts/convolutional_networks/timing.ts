/**
 * The fast layers beside the loops: how much faster they are, and that they compute the same.
 *
 * @module
 */
import {
  convBackwardFast,
  convBackwardNaive,
  convForwardFast,
  convForwardNaive,
  maxPoolBackwardFast,
  maxPoolBackwardNaive,
  maxPoolForwardFast,
  maxPoolForwardNaive,
} from "../../layers/mod.ts";
import { abs, type NDArray } from "../../ndarray/mod.ts";
import { RandomState } from "../../random/mod.ts";
import { errorText, shortestMilliseconds } from "../_checks.ts";
import type { Context, PartResult } from "../_part.ts";
import { printTable } from "../_tables.ts";

/** Factors that the course's notebook printed for layers whose "naive" version is vectorised. */
const courseFactors = [0.835087, 53.826452, 0.363166, 43.078728];

/** Largest differences between fast and naive arrays that the course printed. */
const courseDifferences = {
  "conv out": 1.274379215201201e-12,
  "conv dx": 1.949764775345631e-11,
  "conv dw": 4.839211161368685e-13,
  "conv db": 5.606046075994916e-15,
  "pool out": 0,
  "pool dx": 0,
};

const convParam = { stride: 2, pad: 1 };
const poolParam = { poolHeight: 2, poolWidth: 2, stride: 2 };

/** The arrays of both layers. */
function draw(seed: number, dtype: "float32" | "float64") {
  const cast = (...arrays: NDArray[]) => arrays.map((a) => a.astype(dtype));
  const rng = new RandomState(seed);
  const conv = cast(
    rng.randn(100, 3, 31, 31),
    rng.randn(25, 3, 3, 3),
    rng.randn(25),
    rng.randn(100, 25, 16, 16),
  );
  const poolRng = new RandomState(seed);
  const pool = cast(poolRng.randn(100, 3, 32, 32), poolRng.randn(100, 3, 16, 16));
  return { conv, pool };
}

/** Times the layers in the float type of the flags, and compares their results in float64. */
export function timingPart({ flags, courseSeed }: Context): PartResult {
  const { conv: [x, w, b, dout], pool: [image, dpooled] } = draw(flags.seed, flags.dtype);
  const [, convCache] = convForwardFast(x, w, b, convParam);
  const [, poolCache] = maxPoolForwardFast(image, poolParam);
  const layers = [
    {
      name: "convolution forward",
      naive: () => convForwardNaive(x, w, b, convParam),
      fast: () => convForwardFast(x, w, b, convParam),
    },
    {
      name: "convolution backward",
      naive: () => convBackwardNaive(dout, convCache),
      fast: () => convBackwardFast(dout, convCache),
    },
    {
      name: "max pooling forward",
      naive: () => maxPoolForwardNaive(image, poolParam),
      fast: () => maxPoolForwardFast(image, poolParam),
    },
    {
      name: "max pooling backward",
      naive: () => maxPoolBackwardNaive(dpooled, poolCache),
      fast: () => maxPoolBackwardFast(dpooled, poolCache),
    },
  ];
  const timings = layers.map(({ name, naive, fast }) => {
    const naiveMs = shortestMilliseconds(flags.quick ? 1 : 3, naive);
    const fastMs = shortestMilliseconds(20, fast);
    return { name, naiveMs, fastMs, factor: naiveMs / fastMs };
  });
  console.log(`x (100, 3, 31, 31), w (25, 3, 3, 3), stride 2, pad 1; pooling 2×2 of`);
  console.log(`(100, 3, 32, 32); ${flags.dtype}; shortest of several calls\n`);
  printTable(
    ["", "naive, ms", "fast, ms", "factor", "course's factor"],
    timings.map(({ name, naiveMs, fastMs, factor }, i) => [
      name,
      naiveMs.toFixed(2),
      fastMs.toFixed(3),
      `${factor.toFixed(1)}×`,
      `${courseFactors[i].toFixed(1)}×`,
    ]),
  );
  const differences = compareLayers(flags.seed);
  console.log("\nLargest difference between the fast and the naive arrays, float64\n");
  printTable(
    ["", "ours", "course"],
    Object.entries(courseDifferences).map(([name, figure], i) => [
      name,
      errorText(differences[i]),
      courseSeed ? errorText(figure) : "other seed",
    ]),
  );
  return {
    results: { dtype: flags.dtype, timings, differences },
    summary: [
      "Fast over naive: " +
      timings.map(({ name, factor }) => `${name} ${factor.toFixed(0)}×`).join(", "),
    ],
  };
}

/** Largest differences, in the order of the course's. */
function compareLayers(seed: number): number[] {
  const { conv: [x, w, b, dout], pool: [image, dpooled] } = draw(seed, "float64");
  const difference = (fast: NDArray, naive: NDArray) => abs(fast.subtract(naive)).max();
  const [fastOut, fastCache] = convForwardFast(x, w, b, convParam);
  const [naiveOut, naiveCache] = convForwardNaive(x, w, b, convParam);
  const naiveGradients = convBackwardNaive(dout, naiveCache);
  const [fastPooled, fastPoolCache] = maxPoolForwardFast(image, poolParam);
  const [naivePooled, naivePoolCache] = maxPoolForwardNaive(image, poolParam);
  return [
    difference(fastOut, naiveOut),
    ...convBackwardFast(dout, fastCache).map((fast, i) => difference(fast, naiveGradients[i])),
    difference(fastPooled, naivePooled),
    difference(
      maxPoolBackwardFast(dpooled, fastPoolCache),
      maxPoolBackwardNaive(dpooled, naivePoolCache),
    ),
  ];
}
