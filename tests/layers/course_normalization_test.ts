import { evalNumericalGradientArray } from "../../gradient_check/mod.ts";
import {
  batchnormBackward,
  batchnormBackwardAlt,
  batchnormForward,
  type BatchnormParam,
  layernormBackward,
  layernormForward,
} from "../../layers/mod.ts";
import { array, matmul, maximum, type NDArray, ones, zeros } from "../../ndarray/mod.ts";
import { RandomState } from "../../random/mod.ts";
import { assertDecimals, assertRelative, courseTest, drawn } from "../fixtures/course.ts";
import { assertSummary, type Check } from "../fixtures/mod.ts";

/** The output of a two-layer network for n random examples, as the notebook draws it. */
function preActivation(c: Check, n: number): NDArray {
  const rng = new RandomState(231);
  const [X, W1, W2] = [rng.randn(n, 50), rng.randn(50, 60), rng.randn(60, 3)];
  const a = matmul(maximum(0, matmul(X, W1)), W2);
  assertRelative(a, c.array("a"), 1e-12, "a against the record");
  return a;
}

courseTest("a2/bn/before_stats", "the features before batch norm have the printed spread", (c) => {
  const a = preActivation(c, 200);
  assertDecimals(a.mean(0), c.expectedArray("means"), 8);
  assertDecimals(a.std(0), c.expectedArray("stds"), 8);
});

function batchnormStatistics(c: Check): void {
  const a = preActivation(c, 200);
  const [out] = batchnormForward(a, c.array("gamma"), c.array("beta"), { mode: "train" });
  assertRelative(out, c.expectedArray("out"), 1e-11);
  assertDecimals(out.mean(0), c.expectedArray("means"), 8);
  assertDecimals(out.std(0), array(c.printed.stds as number[]), 8);
  assertRelative(out.std(0), c.expectedArray("stds_full_precision"), 1e-13);
}

courseTest(
  "a2/bn/forward_train_unit",
  "batchnormForward() gives features mean 0 and deviation 1",
  batchnormStatistics,
);

courseTest(
  "a2/bn/forward_train_gamma_beta",
  "batchnormForward() gives features mean beta and deviation gamma",
  batchnormStatistics,
);

courseTest("a2/bn/forward_test", "batchnormForward() uses its running statistics in tests", (c) => {
  const rng = new RandomState(231);
  const W1 = drawn(c, "W1", rng.randn(50, 60));
  const W2 = drawn(c, "W2", rng.randn(60, 3));
  const draw = () => matmul(maximum(0, matmul(rng.randn(200, 50), W1)), W2);
  const bnParam: BatchnormParam = { mode: "train" };
  const { sum_of_a_per_iteration: sums } = c.inputs.warmup as { sum_of_a_per_iteration: number[] };
  for (const sum of sums) {
    const a = draw();
    assertRelative(a.sum(), sum, 1e-12);
    batchnormForward(a, ones([3]), zeros([3]), bnParam);
  }
  assertRelative(bnParam.runningMean!, c.array("running_mean_after_warmup"), 1e-12);
  assertRelative(bnParam.runningVar!, c.array("running_var_after_warmup"), 1e-12);

  bnParam.mode = "test";
  const a = draw();
  assertRelative(a, c.array("test_a"), 1e-11);
  const [out] = batchnormForward(a, ones([3]), zeros([3]), bnParam);
  assertDecimals(out.mean(0), c.expectedArray("means"), 8);
  assertDecimals(out.std(0), c.expectedArray("stds"), 8);
  assertRelative(out.mean(0), c.expectedArray("means_full_precision"), 1e-12);
  assertRelative(out.std(0), c.expectedArray("stds_full_precision"), 1e-12);
});

type Forward<Cache> = (x: NDArray, gamma: NDArray, beta: NDArray) => [NDArray, Cache];
type Backward<Cache> = (dout: NDArray, cache: Cache) => [NDArray, NDArray, NDArray];

function gradients<Cache>(c: Check, forward: Forward<Cache>, backward: Backward<Cache>): void {
  const rng = new RandomState(231);
  const x = drawn(c, "x", rng.randn(4, 5).multiply(5).add(12));
  const gamma = drawn(c, "gamma", rng.randn(5));
  const beta = drawn(c, "beta", rng.randn(5));
  const dout = drawn(c, "dout", rng.randn(4, 5));
  const [out, cache] = forward(x, gamma, beta);
  assertRelative(out, c.expectedArray("out"), 1e-12);
  const [dx, dgamma, dbeta] = backward(dout, cache);
  const checks: [string, NDArray, (p: NDArray) => NDArray, NDArray][] = [
    ["dx", dx, (p) => forward(p, gamma, beta)[0], x],
    ["dgamma", dgamma, (p) => forward(x, p, beta)[0], gamma],
    ["dbeta", dbeta, (p) => forward(x, gamma, p)[0], beta],
  ];
  for (const [name, gradient, f, at] of checks) {
    assertRelative(gradient, c.expectedArray(name), 1e-11, `${name} against the record`);
    const numerical = evalNumericalGradientArray(f, at, dout);
    assertRelative(gradient, numerical, c.relative, `${name} against centred differences`);
  }
}

courseTest("a2/bn/backward", "batchnormBackward() has the numerical gradient", (c) => {
  const forward: Forward<Parameters<typeof batchnormBackward>[1]> = (x, gamma, beta) =>
    batchnormForward(x, gamma, beta, { mode: "train" });
  gradients(c, forward, batchnormBackward);
  gradients(c, forward, batchnormBackwardAlt);
});

courseTest("a2/ln/backward", "layernormBackward() has the numerical gradient", (c) => {
  gradients(c, layernormForward, layernormBackward);
});

courseTest("a2/bn/backward_alt", "batchnormBackwardAlt() agrees with batchnormBackward()", (c) => {
  const rng = new RandomState(231);
  const x = drawn(c, "x", rng.randn(100, 500).multiply(5).add(12));
  const gamma = drawn(c, "gamma", rng.randn(500));
  const beta = drawn(c, "beta", rng.randn(500));
  const dout = drawn(c, "dout", rng.randn(100, 500));
  const [, cache] = batchnormForward(x, gamma, beta, { mode: "train" });
  const staged = batchnormBackward(dout, cache);
  const closed = batchnormBackwardAlt(dout, cache);
  for (const gradients of [staged, closed]) {
    assertSummary(gradients[0], c.summary("dx"), 1e-11);
    assertRelative(gradients[1], c.expectedArray("dgamma"), 1e-11);
    assertRelative(gradients[2], c.expectedArray("dbeta"), 1e-11);
  }
  // The level that the notebook prints, "order" as everywhere read as ten times it.
  staged.forEach((gradient, i) => assertRelative(gradient, closed[i], 1e-11));
});

courseTest("a2/ln/before_stats", "the rows before layer norm have the printed spread", (c) => {
  const a = preActivation(c, 4);
  assertDecimals(a.mean(1), c.expectedArray("means"), 8);
  assertDecimals(a.std(1), c.expectedArray("stds"), 8);
});

function layernormStatistics(c: Check): void {
  const a = preActivation(c, 4);
  const [out] = layernormForward(a, c.array("gamma"), c.array("beta"));
  assertRelative(out, c.expectedArray("out"), 1e-11);
  assertDecimals(out.mean(1), c.expectedArray("means"), 8);
  assertDecimals(out.std(1), array(c.printed.stds as number[]), 8);
  assertRelative(out.std(1), c.expectedArray("stds_full_precision"), 1e-13);
}

courseTest(
  "a2/ln/forward_unit",
  "layernormForward() gives rows mean 0 and deviation 1",
  layernormStatistics,
);

courseTest(
  "a2/ln/forward_gamma_beta",
  "layernormForward() gives rows mean beta and deviation gamma",
  layernormStatistics,
);
