/** Faults while a net trains. */
import assert from "node:assert/strict";
import { withDisk } from "./_disk.ts";
import type { Fault } from "./main.ts";
import { killAfter, run } from "./_process.ts";

const notMounted = "left out, because nothing may be mounted here";

/** What a run prints at its end. */
async function undisturbed(folder: string): Promise<string> {
  await Deno.mkdir(folder);
  const { code, out, error } = await run("training.ts", [folder]);
  assert.equal(code, 0, error);
  return out;
}

/** Kills runs until each has come to its end, and compares their histories with the undisturbed one's. */
export const killedRuns: Fault = async ({ folder, kills, rng }) => {
  const expected = await undisturbed(`${folder}/whole`);
  let [killed, ended] = [0, 0];
  while (killed < kills) {
    const place = `${folder}/run${ended}`;
    await Deno.mkdir(place);
    for (;;) {
      const delay = killed < kills ? Math.floor(rng.uniform(0, 250) as number) : 60_000;
      const { code, signal, out, error } = await killAfter("training.ts", [place], delay);
      if (signal === "SIGKILL") {
        killed++;
        continue;
      }
      assert.equal(code, 0, error);
      assert.equal(out, expected, "a run that was killed ended otherwise");
      break;
    }
    const names = Array.from(Deno.readDirSync(place), ({ name }) => name);
    assert.deepEqual(names, ["net.safetensors"], "something is left behind");
    ended++;
  }
  return `${killed} kills in ${ended} runs, each ended as if undisturbed, to the last bit`;
};

/** Starts two runs with one checkpoint. */
export const twoRuns: Fault = async ({ folder }) => {
  const expected = await undisturbed(`${folder}/whole`);
  await Deno.mkdir(`${folder}/both`);
  const both = await Promise.all([1, 2].map(() => run("training.ts", [`${folder}/both`])));
  const [good, bad] = both.toSorted((a, b) => a.code - b.code);
  assert.equal(good.code, 0, good.error);
  // One that began when the other had ended resumes it: then both are good.
  if (bad.code === 0) return "one after the other";
  assert.equal(good.out, expected);
  assert.match(bad.error, /another run is writing/);
  return "the first ended as if alone, the second was refused";
};

/** Lets a disk fill up while a net trains. */
export const fullDisk: Fault = async ({ folder }) => {
  const expected = await undisturbed(`${folder}/whole`);
  const text = await withDisk(`${folder}/disk`, 200_000, async () => {
    const disk = `${folder}/disk`;
    const filling = (async () => {
      const written = async () => await Deno.stat(`${disk}/net.safetensors`).catch(() => null);
      while (!await written()) await new Promise((resolve) => setTimeout(resolve, 5));
      const chunk = new Uint8Array(4096);
      const file = await Deno.open(`${disk}/other`, { create: true, write: true });
      try {
        for (;;) await file.write(chunk);
      } catch {
        file.close();
      }
    })();
    const { code, out, error } = await run("training.ts", [disk]);
    await filling;
    assert.equal(code, 0, error);
    assert.equal(out.split("\n").at(-2), expected.split("\n").at(-2), "other results");
    await Deno.remove(`${disk}/other`);
    const resumed = await run("training.ts", [disk]);
    assert.equal(resumed.code, 0, resumed.error);
    assert.equal(resumed.out, expected, "the checkpoint before the disk was full is not good");
    return "the run ended with its results, and its last checkpoint is good";
  });
  return text ?? notMounted;
};
