/**
 * Assignment 1, softmax regression: loss and gradient, training by SGD, hyper-parameters, and what
 * the classes look like to it.
 *
 * @module
 */
import { Softmax, softmaxLossNaive, softmaxLossVectorized } from "../models/mod.ts";
import { linearParts } from "./_linear_classifiers.ts";
import { runProgram } from "./_program.ts";

const goal = { what: "the best classifier", goal: 0.38, reached: 0.393 };

const parts = linearParts({
  goal,
  name: "softmax",
  create: () => new Softmax(),
  naive: softmaxLossNaive,
  vectorized: softmaxLossVectorized,
  chanceLoss: { text: "ln 10", value: Math.LN10 },
  search: {
    learningRate: [1e-7, 3.25e-7, 5.5e-7, 7.75e-7, 1e-6],
    reg: [1000, 3250, 5500, 7750, 10000],
  },
  course: {
    loss: 2.305084,
    milliseconds: { naive: 148.255, vectorized: 18.559 },
    gradientError: 5.372513e-7,
    search: [
      [0.263, 0.277, 0.295, 0.313, 0.346],
      [0.329, 0.381, 0.384, 0.379, 0.37],
      [0.385, 0.381, 0.383, 0.377, 0.379],
      [0.393, 0.396, 0.384, 0.362, 0.353],
      [0.405, 0.376, 0.378, 0.358, 0.354],
    ],
    testAcc: 0.392,
  },
});

await runProgram({
  file: "softmax.ts",
  title: "Softmax regression (assignment 1)",
  description:
    "Compares the softmax loss by loops and vectorised, checks its gradient, trains the classifier\n" +
    "as the course does, and searches for good settings.",
  duration: { full: "2 minutes", quick: "5 seconds" },
  uses: ["images", "plots"],
  goals: [goal],
  parts,
}, Deno.args);
