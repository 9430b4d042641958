/** What the captioning programs do with COCO, and with a run that is cut off. */
import assert from "node:assert/strict";
import { withFolder } from "../data/coco/_folder.ts";
import { root, runScript } from "./_program.ts";

const overfitAndLook = ["--quick", "--parts", "overfit,scenes"];

for (const file of ["rnn_captioning.ts", "transformer_captioning.ts"]) {
  Deno.test(`${file} learns from a folder of COCO and compares with its captions`, async () => {
    await withFolder({}, async (dir) => {
      const flags = [...overfitAndLook, "--data", dir];
      const { code, stdout, stderr } = await runScript(file, flags, [`--allow-read=${dir}`]);
      assert.equal(code, 0, stderr);
      assert.match(stdout, /^Data: COCO from .*, 23 captions of 7 images$/m);
      assert.match(stdout, /^http:\/\/images\.example\/0\.jpg\n {2}sampled: .*\n {2}true: +\w/m);
      assert.match(stdout, /^\w+ on new images: BLEU-4 \d\.\d{3}$/m);
    });
  });
}

Deno.test("a captioning program says what is wrong with --data, and exits", async () => {
  const missing = await runScript("lstm_captioning.ts", ["--data", "no/such"], ["--allow-read"]);
  assert.equal(missing.code, 2);
  assert.match(missing.stderr, /^error: --data: .*no\/such has none of the files/);
  const damaged = { "train2014_vgg16_fc7_pca.h5": "<html>" };
  await withFolder(damaged, async (dir) => {
    const flags = ["--data", dir];
    const { code, stderr } = await runScript("lstm_captioning.ts", flags, [`--allow-read=${dir}`]);
    assert.equal(code, 1);
    assert.match(stderr, /^error: .*vgg16_fc7_pca\.h5.*no HDF5 file.*\n$/);
  });
});

/** The numbers that a run wrote as JSON. */
async function numbersOf(json: string) {
  const { bleu, losses } = JSON.parse(await Deno.readTextFile(json)).parts.scenes;
  return { losses, bleu: bleu.map((row: unknown[]) => row.slice(0, 2)) };
}

Deno.test("a captioning program that was killed goes on to the history it would have had", async () => {
  const dir = await Deno.makeTempDir();
  try {
    const permissions = [`--allow-read=${dir}`, `--allow-write=${dir}`];
    const flags = ["--quick", "--parts", "scenes", "--epochs", "3"];
    const run = (more: string[]) =>
      runScript("rnn_captioning.ts", [...flags, ...more], permissions);
    const undisturbed = await run(["--json", `${dir}/whole.json`]);
    assert.equal(undisturbed.code, 0, undisturbed.stderr);

    const checkpoint = `${dir}/run.safetensors`;
    const child = new Deno.Command(Deno.execPath(), {
      args: [
        ...["run", "--no-prompt", ...permissions, "scripts/rnn_captioning.ts", ...flags],
        ...["--checkpoint", checkpoint],
      ],
      cwd: root,
      stdout: "null",
      stderr: "null",
    }).spawn();
    while (!(await Deno.stat(checkpoint).catch(() => null))) {
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    // Too late, it is a run that has ended, and goes on to nothing: the same numbers all the same.
    try {
      child.kill("SIGKILL");
    } catch (error) {
      assert.ok(error instanceof TypeError);
    }
    await child.status;

    const resumed = await run(["--resume", checkpoint, "--json", `${dir}/rest.json`]);
    assert.equal(resumed.code, 0, resumed.stderr);
    assert.deepEqual(await numbersOf(`${dir}/rest.json`), await numbersOf(`${dir}/whole.json`));
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
});

Deno.test("a captioning program refuses to go on with the state of another training", async () => {
  const dir = await Deno.makeTempDir();
  try {
    const permissions = [`--allow-read=${dir}`, `--allow-write=${dir}`];
    const flags = ["--quick", "--parts", "scenes"];
    const file = `${dir}/run.safetensors`;
    const first = await runScript(
      "rnn_captioning.ts",
      [...flags, "--checkpoint", file],
      permissions,
    );
    assert.equal(first.code, 0, first.stderr);
    const other = await runScript("lstm_captioning.ts", [...flags, "--resume", file], permissions);
    assert.equal(other.code, 2, other.stdout);
    assert.match(other.stderr, /^error: .*run\.safetensors/);
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
});
