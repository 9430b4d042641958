/**
 * What the captioning programs share: learning captions by heart, and captioning scenes that were
 * never seen.
 *
 * @module
 */
import {
  type CaptioningData,
  captioningData,
  captionWords,
  decodeCaptions,
  type SyntheticCaptions,
  syntheticCaptions,
} from "../data/mod.ts";
import { bleu } from "../metrics/mod.ts";
import { captionFeatures, type SampleOptions } from "../models/mod.ts";
import { type NDArray, zerosLike } from "../ndarray/mod.ts";
import type { OptimConfig } from "../optim/mod.ts";
import { imageGrid } from "../plot/mod.ts";
import { RandomState } from "../random/mod.ts";
import { type CaptioningModel, CaptioningSolver } from "../solver/mod.ts";
import { savePlot } from "./_outputs.ts";
import type { Context, PartResult } from "./_part.ts";
import { last } from "./_results.ts";
import { printTable } from "./_tables.ts";

/** A model that captions. */
export type Captioner = CaptioningModel & {
  sample(features: NDArray, options?: SampleOptions): NDArray;
};

/** Makes a captioner for features of a width and a vocabulary. */
export type CaptionerMaker = (options: {
  inputDim: number;
  wordToIdx: Readonly<Record<string, number>>;
  rng: RandomState;
}) => Captioner;

/** Words of a caption, its start and end not counted. */
const LENGTH = 16;

/** How captions are learnt by heart. */
export interface OverfitSettings {
  /** The model. */
  readonly make: CaptionerMaker;
  /** Passes over the 50 captions, in halves. */
  readonly numEpochs: number;
  /** Adam's learning rate. */
  readonly learningRate: number;
  /** Factor on the learning rate at the end of an epoch. */
  readonly lrDecay: number;
  /** What the last loss should be below. */
  readonly goal: number;
}

/**
 * Learns 50 captions by heart, as the course does: each image is 512 random numbers, so that there is
 * nothing to understand.
 */
export async function overfit(
  context: Context,
  name: string,
  { make, numEpochs, learningRate, lrDecay, goal }: OverfitSettings,
): Promise<PartResult> {
  const { flags, signal } = context;
  const rng = new RandomState(flags.seed);
  const scenes = syntheticCaptions({ numScenes: 50, seed: flags.seed });
  const data = oneCaptionEach(scenes, rng.randn(50, 512).astype("float32"));
  const model = make({ inputDim: 512, wordToIdx: scenes.wordToIdx, rng });
  const solver = new CaptioningSolver(model, data, {
    updateRule: "adam",
    optimConfig: { learningRate },
    lrDecay,
    batchSize: 25,
    numEpochs: flags.quick ? Math.ceil(numEpochs / 10) : numEpochs,
    printEvery: 10,
    rng,
    signal,
  });
  const started = performance.now();
  await solver.train();
  const seconds = (performance.now() - started) / 1000;
  const sampled = model.sample(data.trainFeatures, { maxLength: LENGTH });
  const [ours, theirs] = [sampled, data.trainCaptions].map((captions) =>
    captionWords(captions, scenes.idxToWord).map((words) => words.join(" "))
  );
  const right = ours.filter((text, i) => text === theirs[i]).length;
  console.log("");
  printTable(["sampled", "true"], [0, 1, 2].map((i) => [ours[i], theirs[i]]));
  console.log(`\n${right} of 50 captions are right word for word`);
  await savePlot(context, `${name}_overfit`, () =>
    imageGrid(scenes.images.slice(":6"), {
      title: "Six of the 50 images, with the captions that were sampled",
      columns: 3,
      scale: 8,
      labels: ours.slice(0, 6),
    }));
  const loss = last(solver.lossHistory);
  const verdict = flags.quick ? "" : loss < goal ? ": reached" : ": missed";
  return {
    results: { lossHistory: solver.lossHistory, right, seconds },
    summary: [
      `50 captions by heart: loss ${loss.toFixed(4)} (goal below ${goal}${verdict}), ` +
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

/** How scenes are captioned. */
export interface ScenesSettings {
  /** The models by name. */
  readonly models: Readonly<Record<string, CaptionerMaker>>;
  /** Adam's configuration. */
  readonly optimConfig: OptimConfig;
  /** Passes over the captions. */
  readonly numEpochs: number;
  /** What BLEU-4 of the last model should be. */
  readonly goal: number;
  /** Looks at the last model and some of its captions. */
  readonly inspect?: (
    model: Captioner,
    features: NDArray,
    captions: NDArray,
    idxToWord: readonly string[],
  ) => Promise<void>;
}

/** BLEU-1 to BLEU-4 of captions. */
function bleus(
  captions: readonly (readonly string[])[],
  references: SyntheticCaptions["references"],
) {
  return [1, 2, 3, 4].map((maxN) => bleu(captions, references, { maxN }));
}

/** Trains captioners on scenes, and measures them on scenes that they have not seen. */
export async function captionScenes(
  context: Context,
  name: string,
  { models, optimConfig, numEpochs, goal, inspect }: ScenesSettings,
): Promise<PartResult> {
  const { flags, signal } = context;
  const [numTrain, numVal] = flags.quick ? [300, 50] : [7000, 1000];
  const rng = new RandomState(flags.seed);
  const scenes = syntheticCaptions({ numScenes: numTrain + numVal, seed: flags.seed });
  let started = performance.now();
  const { features, accuracies } = await captionFeatures(scenes.images, scenes.descriptions, {
    numTraining: numTrain,
    numEpochs: flags.quick ? 1 : 10,
    rng,
    signal,
  });
  const named = accuracies.reduce((a, b) => a + b, 0) / accuracies.length;
  console.log(
    `Features of ${numTrain} scenes learnt in ${seconds(started)} s; on others the net names ` +
      `${(100 * named).toFixed(1)} % of what a description says\n`,
  );
  const data = captioningData(scenes, features, { numVal });
  const references = scenes.references.slice(numTrain);
  const rows: [name: string, bleu: number[], seconds: string][] = [];
  const losses: Record<string, readonly number[]> = {};
  for (const [kind, make] of [...Object.entries(models), ["blind", null] as const]) {
    if (signal.aborted) break;
    const maker = make ?? models[Object.keys(models)[0]];
    const blind = make === null;
    const label = blind ? `${Object.keys(models)[0]} that sees no image` : kind;
    const model = maker({ inputDim: features.shape[1], wordToIdx: scenes.wordToIdx, rng });
    const seen: CaptioningData = blind
      ? {
        ...data,
        trainFeatures: zerosLike(data.trainFeatures),
        valFeatures: zerosLike(data.valFeatures),
      }
      : data;
    started = performance.now();
    console.log(label);
    const solver = new CaptioningSolver(model, seen, {
      updateRule: "adam",
      optimConfig,
      batchSize: 50,
      // There are five captions a scene: an epoch of the text is one of scenes.
      numEpochs: Math.max(1, Math.round((flags.quick ? 1 : numEpochs) * (blind ? 0.2 : 1) / 5)),
      lrDecay: 0.9,
      printEvery: flags.quick ? 10 : 500,
      rng,
      signal,
    });
    await solver.train();
    losses[label] = solver.lossHistory;
    const sampled = model.sample(seen.valFeatures, { maxLength: LENGTH });
    rows.push([
      label,
      bleus(captionWords(sampled, scenes.idxToWord), references),
      seconds(started),
    ]);
    console.log("");
    if (blind || kind !== Object.keys(models).at(-1)) continue;
    const shown = decodeCaptions(sampled.slice(":6"), scenes.idxToWord).map((text) =>
      text.replace(" <END>", "")
    );
    await savePlot(
      context,
      `${name}_scenes`,
      () =>
        imageGrid(scenes.images.slice(`${numTrain}:${numTrain + 6}`), {
          title: "Scenes that were not seen in training, with their captions",
          columns: 3,
          scale: 8,
          labels: shown,
        }),
    );
    await inspect?.(model, seen.valFeatures, sampled, scenes.idxToWord);
  }
  printTable(
    ["captioner", "BLEU-1", "BLEU-2", "BLEU-3", "BLEU-4", "seconds"],
    rows.map(([label, values, time]) => [label, ...values.map((value) => value.toFixed(3)), time]),
  );
  console.log(
    "\nFive captions of a scene are the references. BLEU-1 counts words, of which most are right without\n" +
      "a look at the image; BLEU-4 counts runs of four. For its first hundreds of steps a captioner\n" +
      "only learns to speak, and its loss stands on a plateau; then it begins to look at the image.",
  );
  const told = rows.filter(([label]) => label in models);
  return {
    results: { bleu: rows, losses, named },
    summary: told.map(([label, values]) =>
      `${label} on new scenes: BLEU-4 ${values[3].toFixed(3)}` +
      (flags.quick || label !== Object.keys(models).at(-1)
        ? ""
        : ` (goal ${goal}: ${
          values[3] >= goal ? "reached" : `missed by ${(goal - values[3]).toFixed(3)}`
        })`)
    ),
  };
}

function seconds(started: number): string {
  return ((performance.now() - started) / 1000).toFixed(1);
}
