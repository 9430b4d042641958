/** Faults of the data cache. */
import assert from "node:assert/strict";
import { openDataCache } from "../../cache/mod.ts";
import { withDisk } from "./_disk.ts";
import type { Fault } from "./main.ts";
import { killAfter, run } from "./_process.ts";

const size = 8_000_000;

/** Kills writers, and reads after each what is there: a whole blob, of one of them. */
export const killedWriters: Fault = async ({ folder, kills, rng }) => {
  const file = `${folder}/data.kv`;
  let [largest, read, version] = [0, 0, 0];
  for (let i = 0; i < kills; i++) {
    // A writer waits two seconds for the one that was killed before it.
    const delay = Math.floor(rng.uniform(0, 3500) as number);
    await killAfter("caching.ts", [file, String(1 + 100 * i)], delay);
    const cache = await openDataCache(file);
    const head = await cache.head("blob");
    if (head) {
      const content = await cache.read(head, "content");
      version = (head.meta as { version: number }).version;
      assert.equal(content.length, size);
      assert.ok(content.every((byte) => byte === version % 251), "the blob is mixed");
      read++;
    }
    cache.close();
    const log = await Deno.stat(`${file}-wal`).catch(() => null);
    largest = Math.max(largest, (await Deno.stat(file)).size + (log?.size ?? 0));
  }
  const times = largest / size;
  assert.ok(times < 4, `the database grew to ${times.toFixed(1)} times its content`);
  return `${kills} kills, ${read} whole blobs read after them, the file at most ` +
    `${times.toFixed(1)} times its content`;
};

/** Reads a cache on a read-only disk. */
export const readOnlyCache: Fault = async ({ folder }) => {
  const text = await withDisk(`${folder}/disk`, 4_000_000, async (makeReadOnly) => {
    const file = `${folder}/disk/data.kv`;
    const cache = await openDataCache(file);
    await cache.write("blob", { content: new Uint8Array(300_000).fill(7) });
    cache.close();
    await makeReadOnly();
    const again = await openDataCache(file);
    const content = await again.read((await again.head("blob"))!, "content");
    again.close();
    assert.ok(content.length === 300_000 && content.every((byte) => byte === 7));
    return "read";
  });
  return text ?? "left out, because nothing may be mounted here";
};

/** Opens databases with bytes changed, pages cleared and ends cut off. */
export const damagedDatabases: Fault = async ({ folder, files, rng }) => {
  const cache = await openDataCache(`${folder}/sound.kv`);
  for (const name of ["a", "b"]) await cache.write(name, { content: new Uint8Array(300_000) });
  cache.close();
  const sound = await Deno.readFile(`${folder}/sound.kv`);
  const counts: Record<string, number> = { sound: 0, refused: 0 };
  const below = (limit: number) => rng.randint(limit) as number;
  const damage: ((bytes: Uint8Array) => Uint8Array)[] = [
    (bytes) => bytes.fill(below(256), below(100), 100),
    (bytes) => {
      for (let i = 0; i < 20; i++) bytes[below(bytes.length)] = below(256);
      return bytes;
    },
    (bytes) => {
      const from = below(65_536);
      return bytes.fill(below(256), from, from + below(2000));
    },
    (bytes) => bytes.fill(0, 4096 * below(16), 4096 * (1 + below(16))),
    (bytes) => bytes.subarray(0, below(bytes.length)),
  ];
  const lane = async (number: number) => {
    for (let i = number; i < files; i += 2) {
      const file = `${folder}/damaged${number}.kv`;
      await Deno.writeFile(file, damage[i % damage.length](sound.slice()));
      const { code, out, error } = await run("reading.ts", [file]);
      assert.equal(code, 0, `a damaged database ended the process: ${error}`);
      counts[out.trim()] = (counts[out.trim()] ?? 0) + 1;
      for (const ending of ["", "-wal", "-shm"]) await Deno.remove(file + ending).catch(() => {});
    }
  };
  await Promise.all([lane(0), lane(1)]);
  const { sound: fine, refused, ...other } = counts;
  assert.deepEqual(other, {});
  return `${files} files, ${refused} refused with a message, ${fine} still sound`;
};
