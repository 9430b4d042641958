/** Runners, single trials, and results in files. */
import assert from "node:assert/strict";
import {
  gridSearch,
  randomSearch,
  readTrials,
  recordTrials,
  type SearchOptions,
  type SearchRunner,
  uniform,
} from "../../selection/mod.ts";
import { jobFromJson, jobToJson } from "../../selection/trial_record.ts";

const space = { x: uniform(-1, 1), y: uniform(0, 5) };

function search(options: Partial<SearchOptions> & { numTrials?: number } = {}) {
  return randomSearch(space, {
    numTrials: 6,
    seed: 9,
    trial: ({ x, y }, { rng, index }) => {
      if (index === 2) throw new Error("not this one");
      return { score: index === 4 ? -Infinity : x + y + rng.rand(), info: { index } };
    },
    ...options as object,
  });
}

async function withFolder(work: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await work(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("only runs the trials of some numbers, with the parameters they have in the whole", async () => {
  const whole = await search();
  const { trials } = await search({ only: [5, 0] });
  const untimed = (found: typeof trials) => found.map(({ seconds: _, ...rest }) => rest);
  assert.deepEqual(
    untimed(trials),
    untimed(whole.trials.filter(({ index }) => index === 0 || index === 5)),
  );
  await assert.rejects(search({ only: [6] }), /a number in only must be .* from 0 to 5, got 6/);
  await assert.rejects(search({ only: [1, 1] }), /only has a number twice/);
  await assert.rejects(search({ only: 3 as unknown as number[] }), /only must be a list/);
});

Deno.test("a runner gets jobs, and what they follow from", async () => {
  const seen: string[] = [];
  const runner: SearchRunner = async (jobs, { total, description, data }, onResult) => {
    seen.push(`${total} ${description} ${JSON.stringify(data)}`);
    for (const { index, params } of jobs.toReversed()) {
      await onResult({ index, params, score: index, info: null, error: null, seconds: 0 });
    }
  };
  const { trials } = await search({ runner, data: { k: 1 }, only: [1, 3] });
  assert.deepEqual(trials.map(({ index }) => index), [3, 1]);
  assert.deepEqual(seen, ['6 x: uniform(-1, 1), y: uniform(0, 5) seed 9 {"k":1}']);
  await assert.rejects(search({ runner, workers: 1 }), /workers and runner exclude each other/);
  await assert.rejects(
    search({ runner: 3 as unknown as SearchRunner }),
    /runner must be a function/,
  );
});

Deno.test("trials recorded one by one, read together, are the search in one process", async () => {
  await withFolder(async (folder) => {
    for (const index of [3, 0, 5, 1, 4, 2]) {
      await search({ only: [index], runner: recordTrials(`${folder}/results`) });
    }
    const read = await search({ runner: readTrials(`${folder}/results`) });
    const whole = await search();
    assert.equal(read.formatTable(), whole.formatTable());
    assert.deepEqual(
      read.trials.map(({ score, info, error }) => [score, info, error]),
      whole.trials.map(({ score, info, error }) => [score, info, error]),
    );

    // The same as lines of one file, with an earlier failure of a trial that then went well.
    const lines: string[] = [];
    await search({ runner: recordTrials((line) => lines.push(line)) });
    const failed = { ...JSON.parse(lines[0]), error: "no memory", score: { number: "NaN" } };
    await Deno.writeTextFile(
      `${folder}/all.jsonl`,
      [JSON.stringify(failed), ...lines, JSON.stringify(failed), ""].join("\n"),
    );
    const again = await search({ runner: readTrials(`${folder}/all.jsonl`) });
    assert.equal(again.formatTable(), whole.formatTable());
  });
});

Deno.test("trials without a result are named, and other searches and damaged files refused", async () => {
  await withFolder(async (folder) => {
    await search({ only: [1], runner: recordTrials(folder) });
    const runner = readTrials(folder);
    const { trials } = await search({ runner });
    assert.equal(
      trials.filter(({ error }) => error === `there is no result in ${folder}`).length,
      5,
    );
    // Fewer trials of the same search are fine; another seed and other ranges are not.
    assert.equal((await search({ runner, numTrials: 1 })).trials.length, 1);
    await assert.rejects(
      search({ runner, seed: 8 }),
      /line 1: trial 1 is .* it is of another search/,
    );
    const lines: string[] = [];
    const grid = { x: [1, 2] };
    const toLines = recordTrials((line) => lines.push(line));
    await gridSearch(grid, { trial: () => 0, seed: 8, runner: toLines });
    await Deno.writeTextFile(`${folder}/grid.jsonl`, lines.join("\n"));
    await assert.rejects(
      gridSearch(grid, { trial: () => 0, seed: 9, runner: readTrials(`${folder}/grid.jsonl`) }),
      /trial 0 is \{"x":1\} with seed \d+ in this search, but \{"x":1\} with seed \d+ in the result/,
    );
    await Deno.remove(`${folder}/grid.jsonl`);
    await assert.rejects(
      gridSearch(grid, { trial: () => 0, seed: 9, runner }),
      /it is of another search; use the ranges, the number of trials and the seed/,
    );
    for (const text of ["{", '{"index":0}', "[]", '{"index":0,"params":{},"score":"x"}']) {
      await Deno.writeTextFile(`${folder}/trial-000000.json`, text);
      await assert.rejects(search({ runner }), /trial-000000\.json, line 1: .*what a trial wrote/);
    }
    await assert.rejects(
      search({ runner: readTrials(`${folder}/none`) }),
      /results cannot be read from .*none/,
    );
  });
});

Deno.test("parameters that JSON does not have go through it", () => {
  const params = { a: Infinity, b: -0, c: NaN, d: "x", e: true, f: 1e-300 };
  const back = jobFromJson(jobToJson({ index: 3, params, seed: 7 }));
  assert.deepEqual(back, { index: 3, params, seed: 7 });
  assert.ok(Object.is(back.params.b, -0));
  assert.throws(() => jobFromJson("{}"), /this is no trial: \{\}/);
});
