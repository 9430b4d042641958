import { genericBackward, genericForward } from "../../layers/mod.ts";
import type { NDArray } from "../../ndarray/mod.ts";
import { gradientSuite } from "./_suite.ts";

const plain = [{ x: [4, 2, 3], w: [6, 5], b: [5] }, { x: [1, 3], w: [3, 2], b: [2] }];
const normalized = [{ x: [4, 2, 3], w: [6, 5], b: [5], gamma: [5], beta: [5] }];

for (const keep of [1, 0.6]) {
  const dropped = keep < 1 ? ` with dropout` : "";
  const dropoutParam = () => keep < 1 ? { p: keep, mode: "train", seed: 5 } as const : null;

  gradientSuite(`generic layer${dropped}`, {
    cases: plain,
    forward: ({ x, w, b }) => genericForward(x, w, b, null, null, null, dropoutParam()),
    backward: (dout, cache) => genericBackward(dout, cache),
    tolerance: 1e-8,
  });

  gradientSuite(`generic layer with batchnorm${dropped}`, {
    cases: normalized,
    forward: ({ x, w, b, gamma, beta }) =>
      genericForward(x, w, b, gamma, beta, { mode: "train" }, dropoutParam()),
    backward: (dout, cache) => genericBackward(dout, cache),
    tolerance: 1e-8,
  });

  gradientSuite(`generic layer with layernorm${dropped}`, {
    cases: normalized,
    forward: ({ x, w, b, gamma, beta }) => genericForward(x, w, b, gamma, beta, {}, dropoutParam()),
    backward: (dout, cache) => genericBackward(dout, cache),
    tolerance: 1e-8,
  });
}

gradientSuite("last generic layer", {
  cases: plain,
  forward: ({ x, w, b }) => genericForward(x, w, b, null, null, null, null, true),
  backward: (dout, cache): (NDArray | null)[] => genericBackward(dout, cache),
  tolerance: 1e-8,
});
