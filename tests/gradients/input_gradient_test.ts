import assert from "node:assert/strict";
import { evalNumericalGradientArray } from "../../gradient_check/mod.ts";
import { Workspace } from "../../kernels/mod.ts";
import { ConvNet, FullyConnectedNet, ThreeLayerConvNet, TwoLayerNet } from "../../models/mod.ts";
import type { NDArray } from "../../ndarray/mod.ts";
import { RandomState } from "../../random/mod.ts";
import { testOnBackends } from "./_backends.ts";
import { assertClose } from "./_suite.ts";

const rng = new RandomState(8);
const common = { numClasses: 3, dtype: "float64", weightScale: 0.5, rng } as const;
const inputDim = [2, 4, 4] as const;

/** A trained state of the running statistics is one that is not that of the batch. */
function worn<Net extends object>(net: Net): Net {
  const buffers = "buffers" in net ? net.buffers as Record<string, NDArray> : {};
  for (const [name, { data }] of Object.entries(buffers)) {
    data.forEach((_, i) => data[i] = name.endsWith("Var") ? 0.5 + i : 0.1 * i);
  }
  return net;
}

const nets = {
  TwoLayerNet: () => new TwoLayerNet({ ...common, inputDim: 32, hiddenDim: 5 }),
  FullyConnectedNet: () =>
    new FullyConnectedNet([6, 5], {
      ...common,
      inputDim: 32,
      normalization: "batchnorm",
      dropoutKeepRatio: 0.5,
    }),
  "FullyConnectedNet with layer norm": () =>
    new FullyConnectedNet([6], { ...common, inputDim: 32, normalization: "layernorm" }),
  ThreeLayerConvNet: () =>
    new ThreeLayerConvNet({ ...common, inputDim, filterSize: 3, normalization: "batchnorm" }),
  ConvNet: () =>
    new ConvNet({
      ...common,
      inputDim,
      conv: [{ filters: 3, dropoutKeepRatio: 0.5 }, { filters: 4, pool: true }],
      hidden: [5],
      normalization: "batchnorm",
      dropoutKeepRatio: 0.5,
    }),
  "ConvNet with global pooling": () =>
    new ConvNet({ ...common, inputDim, conv: [3, 4], globalAveragePool: true, hidden: [] }),
};

for (const [name, make] of Object.entries(nets)) {
  testOnBackends(`${name} has the gradient of its input`, () => {
    const net = worn(make());
    const [X, dscores] = [new RandomState(3).randn(2, ...inputDim), new RandomState(4).randn(2, 3)];
    const before = JSON.stringify([net.params, "buffers" in net && net.buffers]);
    const dX = net.inputGradient(X, (scores) => {
      assert.deepEqual(scores.data, net.loss(X).data);
      return dscores;
    });
    assert.equal(JSON.stringify([net.params, "buffers" in net && net.buffers]), before);
    const numerical = evalNumericalGradientArray((x) => net.loss(x), X.copy(), dscores, 1e-5);
    assertClose(name, dX, numerical, 1e-7);
    const workspace = new Workspace();
    const dealt = net.inputGradient(X, () => dscores, workspace);
    assert.deepEqual(dealt.data, dX.data);
  });
}

Deno.test("inputGradient() names itself in errors", () => {
  for (const make of Object.values(nets)) {
    const net = make();
    assert.throws(
      () => net.inputGradient(rng.randn(2, 5), (scores) => scores),
      { name: "RangeError", message: new RegExp(`^${net.constructor.name}.inputGradient: X must`) },
    );
    const name = `${net.constructor.name}.inputGradient`;
    const X = rng.randn(2, ...inputDim);
    assert.throws(() => net.inputGradient(X, () => rng.randn(2)), {
      name: "RangeError",
      message: `${name}: upstream must return the gradient of the scores, an NDArray of shape ` +
        "(2, 3), got (2,)",
    });
    // deno-lint-ignore no-explicit-any
    const call = (upstream: any) => () => net.inputGradient(X, upstream);
    assert.throws(call(() => 1), { name: "RangeError", message: /shape \(2, 3\), got 1$/ });
    assert.throws(call(rng.randn(2, 3)), {
      name: "TypeError",
      message: `${name}: upstream must be a function from scores to their gradient, got an ` +
        "NDArray; use () => dscores",
    });
  }
});
