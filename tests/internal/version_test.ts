import assert from "node:assert/strict";
import { PACKAGE_VERSION } from "../../internal/version.ts";

Deno.test("PACKAGE_VERSION is the version in deno.json", async () => {
  const text = await Deno.readTextFile(new URL("../../deno.json", import.meta.url));
  assert.equal(PACKAGE_VERSION, JSON.parse(text).version);
});
