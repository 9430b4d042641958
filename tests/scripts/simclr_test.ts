import { programTests } from "./_program.ts";

programTests({
  file: "simclr.ts",
  parts: ["loss", "views", "train"],
  cheap: ["loss", "views", "train"],
  prints: [
    /^vectorised, tau 1 +1\.0537995\d+ +1\.0537996 +5\.0e-8$/m,
    /^0\.5 +\d\.\d{12} +\d\.\d{12} +\d\.\de[+-]\d+$/m,
    /^Two views of an image differ by 0\.[1-4]\d\d a pixel$/m,
    /^raw pixels +0\.\d{3} +0\.\d{3}$/m,
    /^SimCLR, 1 epoch +0\.\d{3} +0\.\d{3}$/m,
  ],
});
