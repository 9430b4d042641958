/** Searches by several processes around a NATS server, and what happens when they are killed. */
import assert from "node:assert/strict";
import { eventually, needsNats, Running, TestServer } from "./_nats.ts";
import { search, type Setting } from "./_nats_search.ts";

const PROGRAM = "_nats_search.ts";

function start(mode: "search" | "worker", server: TestServer, setting: Setting = {}): Running {
  const text = JSON.stringify({ server: server.url, ...setting });
  return new Running(PROGRAM, [mode, text], { NNDL_TEST_LOG: server.log });
}

/** Waits for the end of a search that goes well, and compares its table with that of one process. */
async function checkTable(running: Running, setting: Setting = {}): Promise<void> {
  assert.equal(await running.end(), 0, running.stderr);
  const undisturbed = await search(setting, { workers: 0 });
  assert.equal(running.stdout.trimEnd(), undisturbed.formatTable());
}

Deno.test({
  ...needsNats("a search on two workers has the table of one process, and so has a second start"),
  async fn() {
    await using server = await TestServer.start();
    const setting = { what: ["score", "throw", "score", "score", "score", "score"] };
    await using first = start("worker", server, setting);
    await using second = start("worker", server, setting);
    await using running = start("search", server, setting);
    await checkTable(running, setting);
    for (const worker of [first, second]) assert.equal(await worker.end(), 0, worker.stderr);
    const lines = (first.stdout + second.stdout).trim().split("\n").sort();
    assert.deepEqual(lines, [0, 1, 2, 3, 4, 5].map((i) => `trial ${i}`));

    // The server has all results but the failed one, which a worker tries again.
    await using again = start("search", server, setting);
    await again.until("5 of 6");
    await using third = start("worker", server, setting);
    await checkTable(again, setting);
    assert.equal(await third.end(), 0, third.stderr);
    assert.equal(third.stdout, "trial 1\n");
  },
});

Deno.test({
  ...needsNats("the trial of a worker killed with SIGKILL is taken over"),
  async fn() {
    await using server = await TestServer.start();
    const setting = { what: ["hang once", "score", "score"], lease: 2 };
    await using running = start("search", server, setting);
    await using killed = start("worker", server, setting);
    await eventually(async () => (await server.startsOf(0)).length === 1);
    await using heir = start("worker", server, setting);
    killed.kill();
    await checkTable(running, setting);
    assert.equal(await heir.end(), 0, heir.stderr);
    const [first, ...others] = await server.startsOf(0);
    assert.equal(first, killed.pid);
    assert.ok(others.includes(heir.pid));
  },
});

Deno.test({
  ...needsNats("a worker that is interrupted hands its trial on before its lease ends"),
  async fn() {
    await using server = await TestServer.start();
    const setting = { what: ["hang once", "score"], lease: 3600 };
    await using running = start("search", server, setting);
    await using stopped = start("worker", server, setting);
    await eventually(async () => (await server.startsOf(0)).length === 1);
    stopped.kill("SIGINT");
    assert.equal(await stopped.end(), 1);
    assert.match(stopped.stderr, /interrupted by Ctrl-C/);
    await using heir = start("worker", server, setting);
    await checkTable(running, setting);
    assert.equal(await heir.end(), 0, heir.stderr);
    assert.deepEqual(await server.startsOf(0), [stopped.pid, heir.pid]);
  },
});

Deno.test({
  ...needsNats("workers finish what a killed search has left, and its next start has the table"),
  async fn() {
    await using server = await TestServer.start();
    const setting = { lease: 2 };
    await using killed = start("search", server, setting);
    await using first = start("worker", server);
    await killed.until("1 of 8");
    killed.kill();
    first.kill();
    await using worker = start("worker", server, { patience: 1 });
    assert.equal(await worker.end(), 0, worker.stderr);
    await using again = start("search", server);
    await checkTable(again);
  },
});

Deno.test({
  ...needsNats("a search and its server, killed with SIGKILL and started again, lose nothing"),
  async fn() {
    await using server = await TestServer.start();
    await using killed = start("search", server);
    await using worker = start("worker", server);
    await killed.until("2 of 8");
    killed.kill();
    await killed.end();
    await server.kill();
    await server.restart();
    await using again = start("search", server);
    await checkTable(again);
    assert.equal(await worker.end(), 0, worker.stderr);
  },
});

Deno.test({
  ...needsNats("a server killed with SIGKILL in the middle is waited for by both sides"),
  async fn() {
    await using server = await TestServer.start();
    const setting = { what: ["score", "hang once", "score", "score", "score"], lease: 2 };
    await using running = start("search", server, setting);
    await using hanging = start("worker", server, setting);
    await eventually(async () => (await server.startsOf(1)).length === 1);
    await running.until("1 of 5");
    await server.kill();
    hanging.kill();
    await using worker = start("worker", server, setting);
    assert.equal(await worker.end(), 1);
    assert.match(worker.stderr, /cannot be reached/);
    await server.restart();
    await using heir = start("worker", server, setting);
    await checkTable(running, setting);
    assert.equal(await heir.end(), 0, heir.stderr);
  },
});

Deno.test({
  ...needsNats("a trial that kills three workers is reported, and the search goes on"),
  async fn() {
    await using server = await TestServer.start();
    const setting = { what: ["score", "poison", "score"], lease: 1 };
    await using running = start("search", server, setting);
    let workers = 0;
    for (let code = -1; code !== 0; workers++) {
      await using worker = start("worker", server, setting);
      code = await worker.end();
    }
    assert.equal(await running.end(), 0, running.stderr);
    assert.match(running.stdout, /1 +poison +1 +failed: it has cost 3 workers/);
    assert.equal(running.stdout.match(/score +1 +\d/g)?.length, 2, running.stdout);
    // A worker that is too slow to renew its lease counts, too.
    assert.ok((await server.startsOf(1)).length <= 3);
    assert.ok(workers >= 2 && workers <= 4, `${workers} workers`);
  },
});
