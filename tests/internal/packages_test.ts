import assert from "node:assert/strict";
import { plainName } from "../../internal/packages.ts";

Deno.test("plainName() leaves out where a package comes from, and its version", () => {
  assert.equal(plainName("npm:vega@^6.4.0"), "vega");
  assert.equal(plainName("npm:@deno/kv@^0.14.0"), "@deno/kv");
  assert.equal(plainName("npm:@a/b@^2.6.2/index_bg.wasm"), "@a/b/index_bg.wasm");
  assert.equal(
    plainName("npm:pdfmake@^0.3.11/build/fonts/Roboto.js"),
    "pdfmake/build/fonts/Roboto.js",
  );
});

Deno.test("deno.lock locks the packages of deno.json and no others, so that no others are downloaded", async () => {
  const read = async (name: string) =>
    JSON.parse(await Deno.readTextFile(new URL(`../../${name}`, import.meta.url)));
  const plain = (specifiers: string[]) => specifiers.map(plainName).sort();
  const [{ imports }, { specifiers }] = [await read("deno.json"), await read("deno.lock")];
  const listed = Object.values<string>(imports).filter((target) => target.startsWith("npm:"));
  assert.deepEqual(plain(Object.keys(specifiers)), plain(listed));
});

/** Every TypeScript file below a folder. */
async function* sources(folder: URL): AsyncGenerator<string> {
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    if (isDirectory && !/^(\..*|node_modules|target|bench)$/.test(name)) {
      yield* sources(new URL(`${name}/`, folder));
    } else if (name.endsWith(".ts")) yield await Deno.readTextFile(new URL(name, folder));
  }
}

Deno.test("deno.json names only packages that a room or a test loads, for tests download them all", async () => {
  const root = new URL("../../", import.meta.url);
  const { imports } = JSON.parse(await Deno.readTextFile(new URL("deno.json", root)));
  const idle = new Set(Object.keys(imports));
  for await (const text of sources(root)) {
    for (const name of idle) {
      if (text.includes(`"${name}"`) || text.includes(`"${imports[name]}`)) idle.delete(name);
    }
  }
  assert.deepEqual([...idle], []);
});
