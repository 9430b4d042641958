import assert from "node:assert/strict";
import {
  captioningData,
  captionWords,
  decodeCaptions,
  sampleCocoMinibatch,
  type Scene,
  type SceneThing,
  syntheticCaptions,
} from "../../../data/mod.ts";
import { bleu } from "../../../metrics/mod.ts";
import { arange, array, type NDArray, zeros } from "../../../ndarray/mod.ts";
import { RandomState } from "../../../random/mod.ts";

const set = syntheticCaptions({ numScenes: 600, seed: 231 });

Deno.test("syntheticCaptions() gives five captions of 17 numbers a scene", () => {
  assert.deepEqual(set.images.shape, [600, 3, 32, 32]);
  assert.equal(set.images.dtype, "uint8");
  assert.deepEqual(set.captions.shape, [3000, 17]);
  assert.equal(set.captions.dtype, "int32");
  assert.deepEqual(set.captionImageIdxs.slice(":12").toArray(), [
    0,
    0,
    0,
    0,
    0,
    1,
    1,
    1,
    1,
    1,
    2,
    2,
  ]);
  assert.equal(set.references.length, 600);
  const words = set.references.flat();
  assert.deepEqual(captionWords(set.captions, set.idxToWord), words);
  const lengths = words.map(({ length }) => length);
  assert.ok(Math.max(...lengths) <= 14);
  assert.ok(Math.min(...lengths) >= 3);
  for (let row = 0; row < 3000; row++) {
    const numbers = [...set.captions.slice(row).data];
    const end = numbers.indexOf(2);
    assert.equal(numbers[0], 1);
    assert.equal(end, 1 + lengths[row]);
    assert.ok(numbers.slice(1, end).every((number) => number > 3));
    assert.ok(numbers.slice(end + 1).every((number) => number === 0));
  }
});

Deno.test("syntheticCaptions() has 53 words, the special ones first, all of them used", () => {
  const { idxToWord, wordToIdx } = set;
  assert.equal(idxToWord.length, 53);
  assert.deepEqual(idxToWord.slice(0, 4), ["<NULL>", "<START>", "<END>", "<UNK>"]);
  assert.equal(Object.keys(wordToIdx).length, 53);
  idxToWord.forEach((word, number) => assert.equal(wordToIdx[word], number));
  const used = new Set(syntheticCaptions({ numScenes: 3000 }).references.flat(2));
  assert.deepEqual(idxToWord.filter((word) => !used.has(word)), idxToWord.slice(0, 4));
});

Deno.test("syntheticCaptions() repeats itself, and begins a larger set as a smaller one", () => {
  const again = syntheticCaptions({ numScenes: 40, seed: 231 });
  assert.deepEqual(again.images.data, set.images.slice(":40").data);
  assert.deepEqual(again.captions.data, set.captions.slice(":200").data);
  const other = syntheticCaptions({ numScenes: 40, seed: 232 });
  assert.notDeepEqual(other.captions.data, again.captions.data);
});

/** Whether a caption says nothing untrue about the scene. */
function isTrue(words: readonly string[], { background, things }: Scene): boolean {
  if (words.includes("background") && words.at(-2) !== background) return false;
  const text = words.join(" ").replace("big", "large").replace("tiny", "small");
  const looks = ({ size, colour, shape }: SceneThing) =>
    [`${colour} ${shape}`, `${size} ${colour} ${shape}`].map((look) =>
      (/^[aeiou]/.test(look) ? "an " : "a ") + look
    );
  const mentions = (thing: SceneThing) =>
    looks(thing).some((look) =>
      text.replaceAll("big", "large").replaceAll("tiny", "small").includes(look)
    );
  if (words.includes("two") || words.includes("three")) {
    const [{ colour, shape }] = things;
    return text.includes(`${colour} ${shape}`) &&
      things.every((thing) => thing.colour === colour && thing.shape === shape);
  }
  return things.every(mentions);
}

/** Whether the relation that a caption of two things names is the one of the picture. */
function relationHolds(words: readonly string[], { things }: Scene): boolean | null {
  const relations: Record<string, (a: SceneThing, b: SceneThing) => boolean> = {
    left: (a, b) => a.row === b.row && a.column < b.column,
    right: (a, b) => a.row === b.row && a.column > b.column,
    above: (a, b) => a.column === b.column && a.row < b.row,
    over: (a, b) => a.column === b.column && a.row < b.row,
    below: (a, b) => a.column === b.column && a.row > b.row,
    under: (a, b) => a.column === b.column && a.row > b.row,
  };
  const at = words.findIndex((word) => word in relations);
  if (things.length !== 2 || at < 0 || words[0] === "two" || words[2] === "two") return null;
  const before = words.slice(0, at).join(" ");
  const named = things.filter(({ colour, shape }) => before.includes(`${colour} ${shape}`));
  if (named.length !== 1) return null;
  const other = things.find((thing) => thing !== named[0])!;
  return relations[words[at]](named[0], other);
}

Deno.test("syntheticCaptions() says what is in the picture", () => {
  let relations = 0;
  set.references.forEach((captions, i) => {
    for (const words of captions) {
      assert.ok(isTrue(words, set.scenes[i]), words.join(" "));
      const holds = relationHolds(words, set.scenes[i]);
      assert.notEqual(holds, false, words.join(" "));
      if (holds) relations++;
    }
  });
  assert.ok(relations > 1000, `${relations}`);
});

Deno.test("syntheticCaptions() paints things in their colours where it says they are", () => {
  const light: Record<string, (rgb: number[]) => boolean> = {
    red: ([r, g, b]) => r > 170 && g < 90 && b < 90,
    green: ([r, g, b]) => g > 110 && r < 90 && b < 110,
    blue: ([r, g, b]) => b > 170 && r < 95 && g < 125,
  };
  let seen = 0;
  set.scenes.forEach(({ things }, i) => {
    for (const { colour, shape, size, row, column } of things) {
      if (!light[colour] || shape === "ring" || size === "small") continue;
      const [y, x] = [row, column].map((cell) => Math.round(15.5 + (cell - 1) * 32 / 3));
      const rgb = [0, 1, 2].map((channel) => set.images.at(i, channel, y, x));
      assert.ok(light[colour](rgb), `${colour} expected in image ${i}, got ${rgb}`);
      seen++;
    }
  });
  assert.ok(seen > 100, `${seen}`);
});

Deno.test("syntheticCaptions() describes scenes in 13 class numbers", () => {
  const { descriptions, descriptionNames, scenes } = set;
  assert.deepEqual(descriptions.shape, [600, 13]);
  assert.equal(descriptionNames.length, 13);
  const most = [3, 2, 8, 5, 2, 9, 9, 6, 3, 10, 3, 9, 6];
  assert.deepEqual(descriptions.max(0).toArray(), most.map((count) => count - 1));
  assert.equal(descriptions.min(), 0);
  scenes.forEach(({ things }, i) => {
    const row = [...descriptions.slice(i).data];
    assert.equal(row[0], things.length - 1);
    assert.equal(row[5], 3 * things[0].row + things[0].column);
    assert.equal(row[6] > 0, things.length > 1);
    assert.equal(row[10] > 0, things.length === 2);
    assert.equal(row[11] > 0, things.length > 2);
  });
});

Deno.test("BLEU tells right captions of scenes from blind ones", () => {
  const sixth = set.references.map((captions) => captions[4]);
  const others = set.references.map((captions) => captions.slice(0, 4));
  const human = bleu(sixth, others);
  assert.ok(human > 0.75 && human < 0.9, `${human}`);
  const blind = bleu(
    sixth.map(() => "a large red circle above a small blue square".split(" ")),
    others,
  );
  assert.ok(blind < 0.25, `${blind}`);
  const shifted = bleu([...sixth.slice(1), sixth[0]], others);
  assert.ok(shifted < 0.2, `${shifted}`);
});

Deno.test("syntheticCaptions() refuses what is no number of scenes", () => {
  assert.throws(() => syntheticCaptions({ numScenes: 0 }), /numScenes must be .* got 0/);
  assert.throws(() => syntheticCaptions({ numScenes: 2.5 }), RangeError);
  assert.throws(() => syntheticCaptions({ seed: -1 }), /seed/);
  assert.throws(() => syntheticCaptions({ numScene: 5 } as never), /did you mean "numScenes"/);
});

Deno.test("captioningData() keeps the last images for validation", () => {
  const features = arange(600).reshape([600, 1]);
  const data = captioningData(set, features);
  assert.deepEqual(data.trainCaptions.shape, [2700, 17]);
  assert.deepEqual(data.valCaptions.shape, [300, 17]);
  assert.deepEqual(data.valCaptions.data, set.captions.slice("2700:").data);
  assert.equal(data.valFeatures.at(data.valImageIdxs.at(299), 0), 599);
  assert.equal(captioningData(set, features, { numVal: 0 }).valCaptions.shape[0], 0);
  assert.throws(() => captioningData(set, features, { numVal: 600 }), /numVal .* 599, got 600/);
  assert.throws(() => captioningData(set, zeros([5, 2])), /shape \(600, D\).* got \(5, 2\)/);
});

Deno.test("sampleCocoMinibatch() makes the course's one draw, with replacement", () => {
  const features = new RandomState(1).randn(600, 4) as NDArray;
  const data = { ...captioningData(set, features), trainUrls: set.scenes.map((_, i) => `#${i}`) };
  const rng = new RandomState(5);
  const { captions, features: rows, urls } = sampleCocoMinibatch(data, { batchSize: 50, rng });
  const expected = new RandomState(5);
  const picks = expected.choice(2700, 50);
  assert.equal(rng.randint(0, 2 ** 31 - 1), expected.randint(0, 2 ** 31 - 1));
  for (let i = 0; i < 50; i++) {
    const pick = picks.at(i);
    const image = Math.floor(pick / 5);
    assert.deepEqual(captions.slice(i).data, data.trainCaptions.slice(pick).data);
    assert.deepEqual(rows.slice(i).data, features.slice(image).data);
    assert.equal(urls[i], `#${image}`);
  }
  const val = sampleCocoMinibatch(data, { split: "val", rng });
  assert.deepEqual(val.captions.shape, [100, 17]);
  assert.deepEqual([...new Set(val.urls)], [""]);
});

Deno.test("sampleCocoMinibatch() refuses a split that is not there", () => {
  const data = captioningData(set, zeros([600, 1]), { numVal: 0 });
  assert.throws(() => sampleCocoMinibatch(data, { split: "val" }), /no captions in valCaptions/);
  assert.throws(() => sampleCocoMinibatch(data, { split: "test" as never }), /"train" or "val"/);
  assert.throws(() => sampleCocoMinibatch(data, { batchSize: 0 }), /batchSize/);
});

Deno.test("decodeCaptions() leaves out <NULL> and ends at <END>, for one caption too", () => {
  const words = ["<NULL>", "<START>", "<END>", "<UNK>", "a", "cat"];
  assert.deepEqual(decodeCaptions(array([1, 4, 0, 5, 2, 4], "int32"), words), [
    "<START> a cat <END>",
  ]);
  assert.deepEqual(decodeCaptions(zeros([2, 3], "int32"), words), ["", ""]);
  assert.deepEqual(decodeCaptions(zeros([0, 3], "int32"), words), []);
  assert.deepEqual(captionWords(array([1, 3, 5], "int32"), words), [["<UNK>", "cat"]]);
  assert.throws(
    () => decodeCaptions(array([[1, 6]], "int32"), words),
    /0 to 5, got 6 at position 1/,
  );
  assert.throws(() => decodeCaptions(array([0.5]), words), /got 0.5/);
  assert.throws(() => decodeCaptions([1] as never, words), TypeError);
  assert.throws(() => captionWords(array([1]), { 1: "a" } as never), /list of words/);
});
