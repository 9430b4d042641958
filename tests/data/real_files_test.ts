/** The real data sets, where they are: CIFAR10_DIR or data, MNIST_DIR or data/mnist. */
import assert from "node:assert/strict";
import { crc32 } from "node:zlib";
import { findCifar10, getCifar10Data, loadCifar10, loadMnist } from "../../data/mod.ts";
import { memoryKv } from "../cache/_kv.ts";

const cifar = await findCifar10();
const cifarThere = typeof cifar !== "string";
const why = cifarThere ? "" : ` (skipped: ${cifar})`;

Deno.test({
  name: `loadCifar10() reads the real files${why}`,
  ignore: !cifarThere,
  async fn() {
    const data = await loadCifar10((cifar as { dir: string }).dir);
    assert.deepEqual(data.XTrain.shape, [50_000, 3, 32, 32]);
    assert.deepEqual(data.XTest.shape, [10_000, 3, 32, 32]);
    assert.deepEqual([...data.yTrain.data.subarray(0, 10)], [6, 9, 9, 4, 1, 1, 2, 7, 8, 3]);
    assert.deepEqual([...data.yTest.data.subarray(0, 10)], [3, 8, 8, 0, 6, 6, 1, 6, 3, 1]);
    const counts = new Array(10).fill(0);
    for (const label of data.yTrain.data) counts[label]++;
    assert.deepEqual(counts, new Array(10).fill(5000));
    // The first image, a frog, is among the pixels that every copy has in full.
    assert.deepEqual([...data.XTrain.data.subarray(0, 8)], [59, 43, 50, 68, 98, 119, 139, 145]);
    assert.equal(data.labelNames[6], "frog");
  },
});

Deno.test({
  name: `getCifar10Data() gives the course's split, the same cold and warm${why}`,
  ignore: !cifarThere,
  async fn() {
    const cache = await memoryKv();
    const options = { cache, onMessage: assert.fail };
    const cold = await getCifar10Data(options);
    assert.deepEqual(cold.XTrain.shape, [49_000, 3, 32, 32]);
    assert.deepEqual(cold.XVal.shape, [1000, 3, 32, 32]);
    assert.deepEqual(cold.XTest.shape, [1000, 3, 32, 32]);
    // What the course prints of its mean image: red, green and blue of the first pixel. Files that
    // went through JPEG are off by a few tenths.
    const mean = [0, 1024, 2048].map((j) => cold.meanImage!.data[j]);
    [130.6419, 135.9817, 132.4739].forEach((value, i) => assert.ok(Math.abs(mean[i] - value) < 1));
    const warm = await getCifar10Data(options);
    assert.equal(warm.source.kind, "cache");
    for (const name of ["XTrain", "yTrain", "XVal", "yVal", "XTest", "yTest"] as const) {
      const [a, b] = [warm[name].data, cold[name].data].map(({ buffer }) =>
        crc32(new Uint8Array(buffer))
      );
      assert.equal(a, b, name);
    }
    cache.close();
  },
});

const mnistDir = Deno.env.get("MNIST_DIR") ?? "data/mnist";
let mnistThere = true;
try {
  await Deno.stat(`${mnistDir}/train-labels-idx1-ubyte.gz`);
} catch {
  mnistThere = false;
}

Deno.test({
  name: `loadMnist() reads the real files${mnistThere ? "" : ` (skipped: none in ${mnistDir})`}`,
  ignore: !mnistThere,
  async fn() {
    const data = await loadMnist(mnistDir);
    assert.deepEqual(data.XTrain.shape, [60_000, 1, 28, 28]);
    assert.deepEqual(data.XTest.shape, [10_000, 1, 28, 28]);
    assert.deepEqual([...data.yTrain.data.subarray(0, 10)], [5, 0, 4, 1, 9, 2, 1, 3, 1, 4]);
    assert.deepEqual([...data.yTest.data.subarray(0, 10)], [7, 2, 1, 0, 4, 1, 4, 9, 5, 9]);
    const counts = new Array(10).fill(0);
    for (const label of data.yTrain.data) counts[label]++;
    assert.deepEqual(counts, [5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949]);
  },
});
