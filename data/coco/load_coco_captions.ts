/**
 * The captions of Microsoft COCO 2014 in the form that the course hands out: about 400,000 captions
 * of 83,000 training images and 196,000 of 41,000 validation images, cut to a vocabulary of 1,004
 * words, with features of the images from a trained VGG-16.
 *
 * Source: T.-Y. Lin et al., "Microsoft COCO: Common objects in context", ECCV 2014; CS231n,
 * assignment 3, http://cs231n.stanford.edu/coco_captioning.zip.
 *
 * @module
 */
import type { KvDatabase } from "../../cache/mod.ts";
import { messageOf } from "../../internal/message_of.ts";
import { checkWhole } from "../../internal/numbers.ts";
import { checkOptionNames } from "../../internal/options.ts";
import { onDemand } from "../../internal/packages.ts";
import { pathOf } from "../../internal/paths.ts";
import { showShape } from "../../internal/shapes.ts";
import { FileFormatError } from "../../io/mod.ts";
import type { NDArray } from "../../ndarray/mod.ts";
import { RandomState } from "../../random/mod.ts";
import { DataNotFoundError } from "../errors.ts";
import type { CaptioningData } from "./captioning_data.ts";

/**
 * Options of {@linkcode loadCocoCaptions}.
 *
 * @category Data
 */
export interface CocoCaptionsOptions {
  /** How many training captions to keep, drawn with replacement as the course does. Default: all. */
  readonly maxTrain?: number;
  /** The features brought down to 512 numbers an image, not the 4,096 they had. Default: true. */
  readonly pcaFeatures?: boolean;
  /** Draws the captions of `maxTrain`. Default: a freshly seeded stream. */
  readonly rng?: RandomState;
  /**
   * Where the numbers are kept for the next time: true for the project's own key-value database, a
   * file, `":memory:"`, an open database, or false for nowhere. All of them take 300 MB;
   * `clearDataCache()` gives them back. Default: true.
   */
  readonly cache?: boolean | string | KvDatabase;
  /** Gets a line whenever something was done otherwise than expected. Default: `console.warn`. */
  readonly onMessage?: (line: string) => void;
}

const caller = "loadCocoCaptions";
const archive = "http://cs231n.stanford.edu/coco_captioning.zip";
const special = ["<NULL>", "<START>", "<END>", "<UNK>"];
const parts = ["train", "val"] as const;

/**
 * Loads the captions, the features of their images, the vocabulary and the addresses of the images
 * from the course's folder `coco_captioning`. HDF5 files are read by the package `h5wasm`, which is
 * loaded when it is first needed.
 *
 * @param dir The folder, or the one above it
 * @param options How many captions, which features, and whether to keep the numbers in the cache
 * @returns Captions and features of the training and the validation images
 * @throws {DataNotFoundError} If a file is not there, with what to do
 * @throws {FileFormatError} If a file is truncated or damaged, or files do not fit together
 * @throws {RangeError} If `maxTrain` is not a whole number from 1 up
 *
 * @example
 * ```ts
 * import { DataNotFoundError, loadCocoCaptions, sampleCocoMinibatch } from "@nndl/nndl/data";
 * import assert from "node:assert/strict";
 *
 * try {
 *   const data = await loadCocoCaptions("data", { maxTrain: 50 });
 *   assert.deepEqual(data.trainCaptions.shape, [50, 17]);
 *   assert.deepEqual(sampleCocoMinibatch(data).features.shape, [100, 512]);
 * } catch (error) {
 *   assert.ok(error instanceof DataNotFoundError);
 * }
 * ```
 *
 * @category Data
 */
export async function loadCocoCaptions(
  dir: string | URL = "data",
  options: CocoCaptionsOptions = {},
): Promise<CaptioningData> {
  checkOptionNames(caller, options, ["maxTrain", "pcaFeatures", "rng", "cache", "onMessage"]);
  const { maxTrain, pcaFeatures = true, rng, cache = true, onMessage = console.warn } = options;
  if (maxTrain !== undefined) checkWhole(caller, "maxTrain", maxTrain, 1);
  const files = await locate(pathOf(dir, caller, "dir"), pcaFeatures);
  const { cachedArrays } = await import("../_cached_arrays.ts");
  const { arrays } = await cachedArrays(
    { prefix: `coco/${pcaFeatures ? "pca" : "fc7"}/`, version: 1 },
    { dir: files.dir, files: [files.captions, files.trainFeatures, files.valFeatures] },
    { cache, onMessage },
    () => readNumbers(files),
  );
  const vocabulary = await readVocabulary(files.vocabulary);
  for (const part of parts) check(part, arrays, vocabulary, files);
  const [trainUrls, valUrls] = [
    await readUrls(files.trainUrls, arrays.trainFeatures),
    await readUrls(files.valUrls, arrays.valFeatures),
  ];
  const data = { ...arrays, trainUrls, valUrls, ...vocabulary };
  if (maxTrain === undefined) return data;
  const rows = (rng ?? new RandomState()).randint(data.trainCaptions.shape[0], null, maxTrain);
  return {
    ...data,
    trainCaptions: data.trainCaptions.take(rows, 0),
    trainImageIdxs: data.trainImageIdxs.take(rows, 0),
  };
}

type Files = Awaited<ReturnType<typeof locate>>;
type Numbers = Awaited<ReturnType<typeof readNumbers>>;
type Vocabulary = Awaited<ReturnType<typeof readVocabulary>>;

/** Finds the files; throws with the first that is not there. */
async function locate(root: string, pcaFeatures: boolean) {
  const features = (part: string) => `${part}2014_vgg16_fc7${pcaFeatures ? "_pca" : ""}.h5`;
  const names = {
    captions: "coco2014_captions.h5",
    trainFeatures: features("train"),
    valFeatures: features("val"),
    vocabulary: "coco2014_vocab.json",
    trainUrls: "train2014_urls.txt",
    valUrls: "val2014_urls.txt",
  };
  const plain = root.replace(/(?<=.)[/\\]+$/, "");
  const below = `${plain}/coco_captioning`;
  const dir = await isThere(`${below}/${names.captions}`) ? below : plain;
  const paths = Object.entries(names).map(([key, name]) => [key, `${dir}/${name}`] as const);
  const missing: string[] = [];
  for (const [, path] of paths) if (!await isThere(path)) missing.push(path);
  if (missing.length > 0) {
    const all = missing.length === paths.length;
    throw new DataNotFoundError(
      `${caller}: ${
        all
          ? `${dir} has none of the files, nor has ${below}`
          : `there is no ${missing.join(", no ")}`
      }; unpack ${archive} and name its folder, or do without: syntheticCaptions()`,
    );
  }
  return { dir, ...Object.fromEntries(paths) as Record<keyof typeof names, string> };
}

async function isThere(path: string): Promise<boolean> {
  try {
    return (await Deno.stat(path)).isFile;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory) {
      return false;
    }
    throw unreadable(path, error);
  }
}

/** Reads what the HDF5 files hold, one file after the other: the large ones take much memory. */
async function readNumbers(files: Files) {
  const { readDatasets } = await onDemand(caller, "h5wasm", () => import("./_hdf5.ts"));
  const captions = readDatasets(caller, files.captions, await readFile(files.captions), {
    train_captions: "int32",
    train_image_idxs: "int32",
    val_captions: "int32",
    val_image_idxs: "int32",
  });
  const features = async (path: string) =>
    readDatasets(caller, path, await readFile(path), { features: "float32" }).features;
  return {
    trainCaptions: captions.train_captions,
    trainImageIdxs: captions.train_image_idxs,
    trainFeatures: await features(files.trainFeatures),
    valCaptions: captions.val_captions,
    valImageIdxs: captions.val_image_idxs,
    valFeatures: await features(files.valFeatures),
  };
}

async function readVocabulary(path: string) {
  const fail = (problem: string) =>
    new FileFormatError(caller, path, 0, `${problem}; get the file again from ${archive}`);
  let json;
  try {
    json = JSON.parse(new TextDecoder().decode(await readFile(path)));
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw fail(`this is no JSON: ${error.message}`);
  }
  const { idx_to_word: idxToWord, word_to_idx: wordToIdx } = json ?? {};
  const isWords = Array.isArray(idxToWord) && idxToWord.every((word) => typeof word === "string");
  if (!isWords || typeof wordToIdx !== "object" || wordToIdx === null) {
    throw fail('"idx_to_word", a list of words, and "word_to_idx" expected');
  }
  const words = idxToWord as readonly string[];
  const wrong = words.findIndex((word, number) => wordToIdx[word] !== number);
  if (wrong >= 0 || Object.keys(wordToIdx).length !== words.length) {
    const word = words[wrong] ?? Object.keys(wordToIdx).find((key) => !words.includes(key));
    throw fail(`"idx_to_word" and "word_to_idx" differ in the word "${word}"`);
  }
  const lacking = special.find((word) => !(word in wordToIdx));
  if (lacking) throw fail(`the word ${lacking} is missing`);
  return { idxToWord: words, wordToIdx: wordToIdx as Readonly<Record<string, number>> };
}

async function readUrls(path: string, features: NDArray): Promise<string[]> {
  const lines = new TextDecoder().decode(await readFile(path)).trimEnd().split(/\r?\n/);
  const images = features.shape[0];
  if (lines.length === images) return lines;
  throw new FileFormatError(
    caller,
    path,
    0,
    `a line for each of the ${images} images expected, got ${lines.length}; take all files from ` +
      archive,
  );
}

/** Throws unless the captions of a split fit their images and the vocabulary. */
function check(
  part: typeof parts[number],
  arrays: Numbers,
  { idxToWord }: Vocabulary,
  files: Files,
): void {
  const captions = arrays[`${part}Captions`];
  const images = arrays[`${part}ImageIdxs`];
  const features = arrays[`${part}Features`];
  const fail = (path: string, problem: string) =>
    new FileFormatError(caller, path, 0, `${problem}; take all files from ${archive}`);
  if (features.ndim !== 2) {
    const path = files[`${part}Features`];
    throw fail(path, `"features" must have shape (N, D), got ${showShape(features.shape)}`);
  }
  if (captions.ndim !== 2 || images.ndim !== 1 || images.size !== captions.shape[0]) {
    throw fail(
      files.captions,
      `an image for each row of "${part}_captions" ${showShape(captions.shape)} expected in ` +
        `"${part}_image_idxs", got ${showShape(images.shape)}`,
    );
  }
  const image = outside(images, features.shape[0]);
  if (image !== null) {
    throw fail(
      files.captions,
      `"${part}_image_idxs" names image ${image}, but ${files[`${part}Features`]} has ` +
        `${features.shape[0]}`,
    );
  }
  const word = outside(captions, idxToWord.length);
  if (word !== null) {
    throw fail(
      files.vocabulary,
      `the vocabulary has ${idxToWord.length} words, but ${files.captions} uses word ${word}`,
    );
  }
}

/** The first number that is not from 0 to `count - 1`. */
function outside({ data }: NDArray, count: number): number | null {
  for (let i = 0; i < data.length; i++) if (data[i] < 0 || data[i] >= count) return data[i];
  return null;
}

async function readFile(path: string): Promise<Uint8Array> {
  try {
    return await Deno.readFile(path);
  } catch (error) {
    throw unreadable(path, error);
  }
}

function unreadable(path: string, cause: unknown): Error {
  const [reason, advice] = cause instanceof Deno.errors.NotCapable
    ? ["Deno may not read it", `allow it with --allow-read=${path}`]
    : [messageOf(cause), "check the disk and the file's mode"];
  return new Error(`${caller}: ${path}: ${reason}; ${advice}`, { cause });
}
