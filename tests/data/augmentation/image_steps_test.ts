import assert from "node:assert/strict";
import {
  adjustBrightness,
  adjustContrast,
  adjustHue,
  adjustSaturation,
  toGrey,
} from "../../../data/augmentation/_color.ts";
import { resampleCrop } from "../../../data/augmentation/_resample.ts";
import {
  type Augmentation,
  augmentedPairs,
  cifar10Statistics,
  colorJitter,
  composeAugmentations,
  normalizeChannels,
  randomCropAndFlip,
  randomFlip,
  randomGrayscale,
  randomResizedCrop,
  simclrAugmentation,
} from "../../../data/mod.ts";
import { allclose, array, asNDArray, type NDArray, zeros } from "../../../ndarray/mod.ts";
import { RandomState } from "../../../random/mod.ts";
import fixture from "../../fixtures/augmentation.json" with { type: "json" };

const image = array(fixture.image);
const size = { channels: 3, height: 9, width: 7 };
const area = 63;

function assertNear(actual: ArrayLike<number>, expected: number[], tolerance: number): void {
  assert.equal(actual.length, expected.length);
  expected.forEach((value, i) =>
    assert.ok(Math.abs(actual[i] - value) <= tolerance, `${i}: ${actual[i]}, expected ${value}`)
  );
}

Deno.test("colours are adjusted as torchvision adjusts them", async (t) => {
  const functions = {
    brightness: adjustBrightness,
    contrast: adjustContrast,
    saturation: adjustSaturation,
    hue: adjustHue,
  };
  for (const { name, amount, expected } of fixture.adjusted) {
    await t.step(`${name} ${amount}`, () => {
      const pixels = Float64Array.from(image.data);
      functions[name as keyof typeof functions](pixels, area, amount);
      // torchvision turns hues in float32 whatever the image is.
      assertNear(pixels, expected, name === "hue" ? 1e-6 : 1e-12);
    });
  }
  const pixels = Float64Array.from(image.data);
  toGrey(pixels, area);
  assertNear(pixels, fixture.grey, 1e-12);
});

Deno.test("crops are resampled as torchvision resamples them, larger and smaller", async (t) => {
  for (const { crop: [top, left, height, width], size: [h, w], expected } of fixture.crops) {
    await t.step(`${height}×${width} to ${h}×${w}`, () => {
      const out = new Float64Array(3 * h * w);
      const between = new Float64Array(height * w);
      const crop = { top, left, height, width };
      resampleCrop(image.data as Float64Array, size, crop, out, [h, w], between);
      assertNear(out, expected, 1e-12);
    });
  }
});

Deno.test("randomResizedCrop() draws as it says", () => {
  const X = new RandomState(2).rand(300, 2, 12, 20) as NDArray;
  const [rng, control] = [new RandomState(3), new RandomState(3)];
  const out = randomResizedCrop({ size: 10, scale: [0.3, 1.0], ratio: [0.5, 2] })(X, rng);
  assert.deepEqual(out.shape, [300, 2, 10, 10]);
  let second = 0;
  for (let i = 0; i < 300; i++) {
    let [w, h] = [0, 0];
    for (let k = 0; k < 10; k++) {
      const cropped = 240 * (0.3 + 0.7 * control.rand());
      const shape = Math.exp(Math.log(0.5) + (Math.log(2) - Math.log(0.5)) * control.rand());
      [w, h] = [Math.round(Math.sqrt(cropped * shape)), Math.round(Math.sqrt(cropped / shape))];
      if (w <= 20 && h <= 12) break;
      if (k === 0) second++;
    }
    const [top, left] = [control.randint(0, 12 - h + 1), control.randint(0, 20 - w + 1)];
    const expected = new Float64Array(200);
    resampleCrop(
      X.slice(i).data as Float64Array,
      { channels: 2, height: 12, width: 20 },
      { top, left, height: h, width: w },
      expected,
      [10, 10],
      new Float64Array(h * 10),
    );
    assert.deepEqual(out.slice(i).data, expected);
  }
  assert.ok(second > 20, "some crops must be too large at first");
  assert.equal(rng.rand(), control.rand());
});

Deno.test("randomResizedCrop() takes the middle where no crop fits", () => {
  const X = new RandomState(1).rand(1, 1, 4, 40) as NDArray;
  const out = randomResizedCrop({ size: 4, scale: [1, 1], ratio: [1, 1] })(X, new RandomState(0));
  assert.ok(allclose(out, X.slice(":", ":", ":", "18:22")));
});

Deno.test("randomResizedCrop() of everything gives the image back", () => {
  const X = new RandomState(1).rand(2, 3, 8, 8) as NDArray;
  const whole = randomResizedCrop({ scale: [1, 1], ratio: [1, 1] });
  assert.ok(allclose(whole(X, new RandomState(5)), X));
});

Deno.test("colorJitter() draws order, then amounts, and changes as often as p says", () => {
  const X = new RandomState(2).rand(200, 3, 4, 4) as NDArray;
  const options = { brightness: 0.4, contrast: 0.3, saturation: 0.2, hue: 0.1, p: 0.8 };
  const [rng, control] = [new RandomState(3), new RandomState(3)];
  const out = colorJitter(options)(X, rng);
  const functions = [adjustBrightness, adjustContrast, adjustSaturation, adjustHue];
  let same = 0;
  for (let i = 0; i < 200; i++) {
    const pixels = X.slice(i).data as Float64Array;
    if (control.rand() < 0.8) {
      const order = control.permutation(4).data;
      const amounts = [0.4, 0.3, 0.2].map((a) => 1 - a + 2 * a * control.rand());
      amounts.push(-0.1 + 0.2 * control.rand());
      for (const which of order) functions[which](pixels, 16, amounts[which]);
    } else same++;
    assertNear(out.slice(i).data, [...pixels], 1e-12);
  }
  assert.ok(same > 25 && same < 55, `${same}`);
  assert.equal(rng.rand(), control.rand());
});

Deno.test("randomGrayscale() and randomFlip() change the share that p says", () => {
  const X = new RandomState(2).rand(2000, 3, 1, 2) as NDArray;
  const changed = (augment: Augmentation) => {
    const out = augment(X, new RandomState(1));
    return out.notEqual(X).any([1, 2, 3]).astype("float64").mean();
  };
  assert.ok(Math.abs(changed(randomGrayscale()) - 0.1) < 0.02);
  assert.ok(Math.abs(changed(randomGrayscale({ p: 0.2 })) - 0.2) < 0.03);
  assert.ok(Math.abs(changed(randomFlip()) - 0.5) < 0.03);
  assert.equal(changed(randomFlip({ p: 0 })), 0);
});

Deno.test("bytes are read as 0 to 1 and leave as float32; X stays", () => {
  const X = new RandomState(4).randint(0, 256, [3, 3, 6, 6], { dtype: "uint8" });
  const before = [...X.data];
  const out = normalizeChannels(cifar10Statistics)(X, new RandomState(0));
  assert.equal(out.dtype, "float32");
  assert.ok(Math.abs(out.at(1, 2, 3, 4) - (X.at(1, 2, 3, 4) / 255 - 0.4465) / 0.201) < 1e-6);
  assert.deepEqual([...X.data], before);
  const halves = X.astype("float32").divide(255);
  const [a, b] = [X, halves].map((images) => simclrAugmentation()(images, new RandomState(9)));
  assert.ok(allclose(a, b, { atol: 1e-5 }));
});

Deno.test("composeAugmentations() takes each image through all steps, and writes to out", () => {
  const X = new RandomState(4).rand(5, 3, 8, 8) as NDArray;
  const parts = [randomResizedCrop({ size: 6 }), randomFlip(), colorJitter({ contrast: 0.5 })];
  const out = zeros([5, 3, 6, 6]);
  const [rng, control] = [new RandomState(2), new RandomState(2)];
  assert.equal(composeAugmentations(...parts)(X, rng, out), out);
  for (let i = 0; i < 5; i++) {
    let one = X.slice(`${i}:${i + 1}`);
    for (const part of parts) one = part(one, control);
    assert.ok(allclose(out.slice(i), one.slice(0), { rtol: 1e-12 }));
  }
  assert.deepEqual(composeAugmentations()(X, rng).data, X.data);
});

Deno.test("simclrAugmentation() gives two views of each image, repeatably", () => {
  const X = new RandomState(4).rand(64, 3, 32, 32) as NDArray;
  const augment = simclrAugmentation({ statistics: null });
  const [left, right] = augmentedPairs(X, augment, new RandomState(7));
  assert.ok(!allclose(left, right));
  assert.ok(left.min() >= 0 && left.max() <= 1);
  const again = augmentedPairs(X, augment, new RandomState(7));
  assert.deepEqual(again[1].data, right.data);
  const grey = left.slice(":", 0).equal(left.slice(":", 1)).all([1, 2]).astype("float64").mean();
  assert.ok(grey > 0.08 && grey < 0.35, `${grey}`);
});

Deno.test("augmentations of images refuse what they cannot do", () => {
  const rng = new RandomState(0);
  const cases: [() => unknown, RegExp][] = [
    [() => randomResizedCrop({ size: 0 }), /size must be a whole number from 1 up, got 0/],
    [
      () => randomResizedCrop({ scale: [0.5, 1.5] }),
      /scale must be a pair .* up to 1, got \[0\.5, 1\.5\]/,
    ],
    [() => randomResizedCrop({ scale: [0, 1] }), /scale/],
    [() => randomResizedCrop({ ratio: [2, 1] }), /ratio must be a pair/],
    [() => randomResizedCrop({ ratio: 1 as never }), /ratio .* got 1/],
    [() => randomResizedCrop({ sizes: 1 } as never), /did you mean "size"/],
    [() => colorJitter({ hue: 0.6 }), /hue must be from 0 to 0\.5/],
    [() => colorJitter({ contrast: -1 }), /contrast must be a number from 0 up, got -1/],
    [() => colorJitter({ p: 2 }), /p must be a probability/],
    [() => randomFlip({ p: NaN }), /p must be a probability .* NaN/],
    [() => normalizeChannels({ mean: [0, 1], std: [1] }), /a number for each channel/],
    [() => normalizeChannels({ mean: [0], std: [0] }), /std above 0/],
    [
      () => composeAugmentations(randomCropAndFlip()),
      /augmentation 0 must be one that works image/,
    ],
    [() => colorJitter()(zeros([2, 1, 4, 4]), rng), /shape \(N, 3, H, W\), got \(2, 1, 4, 4\)/],
    [() => randomFlip()(zeros([2, 48]), rng), /reshape rows of pixels to images/],
    [
      () => randomFlip()(zeros([1, 1, 2, 2], "int32"), rng),
      /bytes, or floats from 0 to 1, got int32/,
    ],
    [() => randomFlip()([[1]] as never, rng), /X must be an NDArray/],
    [
      () => randomFlip()(zeros([1, 1, 2, 2]), rng, zeros([1, 1, 2, 3])),
      /out must be another array/,
    ],
  ];
  for (const [call, text] of cases) assert.throws(call, text);
});

Deno.test("augmentations have no trouble with no images and with images of one pixel", () => {
  const augment = simclrAugmentation();
  const one = asNDArray(Float32Array.of(0.1, 0.2, 0.3), [1, 3, 1, 1]);
  assert.deepEqual(augment(one, new RandomState(0)).shape, [1, 3, 1, 1]);
  assert.ok(augment(one, new RandomState(0)).data.every(Number.isFinite));
  assert.deepEqual(augment(zeros([0, 3, 4, 4]), new RandomState(0)).shape, [0, 3, 4, 4]);
});
