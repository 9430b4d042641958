/**
 * Captioned images to learn from, and others with several captions each to be measured by.
 *
 * @module
 */
import {
  type CaptioningData,
  captioningData,
  captionWords,
  decodeCaptions,
  syntheticCaptions,
} from "../../data/mod.ts";
import { captionFeatures } from "../../models/mod.ts";
import type { NDArray } from "../../ndarray/mod.ts";
import { imageGrid } from "../../plot/mod.ts";
import type { RandomState } from "../../random/mod.ts";
import { savePlot } from "../_outputs.ts";
import type { Context } from "../_part.ts";

/** What is learnt from, and what a captioner is measured by. */
export interface Examples {
  /** Captions and features; those for validation are of the images that are measured. */
  readonly data: CaptioningData;
  /** The captions of each image for validation, as words. */
  readonly references: readonly (readonly (readonly string[])[])[];
  /** Shows the first captions that were sampled for the images for validation. */
  readonly show: (captions: NDArray) => Promise<void>;
  /** Share of what a description says that features tell; null if none were learnt. */
  readonly named: number | null;
}

/** Images that are shown with their captions. */
const SHOWN = 6;

/** Scenes of coloured shapes, with features learnt from what is in them. */
export async function sceneExamples(
  context: Context,
  name: string,
  rng: RandomState,
): Promise<Examples> {
  const { flags, signal } = context;
  const [numTrain, numVal] = flags.quick ? [300, 50] : [7000, 1000];
  const scenes = syntheticCaptions({ numScenes: numTrain + numVal, seed: flags.seed });
  const started = performance.now();
  const { features, accuracies } = await captionFeatures(scenes.images, scenes.descriptions, {
    numTraining: numTrain,
    numEpochs: flags.quick ? 1 : 10,
    rng,
    signal,
  });
  const named = accuracies.reduce((a, b) => a + b, 0) / accuracies.length;
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  console.log(
    `Features of ${numTrain} scenes learnt in ${seconds} s; on others the net names ` +
      `${(100 * named).toFixed(1)} % of what a description says\n`,
  );
  return {
    data: captioningData(scenes, features, { numVal }),
    references: scenes.references.slice(numTrain),
    named,
    show: (captions) =>
      savePlot(
        context,
        `${name}_scenes`,
        () =>
          imageGrid(scenes.images.slice(`${numTrain}:${numTrain + SHOWN}`), {
            title: "Scenes that were not seen in training, with their captions",
            columns: 3,
            scale: 8,
            labels: firstCaptions(captions, scenes.idxToWord),
          }),
      ),
  };
}

/** COCO, of whose images for validation the first thousand are measured. */
export function cocoExamples({ flags }: Context, coco: CaptioningData): Examples {
  const [numTrain, numVal] = flags.quick ? [500, 50] : [coco.trainCaptions.shape[0], 1000];
  const captions = captionWords(coco.valCaptions, coco.idxToWord);
  const byImage = Map.groupBy(captions.keys(), (row) => coco.valImageIdxs.data[row]);
  const images = [...byImage.keys()].sort((a, b) => a - b).slice(0, numVal);
  const references = images.map((image) => byImage.get(image)!.map((row) => captions[row]));
  const data: CaptioningData = {
    ...coco,
    trainCaptions: coco.trainCaptions.slice(`:${numTrain}`),
    trainImageIdxs: coco.trainImageIdxs.slice(`:${numTrain}`),
    valFeatures: coco.valFeatures.take(images, 0),
  };
  return {
    data,
    references,
    named: null,
    show: (captions) => {
      firstCaptions(captions, coco.idxToWord).forEach((text, i) => {
        console.log(`${coco.valUrls?.[images[i]] ?? `image ${images[i]}`}`);
        console.log(`  sampled: ${text}\n  true:    ${references[i][0].join(" ")}`);
      });
      console.log("");
      return Promise.resolve();
    },
  };
}

function firstCaptions(captions: NDArray, idxToWord: readonly string[]): string[] {
  return decodeCaptions(captions.slice(`:${SHOWN}`), idxToWord)
    .map((text) => text.replace(/ ?<END>$/, ""));
}
