import { evalNumericalGradientArray } from "../../gradient_check/mod.ts";
import {
  type BatchnormParam,
  spatialBatchnormBackward,
  spatialBatchnormForward,
  spatialGroupnormBackward,
  spatialGroupnormForward,
} from "../../layers/mod.ts";
import { array, type NDArray, ones, zeros } from "../../ndarray/mod.ts";
import { RandomState } from "../../random/mod.ts";
import { assertDecimals, assertRelative, courseTest, drawn } from "../fixtures/course.ts";
import { assertSummary, type Check } from "../fixtures/mod.ts";

/** The axes of a batch of images that share a channel. */
const perChannel = [0, 2, 3];

function images(c: Check, ...shape: number[]): NDArray {
  return drawn(c, "x", new RandomState(231).randn(...shape).multiply(4).add(10));
}

courseTest("a2/sbn/before_stats", "the channels before batch norm have the printed spread", (c) => {
  const x = images(c, 2, 3, 4, 5);
  assertDecimals(x.mean(perChannel) as NDArray, c.expectedArray("means"), 8);
  assertDecimals(x.std(perChannel) as NDArray, c.expectedArray("stds"), 8);
});

function batchStatistics(c: Check): void {
  const x = images(c, 2, 3, 4, 5);
  const [out] = spatialBatchnormForward(x, c.array("gamma"), c.array("beta"), { mode: "train" });
  assertRelative(out, c.expectedArray("out"), 1e-12);
  assertDecimals(out.mean(perChannel) as NDArray, c.expectedArray("means"), 8);
  assertDecimals(out.std(perChannel) as NDArray, array(c.printed.stds as number[]), 8);
  assertRelative(out.std(perChannel) as NDArray, c.expectedArray("stds_full_precision"), 1e-13);
}

courseTest(
  "a2/sbn/forward_train_unit",
  "spatialBatchnormForward() gives channels mean 0 and deviation 1",
  batchStatistics,
);

courseTest(
  "a2/sbn/forward_train_gamma_beta",
  "spatialBatchnormForward() gives channels mean beta and deviation gamma",
  batchStatistics,
);

courseTest("a2/sbn/forward_test", "spatialBatchnormForward() uses running statistics", (c) => {
  const rng = new RandomState(231);
  const draw = () => rng.randn(10, 4, 11, 12).multiply(2.3).add(13);
  const bnParam: BatchnormParam = { mode: "train" };
  const { sum_of_x_per_iteration: sums } = c.inputs.warmup as { sum_of_x_per_iteration: number[] };
  for (const sum of sums) {
    const x = draw();
    assertRelative(x.sum(), sum, 1e-12);
    spatialBatchnormForward(x, ones([4]), zeros([4]), bnParam);
  }
  assertRelative(bnParam.runningMean!, c.array("running_mean_after_warmup"), 1e-12);
  assertRelative(bnParam.runningVar!, c.array("running_var_after_warmup"), 1e-12);

  bnParam.mode = "test";
  const x = draw();
  assertSummary(x, c.summary("test_x"), 1e-13);
  const [out] = spatialBatchnormForward(x, ones([4]), zeros([4]), bnParam);
  assertDecimals(out.mean(perChannel) as NDArray, c.expectedArray("means"), 8);
  assertDecimals(out.std(perChannel) as NDArray, c.expectedArray("stds"), 8);
  assertRelative(out.mean(perChannel) as NDArray, c.expectedArray("means_full_precision"), 1e-12);
  assertRelative(out.std(perChannel) as NDArray, c.expectedArray("stds_full_precision"), 1e-12);
});

type Forward<Cache> = (x: NDArray, gamma: NDArray, beta: NDArray) => [out: NDArray, cache: Cache];

function gradients<Cache>(
  c: Check,
  channels: number,
  scaleShape: number[],
  forward: Forward<Cache>,
  backward: (dout: NDArray, cache: Cache) => [NDArray, NDArray, NDArray],
): void {
  const rng = new RandomState(231);
  const x = drawn(c, "x", rng.randn(2, channels, 4, 5).multiply(5).add(12));
  const gamma = drawn(c, "gamma", rng.randn(...scaleShape));
  const beta = drawn(c, "beta", rng.randn(...scaleShape));
  const dout = drawn(c, "dout", rng.randn(2, channels, 4, 5));
  const [out, cache] = forward(x, gamma, beta);
  assertRelative(out, c.expectedArray("out"), 1e-12);
  const [dx, dgamma, dbeta] = backward(dout, cache);
  const checks: [string, NDArray, (p: NDArray) => NDArray, NDArray][] = [
    ["dx", dx, (p) => forward(p, gamma, beta)[0], x],
    ["dgamma", dgamma, (p) => forward(x, p, beta)[0], gamma],
    ["dbeta", dbeta, (p) => forward(x, gamma, p)[0], beta],
  ];
  for (const [name, gradient, f, at] of checks) {
    assertRelative(gradient, c.expectedArray(name), 1e-10, `${name} against the record`);
    const numerical = evalNumericalGradientArray(f, at, dout);
    assertRelative(gradient, numerical, c.relative, `${name} against centred differences`);
  }
}

courseTest("a2/sbn/backward", "spatialBatchnormBackward() has the numerical gradient", (c) => {
  const forward: Forward<Parameters<typeof spatialBatchnormBackward>[1]> = (x, gamma, beta) =>
    spatialBatchnormForward(x, gamma, beta, { mode: "train" });
  gradients(c, 3, [3], forward, spatialBatchnormBackward);
});

courseTest("a2/gn/before_stats", "the groups before group norm have the printed spread", (c) => {
  const groups = images(c, 2, 6, 4, 5).reshape([2 * c.number("G"), 60]);
  assertDecimals(groups.mean(1), c.expectedArray("means"), 8);
  assertDecimals(groups.std(1), c.expectedArray("stds"), 8);
});

courseTest(
  "a2/gn/forward",
  "spatialGroupnormForward() gives groups mean 0 and deviation 1",
  (c) => {
    const x = images(c, 2, 6, 4, 5);
    for (const shape of [[6], [1, 6, 1, 1]]) {
      const [out] = spatialGroupnormForward(x, ones(shape), zeros(shape), c.number("G"));
      assertRelative(out, c.expectedArray("out"), 1e-12);
      const groups = out.reshape([4, 60]);
      assertDecimals(groups.mean(1), c.expectedArray("means"), 8);
      assertDecimals(groups.std(1), array(c.printed.stds as number[]), 8);
      assertRelative(groups.std(1), c.expectedArray("stds_full_precision"), 1e-13);
    }
  },
);

courseTest("a2/gn/backward", "spatialGroupnormBackward() has the numerical gradient", (c) => {
  const forward: Forward<Parameters<typeof spatialGroupnormBackward>[1]> = (x, gamma, beta) =>
    spatialGroupnormForward(x, gamma, beta, c.number("G"));
  gradients(c, 6, [1, 6, 1, 1], forward, spatialGroupnormBackward);
});
