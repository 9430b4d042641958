/** Batch normalisation, ReLU and max pooling as one step: gradients, and the layers one by one. */
import assert from "node:assert/strict";
import {
  batchnormReluBackward,
  batchnormReluForward,
  batchnormReluPoolBackward,
  batchnormReluPoolForward,
} from "../../layers/batchnorm_relu.ts";
import {
  type BatchnormParam,
  maxPoolBackwardFast,
  maxPoolForwardFast,
  type PoolParam,
  reluBackward,
  reluForward,
  spatialBatchnormBackward,
  spatialBatchnormForward,
} from "../../layers/mod.ts";
import { activeBackend } from "../../kernels/mod.ts";
import type { NDArray } from "../../ndarray/mod.ts";
import { RandomState } from "../../random/mod.ts";
import { testOnBackends } from "./_backends.ts";
import { assertClose, gradientSuite } from "./_suite.ts";

const images = [
  { x: [2, 3, 4, 6], gamma: [3], beta: [3] },
  { x: [3, 1, 5, 4], gamma: [1], beta: [1] },
  { x: [1, 17, 2, 3], gamma: [17], beta: [17] },
];
const rows = [{ x: [4, 5], gamma: [5], beta: [5] }, { x: [2, 1], gamma: [1], beta: [1] }];

const pools: Record<string, PoolParam> = {
  "pool": { poolHeight: 2, poolWidth: 2, stride: 2 },
  "overlapping pool": { poolHeight: 2, poolWidth: 3, stride: 1 },
  "padded pool": { poolHeight: 2, poolWidth: 2, stride: 2, pad: 1 },
};

/** Running statistics that differ from those of any batch here. */
function bnParam(mode: "train" | "test", { size, dtype }: NDArray): BatchnormParam {
  const rng = new RandomState(77);
  const [mean, spread] = [rng.randn(size), rng.rand(size).add(0.5)];
  return { mode, runningMean: mean.astype(dtype), runningVar: spread.astype(dtype) };
}

for (const mode of ["train", "test"] as const) {
  gradientSuite(`batchnorm - relu in ${mode} mode`, {
    cases: [...images, ...rows],
    forward: ({ x, gamma, beta }) => batchnormReluForward(x, gamma, beta, bnParam(mode, gamma)),
    backward: (dout, cache) => batchnormReluBackward(dout, cache),
    tolerance: 1e-8,
  });

  for (const [name, poolParam] of Object.entries(pools)) {
    gradientSuite(`batchnorm - relu - ${name} in ${mode} mode`, {
      cases: images.slice(0, 2),
      forward: ({ x, gamma, beta }) =>
        batchnormReluPoolForward(x, gamma, beta, bnParam(mode, gamma), poolParam),
      backward: (dout, cache) => batchnormReluPoolBackward(dout, cache),
      tolerance: 1e-8,
    });
  }
}

/** Asserts that arrays are the same, to the bit where nothing but the order of sums may differ. */
function assertSame(what: string, actual: NDArray | null, expected: NDArray): void {
  assert.ok(actual, what);
  if (activeBackend().name !== "native") assert.deepEqual(actual.data, expected.data, what);
  else assertClose(what, actual, expected, expected.dtype === "float32" ? 1e-4 : 1e-11);
}

for (const dtype of ["float32", "float64"] as const) {
  testOnBackends(`batchnorm - relu - pool is the layers one by one in ${dtype}`, () => {
    const rng = new RandomState(8);
    const draw = (...shape: number[]) => rng.randn(...shape).astype(dtype);
    const x = draw(4, 5, 9, 8).multiply(3).add(7);
    const [gamma, beta, dout] = [draw(5), draw(5), draw(4, 5, 4, 4)];
    const [together, apart] = [bnParam("train", gamma), bnParam("train", gamma)];

    const [out, cache] = batchnormReluPoolForward(x, gamma, beta, together, pools.pool);
    const [normalized, normCache] = spatialBatchnormForward(x, gamma, beta, apart);
    const [active, reluCache] = reluForward(normalized);
    const [pooled, poolCache] = maxPoolForwardFast(active, pools.pool);
    assertSame("out", out, pooled);
    assert.deepEqual(cache.pool.argmax.data, poolCache.argmax.data);
    assertSame("runningMean", together.runningMean!, apart.runningMean!);
    assertSame("runningVar", together.runningVar!, apart.runningVar!);

    const dactive = maxPoolBackwardFast(dout, poolCache);
    const wanted = spatialBatchnormBackward(reluBackward(dactive, reluCache), normCache);
    const got = batchnormReluPoolBackward(dout, cache);
    wanted.forEach((gradient, i) => assertSame(["dx", "dgamma", "dbeta"][i], got[i], gradient));

    const [dx, dgamma, dbeta] = batchnormReluPoolBackward(dout, cache, { needs: { dx: false } });
    assert.equal(dx, null);
    assertClose("dgamma alone", dgamma!, wanted[1], dtype === "float32" ? 1e-4 : 1e-11);
    assertClose("dbeta alone", dbeta!, wanted[2], dtype === "float32" ? 1e-4 : 1e-11);

    const [, reluOnly] = batchnormReluForward(x, gamma, beta, bnParam("train", gamma));
    const both = batchnormReluBackward(dactive, reluOnly);
    wanted.forEach((gradient, i) => assertSame(["dx", "dgamma", "dbeta"][i], both[i], gradient));
  });
}

testOnBackends("batchnorm - relu keeps NaN, and the gradient of what is not above 0 is 0", () => {
  const x = new RandomState(1).randn(3, 2, 2, 2);
  const [gamma, beta] = [x.slice(0, ":", 0, 0), x.slice(1, ":", 0, 0)];
  gamma.data[1] = NaN;
  const [out, cache] = batchnormReluForward(x, gamma, beta, { mode: "train" });
  const channel = (array: NDArray, j: number) => [...array.slice(":", j).reshape([-1]).data];
  assert.ok(channel(out, 1).every(Number.isNaN));
  assert.ok(channel(out, 0).every((value) => value >= 0));
  const [, , dbeta] = batchnormReluBackward(out.multiply(0).add(1), { ...cache });
  assert.equal(dbeta!.data[1], 0);
});
