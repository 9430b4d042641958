/**
 * Files of every format, damaged.
 *
 * @module
 */
import { crc32 } from "../../internal/crc32.ts";
import {
  decodeImage,
  decodeNpy,
  decodeNpyArrays,
  decodeNpz,
  decodeSafetensors,
  encodeJpeg,
  encodeNpy,
  encodeNpz,
  encodePng,
  encodeSafetensors,
} from "../../io/mod.ts";
import { readPickle } from "../../io/pickle.ts";
import { readTar } from "../../io/tar.ts";
import { array, asNDArray, NDArray, zeros } from "../../ndarray/mod.ts";
import type { RandomState } from "../../random/mod.ts";
import layouts from "../fixtures/image_layouts.json" with { type: "json" };
import recorded from "../fixtures/images.json" with { type: "json" };
import cifar from "../fixtures/cifar10_python2.json" with { type: "json" };
import { damaged, joined } from "./_mutate.ts";
import { below, expect, mayRefuse, oneOf, type Target } from "./_target.ts";

const refusals = ["FileFormatError"];

const arrays = {
  W: array([[1, 2], [3, 4]], "float32"),
  b: array([0.5, -1]),
  mask: array([true, false]),
  n: array([[1], [2]], "int32"),
  pixels: array([7, 8, 9], "uint8"),
  none: zeros([0, 3]),
};
const npys = Object.values(arrays).map(encodeNpy);
const npzs = [false, true].map((compress) => encodeNpz(arrays, { compress }));
const safes = [
  encodeSafetensors(arrays, { epoch: "3" }),
  encodeSafetensors(arrays, {}, { checksum: true }),
];
const decode = (text: string) => Uint8Array.fromBase64(text);
const pngs = [
  ...Object.values(layouts.layouts).map(({ file }) => decode(file)),
  ...Object.values(recorded.pngs).map(({ file }) => decode(file)),
  await encodePng(asNDArray(new Uint8Array(3000), [100, 10, 3])),
];
const jpegs = [
  ...Object.values(recorded.jpegs).map(({ file }) => decode(file)),
  ...Object.values(layouts.turned).map(({ file }) => decode(file)).filter((f) => f[0] === 0xff),
  await encodeJpeg(asNDArray(new Uint8Array(64 * 64 * 3).fill(90), [64, 64, 3])),
];
const good = recorded.jpegs.progressive;
const goodFile = decode(good.file);

/** Half of the time a number of the options' kind, half of the time none. */
const maybe = <T>(rng: RandomState, values: readonly T[]) =>
  rng.rand() as number < 0.5 ? undefined : oneOf(rng, values);

function checkArray(x: unknown): void {
  expect(x instanceof NDArray && x.shape.every((size) => size >= 0), "what came is no array");
}

async function image(rng: RandomState, file: Uint8Array): Promise<void> {
  const options = { upright: maybe(rng, [true, false]), acceptDamage: maybe(rng, [true, false]) };
  const result = await mayRefuse(refusals, () => decodeImage(file, options));
  if (result) checkArray(result);
}

/** A PNG whose chunks are damaged one by one, under right checksums. */
function rechecked(rng: RandomState, file: Uint8Array): Uint8Array {
  const view = new DataView(file.buffer, file.byteOffset);
  const pieces = [file.subarray(0, 8)];
  const hit = below(rng, 4);
  for (let at = 8, i = 0; at < file.length; at += 12 + view.getUint32(at), i++) {
    let body: Uint8Array = file.slice(at + 4, at + 8 + view.getUint32(at));
    if (i === hit) {
      const content = damaged(rng, body.subarray(4));
      body = joined(body.subarray(0, 4), content);
    }
    const ends = new DataView(new ArrayBuffer(8));
    ends.setUint32(0, body.length - 4);
    ends.setUint32(4, crc32(body));
    pieces.push(new Uint8Array(ends.buffer, 0, 4), body, new Uint8Array(ends.buffer, 4));
  }
  return joined(...pieces);
}

function tarFile(): Uint8Array {
  const header = new Uint8Array(512);
  const put = (text: string, at: number) => header.set(new TextEncoder().encode(text), at);
  put("folder/a.bin", 0);
  put("00000001000", 124);
  put("0", 156);
  put("ustar", 257);
  header.fill(0x20, 148, 156);
  put(header.reduce((sum, byte) => sum + byte, 0).toString(8).padStart(6, "0"), 148);
  return joined(
    header,
    new Uint8Array(512).fill(7),
    header,
    new Uint8Array(512),
    new Uint8Array(1024),
  );
}

const tar = tarFile();
const pickles = Object.values(cifar).filter((text) => typeof text === "string")
  .map((text) => decode(text)).filter(({ length }) => length > 0);

async function* inPieces(rng: RandomState, bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length;) {
    const length = 1 + below(rng, 700);
    yield await Promise.resolve(bytes.subarray(at, at + length));
    at += length;
  }
}

/** Opcodes of pickles, right and wrong, in any order. */
function pickle(rng: RandomState): Uint8Array {
  const pieces: number[] = [0x80, 2];
  const opcodes = [..."(NKMJUTc}])tasueqrhjRb.\x85\x86\x87\x88\x89IFGVX"].map((c) =>
    c.charCodeAt(0)
  );
  const count = below(rng, 60);
  for (let i = 0; i < count; i++) {
    pieces.push(oneOf(rng, opcodes));
    const operand = below(rng, 5);
    for (let k = 0; k < operand; k++) pieces.push(oneOf(rng, [0, 1, 2, 10, 0x61, 0xff]));
  }
  return Uint8Array.from([...pieces, 0x2e]);
}

/** The targets, by name. */
export const files: Record<string, Target> = {
  npy: {
    run: (rng) => {
      const file = damaged(rng, oneOf(rng, npys));
      return mayRefuse(refusals, () => oneOf(rng, [decodeNpy, decodeNpyArrays])(file));
    },
  },
  npz: {
    run: (rng) => {
      const file = damaged(rng, oneOf(rng, npzs));
      const only = maybe(rng, [[], ["W"], ["b", "W"]]);
      const maxBytes = maybe(rng, [0, 100, Infinity]);
      return mayRefuse([...refusals, "RangeError"], () => {
        const result = decodeNpz(file, { only, maxBytes });
        for (const name of Object.keys(result)) checkArray(result[name]);
      });
    },
  },
  safetensors: {
    run: async (rng) => {
      const file = oneOf(rng, safes);
      const bad = damaged(rng, file);
      const checksum = rng.rand() as number < 0.5;
      const result = await mayRefuse(refusals, () => decodeSafetensors(bad, { checksum }));
      const same = bad.length === file.length && bad.every((byte, i) => byte === file[i]);
      expect(!result || !checksum || same, "damage under a checksum was taken");
    },
  },
  png: {
    run: (rng) => {
      const file = oneOf(rng, pngs);
      return image(rng, rng.rand() as number < 0.3 ? damaged(rng, file) : rechecked(rng, file));
    },
  },
  jpeg: {
    run: async (rng) => {
      await image(rng, damaged(rng, oneOf(rng, jpegs)));
      if (rng.rand() as number > 0.05) return;
      const { data } = await decodeImage(goodFile);
      expect(
        data.every((value, i) => value === good.pixels.data[i]),
        "a good file gave other pixels",
      );
    },
  },
  tar: {
    run: (rng) => {
      const file = damaged(rng, tar);
      return mayRefuse(refusals, async () => {
        for await (const { body } of readTar("fuzz", "x.tar", inPieces(rng, file))) {
          if (rng.rand() as number < 0.5) { for await (const _ of body); }
        }
      });
    },
  },
  pickle: {
    run: (rng) => {
      const file = pickles.length > 0 && rng.rand() as number < 0.5
        ? damaged(rng, oneOf(rng, pickles))
        : pickle(rng);
      return mayRefuse(refusals, () => readPickle("fuzz", "x.pkl", file));
    },
  },
};
