import assert from "node:assert/strict";
import { trainGan } from "../../scripts/gan/training.ts";
import { ganDiscriminator, ganGenerator } from "../../models/mod.ts";
import type { NDArray } from "../../ndarray/mod.ts";
import { discriminatorLoss, generatorLoss, type Module } from "../../nn/mod.ts";
import { RandomState } from "../../random/mod.ts";
import { resumeTests } from "./_resumed.ts";

const images = new RandomState(0).randint(0, 256, [260, 1, 28, 28]).astype("uint8");

function makeGan(rng: RandomState) {
  return {
    name: "GAN",
    generator: ganGenerator(96, { rng }),
    discriminator: ganDiscriminator({ rng }),
    discriminatorLoss,
    generatorLoss,
  };
}

const numbers = (module: Module) =>
  Object.values(module.stateDict()).map((x: NDArray) => [...x.data]);

// Two steps an epoch.
resumeTests("a GAN", async (told, stepped) => {
  const rng = new RandomState(1);
  const gan = makeGan(rng);
  const look = (step: number) => {
    stepped();
    const quality = { name: `${step}`, distance: step, score: 1, confident: 0, nearest: 0 };
    return step % 2 === 1 ? { ...quality, classes: [0, 1] as const } : null;
  };
  const options = { numEpochs: 3, rng, every: 1, resumable: true, look };
  const { seconds: _, ...run } = await trainGan(told, gan, images, options);
  assert.equal(run.snapshots.length, run.generator.length);
  const snapshots = run.snapshots.map(({ images, ...rest }) => ({
    ...rest,
    images: images.toArray(),
  }));
  return {
    ...run,
    snapshots,
    weights: [gan.generator, gan.discriminator].map(numbers),
    next: rng.rand(),
  };
}, { interruptAt: 3, killAt: 3 });

Deno.test("a GAN that is interrupted before its first step has made no step, and has a snapshot", async () => {
  const rng = new RandomState(1);
  const interrupt = new AbortController();
  interrupt.abort();
  const told = { flags: { quick: true, seed: 231 } as never, signal: interrupt.signal };
  const run = await trainGan(told, makeGan(rng), images, { numEpochs: 1, rng, every: 10 });
  assert.deepEqual([run.generator, run.snapshots.map(({ step }) => step)], [[], [0]]);
});
