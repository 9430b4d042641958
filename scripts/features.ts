/**
 * Assignment 1, image features: histograms of oriented gradients and of hue, an SVM and a two-layer
 * net on them, and what the SVM gets wrong.
 *
 * @module
 */
import { openDataCache } from "../cache/mod.ts";
import {
  addBias,
  cachedFeatures,
  colorHistogramHsv,
  type Dataset,
  extractFeatures,
  hogFeature,
  standardize,
} from "../data/mod.ts";
import { LinearSVM, TwoLayerNet } from "../models/mod.ts";
import { concatenate, equal, type NDArray } from "../ndarray/mod.ts";
import { type Chart, imageGrid } from "../plot/mod.ts";
import { RandomState } from "../random/mod.ts";
import { trainingFigure } from "./_figures.ts";
import type { ImageData } from "./_images.ts";
import { savePlot } from "./_outputs.ts";
import type { Context, Part, PartResult } from "./_part.ts";
import { runProgram } from "./_program.ts";
import { accuracyText, printFinal, printSettings, runText } from "./_results.ts";
import { searchGrid } from "./_search.ts";
import { withBar } from "./_terminal.ts";
import { train, trainLinear, trainResumable } from "./_training.ts";

/** Figures printed by the course's notebook. */
const course = {
  svm: {
    learningRate: [1e-4, 1e-3, 1e-2],
    reg: [0.01, 0.1, 1],
    valAcc: [[0.441, 0.443, 0.443], [0.495, 0.488, 0.474], [0.505, 0.493, 0.474]],
    best: { validation: 0.505, test: 0.497 },
  },
  net: { best: { validation: 0.611, test: 0.592 } },
};

/** The net of the last part, found by the search before it. */
const finalNet = {
  hiddenDim: 500,
  weightScale: 0.05,
  learningRate: 0.1,
  lrDecay: 0.95,
  reg: 1e-3,
  numEpochs: 15,
};

const goals = {
  svm: { what: "the SVM on features", goal: 0.42, reached: 0.49 },
  net: { what: "the net on features", goal: 0.55, reached: 0.595 },
};

const hueBins = 10;
const functions = [
  hogFeature,
  (image: NDArray) => colorHistogramHsv(image, { numBins: hueBins }),
];

/** Features of all rows, standardised by those of the training rows. */
interface FeatureData extends Dataset {
  readonly XTest: NDArray;
  readonly yTest: NDArray;
  /** Seconds that it took. */
  readonly seconds: number;
}

async function computeFeatures({ flags, real, pixels, signal }: Context): Promise<FeatureData> {
  const images = await pixels();
  const started = performance.now();
  const cache = real ? await openDataCache() : null;
  const name = `hog+hsv${hueBins}`;
  const compute = async (X: NDArray) => {
    const pieces: NDArray[] = [];
    const starts = Array.from({ length: Math.ceil(X.shape[0] / 1000) }, (_, i) => 1000 * i);
    for await (const start of withBar("thousand images", starts, signal)) {
      const piece = X.slice(`${start}:${start + 1000}`);
      pieces.push(
        cache
          ? await cachedFeatures(piece, functions, { cache, name })
          : extractFeatures(piece, functions),
      );
    }
    signal.throwIfAborted();
    return concatenate(pieces, 0);
  };
  try {
    const train = await compute(images.XTrain);
    const scale = standardize(train);
    const prepare = (X: NDArray) => scale.apply(X).astype(flags.dtype);
    return {
      XTrain: prepare(train),
      yTrain: images.yTrain,
      XVal: prepare(await compute(images.XVal)),
      yVal: images.yVal,
      XTest: prepare(await compute(images.XTest)),
      yTest: images.yTest,
      seconds: (performance.now() - started) / 1000,
    };
  } finally {
    cache?.close();
  }
}

/** The parts, which share the features. */
function featureParts(): Part[] {
  let data: Promise<FeatureData> | undefined;
  const features = (context: Context) => data ??= computeFeatures(context);
  return [
    {
      name: "features",
      title: "Gradient and hue histograms",
      run: async (context) => featuresPart(await features(context)),
    },
    {
      name: "svm",
      title: "SVM on features",
      run: async (context) => svmPart(context, await features(context)),
    },
    {
      name: "search",
      title: "Search for a two-layer net on features",
      run: async (context) => searchPart(context, await features(context)),
    },
    {
      name: "net",
      title: "Two-layer net on features",
      resumable: true,
      run: async (context) => netPart(context, await features(context)),
    },
  ];
}

function featuresPart({ XTrain, seconds }: FeatureData): PartResult {
  const [images, count] = XTrain.shape;
  const line = `Features: ${count} for each of ${images} training images, in ${
    seconds.toFixed(1)
  } s`;
  console.log(`${line}; ${count - hueBins} of gradients, ${hueBins} of hue`);
  return { results: { count, images, featureSeconds: seconds }, summary: [line] };
}

async function svmPart(context: Context, data: FeatureData): Promise<PartResult> {
  const { flags, signal } = context;
  const [XTrain, XVal, XTest] = [data.XTrain, data.XVal, data.XTest].map(addBias);
  const { learningRate, reg, best: courseBest } = course.svm;
  const svms: LinearSVM[] = [];
  const trials = await searchGrid(context, {
    grid: { learningRate, reg },
    course: (params) =>
      course.svm.valAcc[learningRate.indexOf(params.learningRate)][reg.indexOf(params.reg)],
    async trial({ learningRate, reg }, { index, rng }) {
      const svm = svms[index] = new LinearSVM();
      const options = { learningRate, reg, numIters: flags.quick ? 100 : 1500, rng };
      await trainLinear(context, svm, XTrain, data.yTrain, options);
      return equal(svm.predict(XVal), data.yVal).mean();
    },
  });
  const [best] = trials;
  if (!best || signal.aborted) return { results: { trials }, summary: [] };
  const predicted = svms[best.index].predict(XTest);
  const testAcc = equal(predicted, data.yTest).mean();
  const valAcc = best.score;
  const final = { name: "SVM on features", valAcc, testAcc, goal: goals.svm, course: courseBest };
  const line = printFinal(context, final);
  const images = await context.pixels();
  await savePlot(context, "features_mistakes", () => mistakes(images, predicted));
  return {
    results: { goal: goals.svm.goal, trials, valAcc, testAcc },
    summary: [line],
  };
}

/** Wrongly classified test images: a column for each class that they were taken for. */
function mistakes({ XTest, yTest, labelNames }: ImageData, predicted: NDArray): Chart {
  const shown = 6;
  const columns = labelNames.map((_, label) =>
    Array.from(predicted.data.keys()).filter((row) =>
      predicted.at(row) === label && yTest.at(row) !== label
    )
  );
  const rows = Array.from({ length: shown }, (_, i) => columns.map((column) => column[i]));
  const full = rows.filter((row) => row.every((place) => place !== undefined));
  return imageGrid(concatenate(full.map((row) => XTest.take(row, 0)), 0), {
    title: "Wrongly classified test images, by the class the SVM takes them for",
    columns: labelNames.length,
    scale: 2,
    labels: labelNames,
  });
}

async function searchPart(context: Context, data: FeatureData): Promise<PartResult> {
  const { flags } = context;
  const numEpochs = flags.quick ? 1 : 3;
  console.log(`${numEpochs} epochs each; the course trained one net on through its settings\n`);
  const trials = await searchGrid(context, {
    grid: {
      learningRate: flags.quick ? [0.1] : [0.03, 0.1, 0.3],
      reg: flags.quick ? [1e-3] : [1e-4, 1e-3],
    },
    async trial({ learningRate, reg }, { rng }) {
      const model = featureNet(context, data, reg, rng);
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
  return {
    results: { trials },
    summary: trials.slice(0, 1).map(({ params, score }) =>
      `Search: best of ${trials.length} has validation ${accuracyText(score)} ` +
      `(learning rate ${params.learningRate}, reg ${params.reg})`
    ),
  };
}

function featureNet({ flags }: Context, { XTrain }: FeatureData, reg: number, rng: RandomState) {
  const { hiddenDim, weightScale } = finalNet;
  return new TwoLayerNet({
    inputDim: XTrain.shape[1],
    hiddenDim: flags.quick ? 100 : hiddenDim,
    weightScale,
    reg,
    dtype: flags.dtype,
    rng,
  });
}

async function netPart(context: Context, data: FeatureData): Promise<PartResult> {
  const { flags } = context;
  const rng = new RandomState(flags.seed);
  const { learningRate, lrDecay, reg, numEpochs } = finalNet;
  printSettings(context, finalNet, "They are those that the search above prefers on CIFAR-10.");
  const model = featureNet(context, data, reg, rng);
  const { run, solver } = await trainResumable(context, "Net on features", model, data, {
    numEpochs: flags.epochs ?? (flags.quick ? 3 : numEpochs),
    batchSize: 100,
    optimConfig: { learningRate },
    lrDecay,
    printEvery: 500,
    rng,
  });
  const valAcc = solver.checkAccuracy(data.XVal, data.yVal);
  const testAcc = solver.checkAccuracy(data.XTest, data.yTest);
  const final = {
    name: "Net on features",
    valAcc,
    testAcc,
    goal: goals.net,
    course: course.net.best,
  };
  const line = printFinal(context, final);
  await savePlot(context, "features_net", () => trainingFigure(run, "Two-layer net on features"));
  return { results: { goal: goals.net.goal, valAcc, testAcc, run }, summary: [runText(run), line] };
}

await runProgram({
  file: "features.ts",
  title: "Image features (assignment 1)",
  description: "Computes histograms of oriented gradients and of hue, and trains an SVM and a\n" +
    "two-layer net on them. Features of CIFAR-10 are kept in the data cache for the next time.",
  duration: { full: "15 seconds", quick: "5 seconds" },
  uses: ["images", "dtype", "plots"],
  goals: Object.values(goals),
  parts: featureParts(),
}, Deno.args);
