import assert from "node:assert/strict";
import { crossEntropy } from "../../autograd/mod.ts";
import { ones, zeros } from "../../ndarray/mod.ts";
import { GRU, Linear, LSTM, Optimizer } from "../../nn/mod.ts";
import { RandomState } from "../../random/mod.ts";

Deno.test("steps one by one give the states of the whole sequence", () => {
  const rng = new RandomState(0);
  const x = rng.randn(2, 4, 3);
  const h0 = rng.randn(2, 5);
  const gru = new GRU(3, 5, { dtype: "float64", rng });
  const lstm = new LSTM(3, 5, { dtype: "float64", rng });
  const [states, memories] = [gru.forward(x, h0).value, lstm.forward(x, h0).value];
  let h = gru.step(x.slice(":", 0), h0);
  let [m, c] = lstm.step(x.slice(":", 0), [h0, zeros([2, 5])]);
  for (let t = 0; t < 4; t++) {
    if (t > 0) {
      h = gru.step(x.slice(":", t), h);
      [m, c] = lstm.step(x.slice(":", t), [m, c]);
    }
    for (const [one, all] of [[h, states], [m, memories]] as const) {
      assert.ok(Math.max(...one.value.subtract(all.slice(":", t)).abs().data) < 1e-12);
    }
  }
  assert.deepEqual(Object.keys(lstm.stateDict()), [
    "weight_ih_l0",
    "weight_hh_l0",
    "bias_ih_l0",
    "bias_hh_l0",
  ]);
});

Deno.test("recurrent modules learn which of the first inputs was the largest", () => {
  const rng = new RandomState(3);
  const x = rng.randn(30, 5, 3);
  const y = x.slice(":", 0).argmax(1);
  for (const net of [new GRU(3, 16, { rng }), new LSTM(3, 16, { rng })]) {
    const out = new Linear(16, 3, { rng });
    const parameters = [net, out].flatMap((part) => Object.values(part.parameters()));
    const optimizer = new Optimizer(parameters, "adam", { learningRate: 2e-2 });
    let loss = Infinity;
    for (let step = 0; step < 80; step++) {
      optimizer.zeroGrad();
      const result = crossEntropy(out.forward(net.forward(x).slice(":", -1)), y);
      result.backward();
      optimizer.step();
      loss = result.item();
    }
    assert.ok(loss < 0.1, `${net}: ${loss}`);
  }
});

Deno.test("recurrent modules check what they are given", () => {
  const cases: [() => unknown, RegExp][] = [
    [
      () => new LSTM(3, 4).forward(ones([2, 3])),
      /^RangeError: LSTM: x must have shape \(N, T, 3\) and not be empty, got \(2, 3\)$/,
    ],
    [
      () => new GRU(3, 4).forward(ones([2, 0, 3])),
      /^RangeError: GRU: x must have .* got \(2, 0, 3\)$/,
    ],
    [() => new GRU(3, 4).step(ones([2, 4])), /^RangeError: GRU: x must have shape \(N, 3\)/],
    [
      () => new GRU(3, 4).forward(ones([2, 5, 3]), ones([1, 4])),
      /^RangeError: GRU: the state must have shape \(2, 4\), a row for .* of x, got \(1, 4\)$/,
    ],
    [
      () => new GRU(3, 4).step(ones([2, 3]), ones([2, 5])),
      /^RangeError: GRU: the state .*\(2, 5\)$/,
    ],
    [
      () => new LSTM(3, 4).step(ones([2, 3]), [ones([2, 4]), ones([3, 4])]),
      /^RangeError: LSTM: the state must have shape \(2, 4\), .* got \(3, 4\)$/,
    ],
    [() => new LSTM(0, 4), /^RangeError: LSTM: inputSize must be a whole number from 1 up, got 0$/],
  ];
  for (const [run, message] of cases) assert.throws(run, message);
});
