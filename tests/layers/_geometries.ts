/**
 * Convolution and pooling layers of every geometry that matters, by table and at random.
 *
 * @module
 */
import * as fc from "fast-check";
import type { ConvParam, PoolParam } from "../../layers/mod.ts";

/** A convolution to try. */
export interface ConvSetup {
  /** What is special about it. */
  readonly name: string;
  /** Shape of the input. */
  readonly x: readonly number[];
  /** Shape of the filters. */
  readonly w: readonly number[];
  /** Its settings. */
  readonly param: ConvParam;
  /** Whether it has biases. */
  readonly bias: boolean;
}

/** A pooling layer to try. */
export interface PoolSetup {
  /** What is special about it. */
  readonly name: string;
  /** Shape of the input. */
  readonly x: readonly number[];
  /** Its settings. */
  readonly param: PoolParam;
}

function conv(
  name: string,
  x: readonly number[],
  w: readonly number[],
  param: Partial<ConvParam> = {},
  bias = true,
): ConvSetup {
  return { name, x, w, param: { stride: 1, pad: 0, ...param }, bias };
}

/** Every stride from 1 to 4 with every pad from 0 to 3, on rectangles that rarely tile. */
const strided = [1, 2, 3, 4].flatMap((stride) =>
  [0, 1, 2, 3].map((pad) =>
    conv(`stride ${stride}, pad ${pad}`, [1, 2, 6, 7], [2, 2, 3, 2], { stride, pad })
  )
);

/** One convolution for every geometry. */
export const convSetups: readonly ConvSetup[] = [
  conv("3×3 as usual", [2, 3, 4, 5], [4, 3, 3, 3], { pad: 1 }),
  ...strided,
  conv("1×1", [2, 3, 3, 2], [5, 3, 1, 1]),
  conv("1×1 with stride and pad", [2, 3, 3, 2], [2, 3, 1, 1], { stride: 2, pad: 1 }),
  conv("a filter as large as the image", [2, 3, 4, 3], [4, 3, 4, 3]),
  conv("a filter larger than the image, which the pad makes up for", [2, 2, 2, 3], [3, 2, 5, 4], {
    pad: 2,
  }),
  conv("a row as filter", [2, 2, 4, 5], [2, 2, 1, 4]),
  conv("a column as filter", [2, 2, 5, 3], [2, 2, 4, 1], { pad: [2, 0] }),
  conv("one channel, one filter, one image", [1, 1, 5, 4], [1, 1, 2, 3]),
  conv("one pixel", [1, 1, 1, 1], [1, 1, 1, 1]),
  conv("stride and pad by axis", [2, 2, 5, 6], [2, 2, 2, 3], { stride: [2, 1], pad: [0, 2] }),
  conv("a stride that leaves pixels out", [1, 2, 7, 6], [2, 2, 2, 2], { stride: 4 }),
  conv("a pad beyond the filter", [1, 1, 2, 2], [2, 1, 2, 2], { pad: 3 }),
  conv("dilation", [1, 2, 6, 7], [2, 2, 3, 2], { dilation: 2, pad: 1 }),
  conv("dilation by axis, with stride", [1, 1, 7, 6], [2, 1, 2, 3], {
    dilation: [3, 2],
    stride: [1, 2],
    pad: [1, 2],
  }),
  conv("groups", [2, 4, 4, 3], [6, 2, 3, 2], { groups: 2, pad: 1 }),
  conv("depthwise", [2, 3, 4, 4], [3, 1, 3, 3], { groups: 3, pad: 1 }),
  conv("depthwise with two filters a channel", [1, 3, 4, 5], [6, 1, 2, 2], {
    groups: 3,
    stride: 2,
  }),
  conv("groups with dilation, stride and pad", [1, 4, 6, 5], [4, 2, 2, 2], {
    groups: 2,
    dilation: 2,
    stride: 2,
    pad: 2,
  }),
  conv("no bias", [2, 3, 4, 5], [4, 3, 3, 3], { pad: 1 }, false),
  conv("depthwise without bias", [2, 2, 4, 5], [4, 1, 2, 2], { groups: 2, stride: 2 }, false),
];

function pool(
  name: string,
  x: readonly number[],
  [poolHeight, poolWidth]: readonly [number, number],
  stride: PoolParam["stride"],
  edges: Pick<PoolParam, "pad" | "ceilMode"> = {},
): PoolSetup {
  return { name, x, param: { poolHeight, poolWidth, stride, ...edges } };
}

/** One pooling layer for every geometry. */
export const poolSetups: readonly PoolSetup[] = [
  pool("2×2 as usual", [2, 3, 4, 6], [2, 2], 2),
  pool("windows that overlap", [2, 2, 5, 7], [3, 3], 2),
  pool("windows at every pixel", [1, 2, 5, 4], [3, 2], 1),
  pool("windows with gaps between them", [2, 2, 8, 7], [2, 2], 3),
  pool("windows that do not tile", [2, 2, 5, 7], [2, 2], 2),
  pool("stride 4", [1, 2, 9, 10], [3, 2], 4),
  pool("stride by axis", [1, 2, 6, 7], [2, 3], [1, 3]),
  pool("a window as large as the image", [2, 3, 4, 3], [4, 3], 1),
  pool("a window of one pixel", [2, 2, 3, 4], [1, 1], 1),
  pool("one pixel of every four", [1, 2, 5, 4], [1, 1], 2),
  pool("one channel, one image", [1, 1, 4, 4], [2, 2], 2),
  pool("one pixel", [1, 1, 1, 1], [1, 1], 1),
  pool("rows and columns left over, in ceil mode", [2, 2, 6, 8], [3, 3], 2, { ceilMode: true }),
  pool("a pad", [2, 1, 4, 5], [2, 3], [2, 1], { pad: 1 }),
  pool("a pad in ceil mode", [1, 2, 6, 6], [3, 2], [2, 3], { pad: [1, 0], ceilMode: true }),
  pool("a window larger than the image, in ceil mode", [1, 1, 2, 4], [3, 3], 2, { ceilMode: true }),
];

const axis = (least: number, most: number) =>
  fc.tuple(fc.integer({ min: least, max: most }), fc.integer({ min: least, max: most }));

/** Convolutions of any geometry that has an output. */
export const anyConv: fc.Arbitrary<ConvSetup> = fc.record({
  n: fc.integer({ min: 1, max: 3 }),
  groups: fc.integer({ min: 1, max: 3 }),
  depth: fc.integer({ min: 1, max: 3 }),
  filters: fc.integer({ min: 1, max: 3 }),
  image: axis(1, 9),
  filter: axis(1, 5),
  stride: axis(1, 4),
  pad: axis(0, 3),
  dilation: axis(1, 3),
  bias: fc.boolean(),
}).filter(({ image, filter, pad, dilation }) =>
  [0, 1].every((i) => dilation[i] * (filter[i] - 1) + 1 <= image[i] + 2 * pad[i])
).map(({ n, groups, depth, filters, image, filter, stride, pad, dilation, bias }) => ({
  name: "at random",
  x: [n, groups * depth, ...image],
  w: [groups * filters, depth, ...filter],
  param: { stride, pad, dilation, groups },
  bias,
}));

/** Pooling layers of any geometry that has an output. */
export const anyPool: fc.Arbitrary<PoolSetup> = fc.record({
  n: fc.integer({ min: 1, max: 3 }),
  c: fc.integer({ min: 1, max: 3 }),
  image: axis(1, 9),
  window: axis(1, 5),
  stride: axis(1, 4),
}).filter(({ image, window }) => window[0] <= image[0] && window[1] <= image[1])
  .map(({ n, c, image, window: [poolHeight, poolWidth], stride }) => ({
    name: "at random",
    x: [n, c, ...image],
    param: { poolHeight, poolWidth, stride },
  }));
