import assert from "node:assert/strict";
import {
  affineBatchnormReluBackward,
  affineBatchnormReluForward,
  batchnormBackward,
  batchnormBackwardAlt,
  batchnormForward,
  type BatchnormParam,
} from "../../layers/mod.ts";
import { ones, zeros } from "../../ndarray/mod.ts";
import { RandomState } from "../../random/mod.ts";
import { testOnBackends } from "./_backends.ts";
import { assertClose, gradientSuite, type Inputs } from "./_suite.ts";

const cases = [
  { x: [4, 5], gamma: [5], beta: [5] },
  { x: [2, 1], gamma: [1], beta: [1] },
  { x: [19, 33], gamma: [33], beta: [33] },
];

/** Running statistics that differ from those of any batch here. */
function testParam(d: number, dtype: "float32" | "float64"): BatchnormParam {
  const rng = new RandomState(77);
  return {
    mode: "test",
    runningMean: rng.randn(d).astype(dtype),
    runningVar: rng.rand(d).add(0.5).astype(dtype),
  };
}

const backwards = { batchnormBackward, batchnormBackwardAlt };
for (const [name, backward] of Object.entries(backwards)) {
  gradientSuite(`${name} in train mode`, {
    cases,
    forward: ({ x, gamma, beta }) => batchnormForward(x, gamma, beta, { mode: "train" }),
    backward,
    tolerance: 1e-8,
  });

  gradientSuite(`${name} in train mode with a large eps`, {
    cases,
    forward: ({ x, gamma, beta }) => batchnormForward(x, gamma, beta, { mode: "train", eps: 0.3 }),
    backward,
    tolerance: 1e-8,
  });

  gradientSuite(`${name} in test mode`, {
    cases: [...cases, { x: [1, 6], gamma: [6], beta: [6] }],
    forward: ({ x, gamma, beta }: Inputs) =>
      batchnormForward(x, gamma, beta, testParam(gamma.size, x.dtype as "float32" | "float64")),
    backward,
    tolerance: 1e-8,
  });

  testOnBackends(`${name} gives a batch of one no gradient with respect to x`, () => {
    const x = new RandomState(3).randn(1, 4);
    const [, cache] = batchnormForward(x, ones([4]), zeros([4]), { mode: "train" });
    const [dx, dgamma, dbeta] = backward(ones([1, 4]), cache);
    assert.deepEqual(dx.toArray(), [[0, 0, 0, 0]]);
    assert.deepEqual(dgamma.toArray(), [0, 0, 0, 0]);
    assert.deepEqual(dbeta.toArray(), [1, 1, 1, 1]);
  });
}

testOnBackends("batchnormBackward and batchnormBackwardAlt agree", () => {
  const rng = new RandomState(5);
  const [x, gamma, beta] = [rng.randn(50, 20).multiply(5).add(12), rng.randn(20), rng.randn(20)];
  const dout = rng.randn(50, 20);
  for (const mode of ["train", "test"] as const) {
    const [, cache] = batchnormForward(x, gamma, beta, { ...testParam(20, "float64"), mode });
    const staged = batchnormBackward(dout, cache);
    const closed = batchnormBackwardAlt(dout, cache);
    staged.forEach((gradient, i) => assertClose(`${mode} ${i}`, closed[i], gradient, 1e-11));
  }
});

for (const mode of ["train", "test"] as const) {
  gradientSuite(`affine - batchnorm - relu in ${mode} mode`, {
    cases: [
      { x: [4, 2, 3], w: [6, 5], b: [5], gamma: [5], beta: [5] },
      { x: [9, 3], w: [3, 1], b: [1], gamma: [1], beta: [1] },
    ],
    forward: ({ x, w, b, gamma, beta }) =>
      affineBatchnormReluForward(x, w, b, gamma, beta, {
        ...testParam(gamma.size, "float64"),
        mode,
      }),
    backward: (dout, cache) => affineBatchnormReluBackward(dout, cache),
    tolerance: 1e-8,
  });
}
