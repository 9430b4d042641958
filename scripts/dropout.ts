/**
 * Assignment 2, dropout: the layer, its gradient, nets with dropout, dropout as a regulariser, and
 * a net that reaches 55 % validation accuracy on CIFAR-10.
 *
 * @module
 */
import { checkGradients } from "../gradient_check/mod.ts";
import { dropoutBackward, dropoutForward } from "../layers/mod.ts";
import { FullyConnectedNet } from "../models/mod.ts";
import { equal, type NDArray } from "../ndarray/mod.ts";
import { figure } from "../plot/mod.ts";
import { RandomState } from "../random/mod.ts";
import { subset } from "../data/mod.ts";
import {
  compared,
  errorText,
  type GradientRow,
  modelGradientErrors,
  printGradients,
  worstGradient,
} from "./_checks.ts";
import { accuracyPlot, trainingFigure } from "./_figures.ts";
import { savePlot } from "./_outputs.ts";
import type { Context, Goal, PartResult } from "./_part.ts";
import { runProgram } from "./_program.ts";
import { accuracyText, last, printFinal, printSettings } from "./_results.ts";
import { type Comparison, courseName, printComparison, printTable } from "./_tables.ts";
import { type Run, train, trainResumable } from "./_training.ts";

/** Figures printed by the course's notebook, by keep ratio. */
const course = {
  meanInput: 10.000207878477502,
  forward: [
    { p: 0.25, meanTrain: 10.014059116977283, zeroTrain: 0.749784 },
    { p: 0.4, meanTrain: 9.977917658761159, zeroTrain: 0.600796 },
    { p: 0.7, meanTrain: 9.987811912159426, zeroTrain: 0.30074 },
  ],
  backwardError: 5.44560814873387e-11,
  nets: [
    { p: 1, loss: 2.300479089768492 },
    { p: 0.75, loss: 2.302371489704412 },
    { p: 0.5, loss: 2.30427592207859 },
  ],
  regularisation: [
    { p: 1, trainAcc: 0.992, valAcc: 0.31 },
    { p: 0.25, trainAcc: 0.926, valAcc: 0.33 },
  ],
};

/** Seed of the masks in the parts that repeat a forward pass. */
const MASK_SEED = 123;

/** The net of the last part, found by trying a handful on the validation set. */
const finalNet = { hiddenDims: [200, 100, 100], keepRatio: 0.9, numEpochs: 8 };

const goal: Goal = { what: "the final net", goal: 0.55, reached: 0.571 };

function forwardPart({ flags, courseSeed }: Context): PartResult {
  const rng = new RandomState(flags.seed);
  const x = rng.randn(500, 500).add(10);
  const rows: Comparison[] = [];
  for (const { p, meanTrain, zeroTrain } of course.forward) {
    const [train] = dropoutForward(x, { p, mode: "train", rng });
    const [test] = dropoutForward(x, { p, mode: "test" });
    const zero = (out: NDArray) => equal(out, 0).mean();
    rows.push(
      { name: `p = ${p}: mean of input`, ours: x.mean(), course: course.meanInput },
      { name: `p = ${p}: mean of train-time output`, ours: train.mean(), course: meanTrain },
      { name: `p = ${p}: mean of test-time output`, ours: test.mean(), course: course.meanInput },
      { name: `p = ${p}: zeros in train-time output`, ours: zero(train), course: zeroTrain },
      { name: `p = ${p}: zeros in test-time output`, ours: zero(test), course: 0 },
    );
  }
  printComparison(rows, courseSeed);
  return { results: { rows }, summary: [compared("Forward statistics", rows, courseSeed)] };
}

function backwardPart({ flags, courseSeed }: Context): PartResult {
  const rng = new RandomState(flags.seed);
  const x = rng.randn(10, 10).add(10);
  const dout = rng.randn(10, 10);
  const dropoutParam = { mode: "train", p: 0.2, seed: MASK_SEED } as const;
  const forward = (x: NDArray) => dropoutForward(x, dropoutParam);
  const { errors } = checkGradients([forward, dropoutBackward], { x }, { dout });
  const rows = [
    { name: "relative error of dx", ours: errors.dx, course: course.backwardError },
  ];
  printComparison(rows, courseSeed);
  return {
    results: { rows },
    summary: [`Backward pass: relative error ${errorText(rows[0].ours)}`],
  };
}

function netsPart({ flags, courseSeed }: Context): PartResult {
  let rng = new RandomState(flags.seed);
  const X = rng.randn(2, 15);
  const y = rng.randint(10, undefined, 2);
  const rows: Comparison[] = [];
  const gradients: GradientRow[] = [];
  for (const { p, loss: courseLoss } of course.nets) {
    const model = new FullyConnectedNet([20, 30], {
      inputDim: 15,
      numClasses: 10,
      weightScale: 0.05,
      dtype: "float64",
      dropoutKeepRatio: p,
      seed: MASK_SEED,
      rng,
    });
    const [loss] = model.loss(X, y);
    rows.push({ name: `keep ratio ${p}: initial loss`, ours: loss, course: courseLoss });
    gradients.push({ name: String(p), errors: modelGradientErrors(model, X, y) });
    if (p < 1) {
      // The course's layers reseed the generator that the next net's weights come from; its last
      // draw before them is the mask of the second hidden layer.
      rng = new RandomState(MASK_SEED);
      rng.rand(2, 30);
    }
  }
  printComparison(rows, courseSeed);
  console.log("\nRelative error of the gradients against centred differences (h = 1e-5)\n");
  printGradients("keep ratio", gradients);
  return {
    results: { rows, gradients },
    summary: [
      compared("Initial losses", rows, courseSeed),
      `Gradients of the nets: largest relative error ${errorText(worstGradient(gradients))}`,
    ],
  };
}

async function regularisationPart(context: Context): Promise<PartResult> {
  const { flags, signal } = context;
  const data = subset(await context.data(), 500);
  const rng = new RandomState(flags.seed);
  const numEpochs = flags.quick ? 6 : 25;
  const runs: Run[] = [];
  for (const p of [1, 0.25]) {
    console.log(`\nkeep ratio ${p}`);
    const model = new FullyConnectedNet([500], { dropoutKeepRatio: p, dtype: flags.dtype, rng });
    runs.push(
      await train(context, `keep ratio ${p}`, model, data, {
        numEpochs,
        batchSize: 100,
        updateRule: "adam",
        optimConfig: { learningRate: 5e-4 },
        printEvery: 100,
        rng,
      }),
    );
    if (signal.aborted) break;
  }
  const theirs = courseName(context);
  console.log("\nAccuracy after the last epoch");
  console.log("(the course's run is on the original pixels; compare levels, not digits)\n");
  printTable(
    ["", "train", "validation", `${theirs}: train`, `${theirs}: validation`],
    runs.map(({ name, trainAccHistory, valAccHistory }, i) => [
      name,
      accuracyText(last(trainAccHistory)),
      accuracyText(last(valAccHistory)),
      accuracyText(course.regularisation[i].trainAcc),
      accuracyText(course.regularisation[i].valAcc),
    ]),
  );
  const training = runs.map(({ name, trainAccHistory: y }) => ({ name, y }));
  const validation = runs.map(({ name, valAccHistory: y }) => ({ name, y }));
  await savePlot(
    context,
    "dropout_regularisation",
    () => figure([[accuracyPlot("Training", training), accuracyPlot("Validation", validation)]]),
  );
  return {
    results: { numEpochs, runs },
    summary: runs.map(({ name, trainAccHistory, valAccHistory }) =>
      `500 images, ${name}: train ${accuracyText(last(trainAccHistory))}, ` +
      `validation ${accuracyText(last(valAccHistory))}`
    ),
  };
}

async function trainPart(context: Context): Promise<PartResult> {
  const { flags } = context;
  const data = await context.data();
  const rng = new RandomState(flags.seed);
  const model = new FullyConnectedNet(finalNet.hiddenDims, {
    normalization: "batchnorm",
    dropoutKeepRatio: finalNet.keepRatio,
    weightScale: 0.02,
    dtype: flags.dtype,
    rng,
  });
  printSettings(context, finalNet, "They are the best of a handful that were tried on CIFAR-10.");
  const options = {
    numEpochs: flags.epochs ?? (flags.quick ? 3 : finalNet.numEpochs),
    batchSize: 200,
    updateRule: "adam",
    optimConfig: { learningRate: 2e-3 },
    lrDecay: 0.75,
    printEvery: 250,
    rng,
  } as const;
  const { run, solver } = await trainResumable(context, "Final net", model, data, options);
  const valAcc = solver.checkAccuracy(data.XVal, data.yVal);
  const testAcc = solver.checkAccuracy(data.XTest, data.yTest);
  const line = printFinal(context, { name: "Final net", valAcc, testAcc, goal });
  await savePlot(context, "dropout_final_net", () => trainingFigure(run));
  return {
    results: { epoch: solver.epoch, valAcc, testAcc, goal: goal.goal, run },
    summary: [line],
  };
}

await runProgram({
  file: "dropout.ts",
  title: "Dropout (assignment 2)",
  description:
    "Checks the dropout layer and nets that use it against the course's digits, compares nets with\n" +
    "and without dropout on 500 images, and trains a final net.",
  duration: { full: "half a minute", quick: "10 seconds" },
  uses: ["images", "dtype", "plots"],
  goals: [goal],
  parts: [
    { name: "forward", title: "Forward pass", run: forwardPart },
    { name: "backward", title: "Backward pass", run: backwardPart },
    { name: "nets", title: "Fully connected nets with dropout", run: netsPart },
    { name: "regularisation", title: "Dropout as a regulariser", run: regularisationPart },
    { name: "train", title: "A net with batch norm and dropout", resumable: true, run: trainPart },
  ],
}, Deno.args);
