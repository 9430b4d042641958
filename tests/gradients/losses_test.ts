import assert from "node:assert/strict";
import { softmaxLoss, svmLoss } from "../../layers/mod.ts";
import { array } from "../../ndarray/mod.ts";
import { testOnBackends } from "./_backends.ts";
import { gradientSuite, lossPasses } from "./_suite.ts";

const cases = [{ x: [5, 10] }, { x: [1, 3] }, { x: [4, 1] }, { x: [23, 37] }];

gradientSuite("softmaxLoss", { cases, ...lossPasses(softmaxLoss), tolerance: 1e-7 });
gradientSuite("svmLoss", { cases, ...lossPasses(svmLoss), tolerance: 1e-8 });

for (const dtype of ["float32", "float64"] as const) {
  testOnBackends(`svmLoss in ${dtype} has gradient 0 at a margin of exactly 0`, () => {
    // Margins of row 0: 0, -1, 0.5; of row 1: 0, 0.
    const scores = array([[2, 3, 1, 2.5], [5, 5, 6, 4]], dtype);
    const [loss, dx] = svmLoss(scores, array([1, 2], "int32"));
    assert.equal(loss, 0.25);
    assert.deepEqual(dx.toArray(), [[0, -0.5, 0, 0.5], [0, 0, 0, 0]]);
  });

  testOnBackends(`softmaxLoss in ${dtype} shares the gradient among tied scores`, () => {
    const [loss, dx] = softmaxLoss(array([[7, 7, 7, 7]], dtype), array([3], "int32"));
    assert.ok(Math.abs(loss - Math.log(4)) < 1e-6);
    const expected = [0.25, 0.25, 0.25, -0.75];
    expected.forEach((value, j) => assert.ok(Math.abs(dx.at(0, j) - value) < 1e-6, `${dx}`));
  });

  testOnBackends(`softmaxLoss in ${dtype} survives scores that overflow exp`, () => {
    const [loss, dx] = softmaxLoss(array([[1000, 0, -1000]], dtype), array([1], "int32"));
    assert.equal(loss, 1000);
    assert.deepEqual(dx.toArray(), [[1, -1, 0]]);
  });
}
