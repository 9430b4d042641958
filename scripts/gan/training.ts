/**
 * The loop of a GAN: the discriminator makes a step, then the generator.
 *
 * @module
 */
import { noGrad, type Tensor } from "../../autograd/mod.ts";
import { sampleNoise } from "../../models/mod.ts";
import { concatenate, type NDArray } from "../../ndarray/mod.ts";
import { Optimizer, type Sequential } from "../../nn/mod.ts";
import type { RandomState } from "../../random/mod.ts";
import { lineProgress, type StepContext, Trainer } from "../../solver/mod.ts";
import type { Context } from "../_part.ts";
import type { Quality } from "./quality.ts";

/** Numbers in the noise of an image. */
export const NOISE = 96;
/** Images in a minibatch. */
const BATCH = 128;

/** A GAN: two nets and what each wants. */
export interface Gan {
  /** Its name. */
  readonly name: string;
  /** Makes images of noise. */
  readonly generator: Sequential;
  /** Tells them from real ones. */
  readonly discriminator: Sequential;
  /** What the discriminator makes small. */
  readonly discriminatorLoss: (real: Tensor, fake: Tensor) => Tensor;
  /** What the generator makes small. */
  readonly generatorLoss: (fake: Tensor) => Tensor;
}

/** What a generator makes at a moment of its training. */
export interface Snapshot {
  /** Steps done. */
  readonly step: number;
  /** Images of noise that is always the same, (K, 784), 0 to 1. */
  readonly images: NDArray;
  /** How good its images are, if somebody looked. */
  readonly quality: Quality | null;
}

/** What remains of a training. */
export interface GanRun {
  /** Losses of the discriminator. */
  readonly discriminator: readonly number[];
  /** Losses of the generator. */
  readonly generator: readonly number[];
  /** Every so many steps, and at the end. */
  readonly snapshots: readonly Snapshot[];
  /** Wall time, seconds. */
  readonly seconds: number;
}

/** Images that a generator makes of noise, some hundreds at a time, from 0 to 1. */
export function generate(generator: Sequential, noise: NDArray): NDArray {
  const parts: NDArray[] = [];
  for (let start = 0; start < noise.shape[0]; start += 250) {
    const part = noise.slice(`${start}:${Math.min(start + 250, noise.shape[0])}`);
    parts.push(noGrad(() => generator.eval().forward(part)).value);
  }
  return concatenate(parts, 0).add(1).multiply(0.5);
}

/** How a GAN is trained. */
export interface GanTraining {
  /** Epochs in all. */
  readonly numEpochs: number;
  /** Draws the noise. */
  readonly rng: RandomState;
  /** Steps from one snapshot to the next. */
  readonly every: number;
  /** Whether it is the part that flags about checkpoints concern. Default false. */
  readonly resumable?: boolean;
  /** Judges the generator at a snapshot, or does not. Default: never. */
  readonly look?: (step: number) => Quality | null;
}

/**
 * Trains a GAN as the course does: batches in the order of the images, Adam of 1e-3 with betas 0.5
 * and 0.999.
 *
 * @param context Of the part
 * @param gan The nets and losses
 * @param images Bytes, (N, 1, 28, 28)
 * @param training How
 */
export async function trainGan(
  { flags, signal }: Pick<Context, "flags" | "signal">,
  { name, generator, discriminator, discriminatorLoss, generatorLoss }: Gan,
  images: NDArray,
  { numEpochs, rng, every, resumable = false, look = () => null }: GanTraining,
): Promise<GanRun> {
  const config = { learningRate: 1e-3, beta1: 0.5, beta2: 0.999 };
  const generatorOptimizer = new Optimizer(generator, "adam", config);
  const discriminatorOptimizer = new Optimizer(discriminator, "adam", config);
  const weights = Object.values(generator.parameters());
  const fixed = sampleNoise(16, NOISE, { rng });
  let snapshots: Snapshot[] = [];
  const stepsPerEpoch = Math.floor(images.shape[0] / BATCH);
  const noise = () => sampleNoise(BATCH, NOISE, { rng });
  const snapshot = (step: number) =>
    snapshots.push({ step, images: generate(generator, fixed), quality: look(step) });

  const options = {
    name: "GAN",
    stepsPerEpoch,
    numEpochs,
    settings: { gan: name },
    state: {
      generator,
      discriminator,
      generatorOptimizer,
      discriminatorOptimizer,
      rng,
      fixed,
      snapshots: {
        getState: () => [...snapshots],
        setState: (state: Snapshot[]) => snapshots = [...state],
      },
    },
    data: { images },
    checkpointName: resumable ? flags.checkpoint ?? flags.resume : null,
    progress: lineProgress({ printEvery: flags.quick ? 10 : 250, time: true }),
    signal,
    step({ iteration, workspace }: StepContext) {
      const start = iteration % stepsPerEpoch * BATCH;
      const real = images.slice(`${start}:${start + BATCH}`).astype("float32")
        .multiply(2 / 255).subtract(1);
      const figures = workspace.run(() => {
        generator.train();
        discriminatorOptimizer.zeroGrad();
        const fake = noGrad(() => generator.forward(noise()));
        const dLoss = discriminatorLoss(discriminator.forward(real), discriminator.forward(fake));
        dLoss.backward();
        discriminatorOptimizer.step();

        generatorOptimizer.zeroGrad();
        const gLoss = generatorLoss(discriminator.forward(generator.forward(noise())));
        // Nothing is computed for the weights of the discriminator.
        gLoss.backward(undefined, { inputs: weights });
        generatorOptimizer.step();
        return { discriminator: dLoss.item(), generator: gLoss.item() };
      });
      if ((iteration + 1) % every === 0) snapshot(iteration + 1);
      return figures;
    },
  };
  const started = performance.now();
  const trainer = resumable && flags.resume !== undefined
    ? await Trainer.resume(flags.resume, options)
    : new Trainer(options);
  await trainer.train();
  const seconds = (performance.now() - started) / 1000;
  if (snapshots.at(-1)?.step !== trainer.iteration) snapshot(trainer.iteration);
  const { discriminator: dLosses = [], generator: gLosses = [] } = trainer.history;
  return { discriminator: dLosses, generator: gLosses, snapshots, seconds };
}
