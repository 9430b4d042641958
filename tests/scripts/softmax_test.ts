import { programTests } from "./_program.ts";

programTests({
  file: "softmax.ts",
  parts: ["loss", "gradient", "train", "search"],
  cheap: ["loss", "gradient"],
  prints: [
    /^Loops and vectorised: losses differ by (\d\.\de-1\d|0\.0e\+0), gradients by \d\.\de-1\d$/m,
    /^Gradient: largest relative error \d\.\de-([6-9]|1\d) \(course: 5\.4e-7\)$/m,
  ],
});
