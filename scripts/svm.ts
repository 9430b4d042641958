/**
 * Assignment 1, the multiclass SVM: loss and gradient, training by SGD, hyper-parameters, and what
 * the classes look like to it.
 *
 * @module
 */
import { LinearSVM, svmLossNaive, svmLossVectorized } from "../models/mod.ts";
import { linearParts } from "./_linear_classifiers.ts";
import { runProgram } from "./_program.ts";

const goal = { what: "the best classifier", goal: 0.38, reached: 0.402 };

const parts = linearParts({
  goal,
  name: "svm",
  create: () => new LinearSVM(),
  naive: svmLossNaive,
  vectorized: svmLossVectorized,
  chanceLoss: { text: "margins of 1", value: 9 },
  gradientNote:
    "A much larger error now and then is right: where a margin changes sign within the\n" +
    "step, the loss has a kink, and the difference is not the gradient.",
  search: {
    learningRate: [2e-7, 2.213364e-7, 2.44949e-7, 2.710806e-7, 3e-7],
    reg: [5e3, 8891.397, 15811.39, 28117.07, 5e4],
  },
  course: {
    loss: 8.5857,
    milliseconds: { naive: 127.052, vectorized: 10.292 },
    gradientError: 4.44127e-10,
    sgd: {
      losses: [
        ...[792.164415, 289.126053, 108.147936, 42.728114, 18.674132],
        ...[10.535942, 7.961726, 6.125503, 5.584603, 5.18819],
        ...[5.858748, 4.971694, 5.696156, 5.027306, 5.144364],
      ],
      trainAcc: 0.369306,
      valAcc: 0.384,
    },
    search: [
      [0.392, 0.387, 0.367, 0.369, 0.35],
      [0.382, 0.358, 0.381, 0.354, 0.357],
      [0.394, 0.397, 0.371, 0.383, 0.329],
      [0.381, 0.406, 0.362, 0.362, 0.353],
      [0.392, 0.388, 0.377, 0.334, 0.345],
    ],
    testAcc: 0.382,
  },
});

await runProgram({
  file: "svm.ts",
  title: "Multiclass SVM (assignment 1)",
  description:
    "Compares the hinge loss by loops and vectorised, checks its gradient, trains the classifier as\n" +
    "the course does, and searches for good settings.",
  duration: { full: "2 minutes", quick: "5 seconds" },
  uses: ["images", "plots"],
  goals: [goal],
  parts,
}, Deno.args);
