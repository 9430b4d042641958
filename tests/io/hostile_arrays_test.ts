import assert from "node:assert/strict";
import { crc32, deflateRawSync } from "node:zlib";
import {
  decodeNpy,
  decodeNpyArrays,
  decodeNpz,
  decodeSafetensors,
  encodeNpy,
  encodeNpz,
  FileFormatError,
  readNpz,
} from "../../io/mod.ts";
import { pickledText, readPickle } from "../../io/pickle.ts";
import { array, zeros } from "../../ndarray/mod.ts";

/** A `.npy` file, version 2, of any header and body. */
function npy(header: string, body: ArrayLike<number> = []): Uint8Array {
  const text = new TextEncoder().encode(header);
  const bytes = new Uint8Array(12 + text.length + body.length);
  bytes.set([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 2, 0]);
  new DataView(bytes.buffer).setUint32(8, text.length, true);
  bytes.set(text, 12);
  bytes.set(Array.from(body), 12 + text.length);
  return bytes;
}

const dict = (descr: string, shape = "(1,)") =>
  `{'descr': ${descr}, 'fortran_order': False, 'shape': ${shape}, }`;

interface Member {
  readonly name: string;
  readonly data: Uint8Array;
  /** What the directory says of the size. */
  readonly size: number;
  readonly checksum: number;
  /** Another member's place in the archive, to share its data. */
  readonly sharing?: number;
}

/** An archive that may lie. */
function archive(members: readonly Member[]): Uint8Array {
  const pieces: number[] = [];
  const directory: number[] = [];
  const places: number[] = [];
  const two = (n: number) => [n & 255, n >> 8 & 255];
  const four = (n: number) => [...two(n), ...two(n >>> 16)];
  for (const { name, data, size, checksum, sharing } of members) {
    const path = [...new TextEncoder().encode(name)];
    const common = [
      ...[20, 0, 0, 0, 8, 0, 0, 0, 0, 0],
      ...four(checksum),
      ...four(data.length),
      ...four(size),
      ...two(path.length),
      ...[0, 0],
    ];
    const place = sharing === undefined ? pieces.length : places[sharing];
    places.push(place);
    if (sharing === undefined) pieces.push(...four(0x04034b50), ...common, ...path, ...data);
    directory.push(...four(0x02014b50), 20, 0, ...common, ...new Array(10).fill(0), ...four(place));
    directory.push(...path);
  }
  const count = two(members.length);
  return Uint8Array.from([
    ...pieces,
    ...directory,
    ...four(0x06054b50),
    ...[0, 0, 0, 0],
    ...[...count, ...count],
    ...four(directory.length),
    ...four(pieces.length),
    ...[0, 0],
  ]);
}

function member(name: string, content: Uint8Array): Member {
  return {
    name,
    data: new Uint8Array(deflateRawSync(content, { level: 9 })),
    size: content.length,
    checksum: crc32(content),
  };
}

function refused(work: () => unknown, expected: RegExp): void {
  assert.throws(work, (error: Error) => {
    assert.ok(error instanceof FileFormatError, error.stack);
    assert.match(error.message, expected);
    return true;
  });
}

Deno.test("decodeNpy() answers odd and deep headers with the error of the file", () => {
  const deep = "(".repeat(200_000) + ")".repeat(200_000);
  const cases: [string, RegExp][] = [
    [dict("{'toString': 1}"), /descr \{"toString":1\} is no element type/],
    [dict("{'toString': {'call': None}}"), /is not a dict/],
    [dict("None"), /is not a dict/],
    [dict("7"), /descr 7 is no element type/],
    [dict("True"), /descr true is no element type/],
    [dict(deep), /structured arrays \(descr \[\[\[\[\.\.\.\]\]\]\]\) are not read/],
    [dict("'<f4'", deep), /shape \[\[\[\[\.\.\.\]\]\]\] is not a list of sizes/],
    [dict("'<f4'", `{'length': 1}`), /shape \{"length":1\} is not a list of sizes/],
    [dict("'<f4'", `(${"1, ".repeat(65)})`), /a shape of 65 axes has more than 64/],
    [dict("'<f4'", "(3000000000,)"), /more than 2147483647 elements; save it in parts/],
    [dict(`'${"<f4".repeat(1000)}'`), /^.{1,250}$/],
    [`{'__proto__': {'descr': '<f4', 'fortran_order': False, 'shape': (1,)}}`, /descr undefined/],
    [" ".repeat(2_000_000), /a header of 2000000 bytes is past 1000000/],
  ];
  for (const [header, expected] of cases) refused(() => decodeNpy(npy(header)), expected);
});

Deno.test("decodeSafetensors() answers deep headers with the error of the file", () => {
  const deep = "[".repeat(200_000) + "]".repeat(200_000);
  for (
    const info of [
      deep,
      `{"dtype":${deep},"shape":[],"data_offsets":[0,0]}`,
      `{"dtype":"F32","shape":${deep},"data_offsets":[0,0]}`,
      `{"dtype":"F32","shape":[],"data_offsets":${deep}}`,
      `{"dtype":"F32","shape":[${"1,".repeat(70)}1],"data_offsets":[0,4]}`,
    ]
  ) {
    const text = new TextEncoder().encode(`{"${"a".repeat(100_000)}":${info}}`);
    const bytes = new Uint8Array(8 + text.length + 4);
    new DataView(bytes.buffer).setBigUint64(0, BigInt(text.length), true);
    bytes.set(text, 8);
    refused(() => decodeSafetensors(bytes), /^.{1,300}$/);
  }
});

Deno.test("decodeNpyArrays() reads arrays that were saved one after the other", () => {
  const x = encodeNpy(array([1, 2]));
  const y = encodeNpy(array([[true]]));
  const both = Uint8Array.from([...x, ...y]);
  assert.deepEqual(decodeNpyArrays(both).map((a) => a.toArray()), [[1, 2], [[true]]]);
  assert.deepEqual(decodeNpyArrays(x).map((a) => a.toArray()), [[1, 2]]);
  refused(
    () => decodeNpy(both),
    /byte 144: another array follows; read them all with readNpyArrays/,
  );
  refused(() => decodeNpyArrays(both.subarray(0, -1)), /byte 272: .*get the whole file/);
  refused(() => decodeNpyArrays(Uint8Array.from([...x, 1])), /byte 144: .* not a \.npy file/);
  refused(() => decodeNpyArrays(new Uint8Array()), /the file is empty/);
});

Deno.test("decodeNpz() reads the arrays beside one of text, of objects or of complex numbers", async () => {
  for (
    const [descr, problem] of [
      ["'<U5'", "arrays of text .* are not read; save them as JSON"],
      ["'|O'", "arrays of Python objects .* are not read; save numbers"],
      ["'<c8'", "complex numbers .* are not read; save .real and .imag"],
      ["[('a', '<f4')]", "structured arrays .* are not read; save each field"],
    ]
  ) {
    const bytes = archive([
      member("x.npy", encodeNpy(array([1, 2]))),
      member("names.npy", npy(dict(descr), [1, 2, 3])),
      member("y.npy", encodeNpy(array([3]))),
    ]);
    const { x, y } = decodeNpz(bytes);
    assert.deepEqual([x.toArray(), y.toArray()], [[1, 2], [3]]);
    assert.deepEqual(Object.keys(decodeNpz(bytes)), ["x", "names", "y"]);
    assert.deepEqual(Object.keys(decodeNpz(bytes, { only: ["y", "x"] })), ["x", "y"]);

    const path = await Deno.makeTempFile({ suffix: ".npz" });
    await Deno.writeFile(path, bytes);
    const arrays = await readNpz(path);
    refused(
      () => arrays.names,
      new RegExp(`^readNpz: ${path}, entry "names\\.npy", byte 12: ${problem}`),
    );
    await Deno.remove(path);
  }
});

Deno.test("decodeNpz() refuses entries that share their bytes", () => {
  const first = member("a.npy", encodeNpy(zeros([1000, 1000])));
  const twelve = Array.from({ length: 12 }, (_, i) => ({ ...first, sharing: i ? 0 : undefined }));
  refused(() => decodeNpz(archive(twelve)), /entries "a\.npy" and "a\.npy" share bytes/);
});

Deno.test("decodeNpz() unpacks neither what is skipped nor more than maxBytes", () => {
  const zeros100 = new Uint8Array(100_000_000);
  // Its wrong checksum would be found if it was unpacked.
  const bomb = { ...member("notes.txt", zeros100), checksum: 1 };
  const x = member("x.npy", encodeNpy(array([1])));
  assert.deepEqual(decodeNpz(archive([bomb, x])).x.toArray(), [1]);
  const other = { ...bomb, name: "y.npy" };
  const large = archive([x, other]);
  assert.deepEqual(decodeNpz(large, { only: ["x"] }).x.toArray(), [1]);
  refused(
    () => decodeNpz(large, { maxBytes: 99_999_999 }),
    /the arrays have more than 99999999 bytes; if that is right, raise maxBytes/,
  );
  const lie = { ...x, size: 2_000_000_000 };
  refused(() => decodeNpz(archive([lie])), /bytes cannot hold its 2000000000 bytes/);
  refused(
    () => decodeNpz(archive([member("data.pkl", zeros100)])),
    /"data\.pkl" and no \.npy file; if it is a PyTorch file/,
  );
});

Deno.test("decodeNpz() checks its options", () => {
  const bytes = encodeNpz({ x: array([1]), weights: array([2]) });
  const decode = decodeNpz as (bytes: unknown, options?: unknown) => unknown;
  assert.throws(
    () => decode(bytes, { only: ["weight"] }),
    /^RangeError: decodeNpz: only names "weight", which bytes does not have; did you mean "weights"\?/,
  );
  assert.throws(
    () => decode(bytes, { only: "x" }),
    /^TypeError: decodeNpz: only must be a list of names, got "x"/,
  );
  for (const maxBytes of [-1, NaN, "9", Symbol("9")]) {
    assert.throws(
      () => decode(bytes, { maxBytes }),
      /^RangeError: decodeNpz: maxBytes must be a number/,
    );
  }
  assert.throws(
    () => decode(bytes, { names: ["x"] }),
    /^TypeError: decodeNpz: there is no option "names"/,
  );
  for (const work of [decodeNpz, decodeNpy, decodeNpyArrays, decodeSafetensors]) {
    assert.throws(
      () => work("x" as never),
      /^TypeError: \w+: bytes must be a Uint8Array, got string; read a file with read/,
    );
  }
});

Deno.test("readers say what a file of another kind is", () => {
  const start = (text: string) => Uint8Array.from(text.padEnd(80, "\0"), (c) => c.charCodeAt(0));
  const cases: [string, RegExp][] = [
    ["\x89HDF\r\n\x1a\n", /it is an HDF5 file .*; save its arrays again with numpy\.savez/],
    ["\x80\x04\x95", /it is a Python pickle; save its arrays again/],
    ["\x1f\x8b\b", /it is a gzip file; unpack it first with gunzip/],
    ["version https://git-lfs.github.com/spec/v1", /it is a pointer of Git LFS; .*git lfs pull/],
    ["<!DOCTYPE html>", /it is a web page; the download went wrong/],
    ["\x89PNG\r\n\x1a\n", /it is a PNG image; read it with readImage/],
  ];
  for (const [text, expected] of cases) {
    for (const read of [decodeNpy, decodeNpz, decodeSafetensors]) {
      refused(() => read(start(text)), expected);
    }
  }
  refused(() => decodeNpz(encodeNpy(array([1]))), /it is a \.npy file; read it with readNpy/);
  refused(() => decodeSafetensors(encodeNpz({ x: array([1]) })), /it is a zip archive/);
});

Deno.test("readPickle() takes strings of any length, and refuses shapes that are none", () => {
  const text = "ab".repeat(300_000);
  const long = Uint8Array.from([
    0x80,
    2,
    0x54,
    ...new Uint8Array(Uint32Array.of(text.length).buffer),
    ...new TextEncoder().encode(text),
    0x2e,
  ]);
  assert.equal(pickledText(readPickle("test", "x.pkl", long) as Uint8Array), text);
  const name = Uint8Array.from([0x80, 2, 0x63, ...new TextEncoder().encode(text), 10, 0x2e]);
  refused(() => readPickle("test", "x.pkl", name), /^.{1,400}$/);
});
