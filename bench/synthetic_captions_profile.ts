/**
 * Tells what BLEU makes of right and wrong captions of synthetic scenes.
 *
 *     deno run bench/synthetic_captions_profile.ts
 *
 * @module
 */
import { syntheticCaptions } from "../data/mod.ts";
import { Draws } from "../data/synthetic/_draws.ts";
import { describeScene } from "../data/synthetic/_scene_grammar.ts";
import { type Scene, sceneColours, type SceneThing } from "../data/synthetic/_scene_layout.ts";
import { bleu } from "../metrics/mod.ts";

const numScenes = 2000;
const seed = 231;

const started = performance.now();
const { scenes, references, images } = syntheticCaptions({ numScenes, seed });
const each = (performance.now() - started) / numScenes;

const draws = new Draws();
draws.seed(0.5);
const usual = (scene: Scene) => describeScene(scene, (probability) => probability >= 0.5);
const random = (scene: Scene) => describeScene(scene, (probability) => draws.chance(probability));
/** Gives the things of some colours another one. */
const recoloured = ({ background, things }: Scene, wrong: readonly string[]): Scene => {
  const colours = Object.fromEntries(
    wrong.map((colour) => [colour, draws.pick(sceneColours.filter((other) => other !== colour))]),
  );
  return {
    background,
    things: things.map((thing) => ({ ...thing, colour: colours[thing.colour] ?? thing.colour })),
  };
};
const inReadingOrder = (things: readonly SceneThing[]) =>
  things.toSorted((a, b) => 3 * a.row + a.column - 3 * b.row - b.column);
const mirrored = ({ things, background }: Scene): Scene => ({
  background,
  things: inReadingOrder(
    things.map((thing) => ({ ...thing, row: 2 - thing.row, column: 2 - thing.column })),
  ),
});

/** What to say of a scene, and of another one. */
const captions: Record<string, (scene: Scene, other: Scene) => string[]> = {
  "right content, usual wording": usual,
  "a sixth random caption": random,
  "one colour wrong": (scene) => usual(recoloured(scene, [scene.things[0].colour])),
  "places mirrored": (scene) => usual(mirrored(scene)),
  "all colours wrong": (scene) => usual(recoloured(scene, sceneColours)),
  "the caption of another scene": (_, other) => usual(other),
  "always the same caption": () =>
    "a large red circle to the left of a small blue square".split(" "),
};

console.log("| caption | BLEU-1 | 2 | 3 | BLEU-4 |\n| --- | --- | --- | --- | --- |");
for (const [name, caption] of Object.entries(captions)) {
  const candidates = scenes.map((scene, i) => caption(scene, scenes[(i + 1) % numScenes]));
  const scores = [1, 2, 3, 4].map((maxN) =>
    bleu(candidates, references, { maxN }).toFixed(3).replace(/^0/, "")
  );
  console.log(`| ${[name, ...scores].join(" | ")} |`);
}
const texts = references.flat();
const different = references.map((list) => new Set(list.map((words) => words.join(" "))).size);
const sum = (numbers: readonly number[]) => numbers.reduce((a, b) => a + b, 0);
console.log(`
${texts.length} captions of ${(sum(texts.map((words) => words.length)) / texts.length).toFixed(1)} \
words on average, at most ${Math.max(...texts.map((words) => words.length))}
${new Set(texts.flat()).size + 4} words; ${
  (sum(different) / numScenes).toFixed(1)
} of five captions \
different
${each.toFixed(2)} ms a scene of ${images.size / numScenes} bytes`);
