import assert from "node:assert/strict";
import { runScript } from "./_program.ts";

Deno.test("--backend native is an error where it cannot be had, and no advice to build what may be there", async () => {
  const flags = ["--quick", "--parts", "forward", "--backend", "native"];
  const { code, stdout, stderr } = await runScript("dropout.ts", flags);
  assert.equal(code, 2);
  assert.equal(stdout, "");
  assert.match(
    stderr,
    /^error: --backend native cannot be had \(.*needs --allow-ffi.*\); leave it out, and wasm serves$/m,
  );
  assert.doesNotMatch(stderr, /deno task native/);
});

Deno.test("--backend takes a table that is there", async () => {
  const flags = ["--quick", "--parts", "forward", "--backend", "reference"];
  const { code, stdout, stderr } = await runScript("dropout.ts", flags);
  assert.equal(code, 0, stderr);
  assert.match(stdout, /^Kernels: reference /m);
});
