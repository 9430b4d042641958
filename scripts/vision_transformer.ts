/**
 * Assignment 3, a vision Transformer: images as sequences of patches, one batch learnt by heart, and
 * CIFAR-10 in two epochs, which come to a validation accuracy of 0.605, and 0.580 on the test images.
 *
 * @module
 */
import { crossEntropy } from "../autograd/mod.ts";
import { randomCropAndFlip } from "../data/mod.ts";
import { Workspace } from "../kernels/mod.ts";
import { nextTask } from "../internal/event_loop.ts";
import { asModel, Optimizer, summary, VisionTransformer } from "../nn/mod.ts";
import { warmupCosine } from "../optim/mod.ts";
import { imageGrid } from "../plot/mod.ts";
import { RandomState } from "../random/mod.ts";
import { trainingFigure } from "./_figures.ts";
import { savePlot } from "./_outputs.ts";
import type { Context, PartResult } from "./_part.ts";
import { runProgram } from "./_program.ts";
import { accuracyText, last, runText } from "./_results.ts";
import { printTable } from "./_tables.ts";
import { trainResumable } from "./_training.ts";
import { checkAccuracy, notebookImages } from "./frameworks/_loop.ts";

/** Pixels along a side of a patch. */
const PATCH = 4;

async function patchPart(context: Context): Promise<PartResult> {
  const { XTrain } = await context.pixels();
  const across = 32 / PATCH;
  const image = XTrain.slice(":1").reshape([3, across, PATCH, across, PATCH]);
  const patches = image.transpose([1, 3, 0, 2, 4]).reshape([across * across, 3, PATCH, PATCH]);
  await savePlot(
    context,
    "vision_transformer_patches",
    () => imageGrid(patches, { title: "An image as 64 words", columns: across, scale: 8, gap: 3 }),
  );
  console.log(
    `An image of 32×32 pixels is cut into ${
      across * across
    } patches of ${PATCH}×${PATCH}, each a word of ` +
      `${3 * PATCH * PATCH} numbers.\nTheir order is all that the net is told of where they are.`,
  );
  return {
    results: { patches: patches.shape },
    summary: [`${across * across} patches of ${3 * PATCH * PATCH} numbers`],
  };
}

async function overfitPart(context: Context): Promise<PartResult> {
  const { flags, signal } = context;
  const data = await notebookImages(context);
  const rng = new RandomState(flags.seed);
  const count = flags.quick ? 16 : 64;
  const [x, y] = [data.XTrain.slice(`:${count}`), data.yTrain.slice(`:${count}`)];
  const net = new VisionTransformer({
    patchSize: 8,
    dropout: 0,
    ...(flags.quick ? { embedDim: 32, numLayers: 2, dimFeedforward: 64 } : {}),
    rng,
  });
  const optimizer = new Optimizer(net, "adam", { learningRate: flags.quick ? 3e-3 : 1e-3 });
  const workspace = new Workspace();
  const steps = flags.quick ? 60 : 100;
  const losses: number[] = [];
  for (let step = 0; step < steps && !signal.aborted; step++) {
    const loss = workspace.run(() => {
      optimizer.zeroGrad();
      const loss = crossEntropy(net.train().forward(x), y);
      loss.backward();
      optimizer.step();
      return loss.item();
    });
    losses.push(loss);
    if (step % 20 === 0 || step === steps - 1) console.log(`Step ${step}: loss ${loss.toFixed(4)}`);
    await nextTask();
  }
  net.eval();
  const accuracy = checkAccuracy((x) => net.forward(x), x, y);
  console.log(`\nAccuracy on these ${count} images: ${accuracyText(accuracy)}`);
  return {
    results: { losses, accuracy },
    summary: [
      `One batch by heart: loss ${last(losses).toFixed(4)}, accuracy ${accuracyText(accuracy)}`,
    ],
  };
}

async function trainPart(context: Context): Promise<PartResult> {
  const { flags } = context;
  const data = await notebookImages(context);
  const rng = new RandomState(flags.seed);
  const net = new VisionTransformer({
    patchSize: PATCH,
    dropout: 0,
    ...(flags.quick ? { embedDim: 32, numLayers: 2, dimFeedforward: 64 } : { numLayers: 4 }),
    rng,
  });
  console.log(`${summary(net, [3, 32, 32])}\n`);
  const numEpochs = flags.epochs ?? (flags.quick ? 1 : 2);
  const stepsPerEpoch = Math.max(1, Math.floor(data.XTrain.shape[0] / 64));
  const { run, solver } = await trainResumable(context, "Vision Transformer", asModel(net), data, {
    numEpochs,
    batchSize: 64,
    updateRule: "adamw",
    optimConfig: { weightDecay: 0.01 },
    schedule: warmupCosine({
      base: 1e-3,
      warmup: Math.ceil(stepsPerEpoch / 4),
      total: numEpochs * stepsPerEpoch,
    }),
    augment: randomCropAndFlip({ pad: 2 }),
    numTrainSamples: flags.quick ? 100 : 1000,
    numValSamples: flags.quick ? 100 : null,
    printEvery: flags.quick ? 10 : 100,
    rng,
  });
  const valAcc = solver.checkAccuracy(data.XVal, data.yVal);
  const testAcc = solver.checkAccuracy(data.XTest, data.yTest);
  console.log("");
  printTable(["accuracy", "validation", "test"], [
    ["vision Transformer", accuracyText(valAcc), accuracyText(testAcc)],
  ]);
  await savePlot(
    context,
    "vision_transformer",
    () => trainingFigure(run, "The vision Transformer"),
  );
  return {
    results: { valAcc, testAcc, run },
    summary: [
      runText(run),
      `Vision Transformer: validation ${accuracyText(valAcc)}, test ${accuracyText(testAcc)}` +
      (context.real ? ` (the course asks for 0.45 on the test images)` : ""),
    ],
  };
}

await runProgram({
  file: "vision_transformer.ts",
  title: "A vision Transformer (assignment 3)",
  description:
    "Cuts images into patches, learns one batch by heart, and trains on CIFAR-10 for two epochs.",
  duration: { full: "5 minutes with native kernels", quick: "half a minute" },
  uses: ["images", "plots"],
  goals: [{ what: "the vision Transformer", goal: 0.45, reached: 0.605 }],
  parts: [
    { name: "patches", title: "Patches", run: patchPart },
    { name: "overfit", title: "One batch by heart", run: overfitPart },
    { name: "train", title: "CIFAR-10", resumable: true, run: trainPart },
  ],
}, Deno.args);
