import assert from "node:assert/strict";
import {
  batchnormBackward,
  batchnormForward,
  type BatchnormParam,
  layernormForward,
  spatialBatchnormBackward,
  spatialBatchnormForward,
  spatialGroupnormBackward,
  spatialGroupnormForward,
} from "../../layers/mod.ts";
import { type NDArray, ones } from "../../ndarray/mod.ts";
import { RandomState } from "../../random/mod.ts";
import { testOnBackends } from "./_backends.ts";
import { assertClose, type Case, gradientSuite } from "./_suite.ts";

const images: readonly Case[] = [
  { x: [2, 3, 4, 5], gamma: [3], beta: [3] },
  { x: [1, 2, 3, 1], gamma: [2], beta: [2] },
  { x: [5, 1, 1, 1], gamma: [1], beta: [1] },
  { x: [3, 17, 2, 3], gamma: [17], beta: [17] },
];

/** Running statistics that differ from those of any batch here. */
function bnParam(mode: "train" | "test", c: number, rest: object = {}): BatchnormParam {
  const rng = new RandomState(77);
  return { mode, runningMean: rng.randn(c), runningVar: rng.rand(c).add(0.5), ...rest };
}

for (const mode of ["train", "test"] as const) {
  for (const eps of [1e-5, 0.3]) {
    gradientSuite(`spatial batchnorm in ${mode} mode with eps ${eps}`, {
      cases: images,
      forward: ({ x, gamma, beta }) =>
        spatialBatchnormForward(x, gamma, beta, bnParam(mode, gamma.size, { eps })),
      backward: spatialBatchnormBackward,
      tolerance: 1e-8,
    });
  }

  testOnBackends(`spatial batchnorm in ${mode} mode is batchnorm over pixels as rows`, () => {
    const rng = new RandomState(8);
    const [x, gamma, beta] = [rng.randn(3, 4, 5, 2).multiply(3).add(7), rng.randn(4), rng.randn(4)];
    const dout = rng.randn(3, 4, 5, 2);
    const rows = (images: NDArray) => images.transpose([0, 2, 3, 1]).reshape([30, 4]);
    const [spatial, plain] = [bnParam(mode, 4), bnParam(mode, 4)];
    const [out, cache] = spatialBatchnormForward(x, gamma, beta, spatial);
    const [flat, flatCache] = batchnormForward(rows(x), gamma, beta, plain);
    assertClose("out", rows(out), flat, 1e-12);
    assertClose("runningMean", spatial.runningMean!, plain.runningMean!, 1e-12);
    assertClose("runningVar", spatial.runningVar!, plain.runningVar!, 1e-12);
    const [dx, dgamma, dbeta] = spatialBatchnormBackward(dout, cache);
    const [flatDx, flatDgamma, flatDbeta] = batchnormBackward(rows(dout), flatCache);
    assertClose("dx", rows(dx), flatDx, 1e-11);
    assertClose("dgamma", dgamma, flatDgamma, 1e-11);
    assertClose("dbeta", dbeta, flatDbeta, 1e-11);
  });
}

const grouped = [
  { groups: 2, x: [2, 6, 3, 4] },
  { groups: 1, x: [2, 3, 2, 3] },
  { groups: 3, x: [2, 3, 2, 3] },
  { groups: 5, x: [1, 15, 2, 2] },
  { groups: 1, x: [3, 1, 1, 2] },
];

for (const { groups, x } of grouped) {
  const c = x[1];
  for (const shape of [[c], [1, c, 1, 1]]) {
    for (const eps of [1e-5, 0.3]) {
      const title = `${groups} groups of (${x}), gamma (${shape}), eps ${eps}`;
      gradientSuite(`spatial groupnorm, ${title},`, {
        cases: [{ x, gamma: shape, beta: shape }],
        forward: ({ x, gamma, beta }) => spatialGroupnormForward(x, gamma, beta, groups, { eps }),
        backward: spatialGroupnormBackward,
        tolerance: 1e-8,
      });
    }
  }
}

testOnBackends("spatialGroupnormBackward() returns each gradient in the shape it was given", () => {
  const rng = new RandomState(6);
  const x = rng.randn(2, 4, 3, 3);
  const [gamma, beta, dout] = [rng.randn(4), rng.randn(1, 4, 1, 1), rng.randn(2, 4, 3, 3)];
  const [, cache] = spatialGroupnormForward(x, gamma, beta, 2);
  const [, dgamma, dbeta] = spatialGroupnormBackward(dout, cache);
  assert.deepEqual([dgamma.shape, dbeta.shape], [[4], [1, 4, 1, 1]]);
});

testOnBackends("spatial groupnorm of one group normalises whole images, as layernorm does", () => {
  const rng = new RandomState(9);
  const x = rng.randn(3, 4, 2, 2);
  const [gamma, beta] = [rng.randn(4), rng.randn(4)];
  const pixels = (v: NDArray) => v.reshape([4, 1]).multiply(ones([4, 4])).reshape(-1);
  const [out] = spatialGroupnormForward(x, gamma, beta, 1);
  const [flat] = layernormForward(x.reshape([3, 16]), pixels(gamma), pixels(beta));
  assertClose("out", out.reshape([3, 16]), flat, 1e-12);
});
