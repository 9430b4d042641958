/** Synthetic sets: the same numbers for ever, without any permission. */
import assert from "node:assert/strict";
import { syntheticCaptions, syntheticDigits } from "../../../data/mod.ts";
import type { NDArray } from "../../../ndarray/mod.ts";
import { inTempFolder } from "../cifar10/_cifar10.ts";

async function digest({ data: { buffer, byteOffset, byteLength } }: NDArray): Promise<string> {
  const bytes = new Uint8Array(buffer as ArrayBuffer, byteOffset, byteLength);
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)).toHex().slice(0, 16);
}

Deno.test("syntheticCaptions() makes the scenes it has always made", async () => {
  const { images, captions } = syntheticCaptions({ numScenes: 50, seed: 3 });
  assert.equal(await digest(images), "67145d93ca7a048a");
  assert.equal(await digest(captions), "5ad901dd92b7687e");
});

Deno.test("syntheticDigits() makes the digits it has always made", async () => {
  const { XTrain, XTest, yTrain } = syntheticDigits({ numTraining: 50, numTest: 10, seed: 3 });
  assert.equal(await digest(XTrain), "bb11b3baeadf789b");
  assert.equal(await digest(XTest), "7060d1b8fac27838");
  assert.equal(await digest(yTrain), "cdfcd7de829633b2");
});

Deno.test("synthetic sets need no permission, and no data is found without asking", async () => {
  await inTempFolder(async (dir) => {
    const room = (name: string) => JSON.stringify(import.meta.resolve(`../../../${name}/mod.ts`));
    await Deno.writeTextFile(
      `${dir}/main.ts`,
      `import * as data from ${room("data")};
      import { RandomState } from ${room("random")};
      const scenes = data.syntheticCaptions({ numScenes: 20 });
      const { XTrain } = data.syntheticDigits({ numTraining: 20, numTest: 0 });
      const rng = new RandomState(0);
      const views = data.augmentedPairs(scenes.images, data.simclrAugmentation(), rng);
      console.log(scenes.captions.shape[0], XTrain.shape[0], views.length);
      await data.getMnistData().catch((error) => console.log(error.name, error.message));`,
    );
    const { stdout, stderr, success } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "--no-check", "--no-config", "--no-lock", "--no-prompt", "main.ts"],
      cwd: dir,
      env: { NO_COLOR: "1", MNIST_DIR: "" },
    }).output();
    assert.ok(success, new TextDecoder().decode(stderr));
    assert.equal(new TextDecoder().decode(stderr), "");
    const [counts, error] = new TextDecoder().decode(stdout).trim().split("\n");
    assert.equal(counts, "100 20 2");
    assert.match(error, /^DataNotFoundError getMnistData: no MNIST found: data may not be read/);
    assert.match(error, /--allow-read=data, nor MNIST_DIR without --allow-env=MNIST_DIR/);
  });
});
