/**
 * The open part: a residual net with batch normalisation, trained by the Solver on augmented images.
 *
 * @module
 */
import { maxPool, mean, relu, type Tensor } from "../../autograd/mod.ts";
import { randomCropAndFlip } from "../../data/mod.ts";
import {
  asModel,
  BatchNorm2d,
  Conv2d,
  kaimingNormal,
  Linear,
  ResidualBlock,
  Sequential,
  summary,
} from "../../nn/mod.ts";
import type { NDArray } from "../../ndarray/mod.ts";
import { warmupCosine } from "../../optim/mod.ts";
import { RandomState } from "../../random/mod.ts";
import { trainingFigure } from "../_figures.ts";
import { savePlot } from "../_outputs.ts";
import type { Context, Goal, PartResult } from "../_part.ts";
import { printFinal, runText } from "../_results.ts";
import { trainResumable } from "../_training.ts";
import { notebookImages } from "./_loop.ts";

/** How it is trained. */
const training = { numEpochs: 10, batchSize: 100, learningRate: 0.1, warmupEpochs: 1 };

export const goal: Goal = { what: "the residual net", goal: 0.8, reached: 0.829 };

function halve(x: Tensor | NDArray): Tensor {
  return maxPool(x, { poolHeight: 2, poolWidth: 2, stride: 2 });
}

function globalAverage(x: Tensor | NDArray): Tensor {
  return mean(x, [2, 3]);
}

/** A convolution, halved by pooling, then three residual blocks of 16, 8 and 4 pixels a side. */
function residualNet(widths: readonly number[], rng: RandomState): Sequential {
  const [stem, ...blocks] = widths;
  return new Sequential(
    new Conv2d(3, stem, 3, { pad: 1, bias: false, rng, init: (s, r) => kaimingNormal(s, r) }),
    new BatchNorm2d(stem),
    relu,
    halve,
    ...blocks.map((width, i) =>
      new ResidualBlock(widths[i], width, { stride: i === 0 ? 1 : 2, rng })
    ),
    globalAverage,
    new Linear(blocks[blocks.length - 1], 10, { rng }),
  );
}

/**
 * Trains the residual net.
 *
 * @param context Of the part
 * @returns What came of it
 */
export async function openEnded(context: Context): Promise<PartResult> {
  const { flags } = context;
  const data = await notebookImages(context);
  const rng = new RandomState(flags.seed);
  const net = residualNet(flags.quick ? [8, 16, 16] : [32, 64, 128, 256], rng);
  console.log(`${summary(net, [3, 32, 32])}\n`);
  const { batchSize, learningRate, warmupEpochs } = training;
  const numEpochs = flags.epochs ?? (flags.quick ? 2 : training.numEpochs);
  const stepsPerEpoch = Math.max(1, Math.floor(data.XTrain.shape[0] / batchSize));
  const { run, solver } = await trainResumable(context, "Residual net", asModel(net), data, {
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
  const line = printFinal(context, { name: "Residual net", valAcc, testAcc, goal });
  await savePlot(context, "frameworks_residual_net", () => trainingFigure(run, "The residual net"));
  return { results: { goal: goal.goal, valAcc, testAcc, run }, summary: [runText(run), line] };
}
