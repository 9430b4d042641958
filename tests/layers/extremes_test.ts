import assert from "node:assert/strict";
import {
  batchnormBackward,
  batchnormBackwardAlt,
  batchnormForward,
  type BatchnormParam,
  convBackwardFast,
  convBackwardNaive,
  convForwardFast,
  convForwardNaive,
  layernormBackward,
  layernormForward,
  spatialBatchnormBackward,
  spatialBatchnormForward,
  spatialGroupnormBackward,
  spatialGroupnormForward,
} from "../../layers/mod.ts";
import type { NDArray } from "../../ndarray/mod.ts";
import { RandomState } from "../../random/mod.ts";
import { testOnBackends } from "../gradients/_backends.ts";
import { assertClose } from "../gradients/_suite.ts";

type Norm = (
  x: NDArray,
  gamma: NDArray,
  beta: NDArray,
  dout: NDArray,
  eps: number,
) => [out: NDArray, dx: NDArray | null, dgamma: NDArray, dbeta: NDArray];

const withoutDx = { needs: { dx: false } } as const;
const norms: Record<string, [shape: number[], features: number, norm: Norm]> = {
  "batch norm": [[40, 6], 6, (x, gamma, beta, dout, eps) => {
    const [out, cache] = batchnormForward(x, gamma, beta, { mode: "train", eps });
    return [out, ...batchnormBackwardAlt(dout, cache)];
  }],
  "staged batch norm": [[40, 6], 6, (x, gamma, beta, dout, eps) => {
    const [out, cache] = batchnormForward(x, gamma, beta, { mode: "train", eps });
    return [out, ...batchnormBackward(dout, cache)];
  }],
  "batch norm without dx": [[40, 6], 6, (x, gamma, beta, dout, eps) => {
    const [out, cache] = batchnormForward(x, gamma, beta, { mode: "train", eps });
    return [out, ...batchnormBackwardAlt(dout, cache, withoutDx)];
  }],
  "spatial batch norm": [[3, 6, 5, 4], 6, (x, gamma, beta, dout, eps) => {
    const [out, cache] = spatialBatchnormForward(x, gamma, beta, { mode: "train", eps });
    return [out, ...spatialBatchnormBackward(dout, cache)];
  }],
  "layer norm": [[5, 70], 70, (x, gamma, beta, dout, eps) => {
    const [out, cache] = layernormForward(x, gamma, beta, { eps });
    return [out, ...layernormBackward(dout, cache)];
  }],
  "group norm": [[3, 6, 5, 4], 6, (x, gamma, beta, dout, eps) => {
    const [out, cache] = spatialGroupnormForward(x, gamma, beta, 3, { eps });
    return [out, ...spatialGroupnormBackward(dout, cache)];
  }],
  "group norm without dx": [[3, 6, 5, 4], 6, (x, gamma, beta, dout, eps) => {
    const [out, cache] = spatialGroupnormForward(x, gamma, beta, 3, { eps });
    return [out, ...spatialGroupnormBackward(dout, cache, withoutDx)];
  }],
};

for (const [name, [shape, features, norm]] of Object.entries(norms)) {
  for (const [scale, eps] of [[1e15, 1e-5], [3e18, 1e-5], [1e20, 1e-5], [1e37, 1e-5], [1e-25, 0]]) {
    testOnBackends(`${name} in float32 of values around ${scale} is that of float64`, () => {
      const rng = new RandomState(3);
      const draw = (...shape: number[]) => rng.randn(...shape).astype("float32");
      const x = rng.randn(...shape).multiply(scale).astype("float32");
      const arrays = [x, draw(features), draw(features), draw(...shape)] as const;
      const wide = arrays.map((array) => array.astype("float64")) as unknown as typeof arrays;
      const expected = norm(...wide, eps);
      norm(...arrays, eps).forEach((result, i) => {
        if (result === null) return;
        const where = `${name}, ${["out", "dx", "dgamma", "dbeta"][i]}`;
        assert.equal(result.dtype, "float32", where);
        // Gradients of values around 1e37 are too small for float32 to hold all their digits.
        if (i === 1) return assertTiny(where, result, expected[i]!, 1 / scale);
        assertClose(where, result, expected[i]!, 1e-5, 1);
      });
    });
  }
}

/** Compares after division by a scale, of which products would be lost in the rounding. */
function assertTiny(where: string, actual: NDArray, expected: NDArray, scale: number): void {
  const lift = (x: NDArray) => x.astype("float64").divide(scale);
  assertClose(where, lift(actual), lift(expected), scale < 1e-36 ? 1e-2 : 1e-4, 1);
}

testOnBackends("batchnormForward() in float32 moves the running mean of values around 1e20", () => {
  const x = new RandomState(3).randn(40, 6).add(2).multiply(1e20).astype("float32");
  const [gamma, beta] = [x.slice(0), x.slice(1)];
  const bnParam: BatchnormParam = { mode: "train" };
  batchnormForward(x, gamma, beta, bnParam);
  assert.equal(bnParam.runningMean!.dtype, "float32");
  const expected = x.astype("float64").mean(0).multiply(0.1);
  assertClose("running mean", bnParam.runningMean!, expected, 1e-6);
});

/** Each value as its kind: its sign if it is infinite, NaN, or 0 for all finite ones. */
function kinds(x: NDArray): number[] {
  return Array.from(x.data, (value) => Number.isFinite(value) ? 0 : value);
}

const convolutions = {
  "3×3": [[2, 3, 6, 6], [4, 3, 3, 3], { stride: 1, pad: 1 }],
  "5×5 with stride 2": [[2, 3, 9, 9], [4, 3, 5, 5], { stride: 2, pad: 2 }],
  "1×1": [[2, 3, 6, 6], [4, 3, 1, 1], { stride: 1, pad: 1 }],
  depthwise: [[2, 4, 6, 6], [4, 1, 3, 3], { stride: 1, pad: 1, groups: 4 }],
  dilated: [[2, 4, 8, 8], [4, 4, 3, 3], { stride: 1, pad: 2, dilation: 2 }],
  "many channels": [[2, 16, 16, 16], [32, 16, 3, 3], { stride: 1, pad: 1 }],
} as const;

for (const [name, [xShape, wShape, param]] of Object.entries(convolutions)) {
  for (const dtype of ["float32", "float64"] as const) {
    testOnBackends(`fast convolution ${name} in ${dtype} of infinities is the naive one`, () => {
      for (const place of ["x", "w", "dout"] as const) {
        const rng = new RandomState(5);
        const [x, w] = [rng.randn(...xShape).astype(dtype), rng.randn(...wShape).astype(dtype)];
        const [shape] = [convForwardNaive(x, w, null, param)[0].shape];
        const dout = rng.randn(...shape).astype(dtype);
        const { data } = { x, w, dout }[place];
        [data[0], data[data.length - 1]] = [Infinity, -Infinity];
        const [naive, naiveCache] = convForwardNaive(x, w, null, param);
        const [fast, fastCache] = convForwardFast(x, w, null, param);
        assert.deepEqual(kinds(fast), kinds(naive), `out, infinite ${place}`);
        const expected = convBackwardNaive(dout, naiveCache);
        convBackwardFast(dout, fastCache).forEach((gradient, i) => {
          if (!gradient) return;
          const where = `${["dx", "dw"][i]}, infinite ${place}`;
          assert.deepEqual(kinds(gradient), kinds(expected[i]!), where);
        });
      }
    });
  }
}

Deno.test("a convolution with an infinite filter is NaN where the filter lies on the pad", () => {
  const w = new RandomState(1).randn(1, 1, 3, 3);
  w.data[0] = Infinity;
  const x = new RandomState(2).rand(1, 1, 4, 4);
  const [out] = convForwardNaive(x, w, null, { stride: 1, pad: 1 });
  assert.deepEqual(kinds(out.slice(0, 0, 0)), [NaN, NaN, NaN, NaN]);
  assert.deepEqual(kinds(out.slice(0, 0, 1)), [NaN, Infinity, Infinity, Infinity]);
});
