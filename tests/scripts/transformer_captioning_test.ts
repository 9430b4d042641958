import { programTests } from "./_program.ts";

programTests({
  file: "transformer_captioning.ts",
  parts: ["attention", "overfit", "scenes"],
  cheap: ["attention"],
  prints: [
    /^1 +1\.000 +0\.000 +0\.000 +0\.000$/m,
    /^Causal attention: a later word changes earlier ones by 0$/m,
  ],
});
