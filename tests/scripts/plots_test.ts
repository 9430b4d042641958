import assert from "node:assert/strict";
import { readImage } from "../../io/mod.ts";

const root = new URL("../../", import.meta.url);

async function train(folder: string, permissions: readonly string[]) {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", "--no-prompt", ...permissions, "scripts/dropout.ts"],
      ...["--quick", "--synthetic", "--parts", "train", "--epochs", "1", "--plots", folder],
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
    const { code, stdout, stderr } = await train(folder, [
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

Deno.test("--plots fails before the training if it may not write", async () => {
  const { code, stdout, stderr } = await train("figures", []);
  assert.equal(code, 1);
  assert.equal(stdout, "");
  assert.match(
    stderr,
    /^error: --plots: cannot make the folder figures: .*--allow-read=figures --allow-write=figures$/m,
  );
});
