/** The Rust exports have the arguments that the contracts give them, so that no call goes astray. */
import assert from "node:assert/strict";
import type { Argument } from "../../kernels/notation.ts";
import { ABI_VERSION, exportsOf } from "../../native_plugin/symbols.ts";

const source = await Deno.readTextFile(
  new URL("../../native_plugin/src/ffi.rs", import.meta.url),
);

/** A length in Rust, with the lengths of geometries written out. */
const LENGTHS: Record<string, string> = {
  "g.n*g.c*g.h*g.w": "g.input_len()",
  "g.f*g.c/g.groups*g.kh*g.kw": "g.weight_len()",
  "g.n*g.f*g.outH*g.outW": "g.output_len()",
  "g.n*g.c*g.outH*g.outW": "g.output_len()",
  "g.c": "g.channels",
};

/** How `ffi.rs` declares an argument; one that an output may be, with that output. */
function declarationOf(arg: Argument, output?: string): string {
  if (arg.kind === "number" || arg.kind === "conv" || arg.kind === "pool") return arg.kind;
  if (arg.kind !== "array") return "size";
  const { role, type, length, optional } = arg;
  const len = LENGTHS[length] ??
    length.replaceAll("*", " * ").replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  const written = role !== "in";
  if (type === "int32") return `${written ? "places" : "labels"}(${len})`;
  if (type === "uint8") return `${written ? "write" : "mask"}(${len})`;
  if (optional) return `${written ? "optional_write" : "optional"}(${len})`;
  if (output) return `unless(${len}, ${output})`;
  return `${written ? "write" : "read"}(${len})`;
}

Deno.test("the loader and the library speak of the same version", () => {
  assert.equal(Number(/const ABI_VERSION: u32 = (\d+);/.exec(source)?.[1]), ABI_VERSION);
});

for (const { kernel, args, returns, symbols } of exportsOf()) {
  if (symbols.length === 1) continue;
  Deno.test(`${symbols[0]} has the arguments of ${kernel}`, () => {
    const start = source.indexOf(`${symbols.join(", ")} = `);
    if (start < 0) return assert.ok(!source.includes(symbols[0]), `${kernel} is not as declared`);
    const list = /\(([^{]*?),?\s*\)\s*\{/.exec(source.slice(start))![1];
    const rust = list.split(/,\s*(?![^(]*\))/).map((line) => line.trim().split(/:\s*/)[1]);
    const wanted = args.map((arg) => {
      const output = args.find((other) => other.kind === "array" && other.alias === arg.name);
      return declarationOf(arg, output?.name);
    });
    assert.deepEqual(rust, returns ? [...wanted, "result"] : wanted);
  });
}
