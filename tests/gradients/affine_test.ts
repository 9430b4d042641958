import { affineBackward, affineForward } from "../../layers/mod.ts";
import { RandomState } from "../../random/mod.ts";
import { gradientSuite } from "./_suite.ts";

const cases = [
  { x: [2, 3], w: [3, 4], b: [4] },
  { x: [5, 4, 2, 3], w: [24, 1], b: [1] },
  { x: [1, 1], w: [1, 1], b: [1] },
  { x: [1, 7], w: [7, 5], b: [5] },
  { x: [17, 9], w: [9, 33], b: [33] },
];

gradientSuite("affine", {
  cases,
  forward: ({ x, w, b }) => affineForward(x, w, b),
  backward: (dout, cache) => affineBackward(dout, cache),
  tolerance: 1e-8,
});

gradientSuite("affine without dx", {
  cases: cases.map(({ w, b }) => ({ w, b })),
  forward: ({ w, b }) =>
    affineForward(new RandomState(9).randn(6, w.shape[0]).astype(w.dtype), w, b),
  backward: (dout, cache) => affineBackward(dout, cache, { needs: { dx: false } }),
  tolerance: 1e-8,
});
