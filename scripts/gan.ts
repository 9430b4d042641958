/**
 * Assignment 3, generative adversarial networks: the vanilla GAN, the least-squares GAN, and the
 * convolutional one, on digits; and how good their images are.
 *
 * @module
 */
import {
  dcDiscriminator,
  dcGenerator,
  ganDiscriminator,
  ganGenerator,
  sampleNoise,
} from "../models/mod.ts";
import { concatenate, linspace, type NDArray } from "../ndarray/mod.ts";
import {
  discriminatorLoss,
  generatorLoss,
  lsDiscriminatorLoss,
  lsGeneratorLoss,
  type Sequential,
} from "../nn/mod.ts";
import { figure, imageGrid, linePlot } from "../plot/mod.ts";
import { RandomState } from "../random/mod.ts";
import { savePlot } from "./_outputs.ts";
import type { Context, PartResult } from "./_part.ts";
import { runProgram } from "./_program.ts";
import { last } from "./_results.ts";
import { lossPart, minmaxPart } from "./gan/checks.ts";
import { Judge, printQualities } from "./gan/quality.ts";
import { type Gan, type GanRun, generate, NOISE, trainGan } from "./gan/training.ts";

/** The judge of a run of the program: all parts have the same. */
const judges = new WeakMap<Context, ReturnType<typeof Judge.train>>();

function judgeOf(context: Context): ReturnType<typeof Judge.train> {
  const judge = judges.get(context) ?? Judge.train(context);
  judges.set(context, judge);
  return judge;
}

/** Makes a part that trains a GAN and judges it. */
function ganPart(
  file: string,
  make: (rng: RandomState) => Gan,
  { epochs, quickRows = Infinity, resumable = false }: {
    epochs: number;
    quickRows?: number;
    resumable?: boolean;
  },
): (context: Context) => Promise<PartResult> {
  return async (context) => {
    const { flags } = context;
    const { judge, real } = await judgeOf(context);
    console.log("");
    const { XTrain } = context.digits();
    const rows = Math.min(XTrain.shape[0], flags.quick ? quickRows : 50_000);
    const rng = new RandomState(flags.seed);
    const gan = make(rng);
    const noise = sampleNoise(judge.count, NOISE, { rng: new RandomState([flags.seed, 1]) });
    const marks = flags.quick ? [10] : [250, 1000, 2000];
    const look = (step: number) =>
      judge.look(`after ${step} steps`, generate(gan.generator, noise));
    const run = await trainGan(context, gan, XTrain.slice(`:${rows}`), {
      numEpochs: (resumable ? flags.epochs : undefined) ?? (flags.quick ? 1 : epochs),
      rng,
      every: flags.quick ? 10 : 250,
      resumable,
      look: (step) => marks.includes(step) ? look(step) : null,
    });
    const steps = run.discriminator.length;
    if (steps === 0) context.signal.throwIfAborted();
    const looked = run.snapshots.flatMap(({ quality }) => quality ?? []);
    if (run.snapshots.at(-1)!.quality === null) looked.push(look(steps));
    console.log("");
    printQualities([...looked, real]);
    console.log(
      "\nSmaller is better in the first column; the last row is what real images come to. Classes are\n" +
        "rare where the generator has collapsed to a few digits; nearest is the distance from the\n" +
        "nearest training image: far below that of real ones it would mean copying.",
    );
    await saveFigures(context, file, gan, run, rng);
    const [first, end] = [looked[0], looked[looked.length - 1]];
    const { discriminator, generator, seconds } = run;
    return {
      results: { losses: { discriminator, generator }, seconds, qualities: [...looked, real] },
      summary: [
        `${gan.name}: losses ${last(discriminator).toFixed(3)} and ${
          last(generator).toFixed(3)
        } after ${steps} steps, ${seconds.toFixed(1)} s; Fréchet distance ${
          first.distance.toFixed(0)
        } ${first.name}, ${end.distance.toFixed(0)} in the end (real: ${real.distance.toFixed(1)})`,
      ],
    };
  };
}

async function saveFigures(
  context: Context,
  file: string,
  { name, generator }: Gan,
  { snapshots, discriminator, generator: losses }: GanRun,
  rng: RandomState,
): Promise<void> {
  const shown = snapshots.filter((_, i) =>
    snapshots.length <= 8 || i % Math.ceil(snapshots.length / 8) === 0 ||
    i === snapshots.length - 1
  );
  await savePlot(
    context,
    `${file}_samples`,
    () =>
      imageGrid(pictures(shown.map(({ images }) => images)), {
        title: `${name}: 16 samples after ${shown.map(({ step }) => step).join(", ")} steps`,
        columns: 16,
        scale: 2,
        gap: 2,
        normalize: null,
      }),
  );
  await savePlot(context, `${file}_losses`, () =>
    figure([[
      linePlot({
        title: name,
        xLabel: "iteration",
        yLabel: "loss",
        width: 640,
        series: [
          { name: "discriminator", y: discriminator },
          { name: "generator", y: losses },
        ],
      }),
    ]]));
  await savePlot(
    context,
    `${file}_interpolation`,
    () =>
      imageGrid(pictures([interpolation(generator, rng)]), {
        title: `${name}: from one noise vector to another`,
        columns: 10,
        scale: 3,
        gap: 2,
        normalize: null,
      }),
  );
}

function pictures(images: readonly NDArray[]): NDArray {
  return concatenate([...images], 0).reshape([-1, 28, 28]).multiply(255);
}

/** Images on the way between pairs of noise vectors, ten for each pair. */
function interpolation(generator: Sequential, rng: RandomState): NDArray {
  const [from, to] = [0, 1].map(() => sampleNoise(4, NOISE, { rng }).reshape([4, 1, NOISE]));
  const share = linspace(0, 1, 10).astype("float32").reshape([1, 10, 1]);
  const way = from.add(to.subtract(from).multiply(share));
  return generate(generator, way.reshape([-1, NOISE]));
}

const dense = (rng: RandomState) => ({
  generator: ganGenerator(NOISE, { rng }),
  discriminator: ganDiscriminator({ rng }),
});

await runProgram({
  file: "gan.ts",
  title: "Generative adversarial networks (assignment 3)",
  description:
    "Trains three GANs on digits as the course does, shows what they draw over time, and compares\n" +
    "their images with real ones by a classifier that it trains first. On MNIST, 10 epochs take the\n" +
    "Fréchet distance from 821 after 250 steps to 45 (vanilla) and from 870 to 54 (least squares), 2\n" +
    "epochs of the convolutional one to 19; as many real images have 12.",
  duration: { full: "8 minutes with native kernels", quick: "half a minute" },
  uses: ["digits", "plots"],
  parts: [
    { name: "losses", title: "Losses and nets", run: lossPart },
    { name: "minmax", title: "Two players", run: minmaxPart },
    {
      name: "vanilla",
      title: "Vanilla GAN",
      run: ganPart(
        "gan_vanilla",
        (rng) => ({ name: "Vanilla GAN", ...dense(rng), discriminatorLoss, generatorLoss }),
        { epochs: 10 },
      ),
    },
    {
      name: "least-squares",
      title: "Least-squares GAN",
      run: ganPart(
        "gan_least_squares",
        (rng) => ({
          name: "Least-squares GAN",
          ...dense(rng),
          discriminatorLoss: lsDiscriminatorLoss,
          generatorLoss: lsGeneratorLoss,
        }),
        { epochs: 10 },
      ),
    },
    {
      name: "dc",
      title: "Convolutional GAN",
      resumable: true,
      run: ganPart(
        "gan_dc",
        (rng) => ({
          name: "DCGAN",
          generator: dcGenerator(NOISE, { rng }),
          discriminator: dcDiscriminator({ rng }),
          discriminatorLoss,
          generatorLoss,
        }),
        { epochs: 2, quickRows: 1000, resumable: true },
      ),
    },
  ],
}, Deno.args);
