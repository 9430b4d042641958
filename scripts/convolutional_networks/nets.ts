/**
 * The three-layer convolutional net: its loss and gradients, 100 images learned by heart, and one
 * epoch on all images.
 *
 * @module
 */
import { subset } from "../../data/mod.ts";
import { ThreeLayerConvNet } from "../../models/mod.ts";
import { imageGrid } from "../../plot/mod.ts";
import { RandomState } from "../../random/mod.ts";
import {
  errorText,
  figures,
  modelGradientErrors,
  printGradients,
  worstGradient,
} from "../_checks.ts";
import { trainingFigure } from "../_figures.ts";
import { savePlot } from "../_outputs.ts";
import type { Context, PartResult } from "../_part.ts";
import { accuracyText, type CourseRun, last, printLog, runText } from "../_results.ts";
import { courseName, printTable } from "../_tables.ts";
import { train, trainResumable } from "../_training.ts";

/** Figures printed by the course's notebook. */
const course = {
  losses: [2.302584312114724, 2.508583135161408],
  errors: {
    W1: 3.053965e-4,
    W2: 1.822723e-2,
    W3: 3.422399e-4,
    b1: 3.397321e-6,
    b2: 2.517459e-3,
    b3: 9.7118e-10,
  },
  epoch: { trainAcc: 0.504, valAcc: 0.499 },
};

const courseOverfit: CourseRun = {
  printEvery: 1,
  losses: figures(
    `2.41406  3.102925 2.27033  2.096705 1.83888  1.934188 1.827912 1.639574 1.330082 1.756115
     1.024162 1.041826 1.142777 0.835706 0.587786 0.645509 0.786844 0.467054 0.42988  0.635498
     0.365807 0.28422  0.469343 0.509369 0.111638 0.145388 0.155575 0.143398 0.15816  0.118934`,
  ),
  trainAcc: figures(
    "0.2 0.14 0.24 0.51 0.52 0.63 0.75 0.79 0.82 0.82 0.9 0.82 0.92 0.93 0.96 0.99",
  ),
  valAcc: figures(
    `0.137 0.087 0.094 0.173 0.188 0.167 0.229 0.247 0.252 0.178 0.206 0.201 0.211 0.213 0.212
     0.22`,
  ),
};

/** Loss and gradients. */
export function netPart({ flags }: Context): PartResult {
  const rng = new RandomState(flags.seed);
  const model = new ThreeLayerConvNet({ dtype: "float64", rng });
  const X = rng.randn(50, 3, 32, 32);
  const y = rng.randint(10, undefined, 50);
  const losses = [0, 0.5].map((reg) => {
    model.reg = reg;
    return model.loss(X, y)[0];
  });
  console.log("Initial loss; ln 10 is 2.302585, and the course's weights are unseeded\n");
  printTable(
    ["reg", "ours", "course"],
    losses.map((loss, i) => [["0", "0.5"][i], loss.toFixed(6), course.losses[i].toFixed(6)]),
  );

  const small = new RandomState(flags.seed);
  const smallX = small.randn(2, 3, 16, 16);
  const smallY = small.randint(10, undefined, 2);
  const smallModel = new ThreeLayerConvNet({
    numFilters: 3,
    filterSize: 3,
    inputDim: [3, 16, 16],
    hiddenDim: 7,
    dtype: "float64",
    rng: small,
  });
  const ours = { name: "ours", errors: modelGradientErrors(smallModel, smallX, smallY, 1e-6) };
  console.log("\nRelative error of the gradients against centred differences (h = 1e-6)\n");
  printGradients("", [ours, { name: "course", errors: course.errors }]);
  return {
    results: { losses, gradients: [ours] },
    summary: [
      `ThreeLayerConvNet: initial losses ${losses.map((loss) => loss.toFixed(6)).join(" and ")}`,
      `ThreeLayerConvNet: largest relative error of the gradients ` +
      errorText(worstGradient([ours])),
    ],
  };
}

/** 100 images learned by heart. */
export async function overfitPart(context: Context): Promise<PartResult> {
  const { flags, courseSeed } = context;
  const data = subset(await context.data(), 100);
  const rng = new RandomState(flags.seed);
  const model = new ThreeLayerConvNet({
    weightScale: 1e-2,
    numFilters: flags.quick ? 8 : 32,
    dtype: flags.dtype,
    rng,
  });
  const run = await train(context, "100 images", model, data, {
    numEpochs: flags.quick ? 8 : 15,
    batchSize: 50,
    updateRule: "adam",
    optimConfig: { learningRate: 1e-3 },
    numValSamples: flags.quick ? 100 : null,
    printEvery: 5,
    rng,
  });
  const comparable = courseSeed && context.real && !flags.quick;
  console.log(
    comparable
      ? "\nThe runs drift apart with rounding: the first losses agree, later ones in level"
      : "\nNot the course's images, seed or net: compare levels, not digits",
  );
  printLog(context, run, courseOverfit);
  await savePlot(context, "conv_overfit", () => trainingFigure(run, "100 images"));
  return { results: { run }, summary: [runText(run)] };
}

/** One epoch on all images. */
export async function epochPart(context: Context): Promise<PartResult> {
  const { flags } = context;
  const all = await context.data();
  const data = flags.quick ? subset(all, 1000) : all;
  const rng = new RandomState(flags.seed);
  const model = new ThreeLayerConvNet({
    weightScale: 1e-3,
    hiddenDim: flags.quick ? 100 : 500,
    numFilters: flags.quick ? 8 : 32,
    reg: 1e-3,
    dtype: flags.dtype,
    rng,
  });
  const { run } = await trainResumable(context, "One epoch", model, data, {
    numEpochs: flags.epochs ?? 1,
    batchSize: 50,
    updateRule: "adam",
    optimConfig: { learningRate: 1e-3 },
    numTrainSamples: flags.quick ? 200 : 1000,
    numValSamples: flags.quick ? 200 : null,
    printEvery: flags.quick ? 5 : 100,
    rng,
  });
  const [trainAcc, valAcc] = [last(run.trainAccHistory), last(run.valAccHistory)];
  console.log("");
  printTable(["accuracy", "train", "validation"], [
    ["ours", accuracyText(trainAcc), accuracyText(valAcc)],
    [courseName(context), accuracyText(course.epoch.trainAcc), accuracyText(course.epoch.valAcc)],
  ]);
  await savePlot(context, "conv_one_epoch", () => trainingFigure(run, "All images"));
  await savePlot(
    context,
    "conv_filters",
    () => imageGrid(model.params.W1, { title: "Filters of the first layer", columns: 8 }),
  );
  const goal = 0.4;
  const verdict = context.real && !flags.quick
    ? ` (goal ${goal} training: ${trainAcc > goal ? "reached" : "missed"})`
    : "";
  return { results: { goal, run }, summary: [runText(run) + verdict] };
}
