/**
 * Assignment 2, fully connected nets: initial losses and gradients, nets that learn 50 images by
 * heart, update rules, and a search for a net that reaches 55 % validation accuracy on CIFAR-10.
 *
 * @module
 */
import { subset } from "../data/mod.ts";
import { FullyConnectedNet } from "../models/mod.ts";
import { cosineDecay } from "../optim/mod.ts";
import { RandomState } from "../random/mod.ts";
import {
  type DrawnParameters,
  logUniform,
  randomSearch,
  SearchResult,
  type TrialFunction,
  uniform,
} from "../selection/mod.ts";
import {
  compared,
  errorText,
  type GradientRow,
  modelGradientErrors,
  printGradients,
  worstGradient,
} from "./_checks.ts";
import { trainingFigure } from "./_figures.ts";
import { savePlot } from "./_outputs.ts";
import type { Context, Goal, PartResult } from "./_part.ts";
import { runProgram } from "./_program.ts";
import {
  accuracyText,
  type CourseRun,
  printFinal,
  printRuns,
  printSettings,
  runText,
  saveComparison,
} from "./_results.ts";
import { tryAll } from "./_search.ts";
import { type Comparison, printComparison } from "./_tables.ts";
import { type Run, train, trainResumable } from "./_training.ts";
import { comparisonPart, updateRulesPart } from "./fully_connected_nets/update_rules.ts";

/** Figures printed by the course's notebook. */
const course = {
  nets: [
    {
      reg: 0,
      loss: 2.300479089768492,
      errors: {
        W1: 1.0252674471656573e-7,
        W2: 2.2120479295080622e-5,
        W3: 4.5623278736665505e-7,
        b1: 4.6600944653202505e-9,
        b2: 2.085654276112763e-9,
        b3: 1.689724888469736e-10,
      },
    },
    {
      reg: 3.14,
      loss: 7.052114776533016,
      errors: {
        W1: 6.862884860440611e-9,
        W2: 3.522821562176466e-8,
        W3: 2.6171457283983532e-8,
        b1: 1.4752427965311745e-8,
        b2: 1.7223751746766738e-9,
        b3: 2.378772438198909e-10,
      },
    },
  ],
  bestModel: { validation: 0.534, test: 0.52 },
};

/** Nets that learn 50 images by heart, and how the course's did. */
const overfitted: readonly {
  name: string;
  hiddenDims: readonly number[];
  weightScale: number;
  learningRate: number;
  course: CourseRun;
}[] = [
  {
    name: "three layers",
    hiddenDims: [100, 100],
    weightScale: 0.03,
    learningRate: 4e-3,
    course: {
      printEvery: 10,
      losses: [9.390137, 0.637883, 0.034508, 0.017479],
      trainAcc: [0.28, 0.34, 0.6, 0.74, 0.84, 0.92, 0.98, 1],
      valAcc: [0.151, 0.143, 0.16, 0.169, 0.142, 0.166, 0.167, 0.174, 0.167],
    },
  },
  {
    name: "five layers",
    hiddenDims: [100, 100, 100, 100],
    weightScale: 0.08,
    learningRate: 3e-3,
    course: {
      printEvery: 10,
      losses: [54.581332, 0.737084, 0.092505, 0.010478],
      trainAcc: [0.16, 0.26, 0.28, 0.54, 0.7, 0.8, 0.88, 0.96, 0.96, 0.96, 0.96, 0.98, 1],
      valAcc: [0.111, 0.087, 0.115, 0.13, 0.133, 0.117, 0.129, 0.138, 0.131],
    },
  },
];

/** The net of the last part; its settings are near the best of such a search on CIFAR-10. */
const finalNet = {
  hiddenDims: [512, 256, 128],
  weightScale: 0.02,
  learningRate: 1e-3,
  reg: 1e-4,
  keepRatio: 0.75,
  numEpochs: 15,
};

const goal: Goal = { what: "the best net", goal: 0.55, reached: 0.589 };

function lossPart({ flags, courseSeed }: Context): PartResult {
  const rng = new RandomState(flags.seed);
  const X = rng.randn(2, 15);
  const y = rng.randint(10, undefined, 2);
  const rows: Comparison[] = [];
  const gradients: GradientRow[] = [];
  for (const { reg, loss: courseLoss, errors: courseErrors } of course.nets) {
    const model = new FullyConnectedNet([20, 30], {
      inputDim: 15,
      numClasses: 10,
      weightScale: 5e-2,
      dtype: "float64",
      reg,
      rng,
    });
    rows.push({ name: `reg ${reg}: initial loss`, ours: model.loss(X, y)[0], course: courseLoss });
    gradients.push(
      { name: String(reg), errors: modelGradientErrors(model, X, y) },
      { name: "  course", errors: courseErrors },
    );
  }
  printComparison(rows, courseSeed);
  console.log("\nRelative error of the gradients against centred differences (h = 1e-5)\n");
  printGradients("reg", gradients);
  const ours = gradients.filter((_, i) => i % 2 === 0);
  return {
    results: { rows, gradients: ours },
    summary: [
      compared("Initial losses", rows, courseSeed),
      `Gradients of the nets: largest relative error ${errorText(worstGradient(ours))}`,
    ],
  };
}

async function overfitPart(context: Context): Promise<PartResult> {
  const { flags, signal } = context;
  const data = subset(await context.data(), 50);
  const rng = new RandomState(flags.seed);
  const runs: Run[] = [];
  for (const { name, hiddenDims, weightScale, learningRate } of overfitted) {
    if (signal.aborted) break;
    console.log(`\n${name}`);
    const model = new FullyConnectedNet(hiddenDims, { weightScale, dtype: flags.dtype, rng });
    runs.push(
      await train(context, name, model, data, {
        numEpochs: 20,
        batchSize: 25,
        optimConfig: { learningRate },
        numValSamples: flags.quick ? 100 : null,
        rng,
      }),
    );
  }
  console.log("\nThe course's runs are unseeded; compare levels, not digits\n");
  printRuns(context, "50 images", runs, overfitted.map((net) => net.course));
  await saveComparison(context, "fully_connected_overfit", "50 images", runs);
  return {
    results: { runs },
    summary: runs.map((run) => {
      const epoch = run.trainAccHistory.indexOf(1);
      return `50 images, ${run.name}: ` +
        (epoch < 0 ? "not learned by heart" : `all right from epoch ${epoch} on`);
    }),
  };
}

/** What the search draws from. */
const searchSpace = {
  learningRate: logUniform(1e-4, 3e-3),
  weightScale: logUniform(5e-3, 5e-2),
  reg: logUniform(1e-5, 1e-2),
  keepRatio: uniform(0.6, 0.95),
};

async function searchPart(context: Context): Promise<PartResult> {
  const { flags } = context;
  const data = subset(await context.data(), flags.quick ? 300 : 5000);
  const trial: TrialFunction<DrawnParameters<typeof searchSpace>> = async (
    { learningRate, weightScale, reg, keepRatio },
    { index, rng },
  ) => {
    const model = new FullyConnectedNet([256, 128, 100], {
      normalization: "batchnorm",
      dropoutKeepRatio: keepRatio,
      weightScale,
      reg,
      dtype: flags.dtype,
      rng,
    });
    const { bestValAcc } = await train(context, `trial ${index}`, model, data, {
      numEpochs: flags.quick ? 2 : 5,
      batchSize: 100,
      updateRule: "adam",
      optimConfig: { learningRate },
      numTrainSamples: 100,
      numValSamples: flags.quick ? 200 : null,
      verbose: false,
      rng,
    });
    return bestValAcc;
  };
  const numTrials = flags.quick ? 3 : 12;
  const trials = await tryAll<DrawnParameters<typeof searchSpace>>(
    context,
    (options) => randomSearch(searchSpace, { ...options, numTrials, trial }),
  );
  const result = new SearchResult(trials);
  console.log(`\n${data.XTrain.shape[0]} images, best first\n\n${result.formatTable()}`);
  const { best } = result;
  return {
    results: { trials },
    summary: best
      ? [
        `Search: best of ${trials.length} has validation ${accuracyText(best.score)} ` +
        `(learning rate ${errorText(best.params.learningRate)})`,
      ]
      : [],
  };
}

async function trainPart(context: Context): Promise<PartResult> {
  const { flags } = context;
  const data = await context.data();
  const rng = new RandomState(flags.seed);
  const { hiddenDims, weightScale, learningRate, reg, keepRatio } = finalNet;
  printSettings(context, finalNet, "They are near the best of such a search on CIFAR-10.");
  const model = new FullyConnectedNet(flags.quick ? [100, 100] : hiddenDims, {
    normalization: "batchnorm",
    dropoutKeepRatio: keepRatio,
    weightScale,
    reg,
    dtype: flags.dtype,
    rng,
  });
  const numEpochs = flags.epochs ?? (flags.quick ? 2 : finalNet.numEpochs);
  const batchSize = 100;
  const total = numEpochs * Math.max(1, Math.floor(data.XTrain.shape[0] / batchSize));
  const { run, solver } = await trainResumable(context, "Best net", model, data, {
    numEpochs,
    batchSize,
    updateRule: "adam",
    schedule: cosineDecay({ base: learningRate, total }),
    printEvery: 500,
    rng,
  });
  const valAcc = solver.checkAccuracy(data.XVal, data.yVal);
  const testAcc = solver.checkAccuracy(data.XTest, data.yTest);
  const final = { name: "Best net", valAcc, testAcc, goal, course: course.bestModel };
  const line = printFinal(context, final);
  await savePlot(context, "fully_connected_best_net", () => trainingFigure(run, "The best net"));
  return { results: { goal: goal.goal, valAcc, testAcc, run }, summary: [runText(run), line] };
}

await runProgram({
  file: "fully_connected_nets.ts",
  title: "Fully connected nets (assignment 2)",
  description:
    "Checks losses, gradients and update rules against the course's digits, learns 50 images by\n" +
    "heart, compares update rules, searches hyper-parameters, and trains the\n" +
    "best net.",
  duration: { full: "2 minutes", quick: "5 seconds" },
  uses: ["images", "dtype", "plots"],
  goals: [goal],
  parts: [
    { name: "loss", title: "Initial losses and gradients", run: lossPart },
    { name: "overfit", title: "Learning 50 images by heart", run: overfitPart },
    { name: "updates", title: "One step of each update rule", run: updateRulesPart },
    { name: "comparison", title: "Update rules on a six-layer net", run: comparisonPart },
    { name: "search", title: "Random search of hyper-parameters", run: searchPart },
    { name: "train", title: "The best net", resumable: true, run: trainPart },
  ],
}, Deno.args);
