import assert from "node:assert/strict";
import fc from "fast-check";
import { decodeNpy, encodeNpy, FileFormatError, readNpy, writeNpy } from "../../io/mod.ts";
import { array, asNDArray, zeros } from "../../ndarray/mod.ts";

/** Builds a `.npy` file from a header and a body that need not fit together. */
function file(header: string, body: ArrayLike<number> = [], version = 1): Uint8Array {
  const text = new TextEncoder().encode(header + "\n");
  const size = version === 1
    ? [text.length & 255, text.length >> 8]
    : [text.length & 255, text.length >> 8, 0, 0];
  return Uint8Array.from([
    0x93,
    ...new TextEncoder().encode("NUMPY"),
    version,
    0,
    ...size,
    ...text,
    ...Array.from(body),
  ]);
}

const header = (descr: string, shape: string, fortran = "False") =>
  `{'descr': ${descr}, 'fortran_order': ${fortran}, 'shape': ${shape}, }`;

Deno.test("npy keeps every dtype, shape and bit", () => {
  for (
    const x of [
      array([[1.5, -0, 3], [4, 5e-324, Infinity]]),
      array([0.1, 0.2], "float32"),
      array([[[-1]], [[2 ** 31 - 1]]], "int32"),
      array([0, 128, 255], "uint8"),
      array([true, false]),
      zeros([0, 7]),
      asNDArray(Float64Array.of(NaN), []),
    ]
  ) {
    const bytes = encodeNpy(x);
    const read = decodeNpy(bytes);
    assert.deepEqual([read.shape, read.dtype], [x.shape, x.dtype]);
    assert.deepEqual(new Uint8Array(read.data.buffer), new Uint8Array(x.data.slice().buffer));
    assert.equal((bytes.length - x.data.byteLength) % 64, 0);
  }
});

Deno.test("encodeNpy() writes the bytes that numpy.save writes", () => {
  const text = "{'descr': '|u1', 'fortran_order': False, 'shape': (3,), }";
  const expected = Uint8Array.from([
    0x93,
    ...new TextEncoder().encode("NUMPY"),
    1,
    0,
    118,
    0,
    ...new TextEncoder().encode(text.padEnd(117) + "\n"),
    7,
    8,
    9,
  ]);
  assert.deepEqual(encodeNpy(array([7, 8, 9], "uint8")), expected);
});

Deno.test("decodeNpy() reads versions 2 and 3, other key orders and other spacing", () => {
  for (const version of [1, 2, 3]) {
    const bytes = file(header("'|u1'", "(2,)"), [4, 5], version);
    assert.deepEqual(decodeNpy(bytes).toArray(), [4, 5]);
  }
  const other = `{"shape":(1L, 2L),"fortran_order":False,"descr":"|u1"}`;
  assert.deepEqual(decodeNpy(file(other, [4, 5])).toArray(), [[4, 5]]);
});

Deno.test("decodeNpy() reads big-endian elements", () => {
  assert.deepEqual(
    decodeNpy(file(header("'>f4'", "(2,)"), [0x3f, 0x80, 0, 0, 0xc0, 0, 0, 0])).toArray(),
    [1, -2],
  );
  assert.deepEqual(decodeNpy(file(header("'>i2'", "()"), [1, 2])).item(), 258);
});

Deno.test("decodeNpy() turns Fortran order into C order", () => {
  const x = decodeNpy(file(header("'|u1'", "(2, 3)", "True"), [1, 4, 2, 5, 3, 6]));
  assert.deepEqual(x.toArray(), [[1, 2, 3], [4, 5, 6]]);
});

Deno.test("decodeNpy() converts int64 when exact, and refuses it otherwise", () => {
  const bytes = (values: bigint[]) => new Uint8Array(BigInt64Array.from(values).buffer);
  const labels = decodeNpy(file(header("'<i8'", "(2,)"), bytes([3n, -1n])));
  assert.deepEqual([labels.dtype, labels.toArray()], ["int32", [3, -1]]);
  assert.throws(
    () => decodeNpy(file(header("'<i8'", "(1,)"), bytes([2n ** 60n]))),
    /1152921504606846976 has no exact number here; store the array as float64/,
  );
});

Deno.test("decodeNpy() says what is wrong with a file, where, and what to do", () => {
  const cut = encodeNpy(array([1, 2, 3]));
  const cases: [Uint8Array, RegExp][] = [
    [new Uint8Array(0), /byte 0: the file is empty; get it anew/],
    [
      new TextEncoder().encode("PK\x03\x04 a zip archive"),
      /it is a zip archive; a \.npz file is read with readNpz; if it is a PyTorch/,
    ],
    [file(header("'<f4'", "(1,)"), [], 9), /byte 6: version 9 is not read/],
    [cut.subarray(0, 6), /byte 6: the file ends early/],
    [cut.subarray(0, 9), /byte 9: the file ends early; get the whole file/],
    [cut.subarray(0, 50), /byte 50: the header ends at byte 128/],
    [cut.subarray(0, 150), /byte 150: shape \(3\) needs 152 bytes in all; get the whole file/],
    [file(header("'<f4'", "(1,)"), [0, 0, 0, 0, 0]), /1 bytes follow the array/],
    [file("hello"), /byte 10: the header "hello\\n" is not a dict/],
    [file("[1, 2]"), /descr undefined is no element type; the file is damaged/],
    [file("{'shape': (1,)}"), /descr/],
    [file(header("'|O'", "(1,)")), /Python objects .* save numbers, with allow_pickle=False/],
    [file(header("'<U5'", "(1,)")), /arrays of text/],
    [file(header("'<c8'", "(1,)")), /complex numbers .* save \.real and \.imag/],
    [file(header("[('a', '<f4')]", "(1,)")), /structured arrays/],
    [file(header("'<f16'", "(1,)")), /descr "<f16" is not read; convert/],
    [file(header("'<m8[s]'", "(1,)")), /is not read/],
    [file(header("'<f4'", "5")), /shape 5 is not a list of sizes/],
    [file(header("'<f4'", "(-5,)")), /shape \[-5\] is not a list/],
    [file(header("'<f4'", `(${2 ** 52}, ${2 ** 52})`)), /more than 2147483647 elements/],
    [file(header("'<f4'", `(${2 ** 30},)`)), /needs \d+ bytes in all/],
    [file(header("'<f4'", "(1,)", "1")), /fortran_order must be True or False, got 1/],
    [file(header("'|b1'", "(1,)"), [7]), /a bool must be 0 or 1, got 7/],
  ];
  for (const [bytes, message] of cases) {
    assert.throws(() => decodeNpy(bytes, { file: "x.npy" }), (error: Error) => {
      assert.ok(error instanceof FileFormatError, error.stack);
      assert.match(error.message, message);
      assert.match(error.message, /^decodeNpy: x\.npy, byte \d+: /);
      return true;
    });
  }
});

Deno.test("decodeNpy() survives arbitrary damage: it reads something or throws a FileFormatError", () => {
  const bytes = encodeNpy(array([[1, 2], [3, 4]], "float32"));
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.nat(80), fc.nat(255)), { minLength: 1, maxLength: 3 }),
      (edits) => {
        const damaged = bytes.slice();
        for (const [at, value] of edits) damaged[at] = value;
        try {
          decodeNpy(damaged);
        } catch (error) {
          assert.ok(error instanceof FileFormatError, String(error));
        }
      },
    ),
    { numRuns: 3000, seed: 1 },
  );
});

Deno.test("readNpy() and writeNpy() name the file that fails", async () => {
  const folder = await Deno.makeTempDir();
  await assert.rejects(readNpy(`${folder}/a.npy`), /readNpy: cannot read .*a\.npy: /);
  await assert.rejects(writeNpy(`${folder}/b/a.npy`, array([1])), /create its folder first/);
  await writeNpy(`${folder}/a.npy`, array([1]));
  await Deno.truncate(`${folder}/a.npy`, 130);
  await assert.rejects(readNpy(`${folder}/a.npy`), /readNpy: .*a\.npy, byte 130: /);
  await Deno.remove(folder, { recursive: true });
});
