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
