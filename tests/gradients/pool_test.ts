import assert from "node:assert/strict";
import { Workspace } from "../../kernels/mod.ts";
import {
  avgPoolBackward,
  avgPoolForward,
  maxPoolBackwardFast,
  maxPoolBackwardNaive,
  type MaxPoolCache,
  maxPoolForwardFast,
  maxPoolForwardNaive,
} from "../../layers/mod.ts";
import { array, type NDArray } from "../../ndarray/mod.ts";
import { RandomState } from "../../random/mod.ts";
import { poolSetups } from "../layers/_geometries.ts";
import { testOnBackends } from "./_backends.ts";
import { gradientSuite } from "./_suite.ts";

/** Values so far apart that no step of a centred difference changes which one is largest. */
function distinct(shape: readonly number[]): NDArray {
  const size = shape.reduce((a, b) => a * b, 1);
  return new RandomState(size).permutation(size).subtract(size / 2).divide(10).reshape(shape);
}

const maxPools = {
  naive: [maxPoolForwardNaive, maxPoolBackwardNaive],
  fast: [maxPoolForwardFast, maxPoolBackwardFast],
} as const;

for (const [kind, [forward, backward]] of Object.entries(maxPools)) {
  for (const { name, x, param } of poolSetups) {
    gradientSuite<MaxPoolCache>(`${kind} max pooling, ${name},`, {
      cases: [{ x: distinct(x) }],
      forward: ({ x }) => forward(x, param),
      backward,
      tolerance: 1e-8,
    });
  }

  for (const dtype of ["float32", "float64"] as const) {
    testOnBackends(`${kind} max pooling in ${dtype} sends ties to the first maximum`, () => {
      const x = array([[[[1, 7, 7], [7, 7, 0], [7, 7, 7]]]], dtype);
      const [out, cache] = forward(x, { poolHeight: 2, poolWidth: 2, stride: 1 });
      assert.deepEqual(out.toArray(), [[[[7, 7], [7, 7]]]]);
      assert.deepEqual(cache.argmax.toArray(), [[[[1, 1], [3, 4]]]]);
      const dx = backward(array([[[[1, 10], [100, 1000]]]], dtype), cache);
      assert.deepEqual(dx.toArray(), [[[[0, 11, 0], [100, 1000, 0], [0, 0, 0]]]]);
    });

    testOnBackends(`${kind} max pooling in ${dtype} takes the first NaN for the maximum`, () => {
      const x = array([[[[1, NaN, 5], [NaN, 9, Infinity]]]], dtype);
      const [out, cache] = forward(x, { poolHeight: 2, poolWidth: 2, stride: 1 });
      assert.deepEqual(out.toArray(), [[[[NaN, NaN]]]]);
      assert.deepEqual(cache.argmax.toArray(), [[[[1, 1]]]]);
      const dx = backward(array([[[[2, 3]]]], dtype), cache);
      assert.deepEqual(dx.toArray(), [[[[0, 5, 0], [0, 0, 0]]]]);
    });

    testOnBackends(`${kind} max pooling in ${dtype} knows infinities`, () => {
      const x = array([[[[-Infinity, -Infinity], [-Infinity, 3]]]], dtype);
      const [rows] = forward(x, { poolHeight: 1, poolWidth: 2, stride: 1 });
      assert.deepEqual(rows.toArray(), [[[[-Infinity], [3]]]]);
    });
  }
}

for (const { name, x, param } of poolSetups) {
  gradientSuite(`average pooling, ${name},`, {
    cases: [{ x }],
    forward: ({ x }) => avgPoolForward(x, param),
    backward: avgPoolBackward,
    tolerance: 1e-8,
  });
  if (param.pad === undefined) continue;
  gradientSuite(`average pooling without its pad, ${name},`, {
    cases: [{ x }],
    forward: ({ x }) => avgPoolForward(x, { ...param, countPad: false }),
    backward: avgPoolBackward,
    tolerance: 1e-8,
  });
}

testOnBackends("pooling overwrites what is in the arrays that a workspace deals", () => {
  for (const { x, param } of poolSetups) {
    for (const dtype of ["float32", "float64"] as const) {
      const pass = () => {
        const rng = new RandomState(3);
        const draw = (shape: readonly number[]) => rng.randn(...shape).astype(dtype);
        const images = draw(x);
        const [max, maxCache] = maxPoolForwardFast(images, param);
        const [average, averageCache] = avgPoolForward(images, param);
        const dout = draw(max.shape);
        const dxs = [maxPoolBackwardFast(dout, maxCache), avgPoolBackward(dout, averageCache)];
        return [max, maxCache.argmax, average, ...dxs];
      };
      const workspace = new Workspace();
      for (const used of workspace.run(pass)) used.data.fill(7777);
      const valuesOf = ({ data }: NDArray) => [...data];
      assert.deepEqual(workspace.run(pass).map(valuesOf), pass().map(valuesOf));
    }
  }
});
