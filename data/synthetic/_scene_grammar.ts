/**
 * Captions of scenes: a small grammar whose rules leave some choice of words.
 *
 * What is chosen by chance: synonyms, the order of two things, whether sizes, places and the
 * background are mentioned, and how the sentence begins.
 *
 * @module
 */
import {
  relationOf,
  type Scene,
  sceneColours,
  sceneShapes,
  type SceneThing,
} from "./_scene_layout.ts";

/** All words there are, special tokens first. */
export const sceneWords: readonly string[] = [
  ...["<NULL>", "<START>", "<END>", "<UNK>"],
  ...["a", "an", "the", "and", "of", "to", "on", "at", "in", "is", "are", "there"],
  ...["left", "right", "above", "over", "below", "under", "top", "bottom", "center", "middle"],
  ...["large", "big", "small", "tiny", "two", "three", "light", "dark", "background"],
  ...sceneColours,
  ...sceneShapes,
  ...sceneShapes.map(plural),
];

/** The longest caption, words. */
export const longestCaption = 14;

/** How often the usual one of two ways to say something is taken. */
const usual = {
  /** "large" and "small", not "big" and "tiny". */
  size: 0.8,
  /** "to the left of", not "left of"; "above", not "over"; "below", not "under". */
  relation: 0.8,
  /** "in the center", not "in the middle". */
  center: 0.8,
  /** No "there is" at the beginning. */
  start: 0.8,
  /** Several things are named in reading order, not the other way round. */
  order: 0.7,
  /** Where a single thing or things that look alike are is mentioned. */
  placed: 0.85,
  /** The relation of two things is mentioned. */
  related: 0.85,
  /** The size of a thing is mentioned. */
  sized: 0.8,
  /** The background is not mentioned. */
  background: 0.65,
};

/** Decides whether the usual way is taken, which it should be with the given probability. */
export type Choice = (probability: number) => boolean;

/** Writes a caption of a scene. */
export function describeScene({ things, background }: Scene, usually: Choice): string[] {
  const words = sentenceOf(things, usually);
  if (!usually(usual.start)) words.unshift("there", words[0].startsWith("a") ? "is" : "are");
  const end = ["on", "a", background, "background"];
  const room = words.length + end.length <= longestCaption;
  return usually(usual.background) || !room ? words : [...words, ...end];
}

function sentenceOf(things: readonly SceneThing[], usually: Choice): string[] {
  const [first, second] = things;
  if (things.length === 1) return [...one(first, usually), ...placeOf(things, usually)];
  if (things.every((thing) => sameLook(thing, first))) {
    const number = things.length === 2 ? "two" : "three";
    const look = [...sizeOf(first, usually), first.colour, plural(first.shape)];
    return [number, ...look, ...placeOf(things, usually)];
  }
  if (things.length === 2) {
    const [subject, object] = usually(usual.order) ? [first, second] : [second, first];
    const between = usually(usual.related) ? relationWords(subject, object, usually) : ["and"];
    return [...one(subject, usually), ...between, ...one(object, usually)];
  }
  // With their sizes three things would not fit into a caption.
  const [a, b, c] = things.map((thing) => unsized(thing));
  return usually(usual.order) ? [...a, ...b, "and", ...c] : [...c, ...b, "and", ...a];
}

/** "a small red circle", "an orange ring" */
function one(thing: SceneThing, usually: Choice): string[] {
  return withArticle([...sizeOf(thing, usually), thing.colour, thing.shape]);
}

function unsized({ colour, shape }: SceneThing): string[] {
  return withArticle([colour, shape]);
}

function withArticle(words: string[]): string[] {
  return [/^[aeiou]/.test(words[0]) ? "an" : "a", ...words];
}

function sizeOf({ size }: SceneThing, usually: Choice): string[] {
  if (!usually(usual.sized)) return [];
  const [common, rare] = size === "large" ? ["large", "big"] : ["small", "tiny"];
  return [usually(usual.size) ? common : rare];
}

function relationWords(subject: SceneThing, object: SceneThing, usually: Choice): string[] {
  const common = usually(usual.relation);
  switch (relationOf(subject, object)) {
    case "above":
      return [common ? "above" : "over"];
    case "below":
      return [common ? "below" : "under"];
    case "left":
      return common ? ["to", "the", "left", "of"] : ["left", "of"];
    case "right":
      return common ? ["to", "the", "right", "of"] : ["right", "of"];
  }
}

/** Where things are, as far as they share it: "at the top left", "on the right", or nothing. */
function placeOf(things: readonly SceneThing[], usually: Choice): string[] {
  if (!usually(usual.placed)) return [];
  const [{ row, column }] = things;
  const oneRow = things.every((thing) => thing.row === row);
  const oneColumn = things.every((thing) => thing.column === column);
  const vertical = oneRow ? ["top", null, "bottom"][row] : null;
  const horizontal = oneColumn ? ["left", null, "right"][column] : null;
  if (vertical) return ["at", "the", vertical, ...(horizontal ? [horizontal] : [])];
  if (horizontal) return ["on", "the", horizontal];
  if (!oneRow && !oneColumn) return [];
  return ["in", "the", usually(usual.center) ? "center" : "middle"];
}

function sameLook(a: SceneThing, b: SceneThing): boolean {
  return a.colour === b.colour && a.shape === b.shape && a.size === b.size;
}

function plural(shape: SceneThing["shape"]): string {
  return shape === "cross" ? "crosses" : `${shape}s`;
}
