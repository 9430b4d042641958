import assert from "node:assert/strict";
import { evalNumericalGradientArray } from "../../gradient_check/mod.ts";
import {
  convBackwardFast,
  convBackwardNaive,
  convForwardFast,
  convForwardNaive,
  type ConvParam,
  convReluBackward,
  convReluForward,
  convReluPoolBackward,
  convReluPoolForward,
  maxPoolBackwardFast,
  maxPoolBackwardNaive,
  maxPoolForwardFast,
  maxPoolForwardNaive,
  type PoolParam,
} from "../../layers/mod.ts";
import { linspace, type NDArray } from "../../ndarray/mod.ts";
import { RandomState } from "../../random/mod.ts";
import { assertDecimals, assertRelative, courseTest, drawn } from "../fixtures/course.ts";
import { assertSummary, type Check } from "../fixtures/mod.ts";

const layers = [
  { convForward: convForwardNaive, convBackward: convBackwardNaive },
  { convForward: convForwardFast, convBackward: convBackwardFast },
] as const;

function convParamOf(c: Check): ConvParam {
  return { stride: c.number("stride"), pad: c.number("pad") };
}

function poolParamOf(c: Check): PoolParam {
  return {
    poolHeight: c.number("pool_height"),
    poolWidth: c.number("pool_width"),
    stride: c.number("pool_stride" in c.inputs ? "pool_stride" : "stride"),
  };
}

courseTest("a2/conv/conv_forward_naive", "convForwardNaive() has the notebook's values", (c) => {
  const x = drawn(c, "x", linspace(-0.1, 0.5, 96).reshape([2, 3, 4, 4]));
  const w = drawn(c, "w", linspace(-0.2, 0.3, 144).reshape([3, 3, 4, 4]));
  const b = drawn(c, "b", linspace(-0.1, 0.2, 3));
  for (const { convForward } of layers) {
    const [out] = convForward(x, w, b, convParamOf(c));
    assertRelative(out, c.expectedArray("out"), c.relative);
    assertDecimals(out, c.expectedArray("out"), 8);
    assertRelative(out, c.expectedArray("out_full_precision"), 1e-13);
  }
});

courseTest("a2/conv/conv_backward_naive", "convBackwardNaive() has the numerical gradient", (c) => {
  const rng = new RandomState(231);
  const x = drawn(c, "x", rng.randn(4, 3, 5, 5));
  const w = drawn(c, "w", rng.randn(2, 3, 3, 3));
  const b = drawn(c, "b", rng.randn(2));
  const dout = drawn(c, "dout", rng.randn(4, 2, 5, 5));
  for (const { convForward, convBackward } of layers) {
    const forward: Forward = (x, w, b) => convForward(x, w, b, convParamOf(c))[0];
    const [out, cache] = convForward(x, w, b, convParamOf(c));
    assertRelative(out, c.expectedArray("out"), 1e-12);
    assertGradients(c, forward, [x, w, b], dout, convBackward(dout, cache));
  }
});

courseTest("a2/conv/max_pool_forward_naive", "maxPoolForwardNaive() has its values", (c) => {
  const x = drawn(c, "x", linspace(-0.3, 0.4, 96).reshape([2, 3, 4, 4]));
  for (const forward of [maxPoolForwardNaive, maxPoolForwardFast]) {
    const [out] = forward(x, poolParamOf(c));
    assertRelative(out, c.expectedArray("out"), c.relative);
    assertDecimals(out, c.expectedArray("out"), 8);
    assertRelative(out, c.expectedArray("out_full_precision"), 1e-15);
  }
});

courseTest("a2/conv/max_pool_backward_naive", "maxPoolBackwardNaive() has its gradient", (c) => {
  const rng = new RandomState(231);
  const x = drawn(c, "x", rng.randn(3, 2, 8, 8));
  const dout = drawn(c, "dout", rng.randn(3, 2, 4, 4));
  const pools = [
    [maxPoolForwardNaive, maxPoolBackwardNaive],
    [maxPoolForwardFast, maxPoolBackwardFast],
  ] as const;
  for (const [forward, backward] of pools) {
    const dx = backward(dout, forward(x, poolParamOf(c))[1]);
    assert.deepEqual(dx.toArray(), c.expectedArray("dx").toArray());
    const numerical = evalNumericalGradientArray((x) => forward(x, poolParamOf(c))[0], x, dout);
    assertRelative(dx, numerical, c.relative);
  }
});

courseTest("a2/conv/conv_fast_vs_naive", "the fast convolution is the naive one", (c) => {
  const rng = new RandomState(231);
  const x = drawn(c, "x", rng.randn(100, 3, 31, 31));
  const w = drawn(c, "w", rng.randn(25, 3, 3, 3));
  const b = drawn(c, "b", rng.randn(25));
  const dout = drawn(c, "dout", rng.randn(100, 25, 16, 16));
  const [naive, fast] = layers.map(({ convForward, convBackward }) => {
    const [out, cache] = convForward(x, w, b, convParamOf(c));
    const [dx, dw, db] = convBackward(dout, cache);
    assertSummary(out, c.summary("out"), 1e-11);
    assertSummary(dx, c.summary("dx"), 1e-11);
    assertRelative(dw, c.expectedArray("dw"), 1e-11);
    assertRelative(db, c.expectedArray("db"), 1e-11);
    return [out, dx, dw, db];
  });
  naive.forEach((array, i) => assertRelative(fast[i], array, c.relative));
});

courseTest("a2/conv/max_pool_fast_vs_naive", "the fast pooling is the naive one", (c) => {
  const rng = new RandomState(231);
  const x = drawn(c, "x", rng.randn(100, 3, 32, 32));
  const dout = drawn(c, "dout", rng.randn(100, 3, 16, 16));
  const [naive, naiveCache] = maxPoolForwardNaive(x, poolParamOf(c));
  const [fast, fastCache] = maxPoolForwardFast(x, poolParamOf(c));
  const naiveDx = maxPoolBackwardNaive(dout, naiveCache);
  const fastDx = maxPoolBackwardFast(dout, fastCache);
  assert.equal(c.relative, 0);
  assertRelative(fast, naive, c.relative);
  assertRelative(fastDx, naiveDx, c.relative);
  assertSummary(fast, c.summary("out"), 1e-13);
  assertSummary(fastDx, c.summary("dx"), 1e-13);
});

courseTest("a2/conv/conv_relu_pool", "convReluPoolBackward() has the numerical gradient", (c) => {
  const rng = new RandomState(231);
  const x = drawn(c, "x", rng.randn(2, 3, 16, 16));
  const w = drawn(c, "w", rng.randn(3, 3, 3, 3));
  const b = drawn(c, "b", rng.randn(3));
  const dout = drawn(c, "dout", rng.randn(2, 3, 8, 8));
  const [out, cache] = convReluPoolForward(x, w, b, convParamOf(c), poolParamOf(c));
  assertRelative(out, c.expectedArray("out"), 1e-12);
  const forward: Forward = (x, w, b) =>
    convReluPoolForward(x, w, b, convParamOf(c), poolParamOf(c))[0];
  assertGradients(c, forward, [x, w, b], dout, convReluPoolBackward(dout, cache));
});

courseTest("a2/conv/conv_relu", "convReluBackward() has the numerical gradient", (c) => {
  const rng = new RandomState(231);
  const x = drawn(c, "x", rng.randn(2, 3, 8, 8));
  const w = drawn(c, "w", rng.randn(3, 3, 3, 3));
  const b = drawn(c, "b", rng.randn(3));
  const dout = drawn(c, "dout", rng.randn(2, 3, 8, 8));
  const [out, cache] = convReluForward(x, w, b, convParamOf(c));
  assertRelative(out, c.expectedArray("out"), 1e-12);
  const forward: Forward = (x, w, b) => convReluForward(x, w, b, convParamOf(c))[0];
  assertGradients(c, forward, [x, w, b], dout, convReluBackward(dout, cache));
});

type Forward = (x: NDArray, w: NDArray, b: NDArray) => NDArray;

/** Holds gradients against the recorded ones, and against numerical ones as the course does. */
function assertGradients(
  c: Check,
  forward: Forward,
  [x, w, b]: readonly NDArray[],
  dout: NDArray,
  [dx, dw, db]: readonly NDArray[],
): void {
  const checks: [string, NDArray, (p: NDArray) => NDArray, NDArray][] = [
    ["dx", dx, (p) => forward(p, w, b), x],
    ["dw", dw, (p) => forward(x, p, b), w],
    ["db", db, (p) => forward(x, w, p), b],
  ];
  for (const [name, gradient, f, at] of checks) {
    assertRelative(gradient, c.expectedArray(name), 1e-11, `${name} against the record`);
    const numerical = evalNumericalGradientArray(f, at, dout);
    assertRelative(gradient, numerical, c.relative, `${name} against centred differences`);
  }
}
