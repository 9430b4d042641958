import { programTests } from "./_program.ts";

programTests({
  file: "knn.ts",
  parts: ["distances", "accuracy", "folds"],
  cheap: ["distances", "accuracy"],
  prints: [
    /^Distances: the three ways differ by at most (\d\.\de-\d+|0\.0e\+0)$/m,
    /^Distances of 100 from 1000 images without loops: \d\.\d{3} s$/m,
    /^k = 1: \d\d of 100 right$/m,
  ],
});
