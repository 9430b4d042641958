import assert from "node:assert/strict";
import { programTests } from "./_program.ts";

programTests({
  file: "two_layer_net.ts",
  parts: ["layers", "losses", "net", "train", "search", "best"],
  cheap: ["layers", "losses", "net"],
  prints: [
    /^Layers: largest relative error of the outputs 5\.0e-8, of the gradients \d\.\de-1\d$/m,
    /^Losses: largest difference from the course's digits (\d\.\de-1[4-9]|0\.0e\+0)$/m,
    /^Initial weights: deviations within 1e-4 of 1e-3$/m,
    /^Scores and losses: largest difference from the course's digits 5\.1e-8$/m,
    /^Gradients of the net: largest relative error \d\.\de-7$/m,
  ],
});

Deno.test("the full search runs on the synthetic set, and Ctrl-C stops it with a summary", async () => {
  const process = new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-prompt", "scripts/two_layer_net.ts", "--synthetic", "--parts", "search"],
    cwd: new URL("../../", import.meta.url),
    stdout: "piped",
  }).spawn();
  let text = "";
  let stopped = false;
  for await (const part of process.stdout.pipeThrough(new TextDecoderStream())) {
    text += part;
    if (stopped || !text.includes("trial 1 of 12")) continue;
    process.kill("SIGINT");
    stopped = true;
  }
  assert.equal((await process.status).code, 130);
  assert.match(text, /^9000 images, 4 epochs each/m);
  assert.match(text, /== Summary[^]*Interrupted/);
});
