import assert from "node:assert/strict";
import { type Cifar10DataOptions, DataNotFoundError, getCifar10Data } from "../../../data/mod.ts";
import {
  fileNames,
  inTempFolder,
  labelOf,
  pixelOf,
  writeBinaryFolder,
  writePickleFolder,
} from "./_cifar10.ts";

const records = 4;
const options: Cifar10DataOptions = {
  numTraining: 14,
  numValidation: 3,
  numTest: 2,
  recordsPerBatch: records,
  cache: false,
};

/** The mean of pixel `j` over the first `count` rows. */
function meanOf(count: number, j: number): number {
  let sum = 0;
  for (let row = 0; row < count; row++) sum += pixelOf(row, j);
  return sum / count;
}

async function withFolder(work: (dir: string) => Promise<void>): Promise<void> {
  await inTempFolder(async (dir) => {
    await writeBinaryFolder(dir, records);
    await work(dir);
  });
}

Deno.test("getCifar10Data() splits as the course does: first, next, first of the test file", async () => {
  await withFolder(async (dir) => {
    const data = await getCifar10Data({ ...options, dir, subtractMean: false });
    const labels = (from: number, count: number) =>
      Array.from({ length: count }, (_, i) => labelOf(from + i));
    assert.deepEqual(data.yTrain.toArray(), labels(0, 14));
    assert.deepEqual(data.yVal.toArray(), labels(14, 3));
    assert.deepEqual(data.yTest.toArray(), labels(20, 2));
    assert.deepEqual(data.XTrain.shape, [14, 3, 32, 32]);
    assert.deepEqual(data.XVal.shape, [3, 3, 32, 32]);
    assert.deepEqual(data.XTest.shape, [2, 3, 32, 32]);
    assert.equal(data.XTrain.dtype, "float32");
    assert.equal(data.XTrain.at(13, 2, 31, 31), pixelOf(13, 3071));
    assert.equal(data.XVal.at(0, 0, 0, 1), pixelOf(14, 1));
    assert.equal(data.XTest.at(1, 1, 0, 0), pixelOf(21, 1024));
    assert.equal(data.meanImage, undefined);
    assert.deepEqual(data.source, { kind: "folder", dir, text: `folder ${dir}` });
  });
});

Deno.test("getCifar10Data() subtracts the mean of the training rows alone, exactly", async () => {
  await withFolder(async (dir) => {
    const data = await getCifar10Data({ ...options, dir, dtype: "float64" });
    for (let j = 0; j < 3072; j++) {
      const mean = meanOf(14, j);
      assert.equal(data.meanImage!.data[j], mean);
      for (
        const [X, row, first] of [[data.XTrain, 5, 0], [data.XVal, 2, 14], [
          data.XTest,
          0,
          20,
        ]] as const
      ) {
        assert.equal(X.data[row * 3072 + j], pixelOf(first + row, j) - mean);
      }
    }
  });
});

Deno.test("getCifar10Data() rounds once for float32", async () => {
  await withFolder(async (dir) => {
    const data = await getCifar10Data({ ...options, dir });
    for (let j = 0; j < 3072; j += 11) {
      assert.equal(data.XVal.data[3072 + j], Math.fround(pixelOf(15, j) - meanOf(14, j)));
      assert.equal(data.meanImage!.data[j], Math.fround(meanOf(14, j)));
    }
    assert.equal(data.meanImage!.dtype, "float32");
    assert.deepEqual(data.meanImage!.shape, [3, 32, 32]);
  });
});

Deno.test("getCifar10Data() keeps sums of more than 257 rows exact", async () => {
  await inTempFolder(async (dir) => {
    await writeBinaryFolder(dir, 120);
    for (const numTraining of [256, 257, 258, 600]) {
      const data = await getCifar10Data({
        dir,
        numTraining,
        numValidation: 0,
        numTest: 0,
        recordsPerBatch: 120,
        dtype: "float64",
        cache: false,
      });
      for (const j of [0, 1, 2, 3, 1777, 3068, 3071]) {
        assert.equal(data.meanImage!.data[j], meanOf(numTraining, j));
      }
      assert.deepEqual(data.XVal.shape, [0, 3, 32, 32]);
      assert.deepEqual(data.XTest.shape, [0, 3, 32, 32]);
    }
  });
});

Deno.test("getCifar10Data() has room for sums of white images", async () => {
  await inTempFolder(async (dir) => {
    for (const [file, name] of fileNames.entries()) {
      const bytes = new Uint8Array(60 * 3073).fill(255);
      for (let row = 0; row < 60; row++) bytes[row * 3073] = file;
      await Deno.writeFile(`${dir}/${name}.bin`, bytes);
    }
    const data = await getCifar10Data({
      dir,
      numTraining: 300,
      numValidation: 0,
      numTest: 0,
      recordsPerBatch: 60,
      cache: false,
    });
    assert.ok(data.meanImage!.data.every((value) => value === 255));
    assert.ok(data.XTrain.data.every((value) => value === 0));
  });
});

Deno.test("getCifar10Data() gives pixels as they are for uint8", async () => {
  await withFolder(async (dir) => {
    const data = await getCifar10Data({ ...options, dir, subtractMean: false, dtype: "uint8" });
    assert.ok(data.XTrain.data instanceof Uint8Array);
    assert.equal(data.XTrain.data[3 * 3072 + 9], pixelOf(3, 9));
    await assert.rejects(
      getCifar10Data({ ...options, dir, dtype: "uint8" }),
      /subtractMean: false/,
    );
  });
});

Deno.test("getCifar10Data() reads only the files that a small split takes", async () => {
  await withFolder(async (dir) => {
    await Deno.remove(`${dir}/data_batch_3.bin`);
    const small = { ...options, dir, numTraining: 5, numValidation: 3 };
    assert.deepEqual((await getCifar10Data(small)).XVal.shape, [3, 3, 32, 32]);
    await assert.rejects(getCifar10Data({ ...small, numTraining: 6 }), /data_batch_3\.bin/);
  });
});

Deno.test("getCifar10Data() reads the Python layout", async () => {
  await inTempFolder(async (dir) => {
    await writePickleFolder(`${dir}/cifar-10-batches-py`);
    const data = await getCifar10Data({
      dir,
      numTraining: 4,
      numValidation: 2,
      numTest: 1,
      recordsPerBatch: 3,
      cache: false,
      subtractMean: false,
    });
    assert.deepEqual(data.yTrain.toArray(), [3, 0, 9, 3]);
    assert.deepEqual(data.yVal.toArray(), [0, 9]);
    assert.equal(data.XVal.data[0], 3072 * 7 % 251);
  });
});

Deno.test("getCifar10Data() refuses splits that do not fit, saying the numbers", async () => {
  const cases: [Cifar10DataOptions, RegExp][] = [
    [{ numTraining: 49_500 }, /at most 50000, got 49500 \+ 1000/],
    [{ numTest: 10_001 }, /numTest must be at most 10000, got 10001/],
    [{ numTraining: 0 }, /numTraining must be a whole number from 1 up, got 0/],
    [{ numValidation: -1 }, /numValidation .* from 0 up, got -1/],
    [{ numTraining: 10.5 }, /got 10\.5/],
    [{ dtype: "int32" as "uint8" }, /dtype must be/],
  ];
  for (const [options, text] of cases) {
    await assert.rejects(getCifar10Data({ ...options, cache: false }), (error) => {
      assert.ok(error instanceof RangeError);
      assert.match(error.message, text);
      return true;
    });
  }
});

Deno.test("getCifar10Data() says what was tried and what to do when there is no data", async () => {
  await inTempFolder(async (dir) => {
    await assert.rejects(getCifar10Data({ dir, cache: false }), (error) => {
      assert.ok(error instanceof DataNotFoundError);
      for (
        const part of [dir, "download: true", "cifar-10-binary.tar.gz", "--data", "--synthetic"]
      ) assert.ok(error.message.includes(part), part);
      return true;
    });
  });
});

Deno.test("getCifar10Data() reports reading in bytes of pixels", async () => {
  await withFolder(async (dir) => {
    const seen: number[] = [];
    await getCifar10Data({
      ...options,
      dir,
      onProgress: ({ phase, done, total }) => {
        assert.equal(phase, "read");
        assert.equal(total, 19 * 3072);
        seen.push(done / 3072);
      },
    });
    assert.deepEqual(seen, [4, 8, 12, 16, 17, 19]);
  });
});
