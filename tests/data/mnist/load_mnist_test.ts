import assert from "node:assert/strict";
import { DataNotFoundError, loadMnist } from "../../../data/mod.ts";
import { FileFormatError } from "../../../io/mod.ts";
import { gzip } from "../../io/_tar.ts";
import { idx, imagesOf, labelsOf, withMnist } from "./_mnist.ts";

Deno.test("loadMnist() reads packed and plain files", async () => {
  await withMnist(async (dir) => {
    const data = await loadMnist(dir);
    assert.deepEqual(data.XTrain.shape, [5, 1, 28, 28]);
    assert.deepEqual(data.XTest.shape, [3, 1, 28, 28]);
    assert.equal(data.XTrain.dtype, "uint8");
    assert.equal(data.XTrain.at(4, 0, 27, 27), (5 * 784 - 1) % 256);
    assert.equal(data.yTrain.dtype, "int32");
    assert.deepEqual(data.yTrain.toArray(), [9, 8, 7, 6, 5]);
    assert.deepEqual(data.yTest.toArray(), [9, 8, 7]);
    assert.deepEqual((await loadMnist(new URL(`file://${dir}/`))).yTest.toArray(), [9, 8, 7]);
  });
});

Deno.test("loadMnist() reads names with a dot, and gzip without its ending", async () => {
  await withMnist(async (dir) => {
    const expected = await loadMnist(dir);
    const rename = (from: string, to: string) => Deno.rename(`${dir}/${from}`, `${dir}/${to}`);
    await rename("train-images-idx3-ubyte.gz", "train-images.idx3-ubyte");
    await rename("train-labels-idx1-ubyte", "train-labels.idx1-ubyte");
    await rename("t10k-images-idx3-ubyte.gz", "t10k-images.idx3-ubyte.gz");
    await Deno.writeFile(`${dir}/t10k-labels-idx1-ubyte`, await gzip(labelsOf(3)));
    assert.deepEqual(await loadMnist(dir), expected);
  });
});

Deno.test("loadMnist() names both names of a missing file", async () => {
  await withMnist(async (dir) => {
    await Deno.remove(`${dir}/t10k-labels-idx1-ubyte`);
    await assert.rejects(loadMnist(dir), (error) => {
      assert.ok(error instanceof DataNotFoundError);
      const path = `${dir}/t10k-labels-idx1-ubyte`;
      assert.ok(error.message.includes(`neither ${path} nor ${path}.gz`));
      return true;
    });
  });
});

Deno.test("loadMnist() refuses damaged files with the byte", async (t) => {
  const labels = "train-labels-idx1-ubyte";
  const images = "t10k-images-idx3-ubyte.gz";
  const cases: [string, string, Uint8Array, number, RegExp][] = [
    [
      "a truncated file",
      labels,
      labelsOf(5).subarray(0, 11),
      11,
      /13 bytes expected for 5 items, got 11/,
    ],
    ["a file that is too long", labels, new Uint8Array([...labelsOf(5), 0]), 13, /got 14/],
    ["no whole header", labels, labelsOf(5).subarray(0, 3), 3, /ends within its header of 8/],
    ["another kind of file", labels, imagesOf(5), 0, /magic number 0x801 expected, got 0x803/],
    ["a label above 9", labels, idx(0x801, [5], [1, 2, 10, 4, 5]), 10, /got 10/],
    ["another number of labels", labels, labelsOf(4), 4, /5 labels expected .*, got 4/],
    ["other images", images, await gzip(idx(0x803, [3, 28, 32], [])), 12, /28 × 28 .* side of 32/],
    ["truncated gzip", images, (await gzip(imagesOf(3))).subarray(0, 200), 200, /gzip data/],
    ["no gzip at all", images, imagesOf(3), imagesOf(3).length, /gzip data/],
  ];
  for (const [name, file, bytes, offset, text] of cases) {
    await t.step(name, () =>
      withMnist(async (dir) => {
        await Deno.writeFile(`${dir}/${file}`, bytes);
        await assert.rejects(loadMnist(dir), (error) => {
          assert.ok(error instanceof FileFormatError, String(error));
          assert.equal(error.file, `${dir}/${file}`);
          assert.equal(error.offset, offset);
          assert.match(error.message, text);
          assert.match(error.message, /get (the file again|both files)/);
          return true;
        });
      }));
  }
});
