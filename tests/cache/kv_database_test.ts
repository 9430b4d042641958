import assert from "node:assert/strict";
import { openKvDatabase, retryLocked } from "../../cache/mod.ts";
import { inTempFolder } from "../data/cifar10/_cifar10.ts";

Deno.test("retryLocked() waits longer and longer, with chance, and then gives up", async () => {
  const pauses: number[] = [];
  const locked = () => Promise.reject(new TypeError("database is locked"));
  const pause = (ms: number) => Promise.resolve(void pauses.push(ms));
  await assert.rejects(retryLocked(locked, pause), /locked/);
  assert.equal(pauses.length, 39);
  assert.ok(pauses.every((ms, i) => ms >= 5 * 2 ** Math.min(i + 1, 5)));
  assert.ok(pauses.every((ms) => ms <= 320));
  assert.ok(new Set(pauses.slice(10)).size > 5, "pauses differ");
});

Deno.test("retryLocked() passes other errors on at once", async () => {
  let calls = 0;
  const work = () => {
    calls++;
    return Promise.reject(new Error("disk is full"));
  };
  await assert.rejects(retryLocked(work), /disk is full/);
  assert.equal(calls, 1);
});

Deno.test("openKvDatabase() opens a file that keeps what it is given", async () => {
  await inTempFolder(async (dir) => {
    const first = await openKvDatabase(`${dir}/data.kv`);
    await first.atomic().set(["a"], Uint8Array.of(1)).commit();
    first.close();
    const second = await openKvDatabase(`${dir}/data.kv`);
    assert.deepEqual((await second.get(["a"])).value, Uint8Array.of(1));
    second.close();
  });
});

Deno.test("openKvDatabase() names the file that cannot be opened", async () => {
  await inTempFolder(async (dir) => {
    await Deno.writeTextFile(`${dir}/note.txt`, "not a database, ".repeat(100));
    for (const path of [`${dir}/note.txt`, `${dir}/no/folder/data.kv`]) {
      await assert.rejects(openKvDatabase(path), (error: Error) => {
        assert.ok(error.message.startsWith(`openKvDatabase: cannot open ${path}: `), error.message);
        return true;
      });
    }
  });
});
