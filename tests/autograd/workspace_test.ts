import assert from "node:assert/strict";
import { add, multiply, relu, sum, Tensor } from "../../autograd/mod.ts";
import { Workspace } from "../../kernels/mod.ts";
import { array, ones } from "../../ndarray/mod.ts";

Deno.test("results and gradients of a run can be read until the next run", () => {
  const workspace = new Workspace();
  const w = new Tensor(ones([2]));
  const loss = workspace.run(() => {
    const loss = sum(multiply(w, 3));
    loss.backward();
    return loss;
  });
  assert.equal(loss.item(), 6);
  assert.deepEqual(w.grad!.toArray(), [3, 3]);
});

Deno.test("a tensor whose workspace was reused is an error, not wrong numbers", () => {
  const workspace = new Workspace();
  const w = new Tensor(ones([2]));
  const [y, x] = workspace.run(() => [multiply(w, 3), new Tensor(array([1, 2]).add(1))]);
  const outside = multiply(y, 2);
  const kept = y.detach();
  workspace.run(() => multiply(w, 5));
  const reused = /was made in an earlier run of a workspace, whose memory has been reused since/;
  assert.throws(() => y.value, reused);
  assert.throws(() => x.value, reused);
  assert.throws(() => kept.value, reused);
  assert.throws(() => relu(y), reused);
  assert.throws(() => add(y, 1), /^Error: Tensor.value: the tensor of shape \(2,\) was made/);
  assert.deepEqual(outside.toArray(), [6, 6]);
  assert.throws(() => sum(outside).backward(), /^Error: backward: the result of multiply was made/);
});

Deno.test("a gradient left from an earlier run is not added to", () => {
  const workspace = new Workspace();
  const w = new Tensor(ones([2]));
  const step = () => sum(multiply(w, 3)).backward();
  workspace.run(step);
  assert.throws(() => workspace.run(step), /^Error: backward: a gradient to add to was made/);
  assert.throws(() => w.grad, /^Error: Tensor.grad: the gradient of the tensor of shape/);
  w.grad = null;
  workspace.run(step);
  assert.deepEqual(w.grad!.toArray(), [3, 3]);
});

Deno.test("a leaf is bound to a run only if its value is memory of that run", () => {
  const workspace = new Workspace();
  const [w, owned] = [new Tensor(ones([2])), new Tensor(ones([2]))];
  workspace.run(() => {
    owned.value = ones([2]).add(1);
    multiply(w, 2);
  });
  assert.deepEqual(owned.toArray(), [2, 2]);
  workspace.run(() => {});
  assert.deepEqual(w.toArray(), [1, 1]);
  assert.throws(() => owned.value, /earlier run/);
});

Deno.test("20,000 steps in a workspace need no more memory than 1,000", () => {
  const workspace = new Workspace();
  const w = new Tensor(ones([20]));
  const step = () =>
    workspace.run(() => {
      w.grad = null;
      sum(multiply(add(multiply(w, w), 1), w)).backward();
    });
  for (let i = 0; i < 1000; i++) step();
  const before = workspace.byteLength;
  const heapBefore = Deno.memoryUsage().heapUsed;
  for (let i = 0; i < 20_000; i++) step();
  assert.equal(workspace.byteLength, before);
  const grown = (Deno.memoryUsage().heapUsed - heapBefore) / 1e6;
  assert.ok(grown < 40, `the heap grew by ${grown.toFixed(0)} MB`);
});
