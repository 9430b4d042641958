import assert from "node:assert/strict";
import fc from "fast-check";
import {
  decodeSafetensors,
  encodeSafetensors,
  FileFormatError,
  readSafetensors,
  writeSafetensors,
} from "../../io/mod.ts";
import { array, asNDArray, type NDArray, zeros } from "../../ndarray/mod.ts";

/** Builds a file from a header and a body that need not fit together. */
function file(header: unknown, body: Uint8Array = new Uint8Array(0), size?: bigint): Uint8Array {
  const text = new TextEncoder().encode(
    typeof header === "string" ? header : JSON.stringify(header),
  );
  const bytes = new Uint8Array(8 + text.length + body.length);
  new DataView(bytes.buffer).setBigUint64(0, size ?? BigInt(text.length), true);
  bytes.set(text, 8);
  bytes.set(body, 8 + text.length);
  return bytes;
}

const tensor = (dtype: unknown, shape: unknown, data_offsets: unknown) => ({
  dtype,
  shape,
  data_offsets,
});

const sample = {
  "W1": array([[1.5, -0, 3], [4, 5e-324, Infinity]]),
  "b1": array([0.1, 0.2], "float32"),
  "y": array([-1, 2 ** 31 - 1], "int32"),
  "img": array([0, 128, 255], "uint8"),
  "mask": array([true, false, true]),
  "empty": zeros([0, 7], "float32"),
  "scalar": asNDArray(Float64Array.of(NaN), []),
};

Deno.test("safetensors keep every dtype, shape and bit", () => {
  const metadata = { epoch: "3", text: 'quotes " and ünïcode' };
  const back = decodeSafetensors(encodeSafetensors(sample, metadata));
  assert.deepEqual(Object.keys(back.tensors).sort(), Object.keys(sample).sort());
  for (const [name, { data, shape, dtype }] of Object.entries(sample)) {
    const read = back.tensors[name];
    assert.deepEqual([read.shape, read.dtype], [shape, dtype], name);
    assert.deepEqual(new Uint8Array(read.data.buffer), new Uint8Array(data.slice().buffer), name);
  }
  assert.deepEqual(back.metadata, metadata);
});

Deno.test("encodeSafetensors() lays the file out as the format says, aligned to 8 bytes", () => {
  const bytes = encodeSafetensors({ b: array([1], "uint8"), a: array([2]) });
  const size = Number(new DataView(bytes.buffer).getBigUint64(0, true));
  assert.equal(size % 8, 0);
  assert.deepEqual(JSON.parse(new TextDecoder().decode(bytes.subarray(8, 8 + size))), {
    a: { dtype: "F64", shape: [1], data_offsets: [0, 8] },
    b: { dtype: "U8", shape: [1], data_offsets: [8, 9] },
  });
  assert.deepEqual([...bytes.subarray(8 + size)], [0, 0, 0, 0, 0, 0, 0, 64, 1]);
});

Deno.test("encodeSafetensors() encodes a part of a larger buffer", () => {
  const part = new Float32Array([1, 2, 3, 4]).subarray(1, 3);
  const { tensors } = decodeSafetensors(encodeSafetensors({ part: asNDArray(part, [2]) }));
  assert.deepEqual(tensors.part.toArray(), [2, 3]);
});

Deno.test("decodeSafetensors() reads names that are dangerous as keys", () => {
  const bytes = file(
    '{"__proto__":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}',
    Uint8Array.of(5),
  );
  const { tensors } = decodeSafetensors(bytes);
  assert.deepEqual(Object.keys(tensors), ["__proto__"]);
  assert.equal(Object.getPrototypeOf(tensors), Object.prototype);
});

Deno.test("decodeSafetensors() reads from an unaligned part of a larger buffer", () => {
  const bytes = encodeSafetensors({ a: array([7, 8]) }, {}, { checksum: true });
  const larger = new Uint8Array(bytes.length + 5);
  larger.set(bytes, 3);
  const { tensors } = decodeSafetensors(larger.subarray(3, 3 + bytes.length), { checksum: true });
  assert.deepEqual(tensors.a.toArray(), [7, 8]);
});

Deno.test("decodeSafetensors() hands out memory of its own", () => {
  const bytes = encodeSafetensors({ a: array([7, 8]) });
  const { tensors } = decodeSafetensors(bytes);
  bytes.fill(0);
  assert.deepEqual(tensors.a.toArray(), [7, 8]);
});

Deno.test("decodeSafetensors() converts the types it does not have, when exact", () => {
  const cases: [string, Uint8Array, string, number[]][] = [
    ["I8", new Uint8Array(Int8Array.of(-128, 127).buffer), "int32", [-128, 127]],
    ["I16", new Uint8Array(Int16Array.of(-300, 300).buffer), "int32", [-300, 300]],
    ["U16", new Uint8Array(Uint16Array.of(0, 65535).buffer), "int32", [0, 65535]],
    ["U32", new Uint8Array(Uint32Array.of(1, 2).buffer), "int32", [1, 2]],
    ["U32", new Uint8Array(Uint32Array.of(1, 2 ** 32 - 1).buffer), "float64", [1, 2 ** 32 - 1]],
    ["I64", new Uint8Array(BigInt64Array.of(-5n, 6n).buffer), "int32", [-5, 6]],
    [
      "I64",
      new Uint8Array(BigInt64Array.of(-(2n ** 40n), 6n).buffer),
      "float64",
      [-(2 ** 40), 6],
    ],
    ["U64", new Uint8Array(BigUint64Array.of(0n, 2n ** 53n - 1n).buffer), "float64", [
      0,
      2 ** 53 - 1,
    ]],
    [
      "F16",
      new Uint8Array(Uint16Array.of(0x3c00, 0xc000, 0x0001, 0x7bff, 0x7c00, 0x3555).buffer),
      "float32",
      [1, -2, 2 ** -24, 65504, Infinity, 0.333251953125],
    ],
    [
      "BF16",
      new Uint8Array(Uint16Array.of(0x3f80, 0xc000, 0x7f80, 0x0001).buffer),
      "float32",
      [1, -2, Infinity, 2 ** -133],
    ],
  ];
  for (const [dtype, body, expected, values] of cases) {
    const bytes = file({ x: tensor(dtype, [values.length], [0, body.length]) }, body);
    const { x } = decodeSafetensors(bytes).tensors;
    assert.equal(x.dtype, expected, dtype);
    assert.deepEqual(x.toArray(), values, dtype);
  }
  const halfNaN = file({ x: tensor("F16", [1], [0, 2]) }, Uint8Array.of(1, 0x7c));
  assert.ok(Number.isNaN(decodeSafetensors(halfNaN).tensors.x.item()));
});

Deno.test("decodeSafetensors() refuses integers that are not exact, and bools that are not bools", () => {
  const wide = new Uint8Array(BigInt64Array.of(1n, 2n ** 53n).buffer);
  assert.throws(
    () => decodeSafetensors(file({ x: tensor("I64", [2], [0, 16]) }, wide)),
    /byte 71: tensor "x": 9007199254740992 has no exact number here/,
  );
  assert.throws(
    () => decodeSafetensors(file({ x: tensor("BOOL", [2], [0, 2]) }, Uint8Array.of(1, 2))),
    /a bool must be 0 or 1, got 2/,
  );
});

Deno.test("decodeSafetensors() answers every hostile header with an error that names the trouble", () => {
  const body = new Uint8Array(16);
  const huge = 2 ** 52;
  const cases: [Uint8Array, RegExp][] = [
    [new Uint8Array(0), /byte 0: the file ends inside the header's length/],
    [new Uint8Array(7), /byte 7: the file ends inside/],
    [file({}, body, 2n ** 63n), /byte 0: a header of 9223372036854775808 bytes/],
    [file({}, body, 1000n), /the header needs 1000 bytes, the file has 18/],
    [file("", body), /must start with "\{"/],
    [file("[]", body), /must start with "\{"/],
    [file("{"), /the header is not JSON/],
    [file('{"a":"\u0000"}'), /the header is not JSON/],
    [
      file({ __metadata__: { a: 1 } }),
      /__metadata__ must be an object of strings/,
    ],
    [file({ __metadata__: [] }), /__metadata__ must be an object of strings/],
    [file({ a: 1 }, body), /tensor "a": its header entry is not an object/],
    [file({ a: null }, body), /tensor "a": its header entry is not an object/],
    [file({ a: tensor("F99", [1], [0, 16]) }, body), /dtype "F99" is not read here; convert/],
    [file({ a: tensor("toString", [1], [0, 16]) }, body), /dtype "toString" is not read/],
    [file({ a: tensor(undefined, [1], [0, 16]) }, body), /dtype undefined is not read/],
    [file({ a: tensor("F64", "2", [0, 16]) }, body), /shape "2" is not a list of sizes/],
    [file({ a: tensor("F64", [-2], [0, 16]) }, body), /shape \[-2\] is not a list/],
    [file({ a: tensor("F64", [1.5], [0, 16]) }, body), /shape \[1.5\] is not a list/],
    [file({ a: tensor("F64", [huge, huge], [0, 16]) }, body), /more than 2147483647 elements/],
    [file({ a: tensor("F64", [0, huge, huge], [0, 16]) }, body), /needs 0 bytes/],
    [file({ a: tensor("F64", [2], [0, "16"]) }, body), /data_offsets \[0,"16"\] is not a range/],
    [file({ a: tensor("F64", [2], [16, 0]) }, body), /is not a range of bytes/],
    [file({ a: tensor("F64", [2], [-16, 0]) }, body), /is not a range of bytes/],
    [file({ a: tensor("F64", [2], [0]) }, body), /is not a range of bytes/],
    [file({ a: tensor("F64", [3], [0, 16]) }, body), /needs 24 bytes, data_offsets give 16/],
    [file({ a: tensor("F64", [4], [0, 32]) }, body), /the tensors end at byte \d+, the file at/],
    [file({ a: tensor("F64", [1], [0, 8]) }, body), /8 bytes belong to no tensor/],
    [file({ a: tensor("F64", [1], [8, 16]) }, body), /tensor "a" leaves a gap after "the header"/],
    [
      file({ a: tensor("F64", [2], [0, 16]), b: tensor("F64", [1], [8, 16]) }, body),
      /tensor "b" overlaps "a"/,
    ],
    [
      file({ a: tensor("F64", [2], [0, 16]), b: tensor("F64", [2], [0, 16]) }, body),
      /overlaps/,
    ],
  ];
  for (const [bytes, message] of cases) {
    assert.throws(
      () => decodeSafetensors(bytes, { file: "evil.safetensors" }),
      (error) => {
        assert.ok(error instanceof FileFormatError);
        assert.match(error.message, message);
        assert.match(error.message, /^decodeSafetensors: evil\.safetensors, byte \d+: .*[^.]$/s);
        assert.equal(error.file, "evil.safetensors");
        return true;
      },
    );
  }
});

Deno.test("decodeSafetensors() survives arbitrary damage: it reads something or throws a FileFormatError", () => {
  const bytes = encodeSafetensors(sample, { a: "b" });
  const header = Number(new DataView(bytes.buffer).getBigUint64(0, true));
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.nat(8 + header), fc.nat(255)), { minLength: 1, maxLength: 4 }),
      (edits) => {
        const damaged = bytes.slice();
        for (const [at, value] of edits) damaged[at] = value;
        try {
          decodeSafetensors(damaged);
        } catch (error) {
          assert.ok(error instanceof FileFormatError, String(error));
        }
      },
    ),
    { numRuns: 2000, seed: 1 },
  );
});

Deno.test("a checksum finds every flipped bit and every cut", () => {
  const bytes = encodeSafetensors(sample, { epoch: "3" }, { checksum: true });
  assert.deepEqual(decodeSafetensors(bytes, { checksum: true }).metadata, { epoch: "3" });
  for (let bit = 0; bit < bytes.length * 8; bit++) {
    bytes[bit >> 3] ^= 1 << (bit & 7);
    assert.throws(
      () => decodeSafetensors(bytes, { checksum: true }),
      FileFormatError,
      `bit ${bit}`,
    );
    bytes[bit >> 3] ^= 1 << (bit & 7);
  }
  for (let length = 0; length < bytes.length; length++) {
    assert.throws(
      () => decodeSafetensors(bytes.subarray(0, length), { checksum: true }),
      FileFormatError,
    );
  }
});

Deno.test("a checksum that is asked for must be there, and one that is not asked for is metadata", () => {
  const plain = encodeSafetensors(sample);
  assert.throws(() => decodeSafetensors(plain, { checksum: true }), /the file has no checksum/);
  const summed = encodeSafetensors(sample, {}, { checksum: true });
  assert.match(decodeSafetensors(summed).metadata["nndl.crc32"], /^[0-9a-f]{8}$/);
});

Deno.test("encodeSafetensors() refuses what the format cannot hold", () => {
  assert.throws(
    () => encodeSafetensors({ __metadata__: array([1]) }),
    new RangeError(
      "encodeSafetensors: a tensor cannot be called __metadata__, which the format reserves; rename it",
    ),
  );
  assert.throws(
    () => encodeSafetensors({ a: new Float32Array(1) as unknown as NDArray }),
    TypeError,
  );
  assert.throws(() => encodeSafetensors({}, { epoch: 3 as unknown as string }), TypeError);
});

Deno.test("readSafetensors() names the file that is missing or damaged", async () => {
  const folder = await Deno.makeTempDir();
  const path = `${folder}/net.safetensors`;
  await assert.rejects(readSafetensors(path), (error: Error) => {
    assert.match(error.message, /^readSafetensors: cannot read .*net\.safetensors: /);
    assert.ok(error.cause instanceof Deno.errors.NotFound);
    return true;
  });
  await writeSafetensors(path, sample);
  assert.deepEqual((await readSafetensors(path)).tensors.b1.dtype, "float32");
  await Deno.truncate(path, 20);
  await assert.rejects(readSafetensors(path), /readSafetensors: .*net\.safetensors, byte 20: /);
  await Deno.remove(folder, { recursive: true });
});
