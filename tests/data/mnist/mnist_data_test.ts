import assert from "node:assert/strict";
import { DataNotFoundError, getMnistData, loadMnist } from "../../../data/mod.ts";
import { labelsOf, withMnist } from "./_mnist.ts";

const split = { numTraining: 3, numValidation: 2, numTest: 3 };
const options = { ...split, cache: false } as const;

Deno.test("getMnistData() splits, with pixels from 0 to 1", async () => {
  await withMnist(async (dir) => {
    const whole = await loadMnist(dir);
    const data = await getMnistData({ ...options, dir });
    assert.deepEqual(data.XTrain.shape, [3, 1, 28, 28]);
    assert.equal(data.XTrain.dtype, "float32");
    assert.equal(data.XTrain.at(0, 0, 9, 3), Math.fround(255 / 255));
    assert.equal(data.XTrain.at(0, 0, 0, 7), Math.fround(7 / 255));
    assert.deepEqual(data.yTrain.toArray(), [9, 8, 7]);
    assert.deepEqual(data.yVal.toArray(), [6, 5]);
    assert.deepEqual(data.yTest.toArray(), [9, 8, 7]);
    assert.deepEqual(data.source, { kind: "folder", dir, text: `folder ${dir}` });
    const bytes = await getMnistData({ ...options, dir, dtype: "uint8" });
    assert.deepEqual(bytes.XVal.data, whole.XTrain.slice("3:").data);
    const double = await getMnistData({ ...options, dir, dtype: "float64", numTest: 1 });
    assert.equal(double.XTest.at(0, 0, 0, 7), 7 / 255);
    assert.equal(double.XTest.shape[0], 1);
  });
});

Deno.test("getMnistData() looks in mnist/ and in torchvision's MNIST/raw/", async () => {
  for (const subfolder of ["mnist", "MNIST/raw"]) {
    await withMnist(async (dir) => {
      const root = await Deno.makeTempDir();
      try {
        await Deno.mkdir(`${root}/${subfolder}`, { recursive: true });
        for (const { name } of Deno.readDirSync(dir)) {
          await Deno.copyFile(`${dir}/${name}`, `${root}/${subfolder}/${name}`);
        }
        const { source } = await getMnistData({ ...options, dir: `${root}/` });
        assert.equal(source.dir, `${root}/${subfolder}`);
      } finally {
        await Deno.remove(root, { recursive: true });
      }
    });
  }
});

Deno.test("getMnistData() keeps the files in the cache until one changes", async () => {
  await withMnist(async (dir) => {
    const messages: string[] = [];
    const cached = {
      ...split,
      dir,
      cache: `${dir}/cache.db`,
      onMessage: (line: string) => messages.push(line),
    };
    const first = await getMnistData(cached);
    assert.equal(first.source.kind, "folder");
    const again = await getMnistData(cached);
    assert.deepEqual(again.source, { kind: "cache", dir, text: `data cache, made from ${dir}` });
    assert.deepEqual({ ...again, source: null }, { ...first, source: null });
    const other = labelsOf(3);
    other[10] = 1;
    await Deno.writeFile(`${dir}/t10k-labels-idx1-ubyte`, other);
    const third = await getMnistData(cached);
    assert.deepEqual(third.yTest.toArray(), [9, 8, 1]);
    assert.equal(third.source.kind, "folder");
    assert.equal(messages.length, 1);
    assert.match(messages[0], /stale .* has changed/);
    // Another split comes from the same entry.
    assert.equal((await getMnistData({ ...cached, numTraining: 1 })).source.kind, "cache");
  });
});

Deno.test("getMnistData() passes over folders that have the names of files", async () => {
  await withMnist(async (dir) => {
    await Deno.rename(`${dir}/train-labels-idx1-ubyte`, `${dir}/train-labels.idx1-ubyte`);
    await Deno.mkdir(`${dir}/train-labels-idx1-ubyte`);
    const cached = { ...split, dir, cache: `${dir}/cache.db` };
    assert.deepEqual((await getMnistData(cached)).yVal.toArray(), [6, 5]);
    assert.equal((await getMnistData(cached)).source.kind, "cache");
  });
});

Deno.test("getMnistData() says what was tried and what to do", async () => {
  await assert.rejects(getMnistData({ dir: "no/such/folder", cache: false }), (error) => {
    assert.ok(error instanceof DataNotFoundError);
    assert.match(error.message, /no\/such\/folder has no .*, mnist\/ or MNIST\/raw\//);
    assert.match(error.message, /download: true .* syntheticDigits\(\)/);
    return true;
  });
});

Deno.test("getMnistData() refuses splits that do not fit", async () => {
  await withMnist(async (dir) => {
    const cases: [object, RegExp][] = [
      [{ numTraining: 4 }, /numTraining \+ numValidation must be at most 5, .* got 6/],
      [{ numTraining: 0 }, /numTraining must be a whole number from 1 up, got 0/],
      [{ numTest: 4 }, /numTest must be a whole number from 0 to 3, got 4/],
      [{ dtype: "int32" }, /dtype must be "float32", "float64" or "uint8", got "int32"/],
      [{ numTrain: 4 }, /did you mean "numTraining"/],
    ];
    for (const [more, text] of cases) {
      await assert.rejects(getMnistData({ ...options, dir, ...more }), text);
    }
  });
});
