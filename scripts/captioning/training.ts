/**
 * Captioners that learn to look: trained on images, measured on others that they have not seen.
 *
 * @module
 */
import { type CaptioningData, captionWords } from "../../data/mod.ts";
import { bleu } from "../../metrics/mod.ts";
import { type NDArray, zerosLike } from "../../ndarray/mod.ts";
import type { OptimConfig } from "../../optim/mod.ts";
import { RandomState } from "../../random/mod.ts";
import { CaptioningSolver, type CaptioningSolverOptions } from "../../solver/mod.ts";
import type { Context, PartResult } from "../_part.ts";
import { printTable } from "../_tables.ts";
import { trainingFaces } from "../_terminal.ts";
import { captionerResumable } from "../_training.ts";
import { type Captioner, type CaptionerMaker, LENGTH } from "./captioner.ts";
import { cocoExamples, type Examples, sceneExamples } from "./examples.ts";

/** How captioners learn to look. */
export interface CaptioningSettings {
  /** The models by name; the last is the one that a run is about. */
  readonly models: Readonly<Record<string, CaptionerMaker>>;
  /** Adam's configuration. */
  readonly optimConfig: OptimConfig;
  /** Passes over the captions. */
  readonly numEpochs: number;
  /** What BLEU-4 of the last model should be on scenes. */
  readonly goal: number;
  /** Looks at the last model and some of its captions. */
  readonly inspect?: (
    model: Captioner,
    features: NDArray,
    captions: NDArray,
    idxToWord: readonly string[],
  ) => Promise<void>;
}

/** What became of a captioner. */
interface Outcome {
  readonly label: string;
  readonly bleu: readonly number[];
  readonly seconds: number;
  readonly lossHistory: readonly number[];
}

/** Trains captioners, and measures them on images that they have not seen. */
export async function captionImages(
  context: Context,
  name: string,
  { models, optimConfig, numEpochs, goal, inspect }: CaptioningSettings,
): Promise<PartResult> {
  const { flags, signal } = context;
  const rng = new RandomState(flags.seed);
  const coco = context.captions();
  const examples = coco ? cocoExamples(context, coco) : await sceneExamples(context, name, rng);
  const { data } = examples;
  const options = {
    updateRule: "adam",
    optimConfig,
    batchSize: 50,
    numEpochs: flags.epochs ?? (flags.quick ? 1 : numEpochs),
    lrDecay: 0.9,
    progress: trainingFaces(flags.quick ? 10 : 500),
    rng,
    signal,
  } as const satisfies CaptioningSolverOptions;
  const make = (maker: CaptionerMaker) =>
    maker({ inputDim: data.trainFeatures.shape[1], wordToIdx: data.wordToIdx, rng });
  const longest = Object.keys(models).at(-1)!;
  const outcomes: Outcome[] = [];
  for (const [label, maker] of Object.entries(models)) {
    if (signal.aborted) break;
    if (label !== longest && flags.resume !== undefined) {
      console.log(`${label} is left out: --resume goes on with the ${longest}\n`);
      continue;
    }
    console.log(label);
    const [model, started] = [make(maker), performance.now()];
    const solver = label === longest
      ? await captionerResumable(context, model, data, options)
      : new CaptioningSolver(model, data, options);
    await solver.train();
    const captions = model.sample(data.valFeatures, { maxLength: LENGTH });
    outcomes.push(outcomeOf(label, captions, examples, solver, started));
    console.log("");
    if (label !== longest) continue;
    await examples.show(captions);
    await inspect?.(model, data.valFeatures, captions, data.idxToWord);
  }
  if (!signal.aborted) {
    const [first, maker] = Object.entries(models)[0];
    const label = `${first} that sees no image`;
    console.log(label);
    const [model, unseen, started] = [make(maker), blinded(data), performance.now()];
    const solver = new CaptioningSolver(model, unseen, {
      ...options,
      numEpochs: Math.max(1, Math.round(options.numEpochs / 5)),
    });
    await solver.train();
    const captions = model.sample(unseen.valFeatures, { maxLength: LENGTH });
    outcomes.push(outcomeOf(label, captions, examples, solver, started));
    console.log("");
  }
  printOutcomes(outcomes);
  const scenes = coco === null && !flags.quick;
  return {
    results: {
      bleu: outcomes.map(({ label, bleu, seconds }) => [label, bleu, seconds.toFixed(1)]),
      losses: Object.fromEntries(outcomes.map(({ label, lossHistory }) => [label, lossHistory])),
      named: examples.named,
    },
    summary: outcomes.filter(({ label }) => label in models).map(({ label, bleu: [, , , four] }) =>
      `${label} on new ${coco ? "images" : "scenes"}: BLEU-4 ${four.toFixed(3)}` +
      (label === longest && scenes ? ` (${verdict(four, goal)})` : "")
    ),
  };
}

function outcomeOf(
  label: string,
  captions: NDArray,
  { data, references }: Examples,
  { lossHistory }: CaptioningSolver,
  started: number,
): Outcome {
  const words = captionWords(captions, data.idxToWord);
  return {
    label,
    bleu: [1, 2, 3, 4].map((maxN) => bleu(words, references, { maxN })),
    seconds: (performance.now() - started) / 1000,
    lossHistory,
  };
}

/** The same captions of images of which nothing is known. */
function blinded(data: CaptioningData): CaptioningData {
  return {
    ...data,
    trainFeatures: zerosLike(data.trainFeatures),
    valFeatures: zerosLike(data.valFeatures),
  };
}

function printOutcomes(outcomes: readonly Outcome[]): void {
  if (outcomes.length === 0) return;
  printTable(
    ["captioner", "BLEU-1", "BLEU-2", "BLEU-3", "BLEU-4", "seconds"],
    outcomes.map(({ label, bleu, seconds }) => [
      label,
      ...bleu.map((value) => value.toFixed(3)),
      seconds.toFixed(1),
    ]),
  );
  console.log(
    "\nFive captions of an image are the references. BLEU-1 counts words, of which most are right without\n" +
      "a look at the image; BLEU-4 counts runs of four. For its first hundreds of steps a captioner\n" +
      "only learns to speak, and its loss stands on a plateau; then it begins to look at the image.",
  );
}

function verdict(value: number, goal: number): string {
  const missing = (goal - value).toFixed(3);
  return `goal ${goal}: ${value >= goal ? "reached" : `missed by ${missing}`}`;
}
