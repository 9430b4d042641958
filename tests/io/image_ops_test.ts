import assert from "node:assert/strict";
import { cropImage, flipHorizontal, grayscale, tint } from "../../io/mod.ts";
import { arange, array, type NDArray, zeros } from "../../ndarray/mod.ts";
import { fails } from "../layers/_fails.ts";
import { bytesOf, images, picture } from "./_images.ts";

Deno.test("grayscale() gives the bytes of Pillow", () => {
  assert.deepEqual(grayscale(picture), bytesOf(images.luma));
});

Deno.test("grayscale() weights floats with 0.299, 0.587 and 0.114", () => {
  const grey = grayscale(array([[[1, 0, 0], [0, 1, 0], [0, 0, 1], [-2, 8, 0.5]]]));
  assert.deepEqual(
    grey.data,
    Float64Array.of(0.299, 0.587, 0.114, -2 * 0.299 + 8 * 0.587 + 0.5 * 0.114),
  );
  assert.equal(grayscale(zeros([1, 1, 3], "float32")).dtype, "float32");
});

Deno.test("grayscale() drops alpha and leaves grey as it is", () => {
  const rgba = array([[[10, 20, 30, 0], [200, 0, 0, 255]]], "uint8");
  assert.deepEqual(grayscale(rgba).toArray(), [[[18], [60]]]);
  const grey = arange(256, undefined, undefined, "uint8").reshape([16, 16]);
  assert.deepEqual(grayscale(grey), grey.reshape([16, 16, 1]));
  assert.deepEqual(grayscale(array([[[7, 99]]])).toArray(), [[[7]]]);
});

Deno.test("tint() multiplies channels, and keeps bytes in range", () => {
  const image = array([[[100, 100, 100], [255, 1, 3]]], "uint8");
  const before = image.toArray();
  const tinted = tint(image, [2.6, 0.945, -1]);
  assert.deepEqual(tinted.toArray(), [[[255, 94, 0], [255, 1, 0]]]);
  assert.equal(tinted.dtype, "uint8");
  assert.deepEqual(image.toArray(), before);
  const floats = tint(array([[[0.5, 2]]], "float32"), [3, -4]);
  assert.deepEqual([floats.toArray(), floats.dtype], [[[[1.5, -8]]], "float32"]);
  assert.deepEqual(tint(array([[4, 6]]), [0.5]).toArray(), [[2, 3]]);
});

Deno.test("cropImage() copies a rectangle, and to the edge what is left out", () => {
  const image = arange(60).reshape([4, 5, 3]);
  const part = cropImage(image, { top: 1, left: 2, height: 2, width: 3 });
  assert.deepEqual(part, image.slice("1:3", "2:5"));
  assert.deepEqual(cropImage(image, { top: 3 }), image.slice("3:"));
  assert.deepEqual(cropImage(image, {}), image);
  part.data.fill(0);
  assert.equal(image.at(1, 2, 1), 22);
});

Deno.test("cropImage() refuses rectangles that are empty or stick out", () => {
  const image = zeros([4, 5, 3]);
  fails(
    RangeError,
    "top must be a whole number from 0 to 3, got 4",
    () => cropImage(image, { top: 4 }),
  );
  fails(
    RangeError,
    "left must be a whole number from 0 to 4, got -1",
    () => cropImage(image, { left: -1 }),
  );
  fails(
    RangeError,
    "height must be a whole number from 1 up, got 0",
    () => cropImage(image, { height: 0 }),
  );
  fails(RangeError, "got 1.5", () => cropImage(image, { width: 1.5 }));
  fails(
    RangeError,
    "cropImage: left + width must be at most 5, got 3 + 3 = 6",
    () => cropImage(image, { left: 3, width: 3 }),
  );
});

Deno.test("flipHorizontal() mirrors columns, not channels", () => {
  const image = array([[[1, 2], [3, 4], [5, 6]]], "uint8");
  assert.deepEqual(flipHorizontal(image), array([[[5, 6], [3, 4], [1, 2]]], "uint8"));
  assert.deepEqual(flipHorizontal(flipHorizontal(picture)), picture);
});

Deno.test("the operations refuse what is not an image", () => {
  const calls: ((image: NDArray) => unknown)[] = [
    grayscale,
    flipHorizontal,
    (image) => tint(image, [1, 1, 1]),
    (image) => cropImage(image, {}),
  ];
  for (const call of calls) {
    fails(TypeError, "image must be an NDArray, got undefined", () => call(undefined as never));
    fails(
      TypeError,
      "must be uint8, float32 or float64, got int32",
      () => call(zeros([2, 2, 3], "int32")),
    );
    fails(TypeError, "got bool", () => call(zeros([2, 2, 3], "bool")));
    fails(RangeError, "got (2, 2, 5); move the channels last", () => call(zeros([2, 2, 5])));
    fails(RangeError, "at least one pixel, got shape (2, 0, 3)", () => call(zeros([2, 0, 3])));
  }
  const image = zeros([2, 2, 3]);
  fails(
    RangeError,
    "factors must be 3 finite numbers, one for each channel, got [1]",
    () => tint(image, [1]),
  );
  fails(RangeError, "got [1, NaN, 1]", () => tint(image, [1, NaN, 1]));
});
