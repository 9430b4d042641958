import assert from "node:assert/strict";
import { openDataCache } from "../../cache/mod.ts";
import {
  cachedFeatures,
  colorHistogramHsv,
  extractFeatures,
  type FeatureProgress,
  hogFeature,
} from "../../data/mod.ts";
import { array, asNDArray, type NDArray, ones, zeros } from "../../ndarray/mod.ts";
import { RandomState } from "../../random/mod.ts";
import recorded from "../fixtures/features.json" with { type: "json" };
import { fails } from "../layers/_fails.ts";
import { flipBit, memoryKv, withCommitFaults } from "../cache/_kv.ts";

function assertNear(actual: NDArray, expected: readonly number[], limit: number): void {
  assert.deepEqual(actual.shape, [expected.length]);
  expected.forEach((value, i) =>
    assert.ok(Math.abs(actual.data[i] - value) <= limit, `${actual.data[i]}, not ${value} at ${i}`)
  );
}

for (const { name, image, hog, numBins, hsv } of recorded) {
  const pixels = array(image as number[][]);

  Deno.test(`hogFeature() is what SciPy's filter gives of the image "${name}"`, () => {
    assertNear(hogFeature(pixels), hog, 1e-11);
    assert.ok(hog.some((value) => value > 0));
  });

  if (hsv === null) continue;
  Deno.test(`colorHistogramHsv() is NumPy's histogram of the image "${name}"`, () => {
    assertNear(colorHistogramHsv(pixels, { numBins }), hsv, 1e-15);
  });
}

Deno.test("image features take bytes, and a grey image with or without its channel", () => {
  const image = array(recorded[0].image as number[][][]);
  const bytes = image.astype("uint8");
  assert.deepEqual(hogFeature(bytes).data, hogFeature(image).data);
  assert.deepEqual(colorHistogramHsv(bytes).data, colorHistogramHsv(image).data);
  const grey = image.slice(0);
  assert.deepEqual(hogFeature(grey.reshape([1, 32, 32])).data, hogFeature(grey).data);
});

Deno.test("colorHistogramHsv() counts every pixel of every grey and colour once", () => {
  const levels = [0, 1, 51, 102, 127.5, 254, 255];
  const colours = levels.flatMap((r) => levels.flatMap((g) => levels.map((b) => [r, g, b])));
  const planes = [0, 1, 2].map((c) => [colours.map((colour) => colour[c])]);
  for (const numBins of [1, 2, 3, 6, 10, 12, 255]) {
    const histogram = colorHistogramHsv(array(planes), { numBins });
    assert.equal(histogram.size, numBins);
    assert.ok(Math.abs(histogram.sum() - 1) < 1e-12);
  }
});

Deno.test("extractFeatures() puts the features of each image into a row", () => {
  const images = new RandomState(0).randint(0, 256, [5, 3, 16, 16]) as NDArray;
  const shifted = asNDArray(images.data.subarray(768), [4, 3, 16, 16]);
  const hsv = (image: NDArray) => colorHistogramHsv(image, { numBins: 4 });
  const features = extractFeatures(images, [hogFeature, hsv]);
  assert.deepEqual(features.shape, [5, 36 + 4]);
  for (let i = 0; i < 5; i++) {
    const image = images.slice(i);
    const row = [...hogFeature(image).data, ...hsv(image).data];
    assert.deepEqual([...features.slice(i).data], row);
  }
  assert.deepEqual(extractFeatures(shifted, [hsv]).slice(3).data, hsv(images.slice(4)).data);
});

Deno.test("extractFeatures() reports about a hundred times, the last time when all is done", () => {
  const reports: FeatureProgress[] = [];
  const images = zeros([250, 1, 1, 1]);
  extractFeatures(images, [(image) => image], { onProgress: (report) => reports.push(report) });
  assert.equal(reports.length, 84);
  assert.deepEqual(reports[0], { done: 3, total: 250 });
  assert.deepEqual(reports.at(-1), { done: 250, total: 250 });
});

Deno.test("image features refuse what is no image", () => {
  const none = undefined as unknown as NDArray;
  fails(TypeError, "hogFeature: image must be an NDArray", () => hogFeature(none));
  fails(RangeError, "hogFeature: image must have shape (3, H, W) or (1, H, W)", () => {
    hogFeature(zeros([2, 32, 32]));
  });
  fails(RangeError, "got (32, 32, 3); transpose it by [2, 0, 1]", () => {
    hogFeature(zeros([32, 32, 3]));
  });
  fails(RangeError, "at least 8 rows and columns, got 7 and 9", () => hogFeature(zeros([7, 9])));
  fails(RangeError, "colorHistogramHsv: image must have shape (3, H, W), colours first", () => {
    colorHistogramHsv(zeros([1, 4, 4]));
  });
  fails(RangeError, "numBins must be a whole number from 1 up, got 0", () => {
    colorHistogramHsv(zeros([3, 4, 4]), { numBins: 0 });
  });
  for (const value of [-1, 256, NaN]) {
    fails(RangeError, "colorHistogramHsv: pixels must be from 0 to 255", () => {
      colorHistogramHsv(ones([3, 1, 1]).multiply(value));
    });
  }
  fails(RangeError, "at least one image", () => extractFeatures(zeros([0, 3, 8, 8]), [hogFeature]));
  fails(RangeError, "at least one feature function", () => {
    extractFeatures(zeros([1, 3, 8, 8]), []);
  });
  fails(RangeError, "must have 1 features like the first one, but number 1 has 2", () => {
    let calls = 0;
    extractFeatures(zeros([2, 1]), [() => zeros([++calls])]);
  });
});

/** Counts its calls. */
function counted(): { compute: (image: NDArray) => NDArray; calls: () => number } {
  let calls = 0;
  return { compute: (image) => (calls++, image.multiply(2)), calls: () => calls };
}

const images = new RandomState(1).randn(7, 1, 2, 3);

Deno.test("cachedFeatures() computes once for the same pixels and name", async () => {
  const cache = await openDataCache(":memory:");
  const { compute, calls } = counted();
  const reports: FeatureProgress[] = [];
  const options = { cache, name: "twice", onProgress: (r: FeatureProgress) => reports.push(r) };
  const cold = await cachedFeatures(images, [compute], options);
  assert.equal(calls(), 7);
  reports.length = 0;
  const warm = await cachedFeatures(images.copy(), [compute], options);
  assert.equal(calls(), 7);
  assert.deepEqual(warm, cold);
  assert.deepEqual(warm.data, images.data.map((value: number) => 2 * value));
  assert.deepEqual(reports, [{ done: 7, total: 7 }]);

  await cachedFeatures(images, [compute], { cache, name: "other" });
  assert.equal(calls(), 14);
  const changed = images.copy();
  changed.data[41] += 1e-9;
  await cachedFeatures(changed, [compute], { cache, name: "twice" });
  assert.equal(calls(), 21);
  await cachedFeatures(images.reshape([7, 6]), [compute], { cache, name: "twice" });
  assert.equal(calls(), 28);
  cache.close();
});

Deno.test("cachedFeatures() computes again when the cache is damaged", async () => {
  const kv = await memoryKv();
  const cache = await openDataCache(kv);
  const { compute, calls } = counted();
  const cold = await cachedFeatures(images, [compute], { cache, name: "x" });
  await flipBit(kv, 0);
  assert.deepEqual(await cachedFeatures(images, [compute], { cache, name: "x" }), cold);
  assert.equal(calls(), 14);
  assert.deepEqual(await cachedFeatures(images, [compute], { cache, name: "x" }), cold);
  assert.equal(calls(), 14);
  cache.close();
});

Deno.test("cachedFeatures() works without a cache that can be written", async () => {
  const cache = await openDataCache(withCommitFaults(await memoryKv(), () => {
    throw new Error("disk full");
  }));
  const { compute } = counted();
  const features = await cachedFeatures(images, [compute], { cache, name: "x" });
  assert.deepEqual(features.shape, [7, 6]);
  await assert.rejects(
    cachedFeatures(images, [compute], { cache, name: "" }),
    /cachedFeatures: name must be 1 to 200 characters/,
  );
  cache.close();
});
