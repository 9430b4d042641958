import assert from "node:assert/strict";
import { dropout, multiply, tanh, type Tensor } from "../../autograd/mod.ts";
import { checkGradients } from "../../gradient_check/mod.ts";
import {
  affineBackward,
  affineForward,
  lstmStepBackward,
  lstmStepForward,
  wordEmbeddingBackward,
  wordEmbeddingForward,
} from "../../layers/mod.ts";
import { array, type NDArray } from "../../ndarray/mod.ts";
import { BatchNorm1d, Linear, Sequential } from "../../nn/mod.ts";
import { RandomState } from "../../random/mod.ts";

const draw = () => {
  const rng = new RandomState(0);
  return { x: rng.randn(3, 4), w: rng.randn(4, 2), b: rng.randn(2) };
};

Deno.test("checkGradients() finds a wrong gradient of a pair, and only that", () => {
  const wrong = (dout: NDArray, cache: Parameters<typeof affineBackward>[1]) => {
    const [dx, dw, db] = affineBackward(dout, cache);
    return [dx, dw.multiply(1.01), db];
  };
  const { errors, worst } = checkGradients([affineForward, wrong], draw());
  assert.ok(errors.dx < 1e-8 && errors.db < 1e-8);
  assert.ok(errors.dw > 1e-3);
  assert.equal(worst, errors.dw);
});

Deno.test("checkGradients() adds the gradients of several outputs", () => {
  const rng = new RandomState(1);
  const [n, d, h] = [2, 3, 4];
  const inputs = {
    x: rng.randn(n, d),
    prevH: rng.randn(n, h),
    prevC: rng.randn(n, h),
    Wx: rng.randn(d, 4 * h),
    Wh: rng.randn(h, 4 * h),
    b: rng.randn(4 * h),
  };
  const check = checkGradients([lstmStepForward, lstmStepBackward], inputs);
  assert.equal(Object.keys(check.errors).length, 6);
  assert.ok(check.worst < 1e-6, `${check}`);
});

Deno.test("checkGradients() passes integer inputs over", () => {
  const inputs = { x: array([[0, 2], [1, 2]], "int32"), W: new RandomState(0).randn(3, 4) };
  const { errors } = checkGradients([wordEmbeddingForward, wordEmbeddingBackward], inputs);
  assert.deepEqual(Object.keys(errors), ["dW"]);
  assert.ok(errors.dW < 1e-8);
});

Deno.test("checkGradients() takes functions of tensors, also of seeded dropout", () => {
  const layer = (x: Tensor) => dropout(tanh(x), { mode: "train", p: 0.5, seed: 3 });
  assert.ok(checkGradients(layer, { x: draw().x }).worst < 1e-8);
  const wrong = (x: Tensor) => multiply(x, x.value);
  assert.ok(checkGradients(wrong, { x: draw().x }).worst > 0.1);
});

Deno.test("checkGradients() checks the parameters of modules, and leaves them as they were", () => {
  const rng = new RandomState(2);
  const net = new Sequential(
    new Linear(4, 3, { dtype: "float64", rng }),
    new BatchNorm1d(3, { dtype: "float64" }),
    tanh,
  );
  const before = Object.values(net.parameters()).map(({ value }) => value.copy());
  const { errors } = checkGradients(net, { x: rng.randn(6, 4) });
  assert.deepEqual(Object.keys(errors), ["dx", "0.weight", "0.bias", "1.weight", "1.bias"]);
  for (const [name, error] of Object.entries(errors)) {
    // The bias before a normalisation is cancelled: its gradient is rounding alone.
    if (name !== "0.bias") assert.ok(error < 1e-7, `${name}: ${error}`);
  }
  Object.values(net.parameters()).forEach(({ value }, i) =>
    assert.deepEqual(value.toArray(), before[i].toArray())
  );
});

Deno.test("a check prints as a table", () => {
  const text = `${checkGradients([affineForward, affineBackward], draw())}`;
  assert.match(
    text,
    /^gradient +relative error\ndx +\d\.\de-\d+\ndw +\d\.\de-\d+\ndb +\d\.\de-\d+$/,
  );
});

Deno.test("checkGradients() refuses what it cannot check", () => {
  const { x } = draw();
  assert.throws(
    () => checkGradients([affineForward, affineBackward], { x: x.astype("float32") }),
    /x must be float64, got float32/,
  );
  assert.throws(() => checkGradients(new Linear(4, 2), { x }), /the module must be float64/);
  assert.throws(() => checkGradients(3 as never, { x }), /target must be \[forward, backward\]/);
  const few = (dout: NDArray) => [dout];
  assert.throws(
    () => checkGradients([affineForward, few], draw()),
    /a gradient for each of x, w, b, got 1/,
  );
});
