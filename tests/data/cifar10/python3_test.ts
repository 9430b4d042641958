/** Batches of CIFAR-10 that Python 3 pickled again. */
import assert from "node:assert/strict";
import { cifar10LabelNames, loadCifar10 } from "../../../data/mod.ts";
import { parseCifar10Pickle } from "../../../data/cifar10/_pickle.ts";
import { FileFormatError } from "../../../io/mod.ts";
import { RandomState } from "../../../random/mod.ts";
import fixture from "../../fixtures/cifar10_python3.json" with { type: "json" };
import { fileNames, inTempFolder, pickledMeta } from "./_cifar10.ts";

function unpacked(base64: string): Promise<Uint8Array> {
  const stream = new Blob([Uint8Array.fromBase64(base64)]).stream();
  return new Response(stream.pipeThrough(new DecompressionStream("gzip"))).bytes();
}

async function withBatch(
  batch: Uint8Array,
  meta: Uint8Array,
  work: (dir: string) => Promise<void>,
): Promise<void> {
  await inTempFolder(async (dir) => {
    for (const name of fileNames) await Deno.writeFile(`${dir}/${name}`, batch);
    await Deno.writeFile(`${dir}/batches.meta`, meta);
    await work(dir);
  });
}

Deno.test("loadCifar10() reads batches that Python 3 pickled again", async (t) => {
  for (const [name, base64] of Object.entries(fixture.batches)) {
    await t.step(name, async () => {
      await withBatch(await unpacked(base64), pickledMeta, async (dir) => {
        const { XTrain, yTrain, yTest } = await loadCifar10(dir, { recordsPerBatch: 3 });
        assert.deepEqual(yTest.toArray(), [3, 0, 9]);
        assert.deepEqual(yTrain.slice("3:6").toArray(), [3, 0, 9]);
        const pixels = XTrain.slice("12:").data;
        assert.equal(pixels.length, 3 * 3072);
        assert.ok(pixels.every((value: number, i: number) => value === i * 7 % 251));
      });
    });
  }
});

Deno.test("loadCifar10() reads names of classes of every protocol", async () => {
  const batch = await unpacked(fixture.batches["protocol 4"]);
  for (const base64 of fixture.meta) {
    await withBatch(batch, await unpacked(base64), async (dir) => {
      const { labelNames } = await loadCifar10(dir, { recordsPerBatch: 3 });
      assert.deepEqual(labelNames, cifar10LabelNames);
    });
  }
});

Deno.test("loadCifar10() says what is wrong with other pickles", async (t) => {
  const texts: Record<keyof typeof fixture.refused, RegExp> = {
    "floats": /an array of uint8 expected, got float32/,
    "column-major order": /row-major order expected, got one of "u1" in column-major order/,
    "another shape": /an array of shape \(n, 3072\) under "data" expected/,
    "labels of two axes": /a list of numbers under "labels" expected/,
    "objects": /array of uint8 .* expected, got one of "O8"/,
    "a set": /opcode 0x8f is none/,
  };
  for (const [name, text] of Object.entries(texts)) {
    await t.step(name, async () => {
      const bytes = await unpacked(fixture.refused[name as keyof typeof texts]);
      await withBatch(bytes, pickledMeta, async (dir) => {
        await assert.rejects(loadCifar10(dir, { recordsPerBatch: 3 }), (error) => {
          assert.ok(error instanceof FileFormatError, String(error));
          assert.equal(error.file, `${dir}/data_batch_1`);
          assert.match(error.message, text);
          return true;
        });
      });
    });
  }
});

Deno.test("loadCifar10() ends at every cut of a pickle with an error of the file", async () => {
  for (const name of ["protocol 0", "protocol 2", "protocol 5"] as const) {
    const bytes = await unpacked(fixture.batches[name]);
    await withBatch(bytes, pickledMeta, async (dir) => {
      for (let end = 0; end < bytes.length; end = end < 300 ? end + 7 : end + 1201) {
        await Deno.writeFile(`${dir}/data_batch_1`, bytes.subarray(0, end));
        await assert.rejects(loadCifar10(dir, { recordsPerBatch: 3 }), FileFormatError, `${end}`);
      }
    });
  }
});

Deno.test("damaged pickles give an error of the file, short, and nothing else", async () => {
  const rng = new RandomState(7);
  const all = { ...fixture.batches, ...fixture.refused };
  const sources = await Promise.all(Object.values(all).map(unpacked));
  const opcodes = new TextEncoder().encode("0123456789()]}{dlstuaepqrghjRbcNIJKMLFGSTUVXCB.");
  for (let i = 0; i < 4000; i++) {
    const bytes = sources[rng.randint(0, sources.length)].slice();
    const changes = rng.randint(1, 5);
    for (let k = 0; k < changes; k++) {
      // The elements in the middle may be anything; what matters stands around them.
      const at = rng.randint(0, 250);
      const value = rng.rand() < 0.6
        ? rng.randint(0, 256)
        : opcodes[rng.randint(0, opcodes.length)];
      bytes[rng.rand() < 0.5 ? at : bytes.length - 1 - at] = value;
    }
    try {
      parseCifar10Pickle("test", "x", bytes);
    } catch (error) {
      assert.ok(error instanceof FileFormatError, String(error));
      assert.ok(error.message.length < 700, error.message);
    }
  }
});
