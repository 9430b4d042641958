import { evalNumericalGradientArray } from "../../gradient_check/mod.ts";
import {
  leakyReluForward,
  lstmBackward,
  lstmForward,
  lstmStepBackward,
  lstmStepForward,
  rnnBackward,
  rnnForward,
  rnnStepBackward,
  rnnStepForward,
  temporalAffineBackward,
  temporalAffineForward,
  temporalSoftmaxLoss,
  wordEmbeddingBackward,
  wordEmbeddingForward,
} from "../../layers/mod.ts";
import { array, lessEqual, linspace, type NDArray } from "../../ndarray/mod.ts";
import { RandomState } from "../../random/mod.ts";
import { assertDecimals, assertRelative, courseTest, drawn } from "../fixtures/course.ts";
import type { Check } from "../fixtures/mod.ts";

/** Full precision, but for what the order of sums takes off. */
const derived = 1e-9;

/** `linspace(start, stop, n)` in that shape, as the forward checks make their arrays. */
function ramp(start: number, stop: number, ...shape: number[]): NDArray {
  return linspace(start, stop, shape.reduce((a, b) => a * b)).reshape(shape);
}

/** The arrays of a check, drawn one after another. */
function draws(c: Check, rng: RandomState, shapes: Record<string, number[]>): NDArray[] {
  return Object.entries(shapes).map(([name, shape]) => drawn(c, name, rng.randn(...shape)));
}

/** Holds the gradients against the recorded ones and against centred differences. */
function assertGradients(
  c: Check,
  gradients: readonly NDArray[],
  names: readonly string[],
  inputs: readonly NDArray[],
  forward: (inputs: NDArray[]) => [out: NDArray, dout: NDArray][],
): void {
  names.forEach((name, i) => {
    assertRelative(gradients[i], c.expectedArray(name), derived, name);
    const numerical = forward([...inputs]).map(([, dout], k) =>
      evalNumericalGradientArray(
        (value) => forward(inputs.map((input, j) => j === i ? value : input))[k][0],
        inputs[i].copy(),
        dout,
      )
    ).reduce((a, b) => a.add(b));
    const limit = (c.tolerance.per_name as Record<string, number> | undefined)?.[name];
    assertRelative(gradients[i], numerical, limit ? 10 * limit : c.relative, `numerical ${name}`);
  });
}

courseTest("a3/rnn/step_forward", "rnnStepForward() computes the recorded state", (c) => {
  const [nextH] = rnnStepForward(
    drawn(c, "x", ramp(-0.4, 0.7, 3, 10)),
    drawn(c, "prev_h", ramp(-0.2, 0.5, 3, 4)),
    drawn(c, "Wx", ramp(-0.1, 0.9, 10, 4)),
    drawn(c, "Wh", ramp(-0.3, 0.7, 4, 4)),
    drawn(c, "b", ramp(-0.2, 0.4, 4)),
  );
  assertDecimals(nextH, c.expectedArray("next_h"), 8);
  assertRelative(nextH, c.expectedArray("next_h"), c.relative);
  assertRelative(nextH, c.expectedArray("next_h_full_precision"), derived);
});

courseTest("a3/rnn/step_backward", "rnnStepBackward() returns the recorded gradients", (c) => {
  const shapes = { x: [4, 5], prev_h: [4, 6], Wx: [5, 6], Wh: [6, 6], b: [6], dnext_h: [4, 6] };
  const drawnArrays = draws(c, new RandomState(231), shapes);
  const inputs = drawnArrays.slice(0, 5);
  const dnextH = drawnArrays[5];
  const pass = ([x, h, Wx, Wh, b]: NDArray[]) => rnnStepForward(x, h, Wx, Wh, b);
  const [nextH, cache] = pass(inputs);
  assertRelative(nextH, c.expectedArray("next_h"), derived);
  assertGradients(
    c,
    rnnStepBackward(dnextH, cache),
    ["dx", "dprev_h", "dWx", "dWh", "db"],
    inputs,
    (arrays) => [[pass(arrays)[0], dnextH]],
  );
});

courseTest("a3/rnn/forward", "rnnForward() computes the recorded states", (c) => {
  const [h] = rnnForward(
    drawn(c, "x", ramp(-0.1, 0.3, 2, 3, 4)),
    drawn(c, "h0", ramp(-0.3, 0.1, 2, 5)),
    drawn(c, "Wx", ramp(-0.2, 0.4, 4, 5)),
    drawn(c, "Wh", ramp(-0.4, 0.1, 5, 5)),
    drawn(c, "b", ramp(-0.7, 0.1, 5)),
  );
  assertDecimals(h, c.expectedArray("h"), 8);
  assertRelative(h, c.expectedArray("h"), c.relative);
  assertRelative(h, c.expectedArray("h_full_precision"), derived);
});

courseTest("a3/rnn/backward", "rnnBackward() returns the recorded gradients", (c) => {
  const rng = new RandomState(231);
  const shapes = { x: [2, 10, 3], h0: [2, 5], Wx: [3, 5], Wh: [5, 5], b: [5], dout: [2, 10, 5] };
  const drawnArrays = draws(c, rng, shapes);
  const inputs = drawnArrays.slice(0, 5);
  const dout = drawnArrays[5];
  const pass = ([x, h0, Wx, Wh, b]: NDArray[]) => rnnForward(x, h0, Wx, Wh, b);
  const [h, cache] = pass(inputs);
  assertRelative(h, c.expectedArray("h"), derived);
  const names = ["dx", "dh0", "dWx", "dWh", "db"];
  assertGradients(
    c,
    rnnBackward(dout, cache),
    names,
    inputs,
    (arrays) => [[pass(arrays)[0], dout]],
  );
});

courseTest("a3/rnn/word_embedding_forward", "wordEmbeddingForward() looks up the rows", (c) => {
  const [out] = wordEmbeddingForward(c.array("x"), drawn(c, "W", ramp(0, 1, 5, 3)));
  assertDecimals(out, c.expectedArray("out"), 8);
  assertRelative(out, c.expectedArray("out_full_precision"), derived);
});

courseTest("a3/rnn/word_embedding_backward", "wordEmbeddingBackward() adds up the rows", (c) => {
  const rng = new RandomState(231);
  const x = drawn(c, "x", rng.randint(0, 5, [50, 3]));
  const [W, dout] = draws(c, rng, { W: [5, 6], dout: [50, 3, 6] });
  const [, cache] = wordEmbeddingForward(x, W);
  const dW = wordEmbeddingBackward(dout, cache);
  assertGradients(c, [dW], ["dW"], [W], ([table]) => [[wordEmbeddingForward(x, table)[0], dout]]);
});

courseTest("a3/rnn/temporal_affine", "temporalAffineBackward() returns the recorded", (c) => {
  const shapes = { x: [2, 3, 4], w: [4, 5], b: [5], dout: [2, 3, 5] };
  const [x, w, b, dout] = draws(c, new RandomState(231), shapes);
  const [out, cache] = temporalAffineForward(x, w, b);
  assertRelative(out, c.expectedArray("out"), derived);
  const names = ["dx", "dw", "db"];
  const pass = ([x, w, b]: NDArray[]): [NDArray, NDArray][] => [
    [temporalAffineForward(x, w, b)[0], dout],
  ];
  assertGradients(c, temporalAffineBackward(dout, cache), names, [x, w, b], pass);
});

/** The generator after the check of the temporal affine layer, and after `losses` of the losses. */
function afterTemporalAffine(losses: number): RandomState {
  const rng = new RandomState(231);
  for (const shape of [[2, 3, 4], [4, 5], [5], [2, 3, 5]]) rng.randn(...shape);
  for (const [n, t, p] of [[100, 1, 1], [100, 10, 1], [5000, 10, 0.1]].slice(0, losses)) {
    drawScores(rng, n, t, 10, p);
  }
  return rng;
}

function drawScores(
  rng: RandomState,
  n: number,
  t: number,
  v: number,
  p: number,
): { x: NDArray; y: NDArray; mask: NDArray } {
  const x = rng.randn(n, t, v).multiply(0.001);
  const y = rng.randint(0, v, [n, t]);
  return { x, y, mask: lessEqual(rng.rand(n, t), p) };
}

function lossCheck(losses: number): (c: Check) => void {
  return (c) => {
    const [n, t, v, p] = ["N", "T", "V", "p"].map((name) => c.number(name));
    const arrays = drawScores(afterTemporalAffine(losses), n, t, v, p);
    for (const [name, values] of Object.entries(arrays)) drawn(c, name, values);
    const [loss] = temporalSoftmaxLoss(arrays.x, arrays.y, arrays.mask);
    // All digits but those that the order of the sum decides.
    assertRelative(loss, c.expectedNumber("loss"), 1e-14);
  };
}

const printedLoss = "temporalSoftmaxLoss() is what was printed";
courseTest("a3/rnn/temporal_softmax_loss_1", printedLoss, lossCheck(0));
courseTest("a3/rnn/temporal_softmax_loss_2", printedLoss, lossCheck(1));
courseTest("a3/rnn/temporal_softmax_loss_3", printedLoss, lossCheck(2));

courseTest("a3/rnn/temporal_softmax_gradient", "temporalSoftmaxLoss() has its gradient", (c) => {
  const rng = afterTemporalAffine(3);
  const x = drawn(c, "x", rng.randn(7, 8, 9));
  const y = drawn(c, "y", rng.randint(0, 9, [7, 8]));
  const mask = drawn(c, "mask", lessEqual(rng.rand(7, 8).negative(), -0.5));
  const [loss, dx] = temporalSoftmaxLoss(x, y, mask);
  assertRelative(loss, c.expectedNumber("loss"), 1e-14);
  const f = (scores: NDArray) => array([temporalSoftmaxLoss(scores, y, mask)[0]]);
  assertGradients(c, [dx], ["dx"], [x], ([scores]) => [[f(scores), array([1])]]);
});

courseTest("a3/lstm/step_forward", "lstmStepForward() computes the recorded states", (c) => {
  const [nextH, nextC] = lstmStepForward(
    drawn(c, "x", ramp(-0.4, 1.2, 3, 4)),
    drawn(c, "prev_h", ramp(-0.3, 0.7, 3, 5)),
    drawn(c, "prev_c", ramp(-0.4, 0.9, 3, 5)),
    drawn(c, "Wx", ramp(-2.1, 1.3, 4, 20)),
    drawn(c, "Wh", ramp(-0.7, 2.2, 5, 20)),
    drawn(c, "b", ramp(0.3, 0.7, 20)),
  );
  for (const [name, state] of [["next_h", nextH], ["next_c", nextC]] as const) {
    assertDecimals(state, c.expectedArray(name), 8);
    assertRelative(state, c.expectedArray(name), c.relative);
    assertRelative(state, c.expectedArray(`${name}_full_precision`), derived);
  }
});

courseTest("a3/lstm/step_backward", "lstmStepBackward() returns the recorded gradients", (c) => {
  const drawnArrays = draws(c, new RandomState(231), {
    x: [4, 5],
    prev_h: [4, 6],
    prev_c: [4, 6],
    Wx: [5, 24],
    Wh: [6, 24],
    b: [24],
    dnext_h: [4, 6],
    dnext_c: [4, 6],
  });
  const inputs = drawnArrays.slice(0, 6);
  const [dnextH, dnextC] = drawnArrays.slice(6);
  const pass = ([x, h, cell, Wx, Wh, b]: NDArray[]) => lstmStepForward(x, h, cell, Wx, Wh, b);
  const [nextH, nextC, cache] = pass(inputs);
  assertRelative(nextH, c.expectedArray("next_h"), derived);
  assertRelative(nextC, c.expectedArray("next_c"), derived);
  assertGradients(
    c,
    lstmStepBackward(dnextH, dnextC, cache),
    ["dx", "dh", "dc", "dWx", "dWh", "db"],
    inputs,
    (arrays) => {
      const [h, cell] = pass(arrays);
      return [[h, dnextH], [cell, dnextC]];
    },
  );
});

courseTest("a3/lstm/forward", "lstmForward() computes the recorded states", (c) => {
  const [h] = lstmForward(
    drawn(c, "x", ramp(-0.4, 0.6, 2, 3, 5)),
    drawn(c, "h0", ramp(-0.4, 0.8, 2, 4)),
    drawn(c, "Wx", ramp(-0.2, 0.9, 5, 16)),
    drawn(c, "Wh", ramp(-0.3, 0.6, 4, 16)),
    drawn(c, "b", ramp(0.2, 0.7, 16)),
  );
  assertDecimals(h, c.expectedArray("h"), 8);
  assertRelative(h, c.expectedArray("h"), c.relative);
  assertRelative(h, c.expectedArray("h_full_precision"), derived);
});

courseTest("a3/lstm/backward", "lstmBackward() returns the recorded gradients", (c) => {
  const shapes = { x: [2, 10, 3], h0: [2, 6], Wx: [3, 24], Wh: [6, 24], b: [24] };
  const drawnArrays = draws(c, new RandomState(231), { ...shapes, dout: [2, 10, 6] });
  const inputs = drawnArrays.slice(0, 5);
  const dout = drawnArrays[5];
  const pass = ([x, h0, Wx, Wh, b]: NDArray[]) => lstmForward(x, h0, Wx, Wh, b);
  const [h, cache] = pass(inputs);
  assertRelative(h, c.expectedArray("h"), derived);
  const names = ["dx", "dh0", "dWx", "dWh", "db"];
  assertGradients(
    c,
    lstmBackward(dout, cache),
    names,
    inputs,
    (arrays) => [[pass(arrays)[0], dout]],
  );
});

courseTest("a3/gan/leaky_relu", "leakyReluForward() is that of the check file", (c) => {
  const [out] = leakyReluForward(c.array("x"), c.number("alpha"));
  assertRelative(out, c.expectedArray("y"), 1e-15);
});
