import assert from "node:assert/strict";
import {
  cifar10LabelNames,
  DataNotFoundError,
  findCifar10,
  loadCifar10,
} from "../../../data/mod.ts";
import { FileFormatError } from "../../../io/mod.ts";
import {
  binaryBatch,
  fileNames,
  inTempFolder,
  labelOf,
  pickledBatch,
  pixelOf,
  writeBinaryFolder,
  writePickleFolder,
} from "./_cifar10.ts";

/** Asserts a rejection that names the file, the byte, and a remedy. */
async function assertFileError(
  promise: Promise<unknown>,
  file: string,
  offset: number,
  ...texts: RegExp[]
): Promise<void> {
  await assert.rejects(promise, (error) => {
    assert.ok(error instanceof FileFormatError, String(error));
    assert.equal(error.file, file);
    assert.equal(error.offset, offset);
    assert.ok(error.message.includes(file) && error.message.includes(`byte ${offset}`));
    for (const text of texts) assert.match(error.message, text);
    return true;
  });
}

Deno.test("loadCifar10() reads the binary layout in the order of the files", async () => {
  await inTempFolder(async (dir) => {
    const records = 3;
    await writeBinaryFolder(`${dir}/cifar-10-batches-bin`, records);
    for (const place of [dir, `${dir}/`, `${dir}/cifar-10-batches-bin`]) {
      const data = await loadCifar10(place, { recordsPerBatch: records });
      assert.deepEqual(data.XTrain.shape, [15, 3, 32, 32]);
      assert.deepEqual(data.XTest.shape, [3, 3, 32, 32]);
      assert.equal(data.XTrain.dtype, "uint8");
      assert.equal(data.yTrain.dtype, "int32");
      assert.deepEqual(data.yTrain.toArray(), Array.from({ length: 15 }, (_, row) => labelOf(row)));
      assert.deepEqual(data.yTest.toArray(), [labelOf(15), labelOf(16), labelOf(17)]);
      for (const [row, j] of [[0, 0], [2, 3071], [3, 0], [14, 1025]]) {
        assert.equal(data.XTrain.data[row * 3072 + j], pixelOf(row, j));
      }
      assert.equal(data.XTest.at(2, 1, 2, 3), pixelOf(17, 1024 + 2 * 32 + 3));
      assert.deepEqual(data.labelNames, cifar10LabelNames);
    }
  });
});

Deno.test("loadCifar10() takes a file: URL, and names from batches.meta.txt", async () => {
  await inTempFolder(async (dir) => {
    await writeBinaryFolder(dir, 1);
    const names = ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j"];
    await Deno.writeTextFile(`${dir}/batches.meta.txt`, names.join("\n") + "\n\n");
    const data = await loadCifar10(new URL(`file://${dir}`), { recordsPerBatch: 1 });
    assert.deepEqual(data.labelNames, names);
  });
});

Deno.test("loadCifar10() reads the Python layout as NumPy reads it", async () => {
  await inTempFolder(async (dir) => {
    await writePickleFolder(`${dir}/cifar-10-batches-py`);
    const data = await loadCifar10(dir, { recordsPerBatch: 3 });
    assert.deepEqual(data.XTrain.shape, [15, 3, 32, 32]);
    assert.deepEqual([...data.yTrain.data.subarray(3, 9)], [3, 0, 9, 3, 0, 9]);
    const expected = Uint8Array.from({ length: 3 * 3072 }, (_, i) => i * 7 % 251);
    assert.deepEqual(data.XTest.data, expected);
    assert.deepEqual(data.XTrain.data.subarray(4 * 9216), expected);
    assert.deepEqual(data.labelNames, cifar10LabelNames);
  });
});

Deno.test("loadCifar10() names the file and the byte where a truncated file ends", async () => {
  await inTempFolder(async (dir) => {
    await writeBinaryFolder(dir, 4);
    for (const size of [0, 1, 3073, 4 * 3073 - 1]) {
      await Deno.writeFile(`${dir}/data_batch_3.bin`, binaryBatch(2, 4).subarray(0, size));
      await assertFileError(
        loadCifar10(dir, { recordsPerBatch: 4 }),
        `${dir}/data_batch_3.bin`,
        size,
        new RegExp(`after ${Math.floor(size / 3073)} of 4 whole records`),
        /12292 bytes expected/,
        /unpack https:.*cifar-10-binary.tar.gz/,
      );
    }
  });
});

Deno.test("loadCifar10() refuses a file that is too long", async () => {
  await inTempFolder(async (dir) => {
    await writeBinaryFolder(dir, 2);
    await Deno.writeFile(`${dir}/test_batch.bin`, binaryBatch(5, 3));
    await assertFileError(
      loadCifar10(dir, { recordsPerBatch: 2 }),
      `${dir}/test_batch.bin`,
      2 * 3073,
      /3073 bytes follow the 2 records/,
    );
  });
});

Deno.test("loadCifar10() refuses a label above 9 and says where it is", async () => {
  await inTempFolder(async (dir) => {
    await writeBinaryFolder(dir, 3);
    const bytes = binaryBatch(1, 3);
    bytes[2 * 3073] = 10;
    await Deno.writeFile(`${dir}/data_batch_2.bin`, bytes);
    await assertFileError(
      loadCifar10(dir, { recordsPerBatch: 3 }),
      `${dir}/data_batch_2.bin`,
      2 * 3073,
      /from 0 to 9, got 10/,
      /remove the folder/,
    );
  });
});

Deno.test("loadCifar10() says which file is missing", async () => {
  await inTempFolder(async (dir) => {
    await writeBinaryFolder(dir, 1);
    await Deno.remove(`${dir}/data_batch_4.bin`);
    await assert.rejects(
      loadCifar10(dir, { recordsPerBatch: 1 }),
      /data_batch_4\.bin: there is no such file; .*unpack/,
    );
  });
});

Deno.test("loadCifar10() throws DataNotFoundError for a folder without data", async () => {
  await inTempFolder(async (dir) => {
    await assert.rejects(loadCifar10(dir), (error) => {
      assert.ok(error instanceof DataNotFoundError);
      assert.ok(error.message.includes(dir));
      return true;
    });
  });
});

Deno.test("loadCifar10() refuses damaged pickles with the byte", async (t) => {
  const source = Array.from(pickledBatch, (byte) => String.fromCharCode(byte)).join("");
  const at = (text: string) => source.indexOf(text);
  const changed = (offset: number, ...values: number[]) => {
    const bytes = pickledBatch.slice();
    bytes.set(values, offset);
    return bytes;
  };
  const renamed = (from: string, to: string) => changed(at(from), ...new TextEncoder().encode(to));
  const cases: [string, Uint8Array, number, RegExp][] = [
    ["an unknown opcode", changed(at("}q"), 0x69), 2, /opcode 0x69 is none that CIFAR-10/],
    ["another protocol", changed(1, 6), 0, /protocol from 0 to 5 expected, got 6/],
    [
      "a foreign name",
      renamed("_reconstruct", "_exec_system"),
      at("cnumpy.core"),
      /"numpy\.core\.multiarray _exec_system" is none/,
    ],
    ["an array of another type", renamed("u1q", "i1q"), at("filenames") - 3, /array of uint8/],
    ["Fortran order", changed(at("\x89T"), 0x88), at("filenames") - 3, /row-major/],
    [
      "a wrong shape",
      changed(at("K\x03M\x00\x0c") + 1, 4),
      at("filenames") - 3,
      /12288 elements expected/,
    ],
    [
      "a label above 9",
      changed(at("K\x03K\x00K\x09") + 5, 12),
      at("\x89T") + 6,
      /label 2 of the list must be from 0 to 9, got 12/,
    ],
    ["an end in the middle", pickledBatch.slice(0, 5000), 5000, /ends in the middle/],
    ["an empty file", new Uint8Array(), 0, /ends in the middle/],
    ["no labels", renamed("labels", "lebals"), 0, /"labels" expected/],
    ["no data", renamed("U\x04data", "U\x04dota"), 0, /"data" expected/],
    ["something else", new TextEncoder().encode("<html>Not found</html>"), 0, /opcode 0x3c/],
  ];
  for (const [name, bytes, offset, text] of cases) {
    await t.step(name, () =>
      inTempFolder(async (dir) => {
        await writePickleFolder(dir);
        await Deno.writeFile(`${dir}/data_batch_2`, bytes);
        const promise = loadCifar10(dir, { recordsPerBatch: 3 });
        await assertFileError(promise, `${dir}/data_batch_2`, offset, text);
      }));
  }
});

Deno.test("loadCifar10() refuses a pickle with another number of images", async () => {
  await inTempFolder(async (dir) => {
    await writePickleFolder(dir);
    await assert.rejects(loadCifar10(dir), /10000 images expected, got 3 and 3 labels/);
  });
});

Deno.test("findCifar10() finds either layout, or says what is not there", async () => {
  await inTempFolder(async (dir) => {
    const nothing = await findCifar10(dir);
    assert.ok(typeof nothing === "string" && nothing.includes(dir));
    await writePickleFolder(`${dir}/cifar-10-batches-py`);
    assert.deepEqual(await findCifar10(dir), {
      dir: `${dir}/cifar-10-batches-py`,
      layout: "pickle",
    });
    await writeBinaryFolder(`${dir}/cifar-10-batches-bin`, 1);
    const binary = { dir: `${dir}/cifar-10-batches-bin`, layout: "binary" };
    assert.deepEqual(await findCifar10(dir), binary);
    assert.deepEqual(await findCifar10(`${dir}/cifar-10-batches-bin/`), binary);
    assert.equal(
      typeof await findCifar10(`${dir}/cifar-10-batches-bin/${fileNames[0]}.bin`),
      "string",
    );
  });
});

Deno.test("findCifar10() touches nothing that it would have to ask for", async () => {
  await inTempFolder(async (dir) => {
    await writeBinaryFolder(dir, 1);
    const { querySync } = Deno.permissions;
    const { stat } = Deno;
    Deno.permissions.querySync = () => ({ state: "prompt" }) as Deno.PermissionStatus;
    Deno.stat = () => assert.fail("a prompt");
    try {
      const said = await findCifar10(dir);
      assert.equal(said, `${dir} may not be read without --allow-read=${dir}`);
    } finally {
      Deno.permissions.querySync = querySync;
      Deno.stat = stat;
    }
  });
});
