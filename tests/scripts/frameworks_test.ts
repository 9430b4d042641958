import { programTests } from "./_program.ts";

programTests({
  file: "frameworks.ts",
  parts: ["barebones", "module", "sequential", "open-ended"],
  cheap: ["sequential", "open-ended"],
  prints: [
    /^Iteration 0: loss 2\.3\d{3}, validation 0\.\d{3}$/m,
    /^Sequential of two layers +\d\.\d{3}( +0\.\d{3}){3} +- +0\.\d{3} +\d+\.\d$/m,
    /^End: validation 0\.\d{3} \(mean after each of the last \d+ steps 0\.\d{3}\), test 0\.\d{3} after/m,
    /^Residual net: validation 0\.\d{3}, test 0\.\d{3}$/m,
  ],
});
