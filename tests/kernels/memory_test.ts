import assert from "node:assert/strict";
import fc from "fast-check";
import {
  allocate,
  allocateZeros,
  type ArrayConstructor,
  currentWorkspace,
  Workspace,
} from "../../kernels/memory.ts";

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

const types = [Float32Array, Float64Array, Int32Array, Uint8Array];

/** What a run asks for. */
type Wish = readonly [type: ArrayConstructor, length: number];

function runAll(workspace: Workspace, wishes: readonly Wish[]) {
  return workspace.run(() => wishes.map(([type, length]) => allocate(type, length)));
}

function bytesOf(wishes: readonly Wish[]): number {
  return wishes.reduce((sum, [type, length]) => sum + type.BYTES_PER_ELEMENT * length, 0);
}

/** A step on sequences: some arrays grow with the length, some come once for each word. */
function sequenceStep(length: number): Wish[] {
  return [
    [Int32Array, 8 * length],
    [Float32Array, 8 * length * 64],
    ...Array.from({ length }, (): Wish => [Float32Array, 8 * 64]),
    [Float32Array, 8 * length * 500],
    [Float64Array, length],
    [Float32Array, 64 * 500],
  ];
}

const orders: Record<string, (i: number) => number> = {
  "rising": (i) => i + 1,
  "falling": (i) => 200 - i,
  "mixed": (i) => 1 + i * 67 % 200,
};

for (const [name, lengthOf] of Object.entries(orders)) {
  Deno.test(`steps of 200 different lengths, ${name}, hold at most twice what one needs`, () => {
    const workspace = new Workspace();
    let largest = 0;
    for (let i = 0; i < 400; i++) {
      const wishes = sequenceStep(lengthOf(i % 200));
      largest = Math.max(largest, bytesOf(wishes));
      runAll(workspace, wishes);
      assert.ok(workspace.byteLength <= 2 * largest, `step ${i}: ${workspace.byteLength}`);
    }
  });
}

for (const [name, lengthOf] of Object.entries(orders)) {
  Deno.test(`steps of 200 different lengths, ${name}, go on with the buffers there are`, () => {
    const workspace = new Workspace();
    const buffers = new WeakSet<ArrayBufferLike>();
    let [made, all] = [0, 0];
    for (let i = 0; i < 400; i++) {
      for (const { buffer, byteLength } of runAll(workspace, sequenceStep(lengthOf(i % 200)))) {
        if (i >= 200) all += byteLength;
        if (i >= 200 && !buffers.has(buffer)) made += byteLength;
        buffers.add(buffer);
      }
    }
    assert.ok(made < 0.1 * all, `${made} of ${all} bytes are in new buffers`);
  });
}

Deno.test("steps that alternate in size get the same arrays each time", () => {
  const workspace = new Workspace();
  const kinds = [sequenceStep(20), sequenceStep(17), [...sequenceStep(20), ...sequenceStep(3)]];
  for (let i = 0; i < 3; i++) kinds.map((wishes) => runAll(workspace, wishes));
  const first = kinds.map((wishes) => runAll(workspace, wishes));
  for (const [i, wishes] of kinds.entries()) {
    runAll(workspace, wishes).forEach((array, j) => assert.equal(array, first[i][j]));
  }
});

Deno.test("arrays of any runs are right, apart, within twice the largest run, and come again", () => {
  const wish = fc.tuple(fc.constantFrom<ArrayConstructor>(...types), fc.nat(300));
  const runs = fc.array(fc.array(wish, { maxLength: 20 }), { minLength: 1, maxLength: 20 });
  fc.assert(
    fc.property(runs, (runs) => {
      const workspace = new Workspace();
      let largest = 0;
      for (const wishes of runs) {
        const arrays = runAll(workspace, wishes);
        arrays.forEach((array, i) => {
          assert.ok(array instanceof wishes[i][0]);
          assert.equal(array.length, wishes[i][1]);
          assert.ok(workspace.owns(array));
        });
        assert.equal(new Set(arrays.map(({ buffer }) => buffer)).size, arrays.length);
        largest = Math.max(largest, bytesOf(wishes));
        assert.ok(workspace.byteLength <= 2 * largest);
        runAll(workspace, wishes).forEach((array, i) => assert.equal(array, arrays[i]));
      }
    }),
    { seed: 231 },
  );
});

Deno.test("a run inside a run of the same workspace is a part of it", () => {
  const workspace = new Workspace();
  workspace.run(() => {
    const before = allocate(Float32Array, 8);
    const { generation } = workspace;
    const within = workspace.run(() => allocate(Float32Array, 8));
    assert.notEqual(within, before);
    assert.equal(workspace.generation, generation);
    assert.notEqual(allocate(Float32Array, 8), within);
    // Through another workspace it is the same.
    new Workspace().run(() =>
      workspace.run(() => assert.notEqual(allocate(Float32Array, 8), before))
    );
  });
});

Deno.test("generation and owns() tell whether the run of an array is over", () => {
  const workspace = new Workspace();
  assert.equal(currentWorkspace(), null);
  const own = workspace.run(() => {
    assert.equal(currentWorkspace(), workspace);
    return allocate(Float32Array, 8);
  });
  const { generation } = workspace;
  assert.ok(workspace.owns(own));
  assert.ok(!workspace.owns(new Float32Array(8)));
  assert.ok(!workspace.owns(new Float64Array(3)));
  workspace.run(() => {
    assert.ok(!workspace.owns(own));
    allocate(Float32Array, 8);
    assert.ok(workspace.owns(own), "handed out again");
  });
  assert.equal(workspace.generation, generation + 1);
});

Deno.test("Workspace.run() refuses work that returns a promise", () => {
  const workspace = new Workspace();
  assert.throws(() => workspace.run(() => Promise.resolve(1)), {
    name: "TypeError",
    message: /Workspace\.run: work must be synchronous, got .*promise/,
  });
  assert.equal(currentWorkspace(), null);
});
