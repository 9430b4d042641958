import { programTests } from "./_program.ts";

const parts = ["creation", "slicing", "integers", "booleans", "dtypes", "math", "broadcasting"];

programTests({
  file: "numpy_tutorial.ts",
  usesImages: false,
  parts,
  cheap: parts,
  prints: [
    /^Making arrays: 9 of 9 agree with NumPy$/m,
    /^Slices: 8 of 9 agree with NumPy, 1 on purpose not$/m,
    /^Indexing by whole numbers: 5 of 5 agree with NumPy$/m,
    /^Indexing by truth values: 5 of 5 agree with NumPy$/m,
    /^Types of elements: 7 of 8 agree with NumPy, 1 on purpose not$/m,
    /^Arithmetic, products and sums: 15 of 15 agree with NumPy$/m,
    /^Broadcasting and outer products: 9 of 9 agree with NumPy$/m,
  ],
});
