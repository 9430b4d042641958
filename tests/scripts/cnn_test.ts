import { programTests } from "./_program.ts";

programTests({
  file: "cnn.ts",
  parts: ["layers", "overfit", "train"],
  cheap: ["layers"],
  prints: [
    /^ThreeLayerConvNet( +\d\.\de-\d+){8}$/m,
    /^Gradients with batch norm: largest relative error \d\.\de-[4-9]$/m,
  ],
});
