import assert from "node:assert/strict";
import { readImage } from "../../io/mod.ts";
import { smoothed } from "../../scripts/_figures.ts";

const root = new URL("../../", import.meta.url);
const training = ["scripts/dropout.ts", "--parts", "train", "--epochs", "1"];

async function run(program: readonly string[], folder: string, permissions: readonly string[]) {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", "--no-prompt", ...permissions, ...program],
      ...["--quick", "--synthetic", "--plots", folder],
    ],
    cwd: root,
    env: { NO_COLOR: "1" },
    signal: AbortSignal.timeout(120_000),
  }).output();
  const decoder = new TextDecoder();
  return { code, stdout: decoder.decode(stdout), stderr: decoder.decode(stderr) };
}

Deno.test("--plots makes the folder and writes figures there, with no more than its permissions", async () => {
  const parent = await Deno.makeTempDir();
  const folder = `${parent}/figures`;
  try {
    const { code, stdout, stderr } = await run(training, folder, [
      `--allow-read=${folder}`,
      `--allow-write=${folder}`,
    ]);
    assert.equal(code, 0, stderr);
    assert.equal(stderr, "");
    const path = `${folder}/dropout_final_net.png`;
    assert.ok(stdout.includes(`Figure written to ${path}\n`), stdout);
    const image = await readImage(path);
    assert.deepEqual(image.shape.slice(0, 2), [800, 2 * (480 + 12 + 480)]);
  } finally {
    await Deno.remove(parent, { recursive: true });
  }
});

Deno.test("the edges of filtered images are not drowned by those of the padding", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const program = ["scripts/convolutional_networks.ts", "--parts", "image"];
    const { code, stderr } = await run(program, folder, ["--allow-read", "--allow-write"]);
    assert.equal(code, 0, stderr);
    const image = await readImage(`${folder}/conv_image_processing.png`);
    // The third column, two images of 198 pixels from the right and lower margins of 10 up.
    const [height, width] = image.shape;
    for (const bottom of [height - 10, height - 10 - 198 - 4]) {
      const edges = image.slice(`${bottom - 198}:${bottom}`, `${width - 208}:${width - 10}`, 0);
      assert.deepEqual([edges.min(), edges.max()], [0, 255]);
      assert.ok(edges.std() > 12, `deviation ${edges.std()}`);
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("smoothed() takes the mean of a twentieth of the values", () => {
  assert.deepEqual(smoothed([3, 1, 2]), [3, 1, 2]);
  const values = Array.from({ length: 40 }, (_, i) => i % 2);
  assert.deepEqual(smoothed(values), [0, ...Array.from({ length: 39 }, () => 0.5)]);
  assert.deepEqual(smoothed([]), []);
});

Deno.test("--plots fails before the training if it may not write", async () => {
  const { code, stdout, stderr } = await run(training, "figures", []);
  assert.equal(code, 1);
  assert.equal(stdout, "");
  assert.match(
    stderr,
    /^error: --plots: cannot make the folder figures: .*--allow-read=figures --allow-write=figures$/m,
  );
});
