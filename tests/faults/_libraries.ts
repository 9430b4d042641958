/** Native libraries that are not what they should be. */
import assert from "node:assert/strict";
import { builtPath } from "../../native_plugin/_places.ts";
import type { Fault } from "./main.ts";
import { run } from "./_process.ts";

/** Offers files in place of the native library; the wasm kernels must serve, without a crash. */
export const lyingLibraries: Fault = async ({ folder, files, rng }) => {
  const text = (content: string) => new TextEncoder().encode(content);
  const cases: [name: string, bytes: Uint8Array][] = [
    ["empty", new Uint8Array()],
    ["text", text("not a library\n".repeat(100))],
    ["zeros", new Uint8Array(100_000)],
    ["ELF by name", text("\x7fELF".padEnd(64, "\0"))],
    ["runtime", await Deno.readFile(Deno.execPath()).then((bytes) => bytes.subarray(0, 1 << 20))],
  ];
  const built = builtPath();
  const library = built ? await Deno.readFile(built).catch(() => null) : null;
  if (library) {
    for (let i = 0; i < Math.ceil(files / 10); i++) {
      const length = rng.randint(library.length) as number;
      cases.push([`cut to ${length} bytes`, library.subarray(0, length)]);
    }
    const renamed = library.slice();
    const name = text("nndl_abi_version");
    for (let i = renamed.indexOf(name[0]); i >= 0; i = renamed.indexOf(name[0], i + 1)) {
      if (name.every((byte, j) => renamed[i + j] === byte)) renamed[i] ^= 1;
    }
    cases.push(["without a version", renamed]);
  }
  for (const [name, bytes] of cases) {
    const file = `${folder}/library.so`;
    await Deno.writeFile(file, bytes);
    const { code, out, error } = await run("loading.ts", [file]);
    assert.equal(code, 0, `a library that is ${name} ended the process: ${error}`);
    assert.match(out, /^wasm .*native: .*library\.so: ./, name);
  }
  return `${cases.length} files${
    library ? "" : " (the real one is not built)"
  }, the wasm kernels served`;
};
