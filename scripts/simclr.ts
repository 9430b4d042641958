/**
 * Assignment 3, self-supervised learning: SimCLR's augmentations and loss, an encoder that learns
 * without labels, and what its features are worth beside others.
 *
 * @module
 */
import { augmentedPairs, simclrAugmentation } from "../data/mod.ts";
import { SimclrNet } from "../models/mod.ts";
import { concatenate } from "../ndarray/mod.ts";
import { figure, imageGrid, linePlot } from "../plot/mod.ts";
import { RandomState } from "../random/mod.ts";
import { savePlot } from "./_outputs.ts";
import type { Context, PartResult } from "./_part.ts";
import { runProgram } from "./_program.ts";
import { accuracyText, last } from "./_results.ts";
import { printTable } from "./_tables.ts";
import { lossPart } from "./simclr/losses.ts";
import {
  featuresOf,
  mapImages,
  probe,
  probeData,
  type ProbeResult,
  supervised,
} from "./simclr/probes.ts";
import { trainSimclr } from "./simclr/training.ts";

/** How the encoder is trained. */
const full = { rows: 20_000, epochs: 10, batchSize: 256, labels: 5000 };
const quick = { rows: 600, epochs: 1, batchSize: 100, labels: 300 };

function settingsOf({ flags }: Context) {
  return flags.quick ? quick : full;
}

function netOf({ flags }: Context, rng: RandomState): SimclrNet {
  return new SimclrNet({ ...(flags.quick ? { widths: [16, 32, 32] } : {}), rng });
}

async function viewsPart(context: Context): Promise<PartResult> {
  const { XTrain } = await context.pixels();
  const rng = new RandomState(context.flags.seed);
  const some = XTrain.slice(":8");
  const plain = simclrAugmentation({ statistics: null });
  const [left, right] = augmentedPairs(some, plain, rng);
  const originals = some.astype("float32").multiply(1 / 255);
  await savePlot(
    context,
    "simclr_views",
    () =>
      imageGrid(concatenate([originals, left, right], 0).multiply(255), {
        title: "Images (first row) and two views of each",
        columns: 8,
        scale: 3,
        normalize: null,
      }),
  );
  const apart = left.subtract(right);
  const distance = Math.sqrt(apart.multiply(apart).mean());
  console.log(
    `Two views of an image differ by ${distance.toFixed(3)} a pixel (0 to 1), root mean square.\n` +
      "Cropped, mirrored, with other colours or none, they still show the same thing: that is all\n" +
      "that the encoder is told.",
  );
  return {
    results: { distance },
    summary: [`Two views of an image differ by ${distance.toFixed(3)} a pixel`],
  };
}

async function trainPart(context: Context): Promise<PartResult> {
  const { flags, signal } = context;
  const { rows, batchSize, labels, epochs } = settingsOf(context);
  const data = await context.pixels();
  const images = data.XTrain.slice(`:${Math.min(rows, data.XTrain.shape[0])}`);
  const rng = new RandomState(flags.seed);
  const net = netOf(context, rng);
  const probes = probeData(data, Math.min(labels, data.XTrain.shape[0]));
  const results: ProbeResult[] = [];
  const look = async (name: string, of: SimclrNet) => {
    const features = mapImages(probes, (X) => featuresOf(of, X));
    results.push(await probe(context, name, features));
  };
  results.push(await probe(context, "raw pixels", probes));
  await look("random encoder", netOf(context, new RandomState(flags.seed)));

  const run = await trainSimclr(context, net, images, {
    numEpochs: flags.epochs ?? epochs,
    batchSize,
    rng,
  });
  const { losses, seconds } = run;
  const trained = `loss ${last(losses).toFixed(3)} after ${losses.length} steps, ${
    seconds.toFixed(1)
  } s`;
  if (signal.aborted) return { results: { losses, seconds }, summary: [`SimCLR: ${trained}`] };
  const name = `SimCLR, ${run.epochs} ${run.epochs === 1 ? "epoch" : "epochs"}`;
  await look(name, net);
  const upper = await supervised(context, netOf(context, new RandomState(flags.seed)), probes);

  console.log("");
  printTable(["features", "linear classifier", "nearest neighbours"], [
    ...results.map(({ name, linear, knn }) => [name, accuracyText(linear), accuracyText(knn)]),
    ["the encoder trained with the labels", accuracyText(upper), "-"],
  ]);
  console.log(
    `\nAll learn from the same ${probes.yTrain.size} labels and are tried on ${probes.yTest.size} ` +
      `test images; SimCLR has seen ${images.shape[0]} images without labels before.`,
  );
  await savePlot(context, "simclr_loss", () =>
    figure([[
      linePlot({
        title: "SimCLR",
        xLabel: "iteration",
        yLabel: "loss",
        width: 640,
        series: [{ y: losses }],
      }),
    ]]));
  const learnt = results[results.length - 1];
  const random = results[1];
  return {
    results: { losses, probes: results, supervised: upper, seconds },
    summary: [
      `SimCLR: ${trained}; linear classifier ${accuracyText(learnt.linear)} (random encoder ${
        accuracyText(random.linear)
      }, raw pixels ${accuracyText(results[0].linear)}, with labels ${accuracyText(upper)})`,
    ],
  };
}

await runProgram({
  file: "simclr.ts",
  title: "Self-supervised learning: SimCLR (assignment 3)",
  description:
    "Shows augmented views, checks the contrastive loss, trains an encoder without labels, and\n" +
    "compares its features with those of a random encoder, with raw pixels, and with labels.",
  duration: { full: "10 minutes with native kernels", quick: "half a minute" },
  uses: ["images", "plots"],
  testImages: 10_000,
  goals: [{
    what: "a linear classifier of SimCLR's features",
    measure: "On CIFAR-10, test accuracy",
    goal: 0.53,
    reached: 0.562,
  }],
  parts: [
    { name: "loss", title: "The contrastive loss", run: lossPart },
    { name: "views", title: "Two views of an image", run: viewsPart },
    { name: "train", title: "Learning without labels", resumable: true, run: trainPart },
  ],
}, Deno.args);
