import { programTests } from "./_program.ts";

programTests({
  file: "batch_normalization.ts",
  parts: [
    "forward",
    "backward",
    "nets",
    "deep",
    "weights",
    "batches",
    "layernorm",
    "layernorm-batches",
  ],
  cheap: ["forward", "backward", "nets", "layernorm"],
  prints: [
    /^Batch norm, eight decimals: largest difference from the course's digits 4\.8e-9$/m,
    /^Batch norm: gradients within 1\.\de-9 of centred differences$/m,
    /^Initial losses: largest difference from the course's digits (0\.0e\+0|\d\.\de-1[5-9])$/m,
    /^Layer norm, eight decimals: largest difference from the course's digits 4\.8e-9$/m,
    /^Layer norm: gradients within 2\.\de-9 of centred differences$/m,
  ],
});
