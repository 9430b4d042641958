import assert from "node:assert/strict";
import { resizeImage } from "../../io/mod.ts";
import { array, type NDArray, zeros } from "../../ndarray/mod.ts";
import { fails } from "../layers/_fails.ts";
import { bytesOf, floatsOf, images, picture } from "./_images.ts";

function assertNear(actual: NDArray, expected: NDArray, tolerance: number): void {
  assert.deepEqual(actual.shape, expected.shape);
  const worst = Math.max(...actual.data.map((value, i) => Math.abs(value - expected.data[i])));
  assert.ok(worst <= tolerance, `off by ${worst}`);
}

const channel = picture.astype("float64").slice(":", ":", 0);

for (const { height, width, bytes, floats, interpolated } of images.resized) {
  const size = `from 19 × 27 to ${height} × ${width}`;
  Deno.test(`resizeImage() gives the bytes of Pillow ${size}`, () => {
    assert.deepEqual(resizeImage(picture, height, width), bytesOf(bytes));
  });
  Deno.test(`resizeImage() gives the floats of Pillow ${size}`, () => {
    // Recorded with four decimals of single precision.
    assertNear(resizeImage(channel, height, width), floatsOf(floats), 1e-4);
  });
  Deno.test(`resizeImage() without antialiasing agrees with scikit-image ${size}`, () => {
    const resized = resizeImage(channel, height, width, { antialias: false });
    assertNear(resized, floatsOf(interpolated), 1e-6);
  });
}

Deno.test("resizeImage() keeps type and rank, and flat images flat", () => {
  for (const dtype of ["uint8", "float32", "float64"] as const) {
    for (const shape of [[3, 4], [3, 4, 1], [3, 4, 4]]) {
      const image = zeros(shape, dtype);
      image.data.fill(200);
      const resized = resizeImage(image, 7, 2);
      assert.deepEqual([resized.dtype, resized.shape], [dtype, [7, 2, ...shape.slice(2)]]);
      assert.ok(resized.data.every((value) => Math.abs(value - 200) < 1e-9));
    }
  }
});

Deno.test("resizeImage() to the same size is a copy", () => {
  const image = array([[1, 2], [3, 4]]);
  const resized = resizeImage(image, 2, 2);
  assert.deepEqual(resized, image);
  assert.notEqual(resized.data, image.data);
});

Deno.test("resizeImage() refuses sizes that are not whole and positive", () => {
  for (const bad of [0, -3, 2.5, NaN, Infinity]) {
    fails(
      RangeError,
      `resizeImage: height must be a whole number from 1 up, got ${bad}`,
      () => resizeImage(picture, bad, 4),
    );
    fails(RangeError, `resizeImage: width must be`, () => resizeImage(picture, 4, bad));
  }
  fails(RangeError, "at least one pixel", () => resizeImage(zeros([0, 4, 3]), 2, 2));
  fails(TypeError, "got int32", () => resizeImage(zeros([4, 4], "int32"), 2, 2));
});
