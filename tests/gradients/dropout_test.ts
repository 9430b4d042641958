import assert from "node:assert/strict";
import { dropoutBackward, dropoutForward } from "../../layers/mod.ts";
import { ones } from "../../ndarray/mod.ts";
import { testOnBackends } from "./_backends.ts";
import { gradientSuite } from "./_suite.ts";

const cases = [{ x: [10, 10] }, { x: [1, 1] }, { x: [2, 3, 4] }, { x: [37] }];

for (const p of [0.2, 0.5, 0.9, 1]) {
  gradientSuite(`dropout that keeps ${p} in train mode`, {
    cases,
    forward: ({ x }) => dropoutForward(x, { p, mode: "train", seed: 123 }),
    backward: dropoutBackward,
    tolerance: 1e-8,
  });
}

gradientSuite("dropout in test mode", {
  cases,
  forward: ({ x }) => dropoutForward(x, { p: 0.3, mode: "test" }),
  backward: dropoutBackward,
  tolerance: 1e-8,
});

for (const dtype of ["float32", "float64"] as const) {
  testOnBackends(`dropout in ${dtype} gives what it kept gradient 1/p, the rest 0`, () => {
    const x = ones([50, 7], dtype);
    const [out, cache] = dropoutForward(x, { p: 0.25, mode: "train", seed: 1 });
    const dx = dropoutBackward(ones([50, 7], dtype), cache);
    assert.deepEqual(dx.data, out.data);
    assert.deepEqual([...dx.data], [...cache.mask!.data].map((kept) => kept === 1 ? 4 : 0));
  });
}
