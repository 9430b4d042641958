import assert from "node:assert/strict";
import { allocate, allocateZeros, Workspace } from "../../kernels/memory.ts";

Deno.test("allocate() returns fresh arrays of zeros outside of a workspace", () => {
  const [first, second] = [allocate(Float32Array, 8), allocate(Float32Array, 8)];
  assert.notEqual(first, second);
  assert.ok(first instanceof Float32Array);
  assert.deepEqual([...first], Array(8).fill(0));
});

Deno.test("allocate() hands out different arrays within one run", () => {
  const workspace = new Workspace();
  const [first, second] = workspace.run(() => [
    allocate(Float32Array, 8),
    allocate(Float32Array, 8),
  ]);
  assert.notEqual(first, second);
  assert.notEqual(first.buffer, second.buffer);
});

Deno.test("Workspace.run() hands out the arrays of its previous run, in the same order", () => {
  const workspace = new Workspace();
  const step = () => [
    allocate(Float32Array, 8),
    allocate(Float64Array, 8),
    allocate(Float32Array, 8),
    allocate(Int32Array, 3),
    allocateZeros(Uint8Array, 0),
  ];
  const first = workspace.run(step);
  for (let i = 0; i < 3; i++) {
    const next = workspace.run(step);
    next.forEach((array, j) => assert.equal(array, first[j]));
  }
});

Deno.test("Workspace.run() allocates more when a run asks for more", () => {
  const workspace = new Workspace();
  const one = workspace.run(() => allocate(Float32Array, 8));
  const [first, second] = workspace.run(() => [
    allocate(Float32Array, 8),
    allocate(Float32Array, 8),
  ]);
  assert.equal(first, one);
  assert.notEqual(second, one);
  assert.equal(workspace.run(() => allocate(Float32Array, 8)), one);
});

Deno.test("a workspace keeps arrays of each type and length apart", () => {
  const workspace = new Workspace();
  const arrays = workspace.run(() => [
    allocate(Float32Array, 8),
    allocate(Float64Array, 8),
    allocate(Float32Array, 9),
  ]);
  assert.deepEqual(arrays.map((array) => [array.constructor.name, array.length]), [
    ["Float32Array", 8],
    ["Float64Array", 8],
    ["Float32Array", 9],
  ]);
  assert.equal(workspace.run(() => allocate(Float64Array, 8)), arrays[1]);
});

Deno.test("two workspaces share no array", () => {
  const [a, b] = [new Workspace(), new Workspace()];
  const first = a.run(() => allocate(Float32Array, 8));
  assert.notEqual(b.run(() => allocate(Float32Array, 8)), first);
});

Deno.test("a run inside the run of another workspace leaves that one's arrays alone", () => {
  const [outer, inner] = [new Workspace(), new Workspace()];
  outer.run(() => {
    const before = allocate(Float32Array, 8).fill(1);
    const within = inner.run(() => allocate(Float32Array, 8).fill(2));
    const after = allocate(Float32Array, 8).fill(3);
    assert.equal(new Set([before, within, after]).size, 3);
    assert.equal(before[0], 1);
    assert.equal(within[0], 2);
    // What came after the inner run is the outer one's again.
    assert.notEqual(inner.run(() => allocate(Float32Array, 8)), after);
  });
});

Deno.test("allocate() outside of a run never returns a workspace's array", () => {
  const workspace = new Workspace();
  const array = workspace.run(() => allocate(Float32Array, 8));
  assert.notEqual(allocate(Float32Array, 8), array);
});

Deno.test("a run that throws ends the workspace's turn", () => {
  const workspace = new Workspace();
  const array = workspace.run(() => allocate(Float32Array, 8));
  assert.throws(() =>
    workspace.run(() => {
      throw new Error("stop");
    }), /stop/);
  assert.notEqual(allocate(Float32Array, 8), array);
});

Deno.test("allocateZeros() clears an array that was used before", () => {
  const workspace = new Workspace();
  const used = workspace.run(() => allocate(Float32Array, 8).fill(7));
  const cleared = workspace.run(() => allocateZeros(Float32Array, 8));
  assert.equal(cleared, used);
  assert.deepEqual([...cleared], Array(8).fill(0));
  assert.deepEqual([...allocateZeros(Int32Array, 2)], [0, 0]);
});

Deno.test("Workspace.run() returns what the work returns", () => {
  assert.equal(new Workspace().run(() => 42), 42);
});
