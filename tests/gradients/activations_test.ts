import assert from "node:assert/strict";
import {
  geluBackward,
  geluForward,
  leakyReluBackward,
  leakyReluForward,
  logSoftmaxBackward,
  logSoftmaxForward,
  sigmoidBackward,
  sigmoidForward,
  softmaxBackward,
  softmaxForward,
  tanhBackward,
  tanhForward,
} from "../../layers/mod.ts";
import { array } from "../../ndarray/mod.ts";
import { testOnBackends } from "./_backends.ts";
import { gradientSuite } from "./_suite.ts";

const cases = [{ x: [3, 4] }, { x: [7] }, { x: [2, 3, 1, 5] }, { x: [1, 1] }];

gradientSuite("tanh", {
  cases,
  forward: ({ x }) => tanhForward(x),
  backward: tanhBackward,
  tolerance: 1e-8,
});

gradientSuite("sigmoid", {
  cases,
  forward: ({ x }) => sigmoidForward(x),
  backward: sigmoidBackward,
  tolerance: 1e-8,
});

gradientSuite("gelu", {
  cases: [...cases, { x: array([-6, -5, -3, -1.8, -0.9, -0.3, 0.4, 1.3, 2.2, 6]) }],
  forward: ({ x }) => geluForward(x),
  backward: geluBackward,
  tolerance: 1e-8,
});

for (const alpha of [undefined, 0.3, -2, 0]) {
  gradientSuite(`leaky relu with alpha ${alpha}`, {
    cases,
    forward: ({ x }) => leakyReluForward(x, alpha),
    backward: leakyReluBackward,
    tolerance: 1e-8,
  });
}

testOnBackends("leaky relu has the slope alpha at exactly 0", () => {
  const [, cache] = leakyReluForward(array([0, -0]), 0.25);
  assert.deepEqual(leakyReluBackward(array([8, 8]), cache).toArray(), [2, 2]);
});

gradientSuite("softmax", {
  cases,
  forward: ({ x }) => softmaxForward(x),
  backward: softmaxBackward,
  tolerance: 1e-8,
});

gradientSuite("logarithm of the softmax", {
  cases,
  forward: ({ x }) => logSoftmaxForward(x),
  backward: logSoftmaxBackward,
  tolerance: 1e-8,
});
