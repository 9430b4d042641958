import assert from "node:assert/strict";
import {
  affineReluBackward,
  affineReluForward,
  reluBackward,
  reluForward,
} from "../../layers/mod.ts";
import { array, ones } from "../../ndarray/mod.ts";
import { testOnBackends } from "./_backends.ts";
import { gradientSuite } from "./_suite.ts";

gradientSuite("relu", {
  cases: [{ x: [3, 4] }, { x: [1, 1] }, { x: [2, 3, 4, 5] }, { x: [7] }],
  forward: ({ x }) => reluForward(x),
  backward: reluBackward,
  tolerance: 1e-9,
});

gradientSuite("affine - relu", {
  cases: [
    { x: [2, 3, 4], w: [12, 10], b: [10] },
    { x: [1, 5], w: [5, 1], b: [1] },
    { x: [13, 3], w: [3, 35], b: [35] },
  ],
  forward: ({ x, w, b }) => affineReluForward(x, w, b),
  backward: (dout, cache) => affineReluBackward(dout, cache),
  tolerance: 1e-8,
});

for (const dtype of ["float32", "float64"] as const) {
  testOnBackends(`relu in ${dtype} has gradient 0 at exactly 0 and -0`, () => {
    const [, cache] = reluForward(array([-1, -0, 0, 1e-30, 1], dtype));
    const dx = reluBackward(ones([5], dtype), cache);
    assert.deepEqual([...dx.data], [0, 0, 0, 1, 1]);
  });

  testOnBackends(`affine - relu in ${dtype} has gradient 0 where its output is exactly 0`, () => {
    const x = array([[1, -1], [2, 1]], dtype);
    const [, cache] = affineReluForward(x, array([[1], [1]], dtype), array([0], dtype));
    const [dx, dw, db] = affineReluBackward(ones([2, 1], dtype), cache);
    assert.deepEqual(dx.toArray(), [[0, 0], [1, 1]]);
    assert.deepEqual(dw.toArray(), [[2], [1]]);
    assert.deepEqual(db.toArray(), [1]);
  });
}
