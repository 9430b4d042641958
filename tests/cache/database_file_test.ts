import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { openCopy } from "../../cache/_database_file.ts";
import { clearDataCache, openDataCache, openKvDatabase } from "../../cache/mod.ts";
import { inTempFolder } from "../data/cifar10/_cifar10.ts";

const content = new Uint8Array(2_000_000).map((_, i) => i * 31);

/** Makes a database with a blob. */
async function makeCache(path: string): Promise<void> {
  const cache = await openDataCache(path);
  await cache.write("blob", { content });
  cache.close();
}

Deno.test("openKvDatabase() refuses a file whose damage would end the process", async () => {
  await inTempFolder(async (dir) => {
    const path = `${dir}/data.kv`;
    await makeCache(path);
    const database = new DatabaseSync(path);
    const pageSize = Number(Object.values(database.prepare("pragma page_size").get()!)[0]);
    const pages = database.prepare("select name, rootpage from sqlite_schema").all();
    database.close();
    const sound = await Deno.readFile(path);
    for (const { name, rootpage } of pages) {
      if (name === "kv") continue;
      const damaged = sound.slice();
      damaged.fill(0xa5, pageSize * (Number(rootpage) - 1), pageSize * Number(rootpage));
      await Deno.writeFile(path, damaged);
      await assert.rejects(openKvDatabase(path), (error: Error) => {
        assert.match(
          error.message,
          /^openKvDatabase: cannot open .*data\.kv: .*malformed.*; choose/,
        );
        return true;
      }, `${name}`);
    }
    await Deno.writeFile(path, sound.subarray(0, 1.5 * pageSize));
    await assert.rejects(openKvDatabase(path), /malformed/);
    await Deno.writeFile(path, sound);
    (await openKvDatabase(path)).close();
  });
});

Deno.test("openKvDatabase() refuses a file whose index names an expiry that its row does not have", async () => {
  await inTempFolder(async (dir) => {
    const path = `${dir}/data.kv`;
    await makeCache(path);
    const database = new DatabaseSync(path);
    const later = 0x112233445566;
    database.exec(`update kv set expiration_ms = ${later} where k = (select min(k) from kv)`);
    const number = (query: string) => Number(Object.values(database.prepare(query).get()!)[0]);
    const pageSize = number("pragma page_size");
    const root = "select rootpage from sqlite_schema where name = 'kv_expiration_ms_idx'";
    const page = pageSize * (number(root) - 1);
    database.close();
    (await openKvDatabase(path)).close();

    const bytes = await Deno.readFile(path);
    const digits = [0x11, 0x22, 0x33, 0x44, 0x55, 0x66];
    const at = bytes.findIndex((_, i) => i >= page && digits.every((d, j) => bytes[i + j] === d));
    assert.ok(at >= page && at < page + pageSize);
    bytes.set([0, 0, 0, 0, 0, 5], at);
    await Deno.writeFile(path, bytes);
    await assert.rejects(openKvDatabase(path), /cannot open .*data\.kv: .*malformed.*; choose/);
  });
});

Deno.test("openKvDatabase() opens an empty file, and waits for one that is locked", async () => {
  await inTempFolder(async (dir) => {
    await Deno.writeFile(`${dir}/empty.kv`, new Uint8Array());
    (await openKvDatabase(`${dir}/empty.kv`)).close();

    await makeCache(`${dir}/data.kv`);
    const other = new DatabaseSync(`${dir}/data.kv`);
    other.exec("pragma locking_mode = exclusive; begin exclusive");
    setTimeout(() => other.close(), 300);
    const cache = await openDataCache(`${dir}/data.kv`);
    assert.equal((await cache.list()).length, 1);
    cache.close();
  });
});

Deno.test("a copy of a database reads as it does, and leaves nothing behind", async () => {
  await inTempFolder(async (dir) => {
    await makeCache(`${dir}/data.kv`);
    const before = await Deno.readFile(`${dir}/data.kv`);
    let copied = "";
    const copy = await openCopy(`${dir}/data.kv`, (path) => openKvDatabase(copied = path));
    assert.ok(copy);
    const cache = await openDataCache(copy);
    const head = await cache.head("blob");
    assert.deepEqual(await cache.read(head!, "content"), content);
    await cache.clear();
    cache.close();
    await assert.rejects(Deno.stat(copied), Deno.errors.NotFound);
    assert.deepEqual(await Deno.readFile(`${dir}/data.kv`), before);
  });
});

Deno.test("clearDataCache() gives the space of a file back", async () => {
  await inTempFolder(async (dir) => {
    const path = `${dir}/data.kv`;
    await makeCache(path);
    const { size } = await Deno.stat(path);
    assert.ok(size > content.length);
    assert.equal(await clearDataCache(path), 1);
    assert.ok((await Deno.stat(path)).size < 100_000);
    assert.equal(await clearDataCache(path), 0);
  });
});
