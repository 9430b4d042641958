/**
 * ECE 239AS, assignment 5, convolutional nets: batch normalisation in the three-layer net, and the
 * open part, a deeper net for CIFAR-10 with augmented images and a learning rate that falls along a
 * cosine. In five epochs it comes to a validation accuracy of 0.766, and 0.765 on the test images.
 *
 * @module
 */
import { checkGradients } from "../gradient_check/mod.ts";
import { randomCropAndFlip, subset } from "../data/mod.ts";
import { convBnReluBackward, convBnReluForward } from "../layers/mod.ts";
import { ConvNet, type ConvNetOptions, type Model, ThreeLayerConvNet } from "../models/mod.ts";
import { type NDArray, zeros } from "../ndarray/mod.ts";
import { warmupCosine } from "../optim/mod.ts";
import { RandomState } from "../random/mod.ts";
import {
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
import { printFinal, printRuns, runText, saveComparison } from "./_results.ts";
import { type Run, train, trainResumable } from "./_training.ts";

/** The deep net, three stages of 32, 16 and 8 pixels a side and a fourth of 4. */
const deepNet = {
  conv: [
    { filters: 32, pool: true },
    { filters: 64, pool: true },
    { filters: 128, pool: true },
    { filters: 256 },
  ],
  globalAveragePool: true,
  normalization: "batchnorm",
  reg: 5e-4,
} as const satisfies ConvNetOptions;

/** How it is trained. */
const training = { numEpochs: 5, batchSize: 100, learningRate: 0.05, warmupEpochs: 0.5 };

/** A net that `--quick` can train. */
const quickNet = {
  ...deepNet,
  conv: [{ filters: 8, pool: true }, { filters: 16, pool: true }, { filters: 32 }],
} as const satisfies ConvNetOptions;

const goal: Goal = { what: "the deeper net", goal: 0.65, reached: 0.766 };

function layerPart({ flags }: Context): PartResult {
  const rng = new RandomState(flags.seed);
  const inputs = {
    x: rng.randn(3, 2, 6, 6),
    w: rng.randn(4, 2, 3, 3),
    gamma: rng.randn(4).add(2),
    beta: rng.randn(4),
  };
  const dout = rng.randn(3, 4, 6, 6);
  const forward = (x: NDArray, w: NDArray, gamma: NDArray, beta: NDArray) =>
    convBnReluForward(x, w, zeros([4]), gamma, beta, { stride: 1, pad: 1 }, { mode: "train" });
  type Cache = ReturnType<typeof forward>[1];
  const backward = (dout: NDArray, cache: Cache) =>
    convBnReluBackward(dout, cache).filter((_, i) => i !== 2); // the bias is cancelled
  const layer: GradientRow = {
    name: "conv - batch norm - ReLU",
    errors: checkGradients([forward, backward], inputs, { dout }).errors,
  };
  printGradients("relative error", [layer]);

  const X = rng.randn(2, 3, 8, 8);
  const y = rng.randint(10, undefined, 2);
  const common = { inputDim: [3, 8, 8], dtype: "float64", rng } as const;
  const nets: [name: string, model: Model][] = [
    [
      "ThreeLayerConvNet",
      new ThreeLayerConvNet({
        ...common,
        numFilters: 3,
        filterSize: 3,
        hiddenDim: 7,
        weightScale: 5e-2,
        normalization: "batchnorm",
      }),
    ],
    [
      "ConvNet",
      new ConvNet({ ...common, ...quickNet, conv: [{ filters: 4, pool: true }, 5], hidden: [6] }),
    ],
  ];
  const rows = [layer];
  for (const [name, model] of nets) {
    const row = { name, errors: modelGradientErrors(model, X, y) };
    console.log("");
    printGradients("relative error", [row]);
    rows.push(row);
  }
  console.log("\nBiases before batch norm have gradient 0 and are left out");
  return {
    results: { gradients: rows },
    summary: [
      `Gradients with batch norm: largest relative error ${errorText(worstGradient(rows))}`,
    ],
  };
}

async function overfitPart(context: Context): Promise<PartResult> {
  const { flags, signal } = context;
  const data = subset(await context.data(), 100);
  const rng = new RandomState(flags.seed);
  const runs: Run[] = [];
  for (const normalization of [null, "batchnorm"] as const) {
    if (signal.aborted) break;
    const name = normalization ? "with batch norm" : "without batch norm";
    console.log(`\n${name}`);
    const model = new ThreeLayerConvNet({
      weightScale: 1e-2,
      numFilters: flags.quick ? 8 : 32,
      normalization,
      dtype: flags.dtype,
      rng,
    });
    runs.push(
      await train(context, name, model, data, {
        numEpochs: flags.quick ? 5 : 10,
        batchSize: 50,
        updateRule: "adam",
        optimConfig: { learningRate: 1e-3 },
        numValSamples: flags.quick ? 100 : null,
        printEvery: 5,
        rng,
      }),
    );
  }
  console.log("");
  printRuns(context, "100 images", runs);
  await saveComparison(context, "cnn_overfit", "100 images", runs);
  return { results: { runs }, summary: runs.map((run) => `100 images, ${runText(run)}`) };
}

async function trainPart(context: Context): Promise<PartResult> {
  const { flags } = context;
  const all = await context.data();
  const data = flags.quick ? subset(all, 1000) : all;
  const rng = new RandomState(flags.seed);
  const model = new ConvNet({ ...(flags.quick ? quickNet : deepNet), dtype: flags.dtype, rng });
  console.log(`${model.summary()}\n`);
  const { batchSize, learningRate, warmupEpochs } = training;
  const numEpochs = flags.epochs ?? (flags.quick ? 2 : training.numEpochs);
  const stepsPerEpoch = Math.max(1, Math.floor(data.XTrain.shape[0] / batchSize));
  const { run, solver } = await trainResumable(context, "Deep net", model, data, {
    numEpochs,
    batchSize,
    updateRule: "nesterov",
    schedule: warmupCosine({
      base: learningRate,
      warmup: Math.ceil(warmupEpochs * stepsPerEpoch),
      total: numEpochs * stepsPerEpoch,
    }),
    augment: randomCropAndFlip(),
    numTrainSamples: flags.quick ? 200 : 1000,
    numValSamples: flags.quick ? 200 : null,
    printEvery: flags.quick ? 10 : 100,
    rng,
  });
  const valAcc = solver.checkAccuracy(data.XVal, data.yVal);
  const testAcc = solver.checkAccuracy(data.XTest, data.yTest);
  const line = printFinal(context, { name: "Deep net", valAcc, testAcc, goal });
  await savePlot(context, "cnn_deep_net", () => trainingFigure(run, "The deep net"));
  return { results: { goal: goal.goal, valAcc, testAcc, run }, summary: [runText(run), line] };
}

await runProgram({
  file: "cnn.ts",
  title: "Convolutional nets with batch norm (ECE 239AS, assignment 5)",
  description:
    "Checks batch norm in convolutional nets, and trains a deeper net with augmented images;\n" +
    "--epochs 20 goes further.",
  duration: { full: "3 minutes", quick: "5 seconds" },
  uses: ["images", "dtype", "plots"],
  goals: [goal],
  parts: [
    { name: "layers", title: "Gradients with batch norm", run: layerPart },
    { name: "overfit", title: "Learning 100 images by heart", run: overfitPart },
    { name: "train", title: "A deeper net", resumable: true, run: trainPart },
  ],
}, Deno.args);
