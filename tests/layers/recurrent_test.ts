import assert from "node:assert/strict";
import { Workspace } from "../../kernels/mod.ts";
import {
  lstmBackward,
  lstmForward,
  lstmStepBackward,
  lstmStepForward,
  rnnBackward,
  rnnForward,
  rnnStepForward,
  temporalAffineForward,
  temporalSoftmaxLoss,
} from "../../layers/mod.ts";
import { array, type NDArray, ones, zeros } from "../../ndarray/mod.ts";
import { RandomState } from "../../random/mod.ts";
import { testOnBackends } from "../gradients/_backends.ts";
import { assertClose } from "../gradients/_suite.ts";
import { fails } from "./_fails.ts";

const [n, t, d, h] = [3, 4, 5, 6];
const rng = new RandomState(9);
const [x, h0] = [rng.randn(n, t, d), rng.randn(n, h)];
const weights = (gates: number) =>
  [rng.randn(d, gates * h), rng.randn(h, gates * h), rng.randn(gates * h)] as const;
const [rnnWeights, lstmWeights] = [weights(1), weights(4)];

testOnBackends("rnnForward() is rnnStepForward() again and again", () => {
  const [states] = rnnForward(x, h0, ...rnnWeights);
  let state = h0;
  for (let step = 0; step < t; step++) {
    [state] = rnnStepForward(x.slice(":", step), state, ...rnnWeights);
    assertClose(`step ${step}`, states.slice(":", step), state, 1e-13);
  }
});

testOnBackends("lstmForward() is lstmStepForward() again and again", () => {
  const [states] = lstmForward(x, h0, ...lstmWeights);
  let [state, cell] = [h0, zeros([n, h])];
  for (let step = 0; step < t; step++) {
    [state, cell] = lstmStepForward(x.slice(":", step), state, cell, ...lstmWeights);
    assertClose(`step ${step}`, states.slice(":", step), state, 1e-13);
  }
});

testOnBackends("recurrent layers overwrite what is in the arrays that a workspace deals", () => {
  for (const dtype of ["float32", "float64"] as const) {
    const cast = (arrays: readonly NDArray[]) =>
      arrays.map((array) => array.astype(dtype)) as [NDArray, NDArray, NDArray, NDArray, NDArray];
    const pass = () => {
      const [plain, plainCache] = rnnForward(...cast([x, h0, ...rnnWeights]));
      const [long, longCache] = lstmForward(...cast([x, h0, ...lstmWeights]));
      return [
        plain,
        long,
        ...rnnBackward(plain, plainCache),
        ...lstmBackward(long, longCache),
        ...Object.values(longCache) as NDArray[],
      ];
    };
    const workspace = new Workspace();
    for (const used of workspace.run(pass)) used.data.fill(NaN);
    const valuesOf = ({ data }: NDArray) => [...data];
    assert.deepEqual(workspace.run(pass).map(valuesOf), pass().map(valuesOf));
  }
});

Deno.test("recurrent backward passes change neither upstream gradients nor caches", () => {
  const dout = rng.randn(n, t, h);
  const before = dout.copy();
  const [, rnnCache] = rnnForward(x, h0, ...rnnWeights);
  const [, lstmCache] = lstmForward(x, h0, ...lstmWeights);
  const first = [...rnnBackward(dout, rnnCache), ...lstmBackward(dout, lstmCache)];
  const second = [...rnnBackward(dout, rnnCache), ...lstmBackward(dout, lstmCache)];
  assert.deepEqual(dout.data, before.data);
  first.forEach((gradient, i) => assert.deepEqual(gradient.data, second[i].data));
  const [, , stepCache] = lstmStepForward(x.slice(":", 0), h0, h0, ...lstmWeights);
  const dnextC = rng.randn(n, h);
  const copy = dnextC.copy();
  lstmStepBackward(h0, dnextC, stepCache);
  assert.deepEqual(dnextC.data, copy.data);
});

Deno.test("recurrent layers say which shape does not fit", () => {
  const [Wx, Wh, b] = rnnWeights;
  const rnn = (changes: Record<string, NDArray>) => () => {
    const given = { x, h0, Wx, Wh, b, ...changes };
    return rnnForward(given.x, given.h0, given.Wx, given.Wh, given.b);
  };
  fails(
    RangeError,
    "rnnForward: Wx must have shape (5, 6), for x (3, 4, 5) and h0 (3, 6), got (6, 5); " +
      "transpose Wx?",
    rnn({ Wx: Wx.T }),
  );
  fails(RangeError, "Wh must have shape (6, 6)", rnn({ Wh: ones([6, 5]) }));
  fails(
    RangeError,
    "rnnForward: h0 must have shape (3, H), one state for each example of x (3, 4, 5), got (2, 6)",
    rnn({ h0: ones([2, 6]) }),
  );
  fails(RangeError, "rnnForward: b must have shape (6,)", rnn({ b: ones([5]) }));
  fails(
    RangeError,
    "rnnForward: x must hold at least one example, time step and feature, got shape (3, 0, 5)",
    rnn({ x: ones([3, 0, 5]) }),
  );
  fails(
    RangeError,
    "x must have shape (N, T, D), got (3, 5); for one time step use the layer with Step",
    rnn({ x: ones([3, 5]) }),
  );
  fails(
    RangeError,
    "rnnStepForward: x must have shape (N, D), got (3, 4, 5); for whole sequences use the layer " +
      "without Step",
    () => rnnStepForward(x, h0, Wx, Wh, b),
  );
  // deno-lint-ignore no-explicit-any
  fails(TypeError, "rnnForward: Wh must be an NDArray, got null", rnn({ Wh: null as any }));
  const [Wx4, Wh4, b4] = lstmWeights;
  fails(
    RangeError,
    "lstmForward: Wx must have shape (5, 24), 4 gates of 6 columns, for x (3, 4, 5) and " +
      "h0 (3, 6), got (5, 6)",
    () => lstmForward(x, h0, Wx, Wh4, b4),
  );
  fails(
    RangeError,
    "lstmStepForward: prevC must have shape (3, 6)",
    () => lstmStepForward(x.slice(":", 0), h0, ones([3, 5]), Wx4, Wh4, b4),
  );
  const [, cache] = rnnForward(x, h0, Wx, Wh, b);
  fails(
    RangeError,
    "rnnBackward: dh must have the shape of the forward output, (3, 4, 6), got (4, 3, 6)",
    () => rnnBackward(ones([4, 3, 6]), cache),
  );
  fails(
    TypeError,
    "rnnBackward: dh must be an NDArray and cache what the forward pass returned, got them the " +
      "other way round; call rnnBackward(dh, cache)",
    // deno-lint-ignore no-explicit-any
    () => rnnBackward(cache as any, x as any),
  );
});

Deno.test("temporalAffineForward() says which shape does not fit", () => {
  fails(
    RangeError,
    "temporalAffineForward: w must have shape (5, M) to multiply x of shape (3, 4, 5), got (6, 5); " +
      "transpose w?",
    () => temporalAffineForward(x, ones([6, 5]), ones([6])),
  );
  fails(
    RangeError,
    "temporalAffineForward: x must have shape (N, T, D), got (3, 6); for one time step use " +
      "affineForward",
    () => temporalAffineForward(h0, ones([6, 5]), ones([5])),
  );
});

Deno.test("temporalSoftmaxLoss() of a mask that keeps nothing is 0 with a gradient of zeros", () => {
  const scores = array([[[NaN, 1], [Infinity, 2]]]);
  const [loss, dx] = temporalSoftmaxLoss(scores, zeros([1, 2]), zeros([1, 2], "bool"));
  assert.equal(loss, 0);
  assert.deepEqual(dx.toArray(), [[[0, 0], [0, 0]]]);
});

Deno.test("temporalSoftmaxLoss() refuses what does not fit", () => {
  const [scores, y, mask] = [ones([2, 3, 4]), zeros([2, 3]), ones([2, 3], "bool")];
  fails(
    RangeError,
    "temporalSoftmaxLoss: mask must have shape (2, 3), one entry for each step of x (2, 3, 4), " +
      "got (6,)",
    () => temporalSoftmaxLoss(scores, y, ones([6], "bool")),
  );
  fails(
    RangeError,
    "temporalSoftmaxLoss: mask must hold 0 and 1, or bools, got 0.5 at position 0",
    () => temporalSoftmaxLoss(scores, y, ones([2, 3]).multiply(0.5)),
  );
  fails(
    RangeError,
    "temporalSoftmaxLoss: y must hold whole numbers from 0 to 3, the columns of x, got 4 at " +
      "position 0; do the labels count from 1?",
    () => temporalSoftmaxLoss(scores, ones([2, 3]).multiply(4), mask),
  );
  fails(
    RangeError,
    "temporalSoftmaxLoss: y must have shape (2, 3), one label for each row of x (2, 3, 4), got (3, 2)",
    () => temporalSoftmaxLoss(scores, zeros([3, 2]), mask),
  );
  fails(
    RangeError,
    "temporalSoftmaxLoss: x must have shape (N, T, V), scores of words at every step, got (6, 4)",
    () => temporalSoftmaxLoss(ones([6, 4]), y, mask),
  );
  fails(
    RangeError,
    "temporalSoftmaxLoss: x must hold at least one example, got shape (2, 0, 4)",
    () => temporalSoftmaxLoss(ones([2, 0, 4]), zeros([2, 0]), zeros([2, 0])),
  );
});
