/** What is refused around a NATS server, and in which words. */
import assert from "node:assert/strict";
import {
  natsRunner,
  type NatsRunnerOptions,
  removeSearch,
  serveTrials,
  type ServeTrialsOptions,
} from "../../distributed/mod.ts";
import { needsNats, Running, TestServer } from "./_nats.ts";
import { search, type Setting } from "./_nats_search.ts";

const trial = new URL("./_nats_trial.ts", import.meta.url);

/** Runs a search here until it fails. */
function failing(options: Partial<NatsRunnerOptions>, setting: Setting = {}) {
  return search(setting, { runner: natsRunner({ search: "test", ...options }) });
}

/** Runs a worker here until it fails. */
function serving(options: Partial<ServeTrialsOptions>) {
  return serveTrials({
    search: "test",
    trial,
    data: { shift: 0 },
    patience: 0.1,
    onMessage: () => {},
    ...options,
  });
}

Deno.test("natsRunner() and serveTrials() check their options, and show no secrets", async () => {
  const wrong = (options: unknown) => () => natsRunner(options as NatsRunnerOptions);
  assert.throws(wrong({}), /natsRunner: search must be a name of 1 to 64 letters/);
  assert.throws(wrong({ search: "a.b" }), /got "a\.b"/);
  assert.throws(wrong({ search: "a", lease: 0.5 }), /lease must be a whole number from 1/);
  assert.throws(wrong({ search: "a", patience: -1 }), /patience must be a positive number/);
  assert.throws(wrong({ search: "a", url: "x" }), /did you mean "server"\?/);
  assert.throws(wrong({ search: "a", token: "" }), /token must be a text that is not empty/);
  for (const server of ["http://u:hush@host", "nats://", "nats://u:hush@host:x"]) {
    assert.throws(wrong({ search: "a", server }), (error: Error) => {
      assert.match(error.message, /server must be a URL such as nats:\/\/host:4222/);
      return !error.message.includes("hush");
    });
  }
  await assert.rejects(serving({ workers: 0 }), /workers must be a whole number from 1/);
  await assert.rejects(serving({ trial: "x" as unknown as URL }), /trial must be the URL/);
  await assert.rejects(
    search({}, { trial: () => 0, runner: natsRunner({ search: "a" }) }),
    /other machines cannot run a function; export it from a module as "trial"/,
  );
});

Deno.test("a server that cannot be reached is said so, without its password", async () => {
  const server = "nats://me:hush@127.0.0.1:1";
  const attempts = [
    () => failing({ server }),
    () => serving({ server }),
    () => removeSearch({ search: "test", server }),
  ];
  for (const attempt of attempts) {
    await assert.rejects(attempt, (error: Error) => {
      assert.match(error.message, /the NATS server nats:\/\/127\.0\.0\.1:1 cannot be reached: /);
      return !error.message.includes("hush");
    });
  }
});

Deno.test({
  ...needsNats("another search of that name, other code and other data are refused by both sides"),
  async fn() {
    await using server = await TestServer.start();
    const { url } = server;
    await assert.rejects(serving({ server: url }), /there is no search "test" on nats:.*start it/);
    const done = AbortSignal.abort(new Error("enough"));
    const stop = new AbortController();
    const begun = search({}, {
      runner: natsRunner({ search: "test", server: url }),
      signal: stop.signal,
      onMessage: () => {},
    });
    const other = { trial: new URL("./_nats_other_trial.ts", import.meta.url) };
    const wait = { server: url, patience: 30 };
    await assert.rejects(serving({ ...wait, ...other }), /the code of its trials has the hash/);
    await assert.rejects(serving({ ...wait, data: { shift: 1 } }), /the data of its trials has/);
    await assert.rejects(serving({ ...wait, signal: done }), /enough/);
    for (
      const [setting, expected] of [
        [{ what: ["throw"] }, /it has other ranges or another seed/],
        [{ seed: 6 }, /another search "test" on nats:.*it has other ranges or another seed; give/],
        [{ trial: "./_nats_other_trial.ts" }, /the code of its trials has the hash/],
        [{ shift: 1 }, /the data of its trials has the hash/],
      ] as const
    ) {
      await assert.rejects(failing({ server: url }, setting), expected);
    }
    stop.abort(new Error("that will do"));
    await assert.rejects(begun, /that will do/);
    const working = Promise.withResolvers<void>();
    const worker = serving({ ...wait, workers: 1, onResult: () => working.resolve() });
    const removed = assert.rejects(worker, /the search "test" was removed from nats:/);
    await Promise.race([working.promise, removed]);
    assert.equal(await removeSearch({ search: "test", server: url }), true);
    assert.equal(await removeSearch({ search: "test", server: url }), false);
  },
});

Deno.test({
  ...needsNats("a server without streams, and one that wants a token or a password, say so"),
  async fn() {
    {
      await using server = await TestServer.start("", []);
      await assert.rejects(failing({ server: server.url }), /keeps no streams; start it with/);
    }
    await using server = await TestServer.start(`authorization { token: "hush" }`);
    const { url } = server;
    for (const options of [{}, { token: "wrong" }, { user: "me", password: "hush" }]) {
      await assert.rejects(failing({ server: url, ...options }), (error: Error) => {
        assert.match(error.message, /does not accept these credentials; set NNDL_NATS_TOKEN/);
        return !error.message.includes("hush");
      });
    }
    await assert.rejects(serving({ server: url, token: "hush" }), /there is no search "test"/);
    const inUrl = url.replace("//", "//hush@");
    await assert.rejects(serving({ server: inUrl }), /there is no search "test" on nats:\/\/127/);
  },
});

Deno.test({
  ...needsNats("a server without room ends a search at once, and room for results is set apart"),
  async fn() {
    await using server = await TestServer.start("jetstream { max_file_store: 100000 }", []);
    await assert.rejects(
      failing({ server: server.url }),
      /has no room for the search "test" \(insufficient storage.*give it more \(max_file_store/,
    );
  },
});

Deno.test({
  ...needsNats("results that do not fit end both sides, and are there once there is more room"),
  async fn() {
    await using server = await TestServer.start();
    const setting = { server: server.url, lease: 2, what: ["score", "score", "large", "score"] };
    const start = (mode: string, more: Setting) =>
      new Running("_nats_search.ts", [mode, JSON.stringify({ ...setting, ...more })]);
    {
      await using running = start("search", { room: 500 });
      await using worker = start("worker", {});
      assert.equal(await worker.end(), 1);
      assert.match(worker.stderr, /has no room for the search "test" \(maximum bytes exceeded\)/);
      assert.equal(await running.end(), 1);
      assert.match(running.stderr, /a worker has ended: .*has no room/);
    }
    await using running = start("search", {});
    // A worker that is there before the search has made room ends as the first one did.
    for (let code = 1; code !== 0 && !running.hasEnded;) {
      await using worker = start("worker", {});
      code = await worker.end();
    }
    assert.equal(await running.end(), 0, running.stderr);
    const table = running.stdout.trim().split("\n");
    assert.equal(table.length, 5);
    assert.match(
      table[4],
      /2 +large +1 +failed: its result has 3000\d\d\d bytes and the server takes/,
    );
    const alone = await search({ what: setting.what }, { workers: 0 });
    assert.deepEqual(
      table.slice(1, 4),
      alone.formatTable().split("\n").filter((line) => line.includes("score")).slice(1),
    );
  },
});
