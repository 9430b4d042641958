import { programTests } from "./_program.ts";

programTests({
  file: "gan.ts",
  parts: ["minmax", "vanilla", "least-squares", "dc"],
  cheap: ["minmax", "vanilla"],
  prints: [
    /^6 +1 +1$/m,
    /^after 23 steps +\d+\.\d +\d+\.\d\d +\d\.\d{3} +\d\.\d{3} +\d\.\d{3} +\d+\.\d\d$/m,
    /^real test images +\d\.\d +\d\.\d\d /m,
    /^Vanilla GAN: losses \d\.\d{3} and \d\.\d{3} after 23 steps/m,
  ],
});
