import {
  affineLayernormReluBackward,
  affineLayernormReluForward,
  layernormBackward,
  layernormForward,
} from "../../layers/mod.ts";
import { gradientSuite } from "./_suite.ts";

const cases = [
  { x: [4, 5], gamma: [5], beta: [5] },
  { x: [1, 6], gamma: [6], beta: [6] },
  { x: [3, 1], gamma: [1], beta: [1] },
  { x: [11, 35], gamma: [35], beta: [35] },
  { x: [2, 3, 2, 4], gamma: [4], beta: [4] },
];

gradientSuite("layernorm", {
  cases,
  forward: ({ x, gamma, beta }) => layernormForward(x, gamma, beta),
  backward: layernormBackward,
  tolerance: 1e-8,
});

gradientSuite("layernorm with a large eps", {
  cases,
  forward: ({ x, gamma, beta }) => layernormForward(x, gamma, beta, { eps: 0.3 }),
  backward: layernormBackward,
  tolerance: 1e-8,
});

gradientSuite("affine - layernorm - relu", {
  cases: [
    { x: [4, 2, 3], w: [6, 5], b: [5], gamma: [5], beta: [5] },
    { x: [1, 3], w: [3, 7], b: [7], gamma: [7], beta: [7] },
  ],
  forward: ({ x, w, b, gamma, beta }) => affineLayernormReluForward(x, w, b, gamma, beta, {}),
  backward: (dout, cache) => affineLayernormReluBackward(dout, cache),
  tolerance: 1e-8,
});
