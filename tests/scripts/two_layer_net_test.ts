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
