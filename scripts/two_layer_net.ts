/**
 * Assignment 1, the two-layer net: layers, losses, scores and gradients, a training with the
 * Solver, a search of hyper-parameters, and a net that reaches 51 % validation accuracy on CIFAR-10.
 *
 * @module
 */
import { subset } from "../data/mod.ts";
import { TwoLayerNet } from "../models/mod.ts";
import type { NDArray } from "../ndarray/mod.ts";
import { type Chart, imageGrid } from "../plot/mod.ts";
import { RandomState } from "../random/mod.ts";
import { trainingFigure } from "./_figures.ts";
import { savePlot } from "./_outputs.ts";
import type { Context, Goal, PartResult } from "./_part.ts";
import { runProgram } from "./_program.ts";
import {
  accuracyText,
  type CourseRun,
  printFinal,
  printLog,
  printSettings,
  runText,
} from "./_results.ts";
import { searchGrid } from "./_search.ts";
import { train, trainResumable } from "./_training.ts";
import { layersPart, lossesPart, netPart } from "./two_layer_net/checks.ts";

/** The course's training, of its losses every 490th. */
const courseRun: CourseRun = {
  printEvery: 490,
  losses: [
    ...[2.300089, 1.6624, 1.446261, 1.400271, 1.232119],
    ...[1.40312, 1.343652, 1.311152, 1.150966, 1.534061],
  ],
  trainAcc: [0.171, 0.399, 0.468, 0.466, 0.504, 0.493, 0.537, 0.531, 0.541, 0.58, 0.524],
  valAcc: [0.17, 0.428, 0.444, 0.429, 0.451, 0.465, 0.488, 0.468, 0.463, 0.469, 0.456],
};

/** The course's search: best validation accuracies by learning rate and regularisation. */
const courseSearch = new Map([
  [3e-4, new Map([[1e-6, 0.522], [1e-5, 0.519], [1e-4, 0.535], [1e-3, 0.508], [1e-2, 0.519]])],
  [3e-3, new Map([[1e-6, 0.352], [1e-5, 0.33], [1e-4, 0.328], [1e-3, 0.268], [1e-2, 0.362]])],
  [3e-2, new Map([[1e-6, 0.133], [1e-5, 0.125], [1e-4, 0.143], [1e-3, 0.14], [1e-2, 0.16]])],
]);
const courseBest = { validation: 0.535, test: 0.532 };

/** The net of the last part. */
const finalNet = { hiddenDim: 256, learningRate: 7e-4, lrDecay: 0.9, reg: 0.25, numEpochs: 15 };

/** The weights of the first layer as images, one for each hidden unit. */
function weightImages({ params: { W1 } }: TwoLayerNet, title: string): Chart {
  const units = Math.min(W1.shape[1], 100);
  const images = W1.T.reshape([-1, 3, 32, 32]) as NDArray;
  return imageGrid(images.slice(`:${units}`), { title, scale: 2 });
}

const goal: Goal = { what: "the best net", goal: 0.51, reached: 0.543 };

async function trainPart(context: Context): Promise<PartResult> {
  const { flags } = context;
  const all = await context.data();
  const data = flags.quick ? subset(all, 2000) : all;
  const rng = new RandomState(flags.seed);
  const model = new TwoLayerNet({ hiddenDim: 50, dtype: flags.dtype, rng });
  const run = await train(context, "50 hidden units", model, data, {
    numEpochs: flags.quick ? 5 : 10,
    batchSize: 100,
    optimConfig: { learningRate: 1e-3 },
    numValSamples: flags.quick ? 200 : null,
    printEvery: 500,
    rng,
  });
  console.log("\nThe course's run is unseeded; compare levels, not digits");
  printLog(context, run, courseRun);
  await savePlot(context, "two_layer_training", () => trainingFigure(run, "50 hidden units"));
  await savePlot(
    context,
    "two_layer_weights",
    () => weightImages(model, "Weights of the first layer, 50 hidden units"),
  );
  return { results: { run }, summary: [runText(run)] };
}

async function searchPart(context: Context): Promise<PartResult> {
  const { flags } = context;
  const all = await context.data();
  const data = subset(all, flags.quick ? 500 : Math.min(10000, all.XTrain.shape[0]));
  const numEpochs = flags.quick ? 2 : 4;
  console.log(
    `${data.XTrain.shape[0]} images, ${numEpochs} epochs each; ` +
      "the course used all 49000 and 10 epochs\n",
  );
  const trials = await searchGrid(context, {
    grid: {
      hiddenDim: [128],
      learningRate: flags.quick ? [3e-4, 3e-3] : [3e-4, 1e-3, 3e-3, 3e-2],
      reg: flags.quick ? [1e-4] : [1e-4, 1e-2, 0.25],
    },
    course: ({ learningRate, reg }) => courseSearch.get(learningRate)?.get(reg),
    async trial({ hiddenDim, learningRate, reg }, { rng }) {
      const model = new TwoLayerNet({ hiddenDim, reg, dtype: flags.dtype, rng });
      const { bestValAcc } = await train(context, "trial", model, data, {
        numEpochs,
        batchSize: 100,
        optimConfig: { learningRate },
        verbose: false,
        rng,
      });
      return bestValAcc;
    },
  });
  const [best] = trials;
  return {
    results: { trials },
    summary: best
      ? [
        `Search: best of ${trials.length} has validation ${accuracyText(best.score)} ` +
        `(learning rate ${best.params.learningRate}, reg ${best.params.reg})`,
      ]
      : [],
  };
}

async function bestPart(context: Context): Promise<PartResult> {
  const { flags } = context;
  const all = await context.data();
  const data = flags.quick ? subset(all, 2000) : all;
  const rng = new RandomState(flags.seed);
  const { hiddenDim, learningRate, lrDecay, reg, numEpochs } = finalNet;
  printSettings(
    context,
    finalNet,
    "They suit all of CIFAR-10; the search above trains on fewer images and may prefer others.",
  );
  const model = new TwoLayerNet({
    hiddenDim: flags.quick ? 50 : hiddenDim,
    reg,
    dtype: flags.dtype,
    rng,
  });
  const { run, solver } = await trainResumable(context, "Best net", model, data, {
    numEpochs: flags.epochs ?? (flags.quick ? 2 : numEpochs),
    batchSize: 100,
    optimConfig: { learningRate },
    lrDecay,
    printEvery: 500,
    rng,
  });
  const valAcc = solver.checkAccuracy(data.XVal, data.yVal);
  const testAcc = solver.checkAccuracy(data.XTest, data.yTest);
  const line = printFinal(context, { name: "Best net", valAcc, testAcc, goal, course: courseBest });
  await savePlot(context, "two_layer_best_training", () => trainingFigure(run, "The best net"));
  await savePlot(
    context,
    "two_layer_best_weights",
    () => weightImages(model, "Weights of the first layer, the best net"),
  );
  return { results: { goal: goal.goal, valAcc, testAcc, run }, summary: [runText(run), line] };
}

await runProgram({
  file: "two_layer_net.ts",
  title: "Two-layer net (assignment 1)",
  description:
    "Checks layers, losses and the two-layer net against the course's digits, trains it with the\n" +
    "Solver, searches hyper-parameters, and trains the best net.",
  duration: { full: "a minute", quick: "5 seconds" },
  uses: ["images", "dtype", "plots"],
  goals: [goal],
  parts: [
    { name: "layers", title: "Affine and ReLU layers", run: layersPart },
    { name: "losses", title: "SVM and softmax loss", run: lossesPart },
    { name: "net", title: "Scores, losses and gradients of the net", run: netPart },
    { name: "train", title: "Training with the Solver", run: trainPart },
    { name: "search", title: "Grid search of hyper-parameters", run: searchPart },
    { name: "best", title: "The best net", resumable: true, run: bestPart },
  ],
}, Deno.args);
