/**
 * Assignment 3, self-supervised learning: SimCLR's augmentations and loss, an encoder that learns
 * without labels, and what its features are worth beside others.
 *
 * @module
 */
import { augmentedPairs, simclrAugmentation } from "../data/mod.ts";
import { SimclrNet } from "../models/mod.ts";
import { concatenate, zeros } from "../ndarray/mod.ts";
import { Optimizer, simclrLossNaive, simclrLossVectorized } from "../nn/mod.ts";
import { figure, imageGrid, linePlot } from "../plot/mod.ts";
import { RandomState } from "../random/mod.ts";
import { lineProgress, type StepContext, Trainer } from "../solver/mod.ts";
import { savePlot } from "./_outputs.ts";
import type { Context, PartResult } from "./_part.ts";
import { runProgram } from "./_program.ts";
import { accuracyText, last } from "./_results.ts";
import { printTable } from "./_tables.ts";
import { featuresOf, probe, probeData, type ProbeResult, supervised } from "./simclr/probes.ts";

/** Temperature of the loss. */
const TAU = 0.5;

/** How the encoder is trained. */
const full = { rows: 20_000, epochs: 10, batchSize: 256, labels: 5000 };
const quick = { rows: 600, epochs: 1, batchSize: 100, labels: 300 };

function settingsOf({ flags }: Context) {
  return flags.quick ? quick : full;
}

function netOf({ flags }: Context, rng: RandomState): SimclrNet {
  return new SimclrNet({ ...(flags.quick ? { widths: [16, 32, 32] } : {}), rng });
}

function lossPart({ flags }: Context): PartResult {
  const rng = new RandomState(flags.seed);
  const [left, right] = [rng.randn(8, 16), rng.randn(8, 16)];
  const rows = [0.1, 0.5, 1, 5].map((tau) => {
    const naive = simclrLossNaive(left, right, tau).item();
    const vectorized = simclrLossVectorized(left, right, tau).item();
    return { tau, naive, vectorized, difference: Math.abs(naive - vectorized) };
  });
  printTable(
    ["temperature", "loss by loops", "vectorised", "difference"],
    rows.map(({ tau, naive, vectorized, difference }) => [
      tau,
      naive.toFixed(12),
      vectorized.toFixed(12),
      difference.toExponential(1),
    ]),
  );
  const chance = Math.log(15);
  console.log(
    `\nOf 16 views each has 15 others: a net that sees no difference has a loss of ln 15 = ` +
      `${chance.toFixed(4)}.`,
  );
  const worst = Math.max(...rows.map(({ difference }) => difference));
  return {
    results: { rows },
    summary: [`SimCLR loss: by loops and vectorised differ by ${worst.toExponential(1)} at most`],
  };
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
  const optimizer = new Optimizer(net, "adam", { learningRate: 1e-3 });
  const augment = simclrAugmentation({ scale: [0.2, 1] });
  const stepsPerEpoch = Math.floor(images.shape[0] / batchSize);
  const numEpochs = flags.epochs ?? epochs;

  // The order of an epoch is part of the state: a run that is resumed within one keeps to it.
  const order = zeros([images.shape[0]], "int32");
  const options = {
    name: "SimCLR",
    stepsPerEpoch,
    numEpochs,
    settings: { batchSize, tau: TAU },
    state: { net, optimizer, rng, order },
    data: { images },
    checkpointName: flags.checkpoint ?? flags.resume ?? null,
    progress: lineProgress({ printEvery: flags.quick ? 5 : 20, time: true }),
    signal,
    step({ iteration, workspace }: StepContext) {
      const place = iteration % stepsPerEpoch;
      if (place === 0) order.data.set(rng.permutation(order.size).data);
      const rows = order.slice(`${place * batchSize}:${(place + 1) * batchSize}`);
      const [left, right] = augmentedPairs(images.take(rows, 0), augment, rng);
      return workspace.run(() => {
        optimizer.zeroGrad();
        net.train();
        const loss = simclrLossVectorized(net.forward(left)[1], net.forward(right)[1], TAU);
        loss.backward();
        optimizer.step();
        return loss.item();
      });
    },
  };
  const probes = probeData(data, Math.min(labels, data.XTrain.shape[0]));
  const results: ProbeResult[] = [];
  const look = async (name: string, of: SimclrNet) => {
    const features = [probes.X, probes.XTest].map((X) => featuresOf(of, X));
    results.push(await probe(context, name, probes, [features[0], features[1]]));
  };
  results.push(await probe(context, "raw pixels", probes, [probes.X, probes.XTest]));
  await look("random encoder", netOf(context, new RandomState(flags.seed)));

  const started = performance.now();
  const trainer = flags.resume === undefined
    ? new Trainer(options)
    : await Trainer.resume(flags.resume, options);
  await trainer.train();
  const seconds = (performance.now() - started) / 1000;
  const losses = trainer.history.loss ?? [];
  const name = `SimCLR, ${trainer.epoch} epochs`;
  await look(name, net);
  const upper = await supervised(context, netOf(context, new RandomState(flags.seed)), probes);

  console.log("");
  printTable(["features", "linear classifier", "nearest neighbours"], [
    ...results.map(({ name, linear, knn }) => [name, accuracyText(linear), accuracyText(knn)]),
    ["the encoder trained with the labels", accuracyText(upper), "-"],
  ]);
  console.log(
    `\nAll learn from the same ${probes.y.size} labels; SimCLR has seen ${
      images.shape[0]
    } images ` +
      "without theirs before.",
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
      `SimCLR: loss ${last(losses).toFixed(3)} after ${losses.length} steps, ${
        seconds.toFixed(1)
      } s; linear classifier ${accuracyText(learnt.linear)} (random encoder ${
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
  parts: [
    { name: "loss", title: "The contrastive loss", run: lossPart },
    { name: "views", title: "Two views of an image", run: viewsPart },
    { name: "train", title: "Learning without labels", resumable: true, run: trainPart },
  ],
}, Deno.args);
