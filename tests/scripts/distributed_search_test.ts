/** The search by many machines as a program, run as README.md and docs/distributed_search.md say. */
import assert from "node:assert/strict";
import { needsNats, Running, TestServer } from "../distributed/_nats.ts";
import { runScript } from "./_program.ts";

const FILE = "distributed_search.ts";
const PERMISSIONS = ["--allow-net", "--allow-read", "--allow-env"];
const quick = ["--quick", "--trials", "3"];

/** The lines of the table that a program prints last. */
const tableOf = (stdout: string) => stdout.slice(stdout.indexOf("trial  learningRate")).trimEnd();

async function localTable(): Promise<string> {
  const { code, stdout, stderr } = await runScript(
    FILE,
    [...quick, "--local", "--workers", "1"],
    PERMISSIONS,
  );
  assert.equal(code, 0, stderr);
  return tableOf(stdout);
}

Deno.test("distributed_search.ts prints its flags, and refuses those that make no sense", async () => {
  const help = await runScript(FILE, ["--help"]);
  assert.equal(help.code, 0);
  for (const words of ["--worker ", "--trial INDEX", "NNDL_NATS_TOKEN"]) {
    assert.ok(help.stdout.includes(words));
  }
  for (
    const [flags, expected] of [
      [["--nonsense"], /nonsense.*--help lists the flags/],
      [["--worker", "--local"], /--worker and --local exclude each other/],
      [["--trial", "24"], /--trial must be a whole number from 0 to 23, got "24"/],
      [["--results", "x"], /--results needs --trial INDEX/],
      [["--workers", "2"], /--workers needs --worker or --local/],
    ] as const
  ) {
    const { code, stderr } = await runScript(FILE, flags);
    assert.equal(code, 2);
    assert.match(stderr, expected);
    assert.doesNotMatch(stderr, /\bat .*:\d+:\d+/);
  }
});

Deno.test("distributed_search.ts runs trials one by one, and gathers them into one table", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const all = ["--allow-all"];
    for (const index of ["2", "0"]) {
      const flags = [...quick, "--trial", index, "--results", folder];
      const { code, stderr } = await runScript(FILE, flags, all);
      assert.equal(code, 0, stderr);
    }
    const some = await runScript(FILE, [...quick, "--gather", folder], ["--allow-read"]);
    assert.equal(some.code, 1);
    assert.match(some.stdout, /failed: there is no result in /);
    assert.match(some.stderr, /trials to run again: 1\n/);

    const line = await runScript(FILE, [...quick, "--trial", "1"], ["--allow-read"]);
    assert.equal(JSON.parse(line.stdout).index, 1);
    await Deno.writeTextFile(`${folder}/more.jsonl`, line.stdout);
    const whole = await runScript(FILE, [...quick, "--gather", folder], ["--allow-read"]);
    assert.equal(whole.code, 0, whole.stderr);
    assert.equal(tableOf(whole.stdout), await localTable());
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test({
  ...needsNats(
    "distributed_search.ts is ended by Ctrl-C on both sides, and goes on when started again",
  ),
  async fn() {
    await using server = await TestServer.start();
    const start = (...flags: string[]) =>
      new Running(
        `../../scripts/${FILE}`,
        [...quick, "--server", server.url, ...flags],
        {},
        PERMISSIONS,
      );
    {
      await using worker = start("--worker");
      await worker.until("yet: waiting");
      worker.kill("SIGINT");
      assert.equal(await worker.end(), 130, worker.stderr);
      assert.match(worker.stderr, /Interrupted: trials under way go to other workers/);
    }
    {
      await using search = start();
      await search.until('The search "example" has 3 trials');
      search.kill("SIGINT");
      assert.equal(await search.end(), 130, search.stderr);
      assert.match(search.stderr, /Interrupted: these are 0 of 3 trials; start again to go on/);
    }
    await using search = start();
    await using worker = start("--worker", "--workers", "2");
    assert.equal(await search.end(), 0, search.stderr);
    assert.equal(await worker.end(), 0, worker.stderr);
    assert.match(worker.stderr, /The search is over; this worker has run [123] trials/);
    assert.equal(tableOf(search.stdout), await localTable());

    await using other = start("--seed", "1");
    assert.equal(await other.end(), 1);
    assert.match(other.stderr, /^distributed_search\.ts: .* another search "example" on nats:/m);
    await using removal = start("--remove");
    assert.equal(await removal.end(), 0);
    assert.match(removal.stderr, /Removed search "example"/);
  },
});
