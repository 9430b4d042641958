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
import { lineProgress, Trainer } from "../../solver/mod.ts";
import type { Context } from "../_part.ts";

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

/** What remains of a training. */
export interface GanRun {
  /** Losses of the discriminator. */
  readonly discriminator: readonly number[];
  /** Losses of the generator. */
  readonly generator: readonly number[];
  /** Images from the same noise, (K, 784), 0 to 1, every so many steps. */
  readonly snapshots: readonly { readonly step: number; readonly images: NDArray }[];
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

/**
 * Trains a GAN as the course does: batches in the order of the images, Adam of 1e-3 with betas 0.5
 * and 0.999.
 *
 * @param context Of the part
 * @param gan The nets and losses
 * @param images Bytes, (N, 1, 28, 28)
 * @param options Epochs, generator, steps between snapshots, whether it is the part to resume, and
 * what to do at snapshots
 */
export async function trainGan(
  { flags, signal }: Context,
  { name, generator, discriminator, discriminatorLoss, generatorLoss }: Gan,
  images: NDArray,
  { numEpochs, rng, every, resumable = false, onSnapshot }: {
    readonly numEpochs: number;
    readonly rng: RandomState;
    readonly every: number;
    readonly resumable?: boolean;
    readonly onSnapshot?: (step: number) => void;
  },
): Promise<GanRun> {
  const config = { learningRate: 1e-3, beta1: 0.5, beta2: 0.999 };
  const generatorOptimizer = new Optimizer(generator, "adam", config);
  const discriminatorOptimizer = new Optimizer(discriminator, "adam", config);
  const weights = Object.values(generator.parameters());
  const fixed = sampleNoise(16, NOISE, { rng });
  const snapshots: { step: number; images: NDArray }[] = [];
  const stepsPerEpoch = Math.floor(images.shape[0] / BATCH);
  const noise = () => sampleNoise(BATCH, NOISE, { rng });
  const snapshot = (step: number) => {
    snapshots.push({ step, images: generate(generator, fixed) });
    onSnapshot?.(step);
  };

  const options = {
    name: "GAN",
    stepsPerEpoch,
    numEpochs,
    settings: { gan: name },
    state: { generator, discriminator, generatorOptimizer, discriminatorOptimizer, rng, fixed },
    data: { images },
    checkpointName: resumable ? flags.checkpoint ?? flags.resume : null,
    progress: lineProgress({ printEvery: flags.quick ? 10 : 250, time: true }),
    signal,
    step({ iteration, workspace }: { iteration: number; workspace: { run<T>(work: () => T): T } }) {
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
  if (trainer.iteration % every !== 0) snapshot(trainer.iteration);
  const { discriminator: dLosses = [], generator: gLosses = [] } = trainer.history;
  const seconds = (performance.now() - started) / 1000;
  return { discriminator: dLosses, generator: gLosses, snapshots, seconds };
}
