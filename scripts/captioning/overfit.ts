/**
 * Learning captions by heart.
 *
 * @module
 */
import {
  type CaptioningData,
  captioningData,
  captionWords,
  type SyntheticCaptions,
  syntheticCaptions,
} from "../../data/mod.ts";
import type { NDArray } from "../../ndarray/mod.ts";
import { imageGrid } from "../../plot/mod.ts";
import { RandomState } from "../../random/mod.ts";
import { CaptioningSolver } from "../../solver/mod.ts";
import { savePlot } from "../_outputs.ts";
import type { Context, PartResult } from "../_part.ts";
import { last } from "../_results.ts";
import { printTable } from "../_tables.ts";
import { trainingFaces } from "../_terminal.ts";
import { type CaptionerMaker, LENGTH } from "./captioner.ts";

/** Captions that are learnt by heart. */
const COUNT = 50;

/** How captions are learnt by heart. */
export interface OverfitSettings {
  /** The model. */
  readonly make: CaptionerMaker;
  /** Passes over the captions, in halves. */
  readonly numEpochs: number;
  /** Adam's learning rate. */
  readonly learningRate: number;
  /** Factor on the learning rate at the end of an epoch. */
  readonly lrDecay: number;
  /** What the last loss should be below. */
  readonly goal: number;
}

/**
 * Learns 50 captions by heart: of COCO as the course draws them; else of scenes, whose images are
 * 512 random numbers each, so that there is nothing to understand.
 */
export async function overfit(
  context: Context,
  name: string,
  { make, numEpochs, learningRate, lrDecay, goal }: OverfitSettings,
): Promise<PartResult> {
  const { flags, signal } = context;
  const rng = new RandomState(flags.seed);
  const coco = context.captions();
  const scenes = coco ? null : syntheticCaptions({ numScenes: COUNT, seed: flags.seed });
  const data = scenes
    ? oneCaptionEach(scenes, rng.randn(COUNT, 512).astype("float32"))
    : drawnCaptions(coco!, rng);
  const { wordToIdx, idxToWord, trainFeatures } = data;
  const model = make({ inputDim: trainFeatures.shape[1], wordToIdx, rng });
  const solver = new CaptioningSolver(model, data, {
    updateRule: "adam",
    optimConfig: { learningRate },
    lrDecay,
    batchSize: COUNT / 2,
    numEpochs: flags.quick ? Math.ceil(numEpochs / 10) : numEpochs,
    progress: trainingFaces(10),
    rng,
    signal,
  });
  const started = performance.now();
  await solver.train();
  const seconds = (performance.now() - started) / 1000;
  const features = trainFeatures.take(data.trainImageIdxs, 0);
  const sampled = model.sample(features, { maxLength: LENGTH });
  const [ours, theirs] = [sampled, data.trainCaptions].map((captions) =>
    captionWords(captions, idxToWord).map((words) => words.join(" "))
  );
  const right = ours.filter((text, i) => text === theirs[i]).length;
  console.log("");
  printTable(["sampled", "true"], [0, 1, 2].map((i) => [ours[i], theirs[i]]));
  console.log(`\n${right} of ${COUNT} captions are right word for word`);
  if (scenes) {
    await savePlot(context, `${name}_overfit`, () =>
      imageGrid(scenes.images.slice(":6"), {
        title: `Six of the ${COUNT} images, with the captions that were sampled`,
        columns: 3,
        scale: 8,
        labels: ours.slice(0, 6),
      }));
  }
  const loss = last(solver.lossHistory);
  const verdict = flags.quick ? "" : loss < goal ? ": reached" : ": missed";
  return {
    results: { lossHistory: solver.lossHistory, right, seconds },
    summary: [
      `${COUNT} captions by heart: loss ${loss.toFixed(4)} (goal below ${goal}${verdict}), ` +
      `${right} right word for word, ${seconds.toFixed(1)} s`,
    ],
  };
}

/** The first caption of each scene, with features of its image. */
function oneCaptionEach(scenes: SyntheticCaptions, features: NDArray): CaptioningData {
  const all = captioningData(scenes, features, { numVal: 0 });
  return {
    ...all,
    trainCaptions: all.trainCaptions.slice("::5"),
    trainImageIdxs: all.trainImageIdxs.slice("::5"),
  };
}

/** Captions drawn with replacement, as the course's loader draws them. */
function drawnCaptions(data: CaptioningData, rng: RandomState): CaptioningData {
  const rows = rng.randint(data.trainCaptions.shape[0], null, COUNT);
  return {
    ...data,
    trainCaptions: data.trainCaptions.take(rows, 0),
    trainImageIdxs: data.trainImageIdxs.take(rows, 0),
  };
}
