import assert from "node:assert/strict";
import { openDataCache } from "../../cache/mod.ts";
import { gridSearch, type SearchProgress } from "../../selection/mod.ts";
import { memoryKv, withCommitFaults } from "../cache/_kv.ts";
import { search } from "./_killed_search.ts";

const program = new URL("./_killed_search.ts", import.meta.url);

/** Runs the program until it has done some trials, then kills it. */
async function runUntil(trials: number, args: readonly string[]): Promise<void> {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-check", "--allow-all", "--unstable-kv", program.href, ...args],
    stdout: "piped",
  }).spawn();
  let done = 0;
  for await (const chunk of child.stdout) {
    done += chunk.length;
    if (done >= trials) child.kill("SIGKILL");
  }
  await child.status;
}

Deno.test("a search killed with SIGKILL twice ends with the table of an undisturbed one", async () => {
  const dir = await Deno.makeTempDir();
  try {
    const log = `${dir}/log`;
    await Deno.mkdir(log);
    const args = [`${dir}/kept.kv`, `${dir}/table.txt`, log];
    for (const trials of [5, 8]) {
      await runUntil(trials, args);
      await assert.rejects(Deno.stat(args[1]), "the search ended before it was killed");
    }
    await runUntil(Infinity, args);
    const undisturbed = await search({ workers: 0 });
    assert.equal(await Deno.readTextFile(args[1]), undisturbed.formatTable());

    // At most the trials under way, and those whose writing was under way, were run again.
    let starts = 0;
    for await (const { name } of Deno.readDir(log)) {
      starts += (await Deno.readTextFile(`${log}/${name}`)).split("\n").length - 1;
    }
    assert.ok(starts >= 24 && starts <= 24 + 2 * 2 * 2, `${starts} starts`);
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
});

Deno.test("a kept search that is started again runs nothing and reports all", async () => {
  const store = await openDataCache(":memory:");
  const keep = { store, name: "again" };
  const first = await search({ workers: 0, keep });
  const reports: SearchProgress[] = [];
  const again = await search({
    keep,
    workers: 0,
    trial: () => assert.fail("a trial was run again"),
    onProgress: (report) => reports.push(report),
  });
  assert.deepEqual(again.trials, first.trials);
  assert.equal(reports.length, 1);
  assert.equal(reports[0].done, 24);
  assert.equal(reports[0].last, null);
  assert.deepEqual(reports[0].best, first.best);
  store.close();
});

Deno.test("a kept random search goes on when it is asked for more trials", async () => {
  const store = await openDataCache(":memory:");
  const keep = { store, name: "more" };
  await search({ workers: 0, keep, numTrials: 10 });
  let runs = 0;
  const options = { workers: 0, keep, numTrials: 13, trial: () => ++runs };
  const more = await search(options);
  assert.equal(runs, 3);
  assert.equal(more.trials.length, 13);
  store.close();
});

Deno.test("a kept search is told apart from others by name, seed, kind and ranges", async () => {
  const store = await openDataCache(":memory:");
  let runs = 0;
  const trial = () => ++runs;
  const keep = { store, name: "a" };
  await search({ keep, trial, workers: 0, numTrials: 1 });
  await search({ keep: { store, name: "b" }, trial, workers: 0, numTrials: 1 });
  await search({ keep, trial, workers: 0, numTrials: 1, seed: 6 });
  assert.equal(runs, 3);
  await gridSearch({ x: [1, 2] }, { keep, trial });
  await gridSearch({ x: [1, 3] }, { keep, trial });
  assert.equal(runs, 6);
  await gridSearch({ x: [1, 2] }, { keep, trial });
  assert.equal(runs, 7);
  store.close();
});

Deno.test("a kept search tries failed trials again, and keeps scores that are no numbers", async () => {
  const store = await openDataCache(":memory:");
  const keep = { store, name: "failing" };
  let mended = false;
  let runs = 0;
  const trial = ({ x }: { readonly x?: unknown }) => {
    runs++;
    if (x === 2 && !mended) throw new Error("not yet");
    return x === 3 ? NaN : x === 4 ? -Infinity : Number(x);
  };
  const grid = { x: [1, 2, 3, 4] };
  const first = await gridSearch(grid, { keep, trial });
  assert.deepEqual(first.trials.map(({ index }) => index), [0, 3, 2, 1]);
  mended = true;
  const second = await gridSearch(grid, { keep, trial });
  assert.equal(runs, 5);
  assert.deepEqual(second.trials.map(({ score }) => score), [2, 1, -Infinity, NaN]);
  store.close();
});

Deno.test("a search goes on when its results cannot be kept, and says so once", async () => {
  const kv = withCommitFaults(await memoryKv(), () => {
    throw new Error("disk full");
  });
  const store = await openDataCache(kv);
  const lines: string[] = [];
  const { trials } = await gridSearch({ x: [1, 2, 3] }, {
    keep: { store, name: "x" },
    trial: ({ x }) => Number(x),
    onMessage: (line) => lines.push(line),
  });
  assert.equal(trials.length, 3);
  assert.deepEqual(lines, ["trials cannot be kept: disk full"]);
  store.close();
});
