import assert from "node:assert/strict";
import { arange, array, asNDArray, type NDArray, zeros } from "../../ndarray/mod.ts";
import { imageGrid, type ImageGridOptions } from "../../plot/mod.ts";
import { RandomState } from "../../random/mod.ts";
import { fails } from "../layers/_fails.ts";
import { colorAt, pixels, texts } from "./_svg.ts";

/** Five images, 4 × 3, of random bytes, (N, C, H, W). */
const images = new RandomState(1).randint(256, undefined, [5, 3, 4, 3]).astype("uint8");

/** Asserts that image `n` stands at a place, each of its pixels a square of `scale`. */
function assertImage(picture: NDArray, n: number, top: number, left: number, scale: number): void {
  for (let y = 0; y < 4 * scale; y++) {
    for (let x = 0; x < 3 * scale; x++) {
      const [row, column] = [Math.floor(y / scale), Math.floor(x / scale)];
      const expected = [0, 1, 2].map((c) => images.at(n, c, row, column));
      assert.deepEqual(colorAt(picture, top + y, left + x), expected, `image ${n} at ${y}, ${x}`);
    }
  }
}

Deno.test("imageGrid() gives a PNG with exactly its pixels, white between images", async () => {
  const chart = imageGrid(images, { columns: 3, scale: 5, gap: 2 });
  const picture = await pixels(chart);
  assert.deepEqual(picture.shape, [2 * 20 + 2, 3 * 15 + 2 * 2, 3]);
  assert.deepEqual([chart.height, chart.width], picture.shape.slice(0, 2));
  for (let n = 0; n < 5; n++) assertImage(picture, n, n < 3 ? 0 : 22, 17 * (n % 3), 5);
  assert.deepEqual(colorAt(picture, 10, 15), [255, 255, 255]);
  assert.deepEqual(colorAt(picture, 20, 3), [255, 255, 255]);
  assert.deepEqual(colorAt(picture, 30, 40), [255, 255, 255]);
});

Deno.test("imageGrid() keeps its pixels exact beside labels, and at any whole scale", async () => {
  const options = { columns: 5, scale: 10, labels: ["a", "b"], title: "Five" };
  const chart = imageGrid(images, options);
  assert.deepEqual(texts(await chart.toSvg()), ["Five", "a", "b"]);
  for (const scale of [1, 2, 3]) {
    const picture = await pixels(chart, scale);
    assert.deepEqual(picture.shape.slice(0, 2), [chart.height * scale, chart.width * scale]);
    const top = (chart.height - 10 - 40) * scale;
    for (let n = 0; n < 5; n++) assertImage(picture, n, top, (10 + 34 * n) * scale, 10 * scale);
  }
  const plain = await pixels(imageGrid(images, { scale: 4, columns: 2, gap: 0 }), 2);
  for (let n = 0; n < 5; n++) assertImage(plain, n, 32 * Math.floor(n / 2), 24 * (n % 2), 8);
});

Deno.test("imageGrid() gives rows without labels no space for them", () => {
  const height = (labels: string[]) => imageGrid(images, { columns: 3, labels }).height;
  const one = height(["a"]);
  assert.equal(height(["", "b", "c"]), one);
  assert.equal(height(["", "", "", "d"]), one);
  assert.equal(height(["a", "", "", "d"]) - one, 18);
  assert.equal(one - height([]), 18 + 20);
});

Deno.test("imageGrid() cuts labels that are wider than an image", async () => {
  const svg = await imageGrid(images, { labels: ["a very long label & more"], scale: 30 }).toSvg();
  assert.deepEqual(texts(svg), ["a very long lab…"]);
});

Deno.test("imageGrid() reads (N, C, H, W), (N, H, W, C) and (N, H, W)", async () => {
  const options = { scale: 2, gap: 0, columns: 5 };
  const expected = await pixels(imageGrid(images, options));
  const last = images.transpose([0, 2, 3, 1]);
  assert.deepEqual(await pixels(imageGrid(last, { ...options, layout: "NHWC" })), expected);
  const wide = zeros([2, 6, 7, 3], "uint8");
  assert.deepEqual((await pixels(imageGrid(wide, options))).shape, [12, 28, 3]);
  const grey = images.slice(":", 0);
  const threefold = grey.reshape([5, 1, 4, 3]);
  const shades = await pixels(imageGrid(grey, options));
  assert.deepEqual(await pixels(imageGrid(threefold, options)), shades);
  assert.deepEqual(colorAt(shades, 0, 0), [1, 1, 1].map(() => grey.at(0, 0, 0)));
  // Three by three filters of three channels are (N, C, H, W) unless they are said not to be.
  const filters = arange(27, undefined, undefined, "uint8").reshape([1, 3, 3, 3]);
  const first = async (layout?: ImageGridOptions["layout"]) =>
    colorAt(await pixels(imageGrid(filters, { scale: 1, layout })), 0, 0);
  assert.deepEqual(await first(), [0, 9, 18]);
  assert.deepEqual(await first("NHWC"), [0, 1, 2]);
});

Deno.test("imageGrid() stretches each image or all of them to full brightness", async () => {
  const floats = array([[[-1, 0], [1, 3]], [[10, 10.5], [11, 12]]], "float32");
  const shades = async (options: ImageGridOptions, images = floats) => {
    const picture = await pixels(imageGrid(images, { scale: 1, gap: 0, columns: 2, ...options }));
    return [0, 1].map((x) => [0, 1, 2, 3].map((i) => picture.at(i >> 1, 2 * x + i % 2, 0)));
  };
  assert.deepEqual(await shades({}), [[0, 64, 128, 255], [0, 64, 128, 255]]);
  assert.deepEqual(await shades({ normalize: "each" }), await shades({}));
  assert.deepEqual(await shades({ normalize: "all" }), [[0, 20, 39, 78], [216, 226, 235, 255]]);
  const raw = array([[[-5, 0.4], [0.6, 300]], [[NaN, 7], [8, 9]]]);
  assert.deepEqual(await shades({ normalize: null }, raw), [[0, 0, 1, 255], [0, 7, 8, 9]]);
  assert.deepEqual(await shades({ normalize: "each" }, raw), [[0, 5, 5, 255], [0, 0, 128, 255]]);
  const flat = array([[[2, 2], [2, NaN]], [[0, 0], [0, 0]]]);
  assert.deepEqual(await shades({}, flat), [[128, 128, 128, 0], [128, 128, 128, 128]]);
});

Deno.test("imageGrid() makes a square of images of about 96 pixels unless told otherwise", () => {
  const grid = imageGrid(zeros([10, 3, 32, 32], "uint8"));
  assert.deepEqual([grid.width, grid.height], [4 * 96 + 3 * 4, 3 * 96 + 2 * 4]);
  const large = imageGrid(zeros([1, 300, 200], "uint8"), { columns: 7 });
  assert.deepEqual([large.width, large.height], [200, 300]);
});

Deno.test("imageGrid() says what is wrong with its arguments", () => {
  fails(
    TypeError,
    "imageGrid: images must be an NDArray, got object",
    () => imageGrid([] as never),
  );
  fails(
    RangeError,
    "got (2, 5, 8, 8); reshape it or pick channels",
    () => imageGrid(zeros([2, 5, 8, 8])),
  );
  fails(
    RangeError,
    "got (10, 3072); reshape its rows to images",
    () => imageGrid(zeros([10, 3072])),
  );
  fails(
    RangeError,
    "got (2, 3, 4, 4) as NHWC",
    () => imageGrid(zeros([2, 3, 4, 4]), { layout: "NHWC" }),
  );
  fails(
    RangeError,
    "at least one pixel, got shape (0, 3, 4, 4)",
    () => imageGrid(zeros([0, 3, 4, 4])),
  );
  fails(
    RangeError,
    "columns must be a whole number from 1 up, got 0",
    () => imageGrid(images, { columns: 0 }),
  );
  fails(
    RangeError,
    "scale must be a whole number from 1 up, got 1.5",
    () => imageGrid(images, { scale: 1.5 }),
  );
  fails(
    RangeError,
    "gap must be a whole number from 0 up, got -1",
    () => imageGrid(images, { gap: -1 }),
  );
  fails(
    RangeError,
    "there are 6 labels for 5 images",
    () => imageGrid(images, { labels: ["a", "b", "c", "d", "e", "f"] }),
  );
  fails(
    RangeError,
    'normalize must be "each", "all" or null, got "none"',
    () => imageGrid(images, { normalize: "none" as never }),
  );
});

Deno.test("imageGrid() does not change with its input", async () => {
  const data = Uint8Array.of(10, 20);
  const chart = imageGrid(asNDArray(data, [1, 1, 2]), { scale: 1 });
  data.fill(0);
  assert.equal((await pixels(chart)).at(0, 1, 0), 20);
});
