/**
 * Captioned pictures without a download: scenes of one to three coloured shapes, each with five
 * captions made by a grammar, in memory and without any permission.
 *
 * @module
 */
import { checkWhole } from "../../internal/numbers.ts";
import { checkOptionNames } from "../../internal/options.ts";
import { asNDArray, type NDArray } from "../../ndarray/mod.ts";
import { RandomState } from "../../random/mod.ts";
import { Canvas, IMAGE_SIZE, SIDE } from "./_canvas.ts";
import { Draws } from "./_draws.ts";
import { describeScene, sceneWords } from "./_scene_grammar.ts";
import {
  drawScene,
  type Scene,
  sceneBackgrounds,
  sceneColours,
  sceneShapes,
  sceneSizes,
  type SceneThing,
} from "./_scene_layout.ts";
import { paintScene } from "./_scene_picture.ts";

export type { Scene, SceneThing };

/**
 * Options of {@linkcode syntheticCaptions}.
 *
 * @category Data
 */
export interface SyntheticCaptionsOptions {
  /** How many scenes, at least 1. Default: 5,000. */
  readonly numScenes?: number;
  /** What the scenes depend on, a whole number in [0, 2³²). Default: 0. */
  readonly seed?: number;
}

/**
 * What {@linkcode syntheticCaptions} returns.
 *
 * @category Data
 */
export interface SyntheticCaptions {
  /** Pictures, uint8, (N, 3, 32, 32). */
  readonly images: NDArray;
  /**
   * Captions, five a scene, int32, (5·N, 17): word numbers, `<START>`, up to 15 words, `<END>`, then
   * `<NULL>`.
   */
  readonly captions: NDArray;
  /** The scene of each caption, int32, (5·N,). */
  readonly captionImageIdxs: NDArray;
  /** The five captions of each scene as lists of words, as `bleu` takes them. */
  readonly references: readonly (readonly (readonly string[])[])[];
  /** The number of each of the 53 words. */
  readonly wordToIdx: Readonly<Record<string, number>>;
  /** The word of each number: `<NULL>`, `<START>`, `<END>`, `<UNK>`, then the others. */
  readonly idxToWord: readonly string[];
  /** What is in each picture. */
  readonly scenes: readonly Scene[];
  /**
   * The same as class numbers, one column for each of `descriptionNames`, int32, (N, 13). Of what
   * may be missing, 0 says that it is.
   */
  readonly descriptions: NDArray;
  /** What the columns of `descriptions` say. */
  readonly descriptionNames: readonly string[];
}

/** Captions of a scene. */
const captionsPerScene = 5;
/** Length of a caption with its start and end, as in the course's data. */
const captionLength = 17;

const descriptionNames: readonly string[] = [
  "number",
  "background",
  ...["colour", "shape", "size", "place"].map((part) => `${part} of the first`),
  ...["colour", "shape", "size", "place"].map((part) => `${part} of the second`),
  "relation",
  ...["colour", "shape"].map((part) => `${part} of the third`),
];

/**
 * Makes captioned scenes: one to three circles, squares, triangles, crosses and rings of eight
 * colours and two sizes on a 3×3 grid, before a light or dark background. Two things share a row or
 * a column, so that one relation is true of them. Captions use synonyms, may leave out sizes and
 * the background, and name two things in either order:
 *
 * `a large red circle to the left of a small blue square`, `there are two tiny green rings on the
 * right`, `a pink cross an orange ring and a blue square on a dark background`
 *
 * The first rows of a larger set are those of a smaller one of the same seed.
 *
 * BLEU with the five captions of a scene as references, 2,000 scenes, as
 * `deno run bench/synthetic_captions_profile.ts` prints it:
 *
 * | caption | BLEU-1 | 2 | 3 | BLEU-4 |
 * | --- | --- | --- | --- | --- |
 * | right content, usual wording | .995 | .993 | .989 | .980 |
 * | a sixth random caption | .948 | .923 | .891 | .851 |
 * | one colour wrong | .872 | .796 | .715 | .658 |
 * | places mirrored | .968 | .946 | .906 | .836 |
 * | all colours wrong | .807 | .670 | .545 | .452 |
 * | the caption of another scene | .418 | .268 | .178 | .127 |
 * | always the same caption | .461 | .325 | .241 | .189 |
 *
 * So a model that ignores the picture stays below .2, one that sees a part of what is there comes
 * between, and one that sees everything above .8. BLEU-1 tells much less.
 *
 * @param options How many scenes, and the seed
 * @returns Pictures, captions, the vocabulary, and what is in the pictures
 * @throws {TypeError} If there is no option of a name
 * @throws {RangeError} If the number of scenes or the seed is not a whole number in range
 *
 * @example
 * ```ts
 * import { decodeCaptions, syntheticCaptions } from "@nndl/nndl/data";
 * import assert from "node:assert/strict";
 *
 * const { images, captions, idxToWord, scenes } = syntheticCaptions({ numScenes: 3, seed: 1 });
 * assert.deepEqual(images.shape, [3, 3, 32, 32]);
 * assert.deepEqual(captions.shape, [15, 17]);
 * assert.equal(idxToWord.length, 53);
 * assert.equal(scenes[1].things[0].colour, "pink");
 * assert.equal(
 *   decodeCaptions(captions, idxToWord)[5],
 *   "<START> a small pink circle at the bottom right <END>",
 * );
 * ```
 *
 * @category Data
 */
export function syntheticCaptions(options: SyntheticCaptionsOptions = {}): SyntheticCaptions {
  checkOptionNames("syntheticCaptions", options, ["numScenes", "seed"]);
  const { numScenes = 5000, seed = 0 } = options;
  checkWhole(
    "syntheticCaptions",
    "numScenes",
    numScenes,
    1,
    Math.floor((2 ** 31 - 1) / IMAGE_SIZE),
  );
  checkWhole("syntheticCaptions", "seed", seed, 0, 2 ** 32 - 1);
  const rng = new RandomState(seed);
  const draws = new Draws();
  const canvas = new Canvas();
  const pixels = new Uint8ClampedArray(numScenes * IMAGE_SIZE);
  const wordToIdx = Object.fromEntries(sceneWords.map((word, number) => [word, number]));
  const captions = new Int32Array(numScenes * captionsPerScene * captionLength);
  const scenes: Scene[] = [];
  const references: string[][][] = [];
  for (let i = 0; i < numScenes; i++) {
    draws.seed(rng.rand());
    const scene = drawScene(draws);
    const texts = Array.from(
      { length: captionsPerScene },
      () => describeScene(scene, (probability) => draws.chance(probability)),
    );
    paintScene(scene, draws, canvas, pixels, i * IMAGE_SIZE);
    texts.forEach((words, j) => {
      const numbers = ["<START>", ...words, "<END>"].map((word) => wordToIdx[word]);
      captions.set(numbers, (i * captionsPerScene + j) * captionLength);
    });
    scenes.push(scene);
    references.push(texts);
  }
  const count = numScenes * captionsPerScene;
  return {
    images: asNDArray(new Uint8Array(pixels.buffer), [numScenes, 3, SIDE, SIDE]),
    captions: asNDArray(captions, [count, captionLength]),
    captionImageIdxs: asNDArray(
      Int32Array.from({ length: count }, (_, i) => Math.floor(i / captionsPerScene)),
      [count],
    ),
    references,
    wordToIdx,
    idxToWord: sceneWords,
    scenes,
    descriptions: asNDArray(
      Int32Array.from(scenes.flatMap(classesOf)),
      [numScenes, descriptionNames.length],
    ),
    descriptionNames,
  };
}

/** A scene as class numbers. */
function classesOf({ background, things }: Scene): number[] {
  const [first, second, third] = things;
  // In reading order the first of two things is left of the second or above it.
  const relation = things.length !== 2 ? 0 : first.row === second.row ? 1 : 2;
  return [
    things.length - 1,
    sceneBackgrounds.indexOf(background),
    ...lookOf(first),
    ...(second ? lookOf(second).map((number) => 1 + number) : [0, 0, 0, 0]),
    relation,
    ...(third ? lookOf(third).slice(0, 2).map((number) => 1 + number) : [0, 0]),
  ];
}

function lookOf({ colour, shape, size, row, column }: SceneThing): number[] {
  return [
    sceneColours.indexOf(colour),
    sceneShapes.indexOf(shape),
    sceneSizes.indexOf(size),
    3 * row + column,
  ];
}
