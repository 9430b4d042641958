import assert from "node:assert/strict";
import { noGrad, Tensor } from "../../autograd/mod.ts";
import { ones } from "../../ndarray/mod.ts";

const isRecorded = () => new Tensor(ones([2])).multiply(3).requiresGrad;

Deno.test("noGrad() records again after it, after an error, and not after one within another", () => {
  noGrad(() => {
    assert.ok(!isRecorded());
    noGrad(() => assert.ok(!isRecorded()));
    assert.ok(!isRecorded());
  });
  assert.ok(isRecorded());
  assert.throws(() => noGrad(() => assert.fail("on purpose")), /on purpose/);
  assert.ok(isRecorded());
});
