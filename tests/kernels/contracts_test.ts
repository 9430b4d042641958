/** The contracts themselves: that each line is one, and says what the notation means by it. */
import assert from "node:assert/strict";
import { contracts } from "../../kernels/contracts.ts";
import { geometries, lengthOf, parseContract, refuse } from "../../kernels/notation.ts";
import type { KernelName, Kernels } from "../../kernels/types.ts";

const LINE = new RegExp(
  "^(\\w+ = \\w+\\.length|returns number|\\w+: (size|flag|bit|number|conv|pool)" +
    "|\\w+: (in|out|inout) (float|int32|uint8)\\[[\\w.*/]+\\]( may be \\w+| or null)?)$",
);

for (const name of Object.keys(contracts) as KernelName[]) {
  Deno.test(`the contract of ${name} is well-formed`, () => {
    for (const line of contracts[name]) assert.match(line, LINE);
    const { args } = parseContract(contracts[name]);
    const names = args.map((arg) => arg.name);
    assert.equal(new Set(names).size, names.length, "a name twice");
    for (const arg of args) {
      if (arg.kind === "length") {
        assert.ok(args.some((other) => other.kind === "array" && other.name === arg.of));
      }
      if (arg.kind !== "array") continue;
      for (const [, size, field] of arg.length.matchAll(/([a-z]\w*)(?:\.(\w+))?/gi)) {
        const kind = args.find((other) => other.name === size)?.kind ?? "none";
        if (field === undefined) assert.match(kind, /^(size|length)$/, `${arg.length}: ${size}`);
        else assert.ok((geometries as Record<string, readonly string[]>)[kind]?.includes(field));
      }
      if (arg.alias === undefined) continue;
      const other = args.find((other) => other.kind === "array" && other.name === arg.alias);
      assert.ok(other?.kind === "array" && arg.role === "out" && other.role === "in");
      assert.deepEqual([other.type, other.length], [arg.type, arg.length]);
    }
  });
}

Deno.test("the compiler reads contracts as they are meant", () => {
  type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true
    : false;
  type Floats = Float32Array | Float64Array;
  const same: [
    Same<Kernels["sumRows"], (n: number, m: number, x: Floats, out: Floats) => void>,
    Same<Kernels["sumSquares"], (x: Floats) => number>,
    Same<Parameters<Kernels["gemm"]>[7], 0 | 1>,
    Same<Parameters<Kernels["affine"]>[6], boolean>,
    Same<Parameters<Kernels["convForward"]>[3], Floats | null>,
    Same<Parameters<Kernels["maskScale"]>[1], Uint8Array>,
    Same<Parameters<Kernels["softmaxLoss"]>[3], Int32Array>,
  ] = [true, true, true, true, true, true, true];
  assert.ok(same.every(Boolean));
});

Deno.test("lengthOf() multiplies and divides sizes, fields and numbers", () => {
  const g = { f: 6, c: 4, groups: 2 };
  assert.equal(lengthOf("624", {}), 624);
  assert.equal(lengthOf("n", { n: 7 }), 7);
  assert.equal(lengthOf("4*n*h", { n: 2, h: 3 }), 24);
  assert.equal(lengthOf("g.f*g.c/g.groups*k", { g, k: 5 }), 60);
});

Deno.test("refuse() says what is wrong with the arguments of a kernel", () => {
  const { args } = parseContract(contracts.affine);
  const f32 = (length: number) => new Float32Array(length);
  const of = (...given: unknown[]) => () => refuse("affine", args, given);
  assert.throws(of(2, 3, 4, f32(6), f32(11), f32(4), true, f32(8)), {
    name: "RangeError",
    message: "affine: w must have 48 bytes for the sizes given, got 44; " +
      "a wrong size, type or length?",
  });
  assert.throws(of(2.5, 3, 4, f32(8), f32(12), f32(4), true, f32(10)), {
    name: "RangeError",
    message: "affine: n must be a whole number from 0 to 2^32 - 1, got 2.5",
  });
  assert.throws(of(2, 3, 4, f32(6), [1, 2], f32(4), true, f32(8)), {
    name: "TypeError",
    message:
      "affine: w must be a Float32Array or a Float64Array, got an array of numbers; convert it",
  });
  assert.throws(of(2, 3, 4, f32(6), f32(12), null, true, f32(8)), {
    name: "TypeError",
    message: "affine: b must be a Float32Array or a Float64Array, got null; convert it",
  });
  assert.throws(of(2, 3, 4, f32(6), f32(12), new Float64Array(4), true, f32(8)), {
    name: "TypeError",
    message:
      "affine: the float arrays of a call must have one type, got a Float32Array for x and " +
      "a Float64Array for b; convert one with astype()",
  });
});
