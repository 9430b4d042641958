import assert from "node:assert/strict";
import fc from "fast-check";
import { decodeNpz, encodeNpz, FileFormatError, readNpz, writeNpz } from "../../io/mod.ts";
import { array, zeros } from "../../ndarray/mod.ts";

const sample = {
  W: array([[1, 2], [3, 4]], "float32"),
  mask: array([true, false]),
  "größe": zeros([50, 50]),
};

for (const compress of [false, true]) {
  const kind = compress ? "deflated" : "stored";

  Deno.test(`npz keeps names, dtypes and values, ${kind}`, () => {
    const back = decodeNpz(encodeNpz(sample, { compress }));
    assert.deepEqual(Object.keys(back), Object.keys(sample));
    for (const [name, x] of Object.entries(sample)) {
      const read = back[name];
      assert.deepEqual([read.shape, read.dtype, read.toArray()], [x.shape, x.dtype, x.toArray()]);
    }
  });

  Deno.test(`decodeNpz() gives the right arrays or an error for every flipped bit, ${kind}`, () => {
    const small = { a: array([1, 2, 3]), b: array([true]) };
    const bytes = encodeNpz(small, { compress });
    for (let bit = 0; bit < bytes.length * 8; bit++) {
      bytes[bit >> 3] ^= 1 << (bit & 7);
      try {
        const { a, b } = decodeNpz(bytes);
        assert.deepEqual([a.toArray(), b.toArray()], [[1, 2, 3], [true]], `bit ${bit}`);
      } catch (error) {
        assert.ok(error instanceof FileFormatError, `bit ${bit}: ${error}`);
      }
      bytes[bit >> 3] ^= 1 << (bit & 7);
    }
  });
}

Deno.test("decodeNpz() survives arbitrary damage: it reads something or throws a FileFormatError", () => {
  const bytes = encodeNpz(sample, { compress: true });
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.nat(bytes.length - 1), fc.nat(255)), { minLength: 1, maxLength: 5 }),
      fc.nat(bytes.length),
      (edits, length) => {
        const damaged = bytes.slice(0, length > bytes.length / 2 ? bytes.length : length);
        for (const [at, value] of edits) if (at < damaged.length) damaged[at] = value;
        try {
          decodeNpz(damaged);
        } catch (error) {
          assert.ok(error instanceof FileFormatError, String(error));
        }
      },
    ),
    { numRuns: 1000, seed: 1 },
  );
});

Deno.test("decodeNpz() does not inflate past the size that the archive states", () => {
  const bytes = encodeNpz({ a: zeros([1_000_000]) }, { compress: true });
  const view = new DataView(bytes.buffer);
  const directory = view.getUint32(bytes.length - 22 + 16, true);
  view.setUint32(directory + 24, 100, true);
  assert.throws(
    () => decodeNpz(bytes, { file: "bomb.npz" }),
    /bomb\.npz, byte 0: entry "a\.npy": it does not inflate \(/,
  );
});

Deno.test("decodeNpz() names the entry that is not an array", () => {
  const bytes = encodeNpz({ abc: array([1], "uint8") });
  const data = 30 + "abc.npy".length;
  assert.equal(bytes[data], 0x93);
  assert.throws(
    () => decodeNpz(bytes.fill(0, data, data + 1)),
    /entry "abc\.npy": its size or checksum/,
  );
});

Deno.test("readNpz() and writeNpz() name the file that fails", async () => {
  const folder = await Deno.makeTempDir();
  const path = `${folder}/a.npz`;
  await assert.rejects(readNpz(path), /readNpz: cannot read .*a\.npz: /);
  await writeNpz(path, sample, { compress: true });
  assert.deepEqual(Object.keys(await readNpz(path)), Object.keys(sample));
  await Deno.truncate(path, 100);
  await assert.rejects(readNpz(path), /readNpz: .*a\.npz, byte 100: no end of a zip archive/);
  await Deno.remove(folder, { recursive: true });
});
