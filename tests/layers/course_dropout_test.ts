import assert from "node:assert/strict";
import { evalNumericalGradientArray } from "../../gradient_check/mod.ts";
import { dropoutBackward, dropoutForward, type DropoutParam } from "../../layers/mod.ts";
import type { NDArray } from "../../ndarray/mod.ts";
import { RandomState } from "../../random/mod.ts";
import { assertPrinted, assertRelative, courseTest, drawn } from "../fixtures/course.ts";
import type { Check } from "../fixtures/mod.ts";

/** The notebook draws x once, and then a mask for each of these in turn. */
const keepRatios = [0.25, 0.4, 0.7];

function forwardStatistics(c: Check): void {
  const rng = new RandomState(231);
  const x = drawn(c, "x", rng.randn(500, 500).add(10));
  const p = c.number("keep_prob");
  for (const before of keepRatios.slice(0, keepRatios.indexOf(p))) {
    dropoutForward(x, { p: before, mode: "train", rng });
  }
  const [train, cache] = dropoutForward(x, { p, mode: "train", rng });
  const [test] = dropoutForward(x, { p, mode: "test", rng });
  drawn(c, "mask", cache.mask!);
  assertPrinted(x.mean(), c.expectedNumber("mean_input"));
  assertPrinted(train.mean(), c.expectedNumber("mean_train"));
  assertPrinted(test.mean(), c.expectedNumber("mean_test"));
  assertPrinted(zeroShare(train), c.expectedNumber("fraction_zero_train"));
  assertPrinted(zeroShare(test), c.expectedNumber("fraction_zero_test"));
}

function zeroShare(x: NDArray): number {
  let zeros = 0;
  for (const value of x.data) {
    if (value === 0) zeros++;
  }
  return zeros / x.size;
}

courseTest(
  "a2/dropout/forward_p_0.25",
  "dropoutForward() that keeps 0.25 has the printed means",
  forwardStatistics,
);
courseTest(
  "a2/dropout/forward_p_0.4",
  "dropoutForward() that keeps 0.4 has the printed means",
  forwardStatistics,
);
courseTest(
  "a2/dropout/forward_p_0.7",
  "dropoutForward() that keeps 0.7 has the printed means",
  forwardStatistics,
);

courseTest("a2/dropout/backward", "dropoutBackward() has the numerical gradient", (c) => {
  const rng = new RandomState(231);
  const x = drawn(c, "x", rng.randn(10, 10).add(10));
  const dout = drawn(c, "dout", rng.randn(10, 10));
  const dropoutParam: DropoutParam = {
    mode: "train",
    p: c.number("keep_prob"),
    seed: c.number("mask_seed"),
  };
  const [out, cache] = dropoutForward(x, dropoutParam);
  assert.deepEqual(cache.mask!.data, c.array("mask").data);
  assertRelative(out, c.expectedArray("out"), 1e-15);
  const dx = dropoutBackward(dout, cache);
  assertRelative(dx, c.expectedArray("dx"), 1e-15);
  const numerical = evalNumericalGradientArray((x) => dropoutForward(x, dropoutParam)[0], x, dout);
  assertRelative(dx, numerical, c.relative);
});
