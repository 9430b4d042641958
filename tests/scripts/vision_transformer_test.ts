import { programTests } from "./_program.ts";

programTests({
  file: "vision_transformer.ts",
  parts: ["patches", "overfit", "train"],
  cheap: ["patches", "overfit", "train"],
  prints: [
    /^64 patches of 48 numbers$/m,
    /^Accuracy on these 16 images: (1\.000|0\.[89]\d\d)$/m,
    /^vision Transformer +0\.\d{3} +0\.\d{3}$/m,
  ],
});
