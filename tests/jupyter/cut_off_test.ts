/** What an interrupted cell leaves behind, without a notebook. */
// The first import: it must come before the library.
import { cutOff, settled } from "./_as_notebook.ts";
import assert from "node:assert/strict";
import { noGrad, Tensor } from "../../autograd/mod.ts";
import { allocate, currentWorkspace, Workspace } from "../../kernels/mod.ts";
import { ones } from "../../ndarray/mod.ts";

const isRecorded = () => new Tensor(ones([2])).multiply(3).requiresGrad;

Deno.test("noGrad() that was cut off does not leave recording off", async () => {
  for (let i = 0; i < 2; i++) {
    await cutOff((stay) => noGrad(() => noGrad(stay)));
    assert.ok(isRecorded());
    noGrad(() => assert.ok(!isRecorded()));
    await settled();
    assert.ok(isRecorded());
  }
});

Deno.test("a run of a workspace that was cut off ends", async () => {
  const [outer, inner] = [new Workspace(), new Workspace()];
  const first = inner.run(() => allocate(Float32Array, 8));
  for (let i = 0; i < 2; i++) {
    await cutOff((stay) => outer.run(() => inner.run(stay)));
    assert.equal(currentWorkspace(), null);
    assert.ok(!inner.owns(allocate(Float32Array, 8)));
    const { generation } = inner;
    assert.equal(inner.run(() => allocate(Float32Array, 8)), first);
    assert.equal(inner.generation, generation + 1);
    await settled();
  }
});
