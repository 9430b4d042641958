import {
  type BatchnormParam,
  convBnReluBackward,
  type ConvBnReluCache,
  convBnReluForward,
  convReluBackward,
  type ConvReluCache,
  convReluForward,
  convReluPoolBackward,
  type ConvReluPoolCache,
  convReluPoolForward,
} from "../../layers/mod.ts";
import type { NDArray } from "../../ndarray/mod.ts";
import { RandomState } from "../../random/mod.ts";
import { gradientSuite } from "./_suite.ts";

const convParam = { stride: 1, pad: 1 };
const cases = [
  { x: [2, 3, 5, 4], w: [3, 3, 3, 3], b: [3] },
  { x: [1, 1, 3, 3], w: [2, 1, 2, 2], b: [2] },
];

gradientSuite<ConvReluCache>("convolution - relu", {
  cases,
  forward: ({ x, w, b }) => convReluForward(x, w, b, convParam),
  backward: (dout, cache) => convReluBackward(dout, cache),
  tolerance: 1e-8,
});

gradientSuite<ConvReluCache>("convolution without bias - relu", {
  cases: cases.map(({ x, w }) => ({ x, w })),
  forward: ({ x, w }) => convReluForward(x, w, null, { stride: 2, pad: 1 }),
  backward: (dout, cache) => convReluBackward(dout, cache),
  tolerance: 1e-8,
});

for (const stride of [1, 2]) {
  gradientSuite<ConvReluPoolCache>(`convolution - relu - pool with stride ${stride}`, {
    cases,
    forward: ({ x, w, b }) =>
      convReluPoolForward(x, w, b, convParam, { poolHeight: 2, poolWidth: 2, stride }),
    backward: (dout, cache) => convReluPoolBackward(dout, cache),
    tolerance: 1e-8,
  });
}

for (const mode of ["train", "test"] as const) {
  gradientSuite<ConvBnReluCache>(`convolution - batchnorm - relu in ${mode} mode`, {
    cases: cases.map(({ x, w, b }) => ({ x, w, b, gamma: b, beta: b })),
    forward: ({ x, w, b, gamma, beta }) => {
      const rng = new RandomState(77);
      const bnParam: BatchnormParam = {
        mode,
        runningMean: rng.randn(b.size),
        runningVar: rng.rand(b.size).add(0.5),
      };
      return convBnReluForward(x, w, b, gamma, beta, convParam, bnParam);
    },
    backward: (dout, cache) => convBnReluBackward(dout, cache),
    tolerance: 1e-8,
  });
}

/** Images in the type of the filters, which are differentiated by alone. */
function imagesFor({ dtype }: NDArray): NDArray {
  return new RandomState(9).randn(2, 2, 4, 4).astype(dtype);
}

const withoutDx = { needs: { dx: false } };
const filters = { w: [2, 2, 3, 3], b: [2] };

gradientSuite<ConvReluCache>("convolution - relu without dx", {
  cases: [filters],
  forward: ({ w, b }) => convReluForward(imagesFor(w), w, b, convParam),
  backward: (dout, cache) => convReluBackward(dout, cache, withoutDx),
  tolerance: 1e-8,
});

gradientSuite<ConvReluPoolCache>("convolution - relu - pool without dx", {
  cases: [filters],
  forward: ({ w, b }) => {
    const poolParam = { poolHeight: 2, poolWidth: 2, stride: 2 };
    return convReluPoolForward(imagesFor(w), w, b, convParam, poolParam);
  },
  backward: (dout, cache) => convReluPoolBackward(dout, cache, withoutDx),
  tolerance: 1e-8,
});

gradientSuite<ConvBnReluCache>("convolution - batchnorm - relu without dx", {
  cases: [{ ...filters, gamma: [2], beta: [2] }],
  forward: ({ w, b, gamma, beta }) =>
    convBnReluForward(imagesFor(w), w, b, gamma, beta, convParam, { mode: "train" }),
  backward: (dout, cache) => convBnReluBackward(dout, cache, withoutDx),
  tolerance: 1e-8,
});
