import { linearBackward, type LinearCache, linearForward } from "../../layers/mod.ts";
import { gradientSuite } from "./_suite.ts";

const cases = [
  { x: [2, 3], weight: [4, 3], bias: [4] },
  { x: [2, 5, 3], weight: [4, 3], bias: [4] },
  { x: [3], weight: [2, 3], bias: [2] },
  { x: [2, 1, 3, 9], weight: [33, 9], bias: [33] },
];

gradientSuite<LinearCache>("linear", {
  cases,
  forward: ({ x, weight, bias }) => linearForward(x, weight, bias),
  backward: (dout, cache) => linearBackward(dout, cache),
  tolerance: 1e-8,
});

gradientSuite<LinearCache>("linear without bias", {
  cases: cases.map(({ x, weight }) => ({ x, weight })),
  forward: ({ x, weight }) => linearForward(x, weight, null),
  backward: (dout, cache) => linearBackward(dout, cache),
  tolerance: 1e-8,
});
