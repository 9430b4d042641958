import { programTests } from "./_program.ts";

programTests({
  file: "gan.ts",
  parts: ["losses", "minmax", "vanilla", "least-squares", "dc"],
  cheap: ["losses", "minmax", "vanilla"],
  prints: [
    /^least-squares discriminator +1\.87702936144\d+ +1\.8770293614440594 +\d\.\de[+-]\d+$/m,
    /^convolutional generator of 4 numbers +6580801 +6580801 +0\.0e\+0$/m,
    /^GAN losses: largest difference from the course's digits (?:0\.0e\+0|\d\.\de-1\d)$/m,
    /^6 +1 +1$/m,
    /^after 23 steps +\d+\.\d +\d+\.\d\d +\d\.\d{3} +\d\.\d{3} +\d\.\d{3} +\d+\.\d\d$/m,
    /^real test images +\d\.\d +\d\.\d\d /m,
    /^Vanilla GAN: losses \d\.\d{3} and \d\.\d{3} after 23 steps/m,
  ],
});
