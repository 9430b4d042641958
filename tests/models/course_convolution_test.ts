import assert from "node:assert/strict";
import { asFunctionOf, evalNumericalGradient } from "../../gradient_check/mod.ts";
import { ThreeLayerConvNet } from "../../models/mod.ts";
import type { NDArray } from "../../ndarray/mod.ts";
import { RandomState } from "../../random/mod.ts";
import { assertPrinted, assertRelative, courseTest, drawn } from "../fixtures/course.ts";

// The notebook draws without a seed, so the level of the losses is all that can be compared.
courseTest("a2/conv/three_layer_initial_loss", "ThreeLayerConvNet begins at ln 10", (c) => {
  const rng = new RandomState(231);
  const model = new ThreeLayerConvNet({
    inputDim: c.inputs.input_dim as [number, number, number],
    numFilters: c.number("num_filters"),
    filterSize: c.number("filter_size"),
    hiddenDim: c.number("hidden_dim"),
    numClasses: c.number("num_classes"),
    weightScale: c.number("weight_scale"),
    dtype: "float64",
    rng,
  });
  const N = c.number("N");
  const X = rng.randn(N, 3, 32, 32);
  const y = rng.randint(10, undefined, N);
  const [loss] = model.loss(X, y);
  assert.ok(Math.abs(loss - c.expectedNumber("loss_no_reg_approx")) < 1e-5, `${loss}`);
  model.reg = c.number("reg_second_case");
  const increase = model.loss(X, y)[0] - loss;
  assert.ok(Math.abs(increase - c.expectedNumber("loss_increase_with_reg_approx")) < 1e-3);
});

courseTest("a2/conv/three_layer_gradient", "ThreeLayerConvNet has the numerical gradient", (c) => {
  const rng = new RandomState(231);
  const X = drawn(c, "X", rng.randn(2, 3, 16, 16));
  const y = drawn(c, "y", rng.randint(10, undefined, 2) as NDArray);
  const model = new ThreeLayerConvNet({
    inputDim: [3, 16, 16],
    numFilters: c.number("num_filters"),
    filterSize: c.number("filter_size"),
    hiddenDim: c.number("hidden_dim"),
    dtype: "float64",
    rng,
  });
  for (const name of ["W1", "W2", "W3"]) drawn(c, name, model.params[name]);
  const [loss, grads] = model.loss(X, y);
  assertPrinted(loss, c.expectedNumber("loss"));
  for (const name of Object.keys(model.params)) {
    assertRelative(grads[name], c.expectedArray(`d${name}`), 1e-8, `${name} against the record`);
    const f = asFunctionOf(model.params, name, () => model.loss(X, y)[0]);
    const numerical = evalNumericalGradient(f, model.params[name], c.number("numeric_gradient_h"));
    assertRelative(grads[name], numerical, c.relative, `${name} against centred differences`);
  }
});
