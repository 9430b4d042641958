/** Rows of a batch, changed as they would be in it. */
import assert from "node:assert/strict";
import {
  type Augmentation,
  colorJitter,
  randomCropAndFlip,
  randomFlip,
  randomGrayscale,
  simclrAugmentation,
} from "../../../data/mod.ts";
import { RandomState } from "../../../random/mod.ts";

const augmentations: Record<string, Augmentation> = {
  "randomFlip()": randomFlip(),
  "randomCropAndFlip()": randomCropAndFlip({ pad: 2 }),
  "colorJitter()": colorJitter({ brightness: 0.4, hue: 0.1, p: 0.5 }),
  "randomGrayscale()": randomGrayscale({ p: 0.5 }),
  "simclrAugmentation()": simclrAugmentation({ size: 5 }),
};

for (const [name, augment] of Object.entries(augmentations)) {
  Deno.test(`${name} changes rows of a batch as in the whole, and draws as much`, () => {
    const images = new RandomState(7).rand(8, 3, 6, 6);
    const rng = new RandomState(231);
    const whole = augment(images, rng);
    for (const [start, end] of [[0, 3], [3, 8], [0, 8], [4, 4]]) {
      const other = new RandomState(231);
      const rows = `${start}:${end}`;
      const part = augment.ofRows!(images.slice(rows), { start, end, total: 8 }, other);
      assert.deepEqual(part.toArray(), whole.slice(rows).toArray());
      assert.deepEqual(other.getState(), rng.getState());
    }
  });
}
