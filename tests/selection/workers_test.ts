import assert from "node:assert/strict";
import { array } from "../../ndarray/mod.ts";
import { gridSearch, type SearchProgress, type TrialData } from "../../selection/mod.ts";
import { search } from "./_killed_search.ts";

const trial = new URL("./_trial_module.ts", import.meta.url);

/** A folder in which each trial notes its starts. */
async function withLog(work: (log: string) => Promise<void>): Promise<void> {
  const dir = await Deno.makeTempDir();
  try {
    await work(dir);
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
}

async function startsOf(log: string, index: number): Promise<number> {
  return (await Deno.readTextFile(`${log}/${index}`)).split("\n").length - 1;
}

Deno.test("a search has the same table with no, one or several workers", async () => {
  const tables: string[] = [];
  for (const workers of [0, 1, 3]) {
    tables.push((await search({ workers, numTrials: 12 })).formatTable());
  }
  assert.equal(tables[1], tables[0]);
  assert.equal(tables[2], tables[0]);
});

for (const what of ["exit", "close", "crash"]) {
  Deno.test(`a trial whose worker dies by "${what}" is tried twice, then reported`, async () => {
    await withLog(async (log) => {
      const { trials } = await gridSearch({ what: ["score", what, "score", "score"] }, {
        trial,
        workers: 2,
        data: { log },
      });
      assert.equal(trials.length, 4);
      const last = trials[3];
      assert.equal(last.index, 1);
      assert.match(last.error!, /^the worker died: /);
      assert.ok(Number.isNaN(last.score));
      assert.equal(await startsOf(log, 1), 2);
      for (const { index, error } of trials.slice(0, 3)) {
        assert.equal(error, null);
        assert.equal(await startsOf(log, index), 1);
      }
    });
  });
}

Deno.test("a trial whose worker dies once has the score it would have had", async () => {
  await withLog(async (log) => {
    const grid = { what: ["exit once", "score"] };
    const { trials } = await gridSearch(grid, { trial, workers: 1, data: { log } });
    const undisturbed = await gridSearch({ what: ["score", "score"] }, { trial, workers: 0 });
    const scores = (found: typeof trials) =>
      found.toSorted((a, b) => a.index - b.index).map(({ score }) => score);
    assert.deepEqual(scores(trials), scores(undisturbed.trials));
    assert.equal(await startsOf(log, 0), 2);
  });
});

Deno.test("a trial that throws in a worker fails at once; the worker goes on", async () => {
  await withLog(async (log) => {
    const { trials } = await gridSearch({ what: ["throw", "score"] }, {
      trial,
      workers: 1,
      data: { log },
    });
    assert.deepEqual(trials.map(({ error }) => error), [null, "this trial throws"]);
    assert.equal(await startsOf(log, 0), 1);
  });
});

Deno.test("workers get arrays in shared memory, with their types, and plain values", async () => {
  const data: TrialData = { array: array([[1, 2], [3, 4]], "int32") };
  const options = { trial, workers: 1, data };
  const { best } = await gridSearch({ what: ["sum"] }, options);
  assert.equal(best?.score, 10);
  assert.equal(best?.info, "int32");
  assert.equal((await gridSearch({ what: ["shared"] }, options)).best?.score, 1);
});

Deno.test("a search in workers reports every trial", async () => {
  const reports: SearchProgress[] = [];
  const { best } = await gridSearch({ x: [1, 2, 3] }, {
    trial,
    workers: 2,
    onProgress: (report) => reports.push(report),
  });
  assert.deepEqual(reports.map(({ done }) => done), [0, 1, 2, 3]);
  assert.ok(reports.slice(1).every(({ last, total }) => last !== null && total === 3));
  assert.deepEqual(reports[3].best, best);
});

Deno.test("a search in workers stops when it is told to", async () => {
  const controller = new AbortController();
  const stopped = search({
    workers: 2,
    signal: controller.signal,
    onProgress: ({ done }) => done === 3 && controller.abort(new Error("enough")),
  });
  await assert.rejects(stopped, { message: "enough" });
});

Deno.test("a search rejects when its module cannot be used", async () => {
  for (const workers of [0, 1]) {
    const missing = gridSearch({ x: [1] }, { trial: new URL("./none.ts", trial), workers });
    await assert.rejects(missing, /none\.ts/);
    const other = new URL("../../random/mod.ts", import.meta.url);
    const without = gridSearch({ x: [1] }, { trial: other, workers });
    await assert.rejects(without, /must export a function "trial", got undefined/);
  }
});

Deno.test("a search in workers needs the permission to read, and says so", async () => {
  const dir = await Deno.makeTempDir();
  try {
    await Deno.writeTextFile(
      `${dir}/main.ts`,
      `import { gridSearch } from ${JSON.stringify(import.meta.resolve("../../selection/mod.ts"))};
      const trial = new URL(${JSON.stringify(trial.href)});
      await gridSearch({ x: [1] }, { trial, workers: 1 }).catch((e) => console.log(e.message));
      const { best } = await gridSearch({ x: [8] }, { trial: ({ x }) => Number(x) });
      console.log(best?.score);`,
    );
    const { stdout } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "--no-prompt", "--no-check", "--no-lock", "--no-config", `${dir}/main.ts`],
      env: { NO_COLOR: "1" },
      stderr: "null",
    }).output();
    const lines = new TextDecoder().decode(stdout).split("\n");
    assert.match(lines[0], /^a worker could not start: .*read access.*--allow-read/);
    assert.equal(lines[1], "8");
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
});

Deno.test("a worker whose modules come slowly hears what it is told at once", async () => {
  const root = new URL("../../", import.meta.url);
  await using server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen() {} },
    async (request) => {
      const { pathname } = new URL(request.url);
      if (pathname.endsWith("_trial_worker.ts")) await new Promise((go) => setTimeout(go, 300));
      const headers = { "content-type": "application/typescript" };
      return new Response(await Deno.readTextFile(new URL(`.${pathname}`, root)), { headers });
    },
  );
  const place = `http://127.0.0.1:${server.addr.port}`;
  const program = `
    import { gridSearch } from "${place}/selection/mod.ts";
    const trial = new URL("${place}/tests/selection/_trial_module.ts");
    const { trials } = await gridSearch({ what: ["score"] }, { trial, workers: 1 });
    console.log(trials[0].error ?? "done");
  `;
  const { stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "-A",
      "--no-check",
      "--no-lock",
      `data:text/javascript,${encodeURIComponent(program)}`,
    ],
    signal: AbortSignal.timeout(60_000),
  }).output();
  const decoder = new TextDecoder();
  assert.equal(decoder.decode(stdout), "done\n", decoder.decode(stderr));
});
