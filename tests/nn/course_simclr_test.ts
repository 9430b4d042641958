import assert from "node:assert/strict";
import { flatten, mean, relu, type Tensor } from "../../autograd/mod.ts";
import type { NDArray } from "../../ndarray/mod.ts";
import { array, zeros } from "../../ndarray/mod.ts";
import {
  BatchNorm1d,
  BatchNorm2d,
  computeSimMatrix,
  Conv2d,
  Linear,
  type Module,
  Residual,
  Sequential,
  sim,
  simclrLossNaive,
  simclrLossVectorized,
  simPositivePairs,
} from "../../nn/mod.ts";
import { RandomState } from "../../random/mod.ts";
import { assertRelative, courseTest } from "../fixtures/course.ts";
import type { Check } from "../fixtures/mod.ts";

/** The records hold float32 results; the arrays are computed with in float64. */
const wide = (c: Check, name: string) => c.array(name).astype("float64");

for (const id of ["a3/simclr/sim_0", "a3/simclr/sim_1"]) {
  courseTest(id, "sim() has the value of the check file", (c) => {
    const value = sim(wide(c, "left"), wide(c, "right")).item();
    assertRelative(value, c.expectedNumber("sim"), c.relative);
  });
}
for (
  const [id, loss] of [
    ["a3/simclr/simclr_loss_naive_tau_5", simclrLossNaive],
    ["a3/simclr/simclr_loss_naive_tau_1", simclrLossNaive],
    ["a3/simclr/simclr_loss_vectorized_tau_5", simclrLossVectorized],
    ["a3/simclr/simclr_loss_vectorized_tau_1", simclrLossVectorized],
  ] as const
) {
  courseTest(id, `${loss.name}() has the value of the check file`, (c) => {
    const value = loss(wide(c, "left"), wide(c, "right"), c.number("tau")).item();
    assertRelative(value, c.expectedNumber("loss"), c.relative);
  });
}
courseTest("a3/simclr/sim_positive_pairs", "simPositivePairs() has the recorded values", (c) => {
  const pairs = simPositivePairs(wide(c, "left"), wide(c, "right")).value;
  assertRelative(pairs, c.expectedArray("sim"), c.relative);
});
courseTest("a3/simclr/sim_matrix", "computeSimMatrix() has the recorded values", (c) => {
  const matrix = computeSimMatrix(wide(c, "rows")).value;
  assertRelative(matrix, c.expectedArray("sim_matrix"), c.relative);
});

/** The encoder of the notebook: ResNet-50 with a 3×3 first convolution and no pooling behind it. */
function resnet50(): Sequential {
  const init = (shape: readonly number[]) => zeros(shape);
  const conv = (from: number, to: number, size: number, stride = 1) =>
    new Conv2d(from, to, size, { stride, pad: (size - 1) / 2, bias: false, init });
  const bottleneck = (from: number, inner: number, stride: number) => {
    const body = new Sequential(
      conv(from, inner, 1),
      new BatchNorm2d(inner),
      relu,
      conv(inner, inner, 3, stride),
      new BatchNorm2d(inner),
      relu,
      conv(inner, 4 * inner, 1),
      new BatchNorm2d(4 * inner),
    );
    const changes = stride !== 1 || from !== 4 * inner;
    const shortcut = changes
      ? new Sequential(conv(from, 4 * inner, 1, stride), new BatchNorm2d(4 * inner))
      : null;
    return new Sequential(new Residual(body, shortcut), relu);
  };
  const blocks = [[64, 3], [128, 4], [256, 6], [512, 3]].flatMap(([inner, count], stage) =>
    Array.from({ length: count }, (_, i) =>
      bottleneck(
        i > 0 ? 4 * inner : stage === 0 ? 64 : 2 * inner,
        inner,
        i === 0 && stage > 0 ? 2 : 1,
      ))
  );
  const pool = (x: Tensor | NDArray) => mean(x, [2, 3]);
  return new Sequential(conv(3, 64, 3), new BatchNorm2d(64), relu, ...blocks, pool, flatten);
}

function assertCount(c: Check, module: Module): void {
  const sizes = Object.values(module.parameters()).map(({ size }) => size);
  assert.equal(sizes.reduce((a, b) => a + b), c.expectedNumber("num_parameters"));
}

courseTest("a3/simclr/model_param_count", "encoder and head have so many parameters", (c) => {
  const head = new Sequential(
    new Linear(2048, 512, { bias: false }),
    new BatchNorm1d(512),
    relu,
    new Linear(512, 128),
  );
  assertCount(c, new Sequential(resnet50(), head));
});
courseTest(
  "a3/simclr/classifier_param_count",
  "encoder and classes have so many parameters",
  (c) => assertCount(c, new Sequential(resnet50(), new Linear(2048, 10))),
);

Deno.test("vectors of zeros are like nothing, and have finite gradients", () => {
  const rng = new RandomState(0);
  const left = rng.randn(3, 4);
  left.setSlice(0, 1);
  const matrix = computeSimMatrix(left).value;
  assert.deepEqual(matrix.slice(1).toArray(), [0, 0, 0]);
  assert.ok(Number.isFinite(simclrLossVectorized(left, rng.randn(3, 4), 0.1).item()));
});

Deno.test("SimCLR's loss is finite at any temperature, and the same by loops", () => {
  const rng = new RandomState(0);
  const [left, right] = [rng.randn(4, 3), rng.randn(4, 3).add(1)];
  for (const tau of [1e-300, 1e-6, 1e-3, 1e30]) {
    const naive = simclrLossNaive(left, right, tau).item();
    const vectorized = simclrLossVectorized(left, right, tau).item();
    assert.ok(naive > 0 && naive < Infinity, `${tau}: ${naive}`);
    assertRelative(vectorized, naive, 1e-12);
  }
});

Deno.test("SimCLR's losses check shapes and temperature", () => {
  const [a, b] = [zeros([2, 3]), zeros([3, 3])];
  const cases: [() => unknown, RegExp][] = [
    [
      () => simclrLossVectorized(a, b, 1),
      /^RangeError: simclrLossVectorized: outLeft and outRight must have one shape \(N, D\) and not be empty, got \(2, 3\) and \(3, 3\)$/,
    ],
    [
      () => simclrLossVectorized(a, a, 0),
      /^RangeError: simclrLossVectorized: tau must be a positive number, got 0$/,
    ],
    [
      () => simclrLossNaive(a, a, -1),
      /^RangeError: simclrLossNaive: tau must be a positive number, got -1$/,
    ],
    [
      () => simclrLossNaive(a, a, "1" as never),
      /^RangeError: simclrLossNaive: tau must be a positive number, got "1"$/,
    ],
    [() => sim(null as never, a), /^TypeError: sim: zi must be a tensor or an array, got null$/],
    [() => computeSimMatrix(5 as never), /^TypeError: computeSimMatrix: out must be a tensor/],
    [() => sim(a, a), /^RangeError: sim: zi and zj must be vectors of one length/],
    [() => computeSimMatrix(array([1])), /^RangeError: computeSimMatrix: out must have shape/],
    [() => simPositivePairs(a, null as never), /^TypeError: simPositivePairs: outRight must be a/],
  ];
  for (const [run, message] of cases) assert.throws(run, message);
});
