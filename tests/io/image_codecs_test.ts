import assert from "node:assert/strict";
import fc from "fast-check";
import { decodeImage, encodeJpeg, encodePng, FileFormatError } from "../../io/mod.ts";
import { array, asNDArray, full, zeros } from "../../ndarray/mod.ts";
import { bytesOf, fileOf, images, picture } from "./_images.ts";

async function message(work: Promise<unknown>): Promise<string> {
  try {
    await work;
  } catch (error) {
    return `${(error as Error).name}: ${(error as Error).message}`;
  }
  return "no error";
}

for (const [name, { file, pixels }] of Object.entries({ ...images.jpegs })) {
  Deno.test(`decodeImage() gives the pixels that Pillow gives of a JPEG: ${name}`, async () => {
    assert.deepEqual(await decodeImage(fileOf(file)), bytesOf(pixels));
  });
}

for (const [name, { file, pixels }] of Object.entries({ ...images.pngs })) {
  Deno.test(`decodeImage() gives the pixels that Pillow gives of a PNG: ${name}`, async () => {
    assert.deepEqual(await decodeImage(fileOf(file)), bytesOf(pixels));
  });
}

Deno.test("PNG keeps every pixel, of 1 to 4 channels", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 9 }),
      fc.integer({ min: 1, max: 9 }),
      fc.integer({ min: 1, max: 4 }),
      fc.integer(),
      async (height, width, channels, seed) => {
        const size = height * width * channels;
        const data = Uint8Array.from({ length: size }, (_, i) => Math.imul(seed + i, 40503) >>> 8);
        const image = asNDArray(data, [height, width, channels]);
        assert.deepEqual(await decodeImage(await encodePng(image)), image);
      },
    ),
    { numRuns: 40 },
  );
});

Deno.test("encodePng() takes (H, W) as one channel, and a view into a longer buffer", async () => {
  const data = Uint8Array.of(9, 9, 1, 2, 3, 4, 5, 6, 9).subarray(2, 8);
  const image = await decodeImage(await encodePng(asNDArray(data, [2, 3])));
  assert.deepEqual(image.toArray(), [[[1], [2], [3]], [[4], [5], [6]]]);
});

Deno.test("JPEG loses little, and less with more quality", async () => {
  const smooth = zeros([40, 56, 3], "uint8");
  for (let i = 0; i < smooth.size; i++) {
    const x = Math.floor(i / 3) % 56;
    smooth.data[i] = 128 + 100 * Math.sin(x / 9 + (i % 3)) * Math.cos(i / 168 / 11);
  }
  const results = await Promise.all([30, 95].map(async (quality) => {
    const bytes = await encodeJpeg(smooth, { quality });
    const image = await decodeImage(bytes);
    assert.deepEqual([image.shape, image.dtype], [smooth.shape, "uint8"]);
    const errors = image.astype("float64").subtract(smooth.astype("float64"));
    return { size: bytes.length, error: Math.sqrt(errors.multiply(errors).mean()) };
  }));
  assert.ok(results[1].error < 1.5, `error ${results[1].error}`);
  assert.ok(results[0].error > results[1].error);
  assert.ok(results[0].size < results[1].size);
});

Deno.test("encodeJpeg() keeps grey images grey, and does not mind an uneven size", async () => {
  for (const shape of [[5, 3], [5, 3, 1], [1, 1, 1]]) {
    const image = await decodeImage(await encodeJpeg(full(shape, 77, "uint8")));
    assert.deepEqual(image.shape, [shape[0], shape[1], 1]);
    assert.ok(image.data.every((value) => value === 77));
  }
});

Deno.test("every PNG that ends early is an error that says where", async () => {
  const file = fileOf(images.pngs["grey with alpha"].file);
  for (let length = 8; length < file.length; length++) {
    assert.equal(
      await message(decodeImage(file.subarray(0, length), { file: "cat.png" })),
      `FileFormatError: decodeImage: cat.png, byte ${length}: ` +
        `the PNG ends early; get the whole file`,
    );
  }
});

Deno.test("every JPEG that ends early is an error that says where", async () => {
  for (const { file } of [images.jpegs.progressive, images.jpegs["with restarts and a comment"]]) {
    const bytes = fileOf(file);
    for (let length = 2; length < bytes.length; length++) {
      assert.equal(
        await message(decodeImage(bytes.subarray(0, length), { file: "cat.jpg" })),
        `FileFormatError: decodeImage: cat.jpg, byte ${length}: ` +
          `the JPEG ends early; get the whole file`,
      );
    }
  }
});

Deno.test("every wrong byte in a PNG is an error", async () => {
  const file = fileOf(images.pngs.palette.file);
  for (let at = 0; at < file.length; at++) {
    const damaged = file.slice();
    damaged[at] ^= 0x10;
    await assert.rejects(decodeImage(damaged), FileFormatError, `byte ${at}`);
  }
});

Deno.test("a JPEG whose headers are damaged is an error of the file, and the next one is read", async () => {
  const file = fileOf(images.jpegs.grey.file);
  const place = (...bytes: number[]) =>
    file.findIndex((_, i) => bytes.every((value, k) => file[i + k] === value));
  const frame = place(0xff, 0xc0);
  const wrong = (at: number, value: number) => {
    const damaged = file.slice();
    damaged[at] = value;
    return message(decodeImage(damaged));
  };
  assert.match(await wrong(frame, 7), /^FileFormatError.*byte \d+: there is no JPEG marker here/);
  assert.match(await wrong(frame + 1, 0xc9), /lossless and arithmetic JPEG are not read/);
  assert.match(await wrong(frame + 3, 5), /the frame header is cut short|no JPEG marker/);
  assert.match(await wrong(frame + 4, 12), /JPEG with 12 bits is not read/);
  assert.match(await wrong(frame + 6, 0), /the image has 0 rows and 11 columns/);
  assert.match(await wrong(frame + 9, 9), /JPEG with 9 channels/);
  // What only the codec finds.
  assert.match(await wrong(place(0xff, 0xda) + 6, 9), /^FileFormatError.*; the file is damaged$/);
  assert.deepEqual(await decodeImage(file), bytesOf(images.jpegs.grey.pixels));
  assert.match(
    await message(decodeImage(Uint8Array.of(0xff, 0xd8, 0xff, 0xd9))),
    /byte 2: the JPEG ends before its image/,
  );
});

Deno.test("a format that is not read is named", async () => {
  const cases: [Uint8Array, RegExp][] = [
    [
      fileOf(images.gif),
      /^FileFormatError: decodeImage: bytes, byte 0: it is a GIF image; convert it to PNG or JPEG$/,
    ],
    [fileOf(images.bmp), /it is a BMP image; convert it/],
    [fileOf(images.webp), /it is a WebP image/],
    [new TextEncoder().encode("    ftypavif"), /it is an AVIF image/],
    [Uint8Array.of(1, 2), /begins with 01 02, which is not a PNG or JPEG image/],
    [new Uint8Array(0), /the file is empty/],
    [fileOf(images.cmyk), /JPEG with 4 channels \(CMYK\?\) is not read; convert it to RGB$/],
  ];
  for (const [bytes, expected] of cases) {
    assert.match(await message(decodeImage(bytes)), expected);
  }
});

Deno.test("the encoders refuse what is not an image of bytes", async () => {
  const float = zeros([2, 2, 3]);
  for (const encode of [encodePng, encodeJpeg]) {
    assert.match(
      await message(encode(float)),
      /^TypeError: encode\w+: image must be uint8, got float64; scale it to 0-255 and convert it/,
    );
    assert.match(
      await message(encode([1] as never)),
      /^TypeError: .* must be an NDArray, got object/,
    );
    assert.match(
      await message(encode(zeros([3, 32, 32], "uint8"))),
      /^RangeError: .*got \(3, 32, 32\); move the channels last with image\.transpose\(\[1, 2, 0\]\)/,
    );
    assert.match(
      await message(encode(zeros([2, 4, 4, 3], "uint8"))),
      /pick one with images\.slice/,
    );
    assert.match(
      await message(encode(zeros([0, 4, 3], "uint8"))),
      /at least one pixel, got .*0, 4, 3/,
    );
    assert.match(await message(encode(zeros([4, 4, 0], "uint8"))), /at least one pixel/);
    assert.match(await message(encode(array([1], "uint8"))), /got \(1,\); reshape it/);
  }
  assert.match(await message(encodeJpeg(zeros([1, 65501], "uint8"))), /at most 65500 rows/);
  assert.match(
    await message(encodeJpeg(zeros([2, 2, 4], "uint8"))),
    /^RangeError: encodeJpeg: a JPEG has 1 or 3 channels, got 4; drop the alpha channel/,
  );
  for (const quality of [0, 101, NaN]) {
    assert.match(
      await message(encodeJpeg(picture, { quality })),
      /^RangeError: encodeJpeg: quality must be from 1 to 100, got/,
    );
  }
});
