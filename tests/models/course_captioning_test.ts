import { asFunctionOf, evalNumericalGradient } from "../../gradient_check/mod.ts";
import { CaptioningRNN } from "../../models/mod.ts";
import { arange, linspace, type NDArray } from "../../ndarray/mod.ts";
import { RandomState } from "../../random/mod.ts";
import { assertRelative, courseTest, drawn } from "../fixtures/course.ts";
import { assertSummary, type Check } from "../fixtures/mod.ts";

const wordToIdx = { "<NULL>": 0, cat: 2, dog: 3 };

/**
 * Holds every gradient against the recorded one, or against its summary. Where cells are saturated,
 * `1 - h²` has few digits, and the order of sums shows.
 */
function assertRecorded(c: Check, grads: Record<string, NDArray>): void {
  for (const [name, gradient] of Object.entries(grads)) {
    const recorded = c.expected[`d${name}`];
    if (recorded && "summary" in (recorded as object)) {
      assertSummary(gradient, c.summary(`d${name}`), 1e-8);
    } else assertRelative(gradient, c.expectedArray(`d${name}`), 1e-6, `d${name}`);
  }
}

function lossCheck(first: number, last: number): (c: Check) => void {
  return (c) => {
    const cellType = c.inputs.cell_type as "rnn" | "lstm";
    const [inputDim, wordvecDim, hiddenDim] = ["input_dim", "wordvec_dim", "hidden_dim"].map(
      (name) => c.number(name),
    );
    const model = new CaptioningRNN({
      wordToIdx,
      inputDim,
      wordvecDim,
      hiddenDim,
      cellType,
      dtype: "float64",
    });
    for (const [name, { shape, size }] of Object.entries(model.params)) {
      model.params[name] = linspace(-1.4, 1.3, size).reshape([...shape]);
    }
    const features = drawn(c, "features", linspace(first, last, 10 * inputDim).reshape([10, -1]));
    const captions = drawn(c, "captions", arange(130).mod(3).astype("int32").reshape([10, 13]));
    const [loss, grads] = model.loss(features, captions);
    assertRelative(loss, c.expectedNumber("loss_full_precision"), 1e-13);
    assertRelative(loss, c.expectedNumber("loss"), 10 * (c.tolerance.absolute as number));
    assertRecorded(c, grads);
  };
}

courseTest(
  "a3/rnn/captioning_loss",
  "CaptioningRNN.loss() with plain cells is the recorded one",
  lossCheck(-1.5, 0.3),
);
courseTest(
  "a3/lstm/captioning_loss",
  "CaptioningRNN.loss() with an LSTM is the recorded one",
  lossCheck(-0.5, 1.7),
);

courseTest("a3/rnn/captioning_gradient", "CaptioningRNN.loss() has its gradients", (c) => {
  const rng = new RandomState(231);
  const captions = drawn(c, "captions", rng.randint(0, 3, [2, 3]));
  const features = drawn(c, "features", rng.randn(2, 4));
  const model = new CaptioningRNN({
    wordToIdx,
    inputDim: 4,
    wordvecDim: 5,
    hiddenDim: 6,
    dtype: "float64",
    rng,
  });
  for (const name of ["W_embed", "W_proj", "Wx", "Wh", "W_vocab"]) {
    drawn(c, name, model.params[name]);
  }
  const [loss, grads] = model.loss(features, captions);
  assertRelative(loss, c.expectedNumber("loss"), 1e-14);
  assertRecorded(c, grads);
  for (const [name, param] of Object.entries(model.params)) {
    const numerical = evalNumericalGradient(
      asFunctionOf(model.params, name, () => model.loss(features, captions)[0]),
      param,
      c.number("numeric_gradient_h"),
    );
    assertRelative(grads[name], numerical, c.relative, name);
  }
});
