import { programTests } from "./_program.ts";

programTests({
  file: "dropout.ts",
  parts: ["forward", "backward", "nets", "regularisation", "train"],
  cheap: ["forward", "backward", "nets"],
  prints: [
    /^p = 0\.25: mean of train-time output .* 0\.0e\+0$/m,
    /^Backward pass: relative error \d\.\de-1\d$/m,
    /^Initial losses: largest difference from the course's digits \d\.\de-1[5-9]$/m,
  ],
});
