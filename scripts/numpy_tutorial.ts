/**
 * The array course: NumPy's basics with our arrays. Each example prints its code, our result and
 * NumPy's, and whether they agree to the letter.
 *
 * @module
 */
import { runProgram } from "./_program.ts";
import { arithmetic, broadcasting, dtypes } from "./numpy_tutorial/arithmetic.ts";
import { examplesPart } from "./numpy_tutorial/example.ts";
import { booleanIndexing, creation, integerIndexing, slicing } from "./numpy_tutorial/indexing.ts";

await runProgram({
  file: "numpy_tutorial.ts",
  title: "Arrays, beside NumPy",
  description:
    "Shows how arrays are made, sliced, indexed, combined and broadcast, each time with NumPy's code\n" +
    "and the result that NumPy 2 prints. It needs no data.",
  duration: "a second",
  uses: [],
  parts: [
    creation,
    slicing,
    integerIndexing,
    booleanIndexing,
    dtypes,
    arithmetic,
    broadcasting,
  ].map(examplesPart),
}, Deno.args);
