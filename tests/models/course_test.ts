import assert from "node:assert/strict";
import { asFunctionOf, evalNumericalGradient } from "../../gradient_check/mod.ts";
import { FullyConnectedNet, type FullyConnectedNetOptions, TwoLayerNet } from "../../models/mod.ts";
import { abs, linspace, type NDArray, zerosLike } from "../../ndarray/mod.ts";
import { RandomState } from "../../random/mod.ts";
import {
  assertDecimals,
  assertPrinted,
  assertRelative,
  courseTest,
  drawn,
} from "../fixtures/course.ts";
import type { Check } from "../fixtures/mod.ts";

courseTest("a1/tln/init_std", "TwoLayerNet draws weights of the given deviation", (c) => {
  const rng = new RandomState(231);
  rng.randn(3, 5);
  rng.randint(7, undefined, 3);
  const { params } = new TwoLayerNet({
    inputDim: c.number("input_dim"),
    hiddenDim: c.number("hidden_dim"),
    numClasses: c.number("num_classes"),
    weightScale: c.number("weight_scale"),
    dtype: "float64",
    rng,
  });
  for (const name of ["W1", "W2"]) {
    assert.ok(Math.abs(params[name].std() - 1e-3) < (c.tolerance.absolute as number));
    assertRelative(params[name].std(), c.expectedNumber(`${name}_std`), 1e-13);
  }
  assert.ok([...params.b1.data, ...params.b2.data].every((value) => value === 0));
});

/** The network of the notebook with its hand-made parameters, and the examples. */
function handMade(c: Check): { model: TwoLayerNet; X: NDArray } {
  const model = new TwoLayerNet({ inputDim: 5, hiddenDim: 50, numClasses: 7, dtype: "float64" });
  model.params = {
    W1: drawn(c, "W1", linspace(-0.7, 0.3, 250).reshape([5, 50])),
    b1: drawn(c, "b1", linspace(-0.1, 0.9, 50)),
    W2: drawn(c, "W2", linspace(-0.3, 0.4, 350).reshape([50, 7])),
    b2: drawn(c, "b2", linspace(-0.9, 0.1, 7)),
  };
  return { model, X: drawn(c, "X", linspace(-5.5, 4.5, 15).reshape([5, 3]).T) };
}

courseTest("a1/tln/scores", "TwoLayerNet.loss(X) has the notebook's scores", (c) => {
  const { model, X } = handMade(c);
  const scores = model.loss(X);
  const difference = abs(scores.subtract(c.expectedArray("scores"))).sum();
  assert.ok(difference < (c.tolerance.sum_abs_difference as number), `${difference}`);
  assertDecimals(scores, c.expectedArray("scores"), 8);
  assertRelative(scores, c.expectedArray("scores_full_precision"), 1e-14);
});

function handMadeLoss(c: Check): void {
  const { model, X } = handMade(c);
  model.reg = c.number("reg");
  const [loss] = model.loss(X, c.array("y"));
  const difference = Math.abs(loss - c.expectedNumber("loss"));
  assert.ok(difference < (c.tolerance.absolute as number), `${difference}`);
  assertRelative(loss, c.expectedNumber("loss_full_precision"), 1e-14);
}

courseTest("a1/tln/loss_no_reg", "TwoLayerNet.loss(X, y) has the notebook's loss", handMadeLoss);
courseTest("a1/tln/loss_reg_1", "TwoLayerNet.loss(X, y) adds half of reg·ΣW²", handMadeLoss);

function handMadeGradient(c: Check): void {
  const { model, X } = handMade(c);
  const y = c.array("y");
  model.reg = c.number("reg");
  const [loss, grads] = model.loss(X, y);
  assertRelative(loss, c.expectedNumber("loss"), 1e-14);
  for (const name of Object.keys(model.params)) {
    assertRelative(grads[name], c.expectedArray(`d${name}`), 1e-10, `${name} against the record`);
    const f = asFunctionOf(model.params, name, () => model.loss(X, y)[0]);
    const numerical = evalNumericalGradient(f, model.params[name]);
    assertRelative(grads[name], numerical, c.relative, `${name} against centred differences`);
  }
}

courseTest("a1/tln/gradient_reg_0.0", "TwoLayerNet has the numerical gradient", handMadeGradient);
courseTest(
  "a1/tln/gradient_reg_0.7",
  "TwoLayerNet has the numerical gradient of the regularised loss",
  handMadeGradient,
);

/** Makes the networks that the cell of a record makes before it, and the record's own. */
function networks(
  c: Check,
  variants: readonly FullyConnectedNetOptions[],
): { model: FullyConnectedNet; X: NDArray; y: NDArray } {
  const rng = new RandomState(231);
  const X = drawn(c, "X", rng.randn(2, 15));
  const y = drawn(c, "y", rng.randint(10, undefined, 2) as NDArray);
  const models = variants.map((options) =>
    new FullyConnectedNet([20, 30], {
      inputDim: 15,
      numClasses: 10,
      weightScale: 0.05,
      dtype: "float64",
      rng,
      ...options,
    })
  );
  const model = models[models.length - 1];
  assert.equal(model.reg, c.number("reg"));
  for (const name of ["W1", "W2", "W3"]) drawn(c, name, model.params[name]);
  return { model, X, y };
}

/** Checks loss and gradients of a network against the record and numerically. */
function assertNetwork(
  c: Check,
  { model, X, y }: { model: FullyConnectedNet; X: NDArray; y: NDArray },
  limitOf: (name: string) => number,
): void {
  const [loss, grads] = model.loss(X, y);
  assertPrinted(loss, c.expectedNumber("loss"));
  assertPrinted(loss, c.expectedNumber("loss_full_precision"));
  for (const name of Object.keys(model.params)) {
    const f = asFunctionOf(model.params, name, () => model.loss(X, y)[0]);
    const numerical = evalNumericalGradient(f, model.params[name], c.number("numeric_gradient_h"));
    if (/^b\d/.test(name) && `gamma${name.slice(1)}` in model.params) {
      // A bias before batch norm is taken off again with the mean: its gradient is 0.
      assertRelative(grads[name], zerosLike(numerical), 1e-6, `${name} against 0`);
      assert.ok(Math.max(...numerical.data.map(Math.abs)) < 1e-8);
      continue;
    }
    assertRelative(grads[name], c.expectedArray(`d${name}`), 1e-9, `${name} against the record`);
    assertRelative(grads[name], numerical, limitOf(name), `${name} against centred differences`);
  }
}

/** Ten times the order that a record states for a parameter, by its full name or its first letters. */
function stated(c: Check): (name: string) => number {
  const { gradient_relative: general, per_name: named } = c.tolerance as {
    gradient_relative: number;
    per_name: Record<string, number>;
  };
  return (name) => 10 * (named[name] ?? named[name.replace(/\d+$/, "")] ?? general);
}

courseTest("a2/fc/initial_loss_reg_0", "FullyConnectedNet has the printed loss", (c) => {
  assertNetwork(c, networks(c, [{ reg: 0 }]), stated(c));
});

courseTest("a2/fc/initial_loss_reg_3.14", "FullyConnectedNet regularises as printed", (c) => {
  assertNetwork(c, networks(c, [{ reg: 0 }, { reg: 3.14 }]), stated(c));
});

const normalization = "batchnorm";

courseTest("a2/bn/fc_net_initial_loss_reg_0", "FullyConnectedNet normalises as printed", (c) => {
  assertNetwork(c, networks(c, [{ reg: 0, normalization }]), stated(c));
});

courseTest(
  "a2/bn/fc_net_initial_loss_reg_3.14",
  "FullyConnectedNet normalises and regularises as printed",
  (c) => {
    const variants = [{ reg: 0, normalization }, { reg: 3.14, normalization }] as const;
    assertNetwork(c, networks(c, variants), stated(c));
  },
);

courseTest(
  "a2/dropout/fc_net_initial_loss_keep_1",
  "FullyConnectedNet that keeps everything has the printed loss",
  (c) => assertNetwork(c, networks(c, [{ dropoutKeepRatio: 1 }]), stated(c)),
);

courseTest(
  "a2/dropout/fc_net_initial_loss_keep_0.75",
  "FullyConnectedNet that keeps 0.75 has the printed loss",
  (c) => {
    const variants = [{ dropoutKeepRatio: 1 }, { dropoutKeepRatio: 0.75, seed: 123 }];
    assertNetwork(c, networks(c, variants), stated(c));
  },
);

courseTest(
  "a2/dropout/fc_net_initial_loss_keep_0.5",
  "FullyConnectedNet that keeps 0.5 has the printed loss",
  (c) => {
    // In the course the passes of the network before reseed the stream that weights come from.
    const rng = new RandomState(123);
    rng.rand(2, 30);
    const options = { dropoutKeepRatio: 0.5, seed: 123, rng };
    assertNetwork(c, networks(c, [options]), stated(c));
  },
);
