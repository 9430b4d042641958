import { programTests } from "./_program.ts";

programTests({
  file: "features.ts",
  parts: ["features", "svm", "search", "net"],
  cheap: ["features", "net"],
  prints: [
    /^Features: 154 for each of 4000 training images, in \d+\.\d s$/m,
    /^Net on features: validation 0\.[3-9]\d\d, test 0\.[3-9]\d\d$/m,
  ],
});
