import {
  convTransposeBackward,
  type ConvTransposeCache,
  convTransposeForward,
  type ConvTransposeParam,
} from "../../layers/mod.ts";
import { gradientSuite } from "./_suite.ts";

const setups: [ConvTransposeParam, x: number[], w: number[], filters: number][] = [
  [{ stride: 1, pad: 0 }, [2, 3, 4, 3], [3, 2, 3, 2], 2],
  [{ stride: 2, pad: 1 }, [2, 4, 3, 3], [4, 3, 4, 4], 3],
  [{ stride: [3, 2], pad: [0, 1], outputPad: [2, 1] }, [1, 2, 2, 3], [2, 1, 3, 3], 1],
  [{ stride: 2, pad: 1, dilation: [2, 1], groups: 2 }, [1, 4, 3, 3], [4, 2, 3, 3], 4],
  [{ stride: 1, pad: 0 }, [1, 1, 1, 1], [1, 1, 1, 1], 1],
];

for (const [param, x, w, filters] of setups) {
  gradientSuite<ConvTransposeCache>(`transposed convolution ${JSON.stringify(param)}`, {
    cases: [{ x, w, b: [filters] }],
    forward: ({ x, w, b }) => convTransposeForward(x, w, b, param),
    backward: (dout, cache) => convTransposeBackward(dout, cache),
    tolerance: 1e-8,
  });
}

gradientSuite<ConvTransposeCache>("transposed convolution without bias", {
  cases: [{ x: [2, 3, 4, 3], w: [3, 2, 3, 2] }],
  forward: ({ x, w }) => convTransposeForward(x, w, null, { stride: 2, pad: 1 }),
  backward: (dout, cache) => convTransposeBackward(dout, cache),
  tolerance: 1e-8,
});
