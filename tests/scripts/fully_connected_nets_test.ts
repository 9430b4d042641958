import { programTests } from "./_program.ts";

programTests({
  file: "fully_connected_nets.ts",
  parts: ["loss", "overfit", "updates", "comparison", "search", "train"],
  cheap: ["loss", "updates"],
  prints: [
    /^Initial losses: largest difference from the course's digits \d\.\de-1[5-9]$/m,
    /^Gradients of the nets: largest relative error 2\.2e-5$/m,
    /^Update rules: largest relative error 1\.1e-7$/m,
  ],
});
