import assert from "node:assert/strict";
import { crc32, deflateSync, inflateSync } from "node:zlib";
import { decodeImage, encodeJpeg, FileFormatError, type ImageReadOptions } from "../../io/mod.ts";
import { RandomState } from "../../random/mod.ts";
import { asNDArray, type NDArray } from "../../ndarray/mod.ts";
import { bytesOf, fileOf, images, picture } from "./_images.ts";

/** Where a JPEG's first segment of a kind begins, past its marker. */
function segment(file: Uint8Array, kind: number): number {
  return 2 + file.findIndex((byte, i) => byte === 0xff && file[i + 1] === kind);
}

/** Where the compressed data of a JPEG's first scan begin. */
function scanStart(file: Uint8Array): number {
  const at = segment(file, 0xda);
  return at + 256 * file[at] + file[at + 1];
}

const end = [0xff, 0xd9];

/** Takes the chunks of a PNG to pieces, and puts them together with right CRCs. */
function rebuiltPng(
  file: Uint8Array,
  change: (type: string, content: Uint8Array) => Uint8Array | null,
): Uint8Array {
  const view = new DataView(file.buffer, file.byteOffset);
  const pieces = [file.subarray(0, 8)];
  for (let at = 8; at < file.length; at += 12 + view.getUint32(at)) {
    const type = file.subarray(at + 4, at + 8);
    const content = change(
      new TextDecoder().decode(type),
      file.slice(at + 8, at + 8 + view.getUint32(at)),
    );
    if (content === null) continue;
    const chunk = new Uint8Array(12 + content.length);
    const chunkView = new DataView(chunk.buffer);
    chunkView.setUint32(0, content.length);
    chunk.set(type, 4);
    chunk.set(content, 8);
    chunkView.setUint32(8 + content.length, crc32(chunk.subarray(4, 8 + content.length)));
    pieces.push(chunk);
  }
  return Uint8Array.from(pieces.flatMap((piece) => [...piece]));
}

async function refused(file: Uint8Array, expected: RegExp, options?: ImageReadOptions) {
  await assert.rejects(decodeImage(file, options), (error: Error) => {
    assert.ok(error instanceof FileFormatError, error.stack);
    assert.match(error.message, expected);
    return true;
  });
}

Deno.test("300 damaged JPEGs leave the decoder as it was", async () => {
  const good = fileOf(images.jpegs.progressive.file);
  const expected = bytesOf(images.jpegs.progressive.pixels);
  const tables = segment(good, 0xc4);
  const rng = new RandomState(1);
  for (let i = 0; i < 300; i++) {
    const bad = good.slice();
    // A Huffman table that does not fit, or bytes of the headers.
    const at = i % 3 ? tables + 3 + (i % 16) : rng.randint(20, bad.length);
    bad[at] ^= 1 + rng.randint(255);
    await decodeImage(bad).catch((error) => assert.ok(error instanceof FileFormatError, error));
    if (i % 50 === 0) assert.deepEqual(await decodeImage(good), expected);
  }
  assert.deepEqual(await decodeImage(good), expected);
  assert.deepEqual((await decodeImage(await encodeJpeg(picture))).shape, picture.shape);
});

Deno.test("a complaint about one JPEG is not taken for one about another", async () => {
  const good = fileOf(images.jpegs.grey.file);
  const start = scanStart(good);
  const bad = Uint8Array.from([...good.subarray(0, start + 20), ...end]);
  const results = await Promise.allSettled(
    Array.from({ length: 20 }, (_, i) => decodeImage(i % 2 ? bad : good)),
  );
  results.forEach(({ status }, i) => assert.equal(status, i % 2 ? "rejected" : "fulfilled"));
});

for (const [name, { file: text, pixels }] of Object.entries(images.jpegs)) {
  Deno.test(`decodeImage() refuses a JPEG whose scan is not whole: ${name}`, async () => {
    const file = fileOf(text);
    const start = scanStart(file);
    const cut = (part: number) =>
      Uint8Array.from([
        ...file.subarray(0, start + Math.floor((file.length - start) * part)),
        ...end,
      ]);
    await refused(cut(0), /compressed data is missing|premature end|too few/);
    for (const part of [0.25, 0.6, 0.9]) {
      await refused(cut(part), /a part of the compressed data is missing|premature end|too few/);
    }
    const zeroed = file.slice().fill(0, start, file.length - 2);
    await refused(zeroed, /extraneous bytes|premature end|missing/);
    const none = Uint8Array.from([...file.subarray(0, segment(file, 0xda) - 2), ...end]);
    await refused(none, /the JPEG ends before its image/);

    const shown = await decodeImage(cut(0.6), { acceptDamage: true });
    assert.deepEqual(shown.shape, pixels.shape);
    const early = await decodeImage(file.subarray(0, file.length - 20), { acceptDamage: true });
    assert.deepEqual(early.shape, pixels.shape);
  });
}

Deno.test("decodeImage() refuses a progressive JPEG without one of its scans, or with one twice", async () => {
  const file = fileOf(images.jpegs.progressive.file);
  const starts = [...file.keys()].filter((i) => file[i] === 0xff && file[i + 1] === 0xda);
  assert.ok(starts.length > 3);
  const last = starts.at(-1)!;
  await refused(
    Uint8Array.from([...file.subarray(0, last), ...end]),
    /a part of the compressed data is missing/,
  );
  await refused(
    Uint8Array.from([...file.subarray(0, -2), ...file.subarray(last)]),
    /a scan brings what came before/,
  );
});

Deno.test("decodeImage() refuses a JPEG with two frames, a scan first, or a scan of no component", async () => {
  const file = fileOf(images.jpegs.grey.file);
  const frame = segment(file, 0xc0) - 2;
  const length = 2 + file[frame + 3];
  const header = file.subarray(frame, frame + length);
  await refused(
    Uint8Array.from([...file.subarray(0, frame), ...header, ...file.subarray(frame)]),
    /there is a second frame header/,
  );
  await refused(
    Uint8Array.from([...file.subarray(0, frame), ...file.subarray(frame + length)]),
    /there is a scan before the frame header/,
  );
  const scan = segment(file, 0xda);
  const wrong = (at: number, value: number) => {
    const bad = file.slice();
    bad[scan + at] = value;
    return bad;
  };
  await refused(wrong(2, 0), /a scan header has a wrong length/);
  await refused(wrong(2, 2), /a scan header has a wrong length/);
  await refused(wrong(3, 77), /a scan names component 77, which is none/);
});

Deno.test("decodeImage() refuses sizes that a JPEG's data cannot fill, before memory is taken", async () => {
  const file = fileOf(images.jpegs.grey.file);
  const frame = segment(file, 0xc0);
  const lie = (height: number, width: number) => {
    const bad = file.slice();
    new DataView(bad.buffer).setUint16(frame + 3, height);
    new DataView(bad.buffer).setUint16(frame + 5, width);
    return bad;
  };
  await refused(
    lie(20000, 20000),
    /20000 rows and 20000 columns, more than 100000000 pixels; .*maxPixels/,
  );
  await refused(lie(9000, 9000), /bytes are too few for 9000 rows and 9000 columns/);
  await refused(lie(65535, 65535), /too few/, { maxPixels: Infinity });
  await refused(file, /9 rows and 11 columns, more than 98 pixels/, { maxPixels: 98 });
  assert.equal((await decodeImage(file, { maxPixels: 99 })).size, 99);
});

Deno.test("decodeImage() refuses a JPEG of very many scans in time", async () => {
  // A progressive file whose last scan comes again and again.
  const image = asNDArray(new Uint8Array(2000 * 2000), [2000, 2000]);
  const file = await encodeJpeg(image);
  const last = [...file.keys()].findLast((i) => file[i] === 0xff && file[i + 1] === 0xda)!;
  const again = file.subarray(last, -2);
  const bomb = new Uint8Array(file.length + 5000 * again.length);
  bomb.set(file.subarray(0, -2));
  for (let i = 0; i < 5000; i++) bomb.set(again, file.length - 2 + i * again.length);
  bomb.set(end, bomb.length - 2);
  for (const acceptDamage of [false, true]) {
    await refused(bomb, /a scan brings what came before/, { acceptDamage });
  }
});

Deno.test("decodeImage() refuses a JPEG of more scans than any encoder writes", async () => {
  // Bit by bit, each coefficient in scans of its own, which is all that the format allows.
  const scans: number[] = [];
  for (let k = 1; k < 64; k++) {
    for (let low = 13; low >= 0; low--) {
      const bits = (low === 13 ? 0 : low + 1) << 4 | low;
      scans.push(0xff, 0xda, 0, 8, 1, 1, 0, k, k, bits, 0);
    }
  }
  const frame = [0xff, 0xc2, 0, 11, 8, 0, 8, 0, 8, 1, 1, 0x11, 0];
  const file = Uint8Array.from([0xff, 0xd8, ...frame, ...scans, ...end]);
  for (const acceptDamage of [false, true]) {
    await refused(file, /there are more than 500 scans/, { acceptDamage });
  }
});

Deno.test("decodeImage() refuses sizes that a PNG's data cannot fill, before memory is taken", async () => {
  const file = fileOf(images.pngs.grey.file);
  const lie = (height: number, width: number) =>
    rebuiltPng(file, (type, content) => {
      if (type === "IHDR") {
        new DataView(content.buffer).setUint32(0, width);
        new DataView(content.buffer).setUint32(4, height);
      }
      return content;
    });
  await refused(
    lie(9, 2_600_000_000),
    /more than 100000000 pixels; if that is right, raise maxPixels/,
  );
  await refused(lie(2 ** 31, 2 ** 31), /too few for the image/, { maxPixels: Infinity });
  await refused(lie(9999, 9999), /compressed bytes are too few for the image/);
  await refused(lie(0, 5), /the image has 0 rows and 5 columns/);
});

Deno.test("decodeImage() inflates no more of a PNG than its sizes need", async () => {
  const bomb = deflateSync(new Uint8Array(300_000_000), { level: 9 });
  const file = rebuiltPng(
    fileOf(images.pngs.grey.file),
    (type, content) => type === "IDAT" ? bomb : content,
  );
  await refused(file, /the pixels do not inflate/);
});

Deno.test("decodeImage() refuses a PNG with wrong chunks under right CRCs", async () => {
  const palette = fileOf(images.pngs.palette.file);
  const grey = fileOf(images.pngs.grey.file);
  const without = (file: Uint8Array, ...types: string[]) =>
    rebuiltPng(file, (type, content) => types.includes(type) ? null : content);
  const replaced = (file: Uint8Array, chunk: string, make: (content: Uint8Array) => Uint8Array) =>
    rebuiltPng(file, (type, content) => type === chunk ? make(content) : content);
  const set = (at: number, value: number) => (content: Uint8Array) => {
    content[at] = value;
    return content;
  };
  await refused(without(palette, "PLTE"), /the palette is missing/);
  await refused(
    replaced(palette, "PLTE", (colors) => colors.subarray(0, 3)),
    /a pixel has colour \d+, the palette 1 colours/,
  );
  await refused(
    replaced(palette, "PLTE", (colors) => colors.subarray(1)),
    /the palette has \d+ bytes/,
  );
  await refused(replaced(palette, "PLTE", () => new Uint8Array()), /the palette has 0 bytes/);
  await refused(without(grey, "IDAT"), /the PNG has no pixels/);
  // A chunk that nobody knows, and one in the middle of the pixels.
  const chunk = (type: string) => {
    const bytes = Uint8Array.from("\0\0\0\0" + type + "\0\0\0\0", (c) => c.charCodeAt(0));
    new DataView(bytes.buffer).setUint32(8, crc32(bytes.subarray(4, 8)));
    return bytes;
  };
  const spliced = (...pieces: (Uint8Array | readonly number[])[]) =>
    Uint8Array.from(pieces.flatMap((piece) => [...piece]));
  const pixels =
    grey.findIndex((_, i) => String.fromCharCode(...grey.subarray(i, i + 4)) === "IDAT") - 4;
  const before = grey.subarray(0, pixels);
  const rest = grey.subarray(pixels);
  assert.deepEqual(
    await decodeImage(spliced(before, chunk("teXt"), rest)),
    bytesOf(images.pngs.grey.pixels),
  );
  await refused(spliced(before, chunk("TEXT"), rest), /chunk "TEXT" is not known/);
  await refused(spliced(before, chunk("IDAT"), chunk("teXt"), rest), /the pixels are interrupted/);
  await refused(without(grey, "IHDR"), /the PNG header is missing/);
  for (const length of [0, 12, 14]) {
    await refused(
      replaced(grey, "IHDR", () => new Uint8Array(length)),
      new RegExp(`header has ${length} bytes`),
    );
  }
  await refused(replaced(grey, "IHDR", set(8, 3)), /no PNG of colour type 0 with 3 bits/);
  await refused(replaced(grey, "IHDR", set(9, 1)), /no PNG of colour type 1 with 8 bits/);
  for (const at of [10, 11, 12]) {
    await refused(replaced(grey, "IHDR", set(at, 2)), /there is no PNG of methods/);
  }
  // The checksum of the compressed data, and their content.
  await refused(
    replaced(grey, "IDAT", (data) => set(data.length - 1, data.at(-1)! ^ 1)(data)),
    /the pixels do not inflate \(.*check/,
  );
  await refused(replaced(grey, "IDAT", (data) => data.subarray(0, -9)), /the pixels/);
  const rows = (change: (rows: Uint8Array) => Uint8Array) => (data: Uint8Array) =>
    new Uint8Array(deflateSync(change(new Uint8Array(inflateSync(data)))));
  await refused(
    replaced(grey, "IDAT", rows((data) => data.subarray(1))),
    /the pixels have 107 bytes, 108 are needed/,
  );
  await refused(
    replaced(grey, "IDAT", rows((data) => set(0, 5)(data))),
    /a row has filter 5, which is none/,
  );
  await refused(
    replaced(grey, "IDAT", rows((data) => Uint8Array.from([...data, 0]))),
    /the pixels do not inflate/,
  );
});

Deno.test("decodeImage() refuses options and content of the wrong kind", async () => {
  const decode = decodeImage as (bytes: unknown, options?: unknown) => Promise<NDArray>;
  const file = fileOf(images.pngs.grey.file);
  await assert.rejects(
    decode("cat.png"),
    /^TypeError: decodeImage: bytes must be a Uint8Array, got string; .*readImage/,
  );
  await assert.rejects(decode(undefined), TypeError);
  for (const maxPixels of [0, NaN, -1, "9", null, Symbol("nine")]) {
    await assert.rejects(
      decode(file, { maxPixels }),
      /^RangeError: decodeImage: maxPixels must be a number from 1 up/,
    );
  }
  await assert.rejects(
    decode(file, { upright: 1 }),
    /^TypeError: decodeImage: upright must be true or false, got number/,
  );
  await assert.rejects(decode(file, { acceptDamage: "yes" }), /^TypeError: .*acceptDamage/);
});
