import {
  lstmBackward,
  lstmForward,
  lstmStepBackward,
  type LstmStepCache,
  lstmStepForward,
  rnnBackward,
  rnnForward,
  rnnStepBackward,
  rnnStepForward,
  temporalAffineBackward,
  temporalAffineForward,
  temporalSoftmaxLoss,
} from "../../layers/mod.ts";
import { array, concatenate, type NDArray } from "../../ndarray/mod.ts";
import { RandomState } from "../../random/mod.ts";
import { gradientSuite } from "./_suite.ts";

const [n, t, d, h] = [3, 4, 5, 6];
const tolerance = 1e-8;

gradientSuite("rnn step", {
  cases: [
    { x: [n, d], prevH: [n, h], Wx: [d, h], Wh: [h, h], b: [h] },
    { x: [1, 1], prevH: [1, 1], Wx: [1, 1], Wh: [1, 1], b: [1] },
  ],
  forward: ({ x, prevH, Wx, Wh, b }) => rnnStepForward(x, prevH, Wx, Wh, b),
  backward: (dout, cache) => rnnStepBackward(dout, cache),
  tolerance,
});

gradientSuite("rnn", {
  cases: [
    { x: [n, t, d], h0: [n, h], Wx: [d, h], Wh: [h, h], b: [h] },
    { x: [2, 1, d], h0: [2, 3], Wx: [d, 3], Wh: [3, 3], b: [3] },
    { x: [1, 7, 1], h0: [1, 1], Wx: [1, 1], Wh: [1, 1], b: [1] },
  ],
  forward: ({ x, h0, Wx, Wh, b }) => rnnForward(x, h0, Wx, Wh, b),
  backward: (dout, cache) => rnnBackward(dout, cache),
  tolerance,
});

/** Both states beside each other, so that both have a gradient. */
function lstmStep(
  { x, prevH, prevC, Wx, Wh, b }: Record<string, NDArray>,
): [out: NDArray, cache: LstmStepCache] {
  const [nextH, nextC, cache] = lstmStepForward(x, prevH, prevC, Wx, Wh, b);
  return [concatenate([nextH, nextC], 1), cache];
}

gradientSuite<LstmStepCache>("lstm step", {
  cases: [
    { x: [n, d], prevH: [n, h], prevC: [n, h], Wx: [d, 4 * h], Wh: [h, 4 * h], b: [4 * h] },
    { x: [1, 1], prevH: [1, 1], prevC: [1, 1], Wx: [1, 4], Wh: [1, 4], b: [4] },
  ],
  forward: lstmStep,
  backward: (dout, cache) => {
    const width = cache.prevH.shape[1];
    const [dnextH, dnextC] = [dout.slice(":", `:${width}`), dout.slice(":", `${width}:`)];
    return lstmStepBackward(dnextH, dnextC, cache);
  },
  tolerance,
});

gradientSuite("lstm", {
  cases: [
    { x: [n, t, d], h0: [n, h], Wx: [d, 4 * h], Wh: [h, 4 * h], b: [4 * h] },
    { x: [2, 1, d], h0: [2, 3], Wx: [d, 12], Wh: [3, 12], b: [12] },
    { x: [1, 7, 1], h0: [1, 1], Wx: [1, 4], Wh: [1, 4], b: [4] },
  ],
  forward: ({ x, h0, Wx, Wh, b }) => lstmForward(x, h0, Wx, Wh, b),
  backward: (dout, cache) => lstmBackward(dout, cache),
  tolerance,
});

gradientSuite("temporal affine", {
  cases: [{ x: [n, t, d], w: [d, 7], b: [7] }, { x: [1, 1, 1], w: [1, 1], b: [1] }],
  forward: ({ x, w, b }) => temporalAffineForward(x, w, b),
  backward: (dout, cache) => temporalAffineBackward(dout, cache),
  tolerance,
});

for (const share of [0, 0.5, 1]) {
  gradientSuite(`temporal softmax loss of a mask that keeps ${share}`, {
    cases: [{ x: [n, t, d] }, { x: [1, 1, 3] }, { x: [2, 5, 1] }],
    forward: ({ x }) => {
      const rng = new RandomState(5);
      const steps = x.shape.slice(0, 2);
      const mask = rng.rand(...steps).data.map((value) => Number(value < share));
      const y = rng.randint(0, x.shape[2], steps);
      const [loss, dx] = temporalSoftmaxLoss(x, y, array([...mask], "bool").reshape(steps));
      return [array([loss]), dx];
    },
    backward: (dout, dx) => dx.multiply(dout.astype(dx.dtype)),
    tolerance: 1e-7,
  });
}
