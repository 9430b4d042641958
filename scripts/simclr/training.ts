/**
 * The loop of SimCLR: two views of each image of a minibatch, the contrastive loss, a step.
 *
 * @module
 */
import { augmentedPairs, simclrAugmentation } from "../../data/mod.ts";
import type { SimclrNet } from "../../models/mod.ts";
import { type NDArray, zeros } from "../../ndarray/mod.ts";
import { Optimizer, simclrLossVectorized } from "../../nn/mod.ts";
import type { RandomState } from "../../random/mod.ts";
import { lineProgress, type StepContext, Trainer } from "../../solver/mod.ts";
import type { Context } from "../_part.ts";

/** Temperature of the loss. */
const TAU = 0.5;

/** What remains of a training. */
export interface SimclrRun {
  /** The loss of each step. */
  readonly losses: readonly number[];
  /** Epochs done. */
  readonly epochs: number;
  /** Wall time, seconds. */
  readonly seconds: number;
}

/**
 * Trains an encoder and its head on images without labels, drawn without replacement, by Adam.
 *
 * @param context Of the part
 * @param net What is trained
 * @param images Bytes, (N, 3, H, W)
 * @param training Epochs in all, images in a minibatch, and what draws order and views
 */
export async function trainSimclr(
  { flags, signal }: Pick<Context, "flags" | "signal">,
  net: SimclrNet,
  images: NDArray,
  { numEpochs, batchSize, rng }: {
    readonly numEpochs: number;
    readonly batchSize: number;
    readonly rng: RandomState;
  },
): Promise<SimclrRun> {
  const optimizer = new Optimizer(net, "adam", { learningRate: 1e-3 });
  const augment = simclrAugmentation({ scale: [0.2, 1] });
  const stepsPerEpoch = Math.floor(images.shape[0] / batchSize);
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
  const started = performance.now();
  const trainer = flags.resume === undefined
    ? new Trainer(options)
    : await Trainer.resume(flags.resume, options);
  await trainer.train();
  const seconds = (performance.now() - started) / 1000;
  return { losses: trainer.history.loss ?? [], epochs: trainer.epoch, seconds };
}
