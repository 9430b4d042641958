import assert from "node:assert/strict";
import { BlobStore, CorruptBlobError, type KvDatabase } from "../../cache/mod.ts";
import { flipBit, keysOf, memoryKv, removeChunk, withCommitFaults } from "./_kv.ts";

const chunkSize = 61_440;

function bytes(length: number, seed = 1): Uint8Array {
  const content = new Uint8Array(length);
  for (let i = 0; i < length; i++) content[i] = i * 31 + (i >> 8) * 7 + seed;
  return content;
}

async function withStore(
  work: (store: BlobStore, kv: KvDatabase) => Promise<void>,
  kv?: KvDatabase,
): Promise<void> {
  kv ??= await memoryKv();
  try {
    await work(await BlobStore.open(kv), kv);
  } finally {
    kv.close();
  }
}

Deno.test("BlobStore gives back what was written, at sizes around chunks and commits", async () => {
  await withStore(async (store) => {
    const sizes = [
      0,
      1,
      chunkSize - 1,
      chunkSize,
      chunkSize + 1,
      13 * chunkSize,
      30 * chunkSize + 7,
    ];
    const parts = Object.fromEntries(sizes.map((size) => [`part${size}`, bytes(size, size)]));
    await store.write("blob", parts, { note: "all sizes" });
    const head = await store.head("blob");
    assert.ok(head);
    assert.deepEqual(head.meta, { note: "all sizes" });
    for (const [part, content] of Object.entries(parts)) {
      assert.deepEqual(await store.read(head, part), content, part);
    }
  });
});

Deno.test("BlobStore reads more chunks than a listing fetches at once", async () => {
  await withStore(async (store) => {
    const content = bytes(1100 * chunkSize);
    await store.write("large", { content });
    const head = await store.head("large");
    const seen = new Set<number>();
    await store.readChunks(head!, "content", (chunk, offset) => {
      seen.add(offset);
      assert.equal(chunk[0], content[offset]);
    });
    assert.equal(seen.size, 1100);
  });
});

Deno.test("BlobStore.head() is null for a name that was never written", async () => {
  await withStore(async (store) => assert.equal(await store.head("nothing"), null));
});

Deno.test("BlobStore.write() replaces a blob and removes the old chunks", async () => {
  await withStore(async (store, kv) => {
    await store.write("blob", { a: bytes(3 * chunkSize) });
    const before = await store.head("blob");
    await store.write("blob", { a: bytes(10, 2) });
    const after = await store.head("blob");
    assert.notEqual(before?.generation, after?.generation);
    assert.deepEqual(await store.read(after!, "a"), bytes(10, 2));
    assert.deepEqual(await keysOf(kv), [`chunk/${after!.generation}/a/0`, "head/blob"]);
  });
});

Deno.test("BlobStore notices a flipped bit in any chunk and names it", async () => {
  for (const [chunk, byte] of [[0, 0], [1, 60_000], [2, 9], [2, -1]]) {
    await withStore(async (store, kv) => {
      await store.write("blob", { a: bytes(2 * chunkSize + 10) });
      const [{ value }] = await Array.fromAsync(
        kv.list({ prefix: ["nndl", "chunk"] }, { limit: 1 }),
      );
      await flipBit(kv, chunk, byte < 0 ? (value as Uint8Array).length + byte : byte);
      const head = await store.head("blob");
      await assert.rejects(store.read(head!, "a"), (error) => {
        assert.ok(error instanceof CorruptBlobError);
        assert.match(error.message, new RegExp(`"blob".*chunk ${chunk} of a is damaged`));
        return true;
      });
    });
  }
});

Deno.test("BlobStore notices a missing chunk, the first, one in the middle, the last", async () => {
  for (const chunk of [0, 1, 2]) {
    await withStore(async (store, kv) => {
      await store.write("blob", { a: bytes(2 * chunkSize + 10) });
      await removeChunk(kv, chunk);
      const head = await store.head("blob");
      const missing = new RegExp(`chunk ${chunk} of a is missing`);
      await assert.rejects(store.read(head!, "a"), missing);
    });
  }
});

Deno.test("BlobStore notices chunks that changed places", async () => {
  await withStore(async (store, kv) => {
    await store.write("blob", { a: bytes(2 * chunkSize) });
    const [first, second] = await Array.fromAsync(kv.list({ prefix: ["nndl", "chunk"] }));
    await kv.atomic()
      .set(first.key as string[], second.value as Uint8Array)
      .set(second.key as string[], first.value as Uint8Array)
      .commit();
    await assert.rejects(store.read((await store.head("blob"))!, "a"), CorruptBlobError);
  });
});

Deno.test("BlobStore notices a damaged head, lists the others, and can write it anew", async () => {
  await withStore(async (store, kv) => {
    await store.write("bad", { a: bytes(5) });
    await store.write("good", { a: bytes(5) });
    const { value } = await kv.get(["nndl", "head", "bad"]);
    const changed = (value as Uint8Array).slice();
    changed[3] ^= 4;
    await kv.atomic().set(["nndl", "head", "bad"], changed).commit();
    await assert.rejects(store.head("bad"), /head record is damaged/);
    assert.deepEqual((await store.list()).map((head) => head.name), ["good"]);
    await store.write("bad", { a: bytes(5, 9) });
    assert.deepEqual(await store.read((await store.head("bad"))!, "a"), bytes(5, 9));
  });
});

Deno.test("BlobStore.open() collects the chunks of a writer that crashed before the head", async () => {
  const kv = await memoryKv();
  const crashing = withCommitFaults(kv, (commit) => {
    if (commit >= 3) throw new Error("power failure");
  });
  const store = await BlobStore.open(crashing);
  await assert.rejects(store.write("blob", { a: bytes(60 * chunkSize) }), /power failure/);
  const left = await keysOf(kv);
  assert.ok(left.some((key) => key.startsWith("chunk/")), "chunks are left behind");
  assert.ok(left.some((key) => key.startsWith("lease/")), "and the lease");

  await BlobStore.open(kv);
  assert.deepEqual(await keysOf(kv), left, "within its lease the writer may be alive");
  await BlobStore.open(kv, { now: () => Date.now() + 61_000 });
  assert.deepEqual(await keysOf(kv), []);
  kv.close();
});

Deno.test("BlobStore.open() collects chunks that have neither head nor lease", async () => {
  const kv = await memoryKv();
  const store = await BlobStore.open(kv);
  await store.write("lost", { a: bytes(2 * chunkSize) });
  await store.write("kept", { a: bytes(chunkSize) });
  await kv.atomic().delete(["nndl", "head", "lost"]).commit();
  const again = await BlobStore.open(kv);
  assert.deepEqual(await again.read((await again.head("kept"))!, "a"), bytes(chunkSize));
  assert.equal((await keysOf(kv)).length, 2);
  kv.close();
});

Deno.test("BlobStore.write() leaves nothing behind when a commit fails and the next ones do not", async () => {
  const kv = await memoryKv();
  const store = await BlobStore.open(withCommitFaults(kv, (commit) => {
    if (commit === 2) throw new Error("database or disk is full");
  }));
  await assert.rejects(store.write("blob", { a: bytes(60 * chunkSize) }), /disk is full/);
  assert.deepEqual(await keysOf(kv), []);
  kv.close();
});

Deno.test("BlobStore.write() keeps the old blob when writing the new one fails", async () => {
  const kv = await memoryKv();
  await (await BlobStore.open(kv)).write("blob", { a: bytes(9) });
  const failing = await BlobStore.open(withCommitFaults(kv, (commit) => {
    if (commit === 2) throw new Error("disk I/O error");
  }));
  await assert.rejects(failing.write("blob", { a: bytes(60 * chunkSize, 2) }), /disk I\/O/);
  const store = await BlobStore.open(kv);
  assert.deepEqual(await store.read((await store.head("blob"))!, "a"), bytes(9));
  kv.close();
});

Deno.test("BlobStore.write() gives up when its lease was ended meanwhile", async () => {
  const kv = await memoryKv();
  let stolen = false;
  const slow: KvDatabase = {
    ...withCommitFaults(kv, () => {}),
    // The writer asks for its lease last; by then someone has collected it.
    get: async (key) => {
      if (key[1] === "lease" && !stolen) {
        stolen = true;
        await BlobStore.open(kv, { now: () => Date.now() + 61_000 });
      }
      return await kv.get(key);
    },
  };
  const late = await BlobStore.open(slow);
  await assert.rejects(late.write("blob", { a: bytes(chunkSize) }), /took so long/);
  assert.deepEqual(await keysOf(kv), []);
  kv.close();
});

Deno.test("BlobStore.collectOrphans() spares a writer that renews its lease in that moment", async () => {
  const kv = await memoryKv();
  const crashing = withCommitFaults(kv, (commit) => {
    if (commit >= 2) throw new Error("power failure");
  });
  await assert.rejects(
    (await BlobStore.open(crashing)).write("blob", { a: bytes(60 * chunkSize) }),
  );
  const before = await keysOf(kv);
  const renewing: KvDatabase = {
    ...withCommitFaults(kv, () => {}),
    async *list(selector, options) {
      for await (const entry of kv.list(selector, options)) {
        if (entry.key[1] === "lease") {
          await kv.atomic().set(entry.key as string[], entry.value as Uint8Array).commit();
        }
        yield entry;
      }
    },
  };
  await BlobStore.open(renewing, { now: () => Date.now() + 61_000 });
  assert.deepEqual(await keysOf(kv), before);
  kv.close();
});

Deno.test("BlobStore waits while the database is locked", async () => {
  const kv = await memoryKv();
  let refusals = 0;
  const store = await BlobStore.open(withCommitFaults(kv, (commit) => {
    if (commit % 3 === 0) return;
    refusals++;
    throw new TypeError("database is locked");
  }));
  await store.write("blob", { a: bytes(30 * chunkSize) });
  assert.ok(refusals > 0);
  assert.deepEqual(await store.read((await store.head("blob"))!, "a"), bytes(30 * chunkSize));
  kv.close();
});

Deno.test("BlobStore goes on reading where a locked database stopped it", async () => {
  const kv = await memoryKv();
  await (await BlobStore.open(kv)).write("blob", { a: bytes(20 * chunkSize) });
  let left = 2;
  const flaky: KvDatabase = {
    ...withCommitFaults(kv, () => {}),
    async *list(selector, options) {
      let count = 0;
      for await (const entry of kv.list(selector, options)) {
        if ("end" in selector && ++count > 5 && left-- > 0) throw new Error("database is locked");
        yield entry;
      }
    },
  };
  const store = await BlobStore.open(flaky);
  const offsets: number[] = [];
  await store.readChunks((await store.head("blob"))!, "a", (_, offset) => offsets.push(offset));
  assert.deepEqual(offsets, Array.from({ length: 20 }, (_, i) => i * chunkSize));
  kv.close();
});

Deno.test("BlobStore survives two writers of the same name at once", async () => {
  await withStore(async (store, kv) => {
    const other = await BlobStore.open(kv);
    await Promise.all([
      store.write("blob", { a: bytes(40 * chunkSize, 1) }),
      other.write("blob", { a: bytes(40 * chunkSize, 2) }),
    ]);
    const head = await store.head("blob");
    const content = await store.read(head!, "a");
    assert.ok([1, 2].some((seed) => content[0] === bytes(1, seed)[0]));
    await store.collectOrphans();
    const generations = new Set(
      (await keysOf(kv)).filter((k) => k.startsWith("chunk")).map((k) => k.split("/")[1]),
    );
    assert.deepEqual([...generations], [head!.generation]);
  });
});

Deno.test("BlobStore.delete() removes one blob, clear() all of them, damaged ones too", async () => {
  await withStore(async (store, kv) => {
    for (const name of ["a", "b", "c"]) await store.write(name, { part: bytes(chunkSize + 1) });
    assert.equal(await store.delete("a"), true);
    assert.equal(await store.delete("a"), false);
    assert.equal((await keysOf(kv)).length, 6);
    await kv.atomic().set(["nndl", "head", "b"], new Uint8Array(7)).commit();
    await kv.atomic().set(["other"], new Uint8Array(1)).commit();
    assert.equal(await store.clear(), 2);
    assert.deepEqual(await keysOf(kv), []);
    assert.ok((await kv.get(["other"])).value, "other programs' records stay");
  });
});

/** A database that answers until `commits` were made, as for a process that is killed then. */
function killedAfter(commits: number, kv: KvDatabase): KvDatabase {
  return withCommitFaults(kv, (commit) => {
    if (commit > commits) throw new Error("killed");
  });
}

Deno.test("writers killed one after another leave the chunks of one of them", async () => {
  const kv = await memoryKv();
  const wait = () => Promise.resolve();
  const content = bytes(40 * chunkSize);
  const chunks = async () => (await keysOf(kv)).filter((key) => key.startsWith("chunk/")).length;
  for (let i = 0; i < 7; i++) {
    // It removes what the one before it left, which takes two commits, and then writes.
    const store = await BlobStore.open(killedAfter(i === 0 ? 2 : 4, kv), { wait });
    await assert.rejects(store.write("blob", { content }), /killed/);
    assert.equal(await chunks(), 26, `after ${i + 1} writers`);
  }
  const store = await BlobStore.open(kv, { wait });
  await store.write("blob", { content });
  assert.equal(await chunks(), 40);
  assert.deepEqual(await store.read((await store.head("blob"))!, "content"), content);
  kv.close();
});

Deno.test("BlobStore.write() spares a writer of the same name that goes on", async () => {
  const kv = await memoryKv();
  const content = bytes(40 * chunkSize);
  const reached = Promise.withResolvers<void>();
  const goOn = Promise.withResolvers<void>();
  let commits = 0;
  const slow: KvDatabase = {
    get: (key) => kv.get(key),
    list: (selector, options) => kv.list(selector, options),
    close: () => {},
    atomic: () => {
      const inner = kv.atomic();
      const commit = inner.commit.bind(inner);
      inner.commit = async () => {
        // All but the first wait for the other writer.
        if (commits++ > 0) await goOn.promise;
        else reached.resolve();
        return commit();
      };
      return inner;
    },
  };
  const first = (await BlobStore.open(slow)).write("blob", { content });
  await reached.promise;
  const waited: number[] = [];
  const second = await BlobStore.open(kv, {
    wait: async (milliseconds) => {
      waited.push(milliseconds);
      goOn.resolve();
      await first;
    },
  });
  await second.write("blob", { content: bytes(10) });
  assert.deepEqual(waited, [2000]);
  await second.write("another", { content });
  assert.deepEqual(waited, [2000], "nobody writes that name");
  assert.deepEqual(await second.read((await second.head("blob"))!, "content"), bytes(10));
  kv.close();
});
