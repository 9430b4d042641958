import assert from "node:assert/strict";
import { decodeImage } from "../../io/mod.ts";
import recorded from "../fixtures/image_layouts.json" with { type: "json" };
import { bytesOf, fileOf, images } from "./_images.ts";

for (const [name, { file, pixels }] of Object.entries(recorded.layouts)) {
  Deno.test(`decodeImage() reads a PNG of ${name}`, async () => {
    assert.deepEqual(await decodeImage(fileOf(file)), bytesOf(pixels));
  });
}

for (const [name, { file, shape, middles }] of Object.entries(recorded.turned)) {
  Deno.test(`decodeImage() turns an image upright as Pillow does: ${name}`, async () => {
    const image = await decodeImage(fileOf(file));
    assert.deepEqual(image.shape, shape);
    assert.deepEqual(image.slice("4::8", "4::8"), bytesOf(middles));
    const stored = await decodeImage(fileOf(file), { upright: false });
    assert.deepEqual(stored.shape, [16, 24, 3]);
  });
}

Deno.test("decodeImage() reads an orientation in either byte order", async () => {
  const file = fileOf(images.jpegs.grey.file);
  const stored = bytesOf(images.jpegs.grey.pixels);
  for (
    const tiff of [
      "MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x02\0\0",
      "II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x02\0\0\0",
    ]
  ) {
    const body = Uint8Array.from("Exif\0\0" + tiff, (letter) => letter.charCodeAt(0));
    const segment = [0xff, 0xe1, 0, body.length + 2, ...body];
    const image = await decodeImage(Uint8Array.from([0xff, 0xd8, ...segment, ...file.subarray(2)]));
    assert.deepEqual(image, stored.slice(":", "::-1"));
  }
});

Deno.test("decodeImage() takes an Exif segment that says nothing, or nonsense, as upright", async () => {
  const file = fileOf(images.jpegs.grey.file);
  const words = [
    "",
    "II",
    "II*\0",
    "MM\0*\0\0\0\x08\xff\xff",
    "II*\0\xff\xff\xff\xff",
    "II*\0\x08\0\0\0\x01\0\x12",
  ];
  for (const word of words) {
    const body = Uint8Array.from("Exif\0\0" + word, (letter) => letter.charCodeAt(0));
    const segment = [0xff, 0xe1, 0, body.length + 2, ...body];
    const image = await decodeImage(Uint8Array.from([0xff, 0xd8, ...segment, ...file.subarray(2)]));
    assert.deepEqual(image, bytesOf(images.jpegs.grey.pixels));
  }
});
