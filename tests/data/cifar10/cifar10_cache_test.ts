import assert from "node:assert/strict";
import { clearDataCache, type KvDatabase, listDataCache } from "../../../cache/mod.ts";
import { type Cifar10Data, type Cifar10DataOptions, getCifar10Data } from "../../../data/mod.ts";
import { sealed } from "../../../cache/_sealed.ts";
import { inTempFolder, writeBinaryFolder } from "./_cifar10.ts";
import { flipBit, keysOf, memoryKv, removeChunk, withCommitFaults } from "../../cache/_kv.ts";

const records = 20;
const split: Cifar10DataOptions = {
  numTraining: 90,
  numValidation: 10,
  numTest: 20,
  recordsPerBatch: records,
};

interface Setting {
  readonly dir: string;
  readonly kv: KvDatabase;
  /** Gets the data through the cache. */
  readonly get: (options?: Cifar10DataOptions) => Promise<Cifar10Data>;
  /** The lines since the last call. */
  readonly lines: () => string[];
}

async function withCache(work: (setting: Setting) => Promise<void>): Promise<void> {
  const kv = await memoryKv();
  const heard: string[] = [];
  const onMessage = (line: string) => heard.push(line);
  await inTempFolder(async (dir) => {
    await writeBinaryFolder(dir, records);
    const get = (options?: Cifar10DataOptions) =>
      getCifar10Data({ ...split, dir, cache: kv, onMessage, ...options });
    await work({ dir, kv, get, lines: () => heard.splice(0) });
  });
  kv.close();
}

function assertSameData(actual: Cifar10Data, expected: Cifar10Data): void {
  const { source: _, ...a } = actual;
  const { source: __, ...b } = expected;
  assert.deepEqual(a, b);
}

Deno.test("the data cache gives back exactly what the files gave, in every format", async () => {
  await withCache(async ({ get, lines, dir }) => {
    const formats: Cifar10DataOptions[] = [
      {},
      { dtype: "float64" },
      { subtractMean: false },
      { subtractMean: false, dtype: "uint8" },
    ];
    assert.equal((await get()).source.kind, "folder");
    for (const format of formats) {
      const warm = await get(format);
      assert.deepEqual(warm.source, { kind: "cache", dir, text: `data cache, made from ${dir}` });
      assertSameData(warm, await get({ ...format, cache: false }));
    }
    assert.deepEqual(lines(), []);
  });
});

Deno.test("the data cache keeps one entry a split", async () => {
  await withCache(async ({ get, kv, dir }) => {
    await get();
    assert.equal((await get({ numTraining: 50 })).source.kind, "folder");
    assert.equal((await get({ numTraining: 50 })).source.kind, "cache");
    assert.equal((await get()).source.kind, "cache");
    const entries = await listDataCache(kv);
    assert.deepEqual(entries.map((entry) => entry.dir), [dir, dir]);
    const bytes = (rows: number) => rows * (3072 + 4) + 3072 * 8;
    assert.deepEqual(entries.map((entry) => entry.bytes).sort(), [bytes(80), bytes(120)].sort());
    assert.ok(entries.every((entry) => Math.abs(Date.now() - entry.written.getTime()) < 60_000));
    assert.equal(await clearDataCache(kv), 2);
    assert.deepEqual(await keysOf(kv), []);
    assert.equal((await get()).source.kind, "folder");
  });
});

/** Does something with the environment variable set. */
async function withCifar10Dir(dir: string, work: () => Promise<void>): Promise<void> {
  const before = Deno.env.get("CIFAR10_DIR");
  Deno.env.set("CIFAR10_DIR", dir);
  try {
    await work();
  } finally {
    if (before === undefined) Deno.env.delete("CIFAR10_DIR");
    else Deno.env.set("CIFAR10_DIR", before);
  }
}

const damages: [string, (kv: KvDatabase) => Promise<void>, RegExp][] = [
  ["a flipped bit in the first images", (kv) => flipBit(kv, 3), /chunk \d+ of \w+ is damaged/],
  ["a flipped bit in the mean image", (kv) => flipBit(kv, 0), /chunk 0 of mean is damaged/],
  ["a missing chunk", (kv) => removeChunk(kv, -1), /chunk \d+ of \w+ is missing/],
  [
    "a damaged head",
    async (kv) => {
      const [head] = await Array.fromAsync(kv.list({ prefix: ["nndl", "head"] }));
      const value = (head.value as Uint8Array).slice();
      value[20] ^= 64;
      await kv.atomic().set(head.key as string[], value).commit();
    },
    /head record is damaged/,
  ],
];

for (const [name, damage, text] of damages) {
  Deno.test(`the data cache is rebuilt, with a line that says so, after ${name}`, async () => {
    await withCache(async ({ get, kv, lines }) => {
      const cold = await get();
      await damage(kv);
      const again = await get();
      assert.equal(again.source.kind, "folder");
      assertSameData(again, cold);
      const said = lines();
      assert.equal(said.length, 1);
      assert.match(said[0], /damaged and will be rebuilt/);
      assert.match(said[0], text);
      const warm = await get();
      assert.equal(warm.source.kind, "cache");
      assertSameData(warm, cold);
      assert.deepEqual(lines(), []);
      assert.equal((await keysOf(kv)).filter((key) => key.startsWith("head")).length, 1);
    });
  });
}

Deno.test("the data cache notices a file edited with its size and time kept", async () => {
  await withCache(async ({ get, dir, lines }) => {
    await writeBinaryFolder(dir, 100);
    const options = { recordsPerBatch: 100 };
    const cold = await get(options);
    // One byte, far from the pieces that the fingerprint looks at, and in another second: the time
    // of a status change is known to the second.
    await new Promise((resolve) => setTimeout(resolve, 1100));
    const path = `${dir}/data_batch_1.bin`;
    const { mtime, atime } = await Deno.stat(path);
    const bytes = await Deno.readFile(path);
    bytes[10_000] ^= 1;
    await Deno.writeFile(path, bytes);
    await Deno.utime(path, atime!, mtime!);
    const again = await get(options);
    assert.equal(again.source.kind, "folder");
    assert.notDeepEqual(again.XTrain.data, cold.XTrain.data);
    assert.match(lines().join(), /stale and will be rebuilt: .* has changed/);
    const warm = await get(options);
    assert.equal(warm.source.kind, "cache");
    assertSameData(warm, again);
  });
});

Deno.test("the data cache replaces an entry of another format version", async () => {
  await withCache(async ({ get, kv, lines, dir }) => {
    await get();
    const [head] = await Array.fromAsync(kv.list({ prefix: ["nndl", "head"] }));
    const record = JSON.parse(new TextDecoder().decode((head.value as Uint8Array).subarray(0, -4)));
    record.meta.version = 0;
    record.meta.key = "made by another version";
    const old = sealed(new TextEncoder().encode(JSON.stringify(record)));
    await kv.atomic().set(head.key as string[], old).commit();
    await withCifar10Dir(`${dir}/gone`, async () => {
      await assert.rejects(get({ dir: undefined }), /no CIFAR-10 found/);
    });
    assert.equal((await get()).source.kind, "folder");
    assert.match(lines().join(), /stale .* format 0, not 1/);
    assert.equal((await get()).source.kind, "cache");
    assert.deepEqual(lines(), []);
  });
});

Deno.test("the data cache is used when no folder can be found, but not in place of a named one", async () => {
  await withCache(async ({ get, dir }) => {
    const cold = await get();
    await Deno.rename(dir, `${dir}-moved`);
    try {
      await withCifar10Dir(`${dir}/gone`, async () => {
        const warm = await get({ dir: undefined });
        assert.equal(warm.source.dir, dir);
        assertSameData(warm, cold);
      });
      await assert.rejects(get(), /no CIFAR-10 found/);
    } finally {
      await Deno.rename(`${dir}-moved`, dir);
    }
  });
});

Deno.test("a cache that cannot be opened is a line, not a failure", async () => {
  await withCache(async ({ get, dir, lines }) => {
    await Deno.writeTextFile(`${dir}/note.txt`, "not a database, ".repeat(100));
    for (const cache of [`${dir}/no/such/folder/data.kv`, `${dir}/note.txt`, dir]) {
      assert.equal((await get({ cache })).source.kind, "folder");
      const said = lines();
      assert.equal(said.length, 1, said.join("\n"));
      assert.match(said[0], /^data cache not used: .*cannot open/);
      assert.ok(said[0].includes(cache));
    }
    assert.equal(await Deno.readTextFile(`${dir}/note.txt`), "not a database, ".repeat(100));
  });
});

Deno.test("a cache that cannot be written is a line, not a failure, and holds no half entry", async () => {
  await withCache(async ({ get, kv, lines }) => {
    for (const reason of ["database or disk is full", "attempt to write a readonly database"]) {
      const cache = withCommitFaults(kv, (commit) => {
        if (commit === 1) throw new Error(reason);
      });
      assert.equal((await get({ cache })).source.kind, "folder");
      assert.deepEqual(lines(), [`data cache not written: ${reason}`]);
      assert.deepEqual(await keysOf(kv), []);
    }
  });
});

Deno.test("a cache in a file is there for the next program", async () => {
  await withCache(async ({ get, dir, lines }) => {
    const cache = `${dir}/data.kv`;
    const cold = await get({ cache });
    const warm = await get({ cache });
    assert.equal(warm.source.kind, "cache");
    assertSameData(warm, cold);
    assert.deepEqual(lines(), []);
  });
});

Deno.test("an entry replaced while it is read is read again, without a word", async () => {
  await withCache(async ({ get, kv, lines }) => {
    const cold = await get();
    let raced = false;
    const racing: KvDatabase = {
      ...withCommitFaults(kv, () => {}),
      async *list(selector, options) {
        if ("end" in selector && !raced) {
          raced = true;
          // Someone else finds the same entry bad, and replaces it.
          await flipBit(kv, 0);
          await get();
          lines();
        }
        yield* kv.list(selector, options);
      },
    };
    const warm = await get({ cache: racing });
    assert.ok(raced);
    assert.equal(warm.source.kind, "cache");
    assertSameData(warm, cold);
    assert.deepEqual(lines(), []);
  });
});

Deno.test("two programs that build the same entry at once both succeed", async () => {
  await inTempFolder(async (dir) => {
    await writeBinaryFolder(dir, 400);
    const code = `
      import { getCifar10Data } from ${JSON.stringify(import.meta.resolve("../../../data/mod.ts"))};
      const { source, XTrain } = await getCifar10Data({
        dir: ${JSON.stringify(dir)}, cache: ${JSON.stringify(`${dir}/data.kv`)},
        numTraining: 1900, numValidation: 100, numTest: 100, recordsPerBatch: 400,
        onMessage: (line) => console.log("line:", line),
      });
      console.log(source.kind, XTrain.data.reduce((a, b) => a + Math.abs(b), 0));
    `;
    const run = async () => {
      const command = new Deno.Command(Deno.execPath(), {
        args: [
          "run",
          "--no-prompt",
          "--unstable-kv",
          `--allow-read=${dir}`,
          `--allow-write=${dir}`,
          "--ext=ts",
          "-",
        ],
        stdin: "piped",
        stdout: "piped",
        stderr: "piped",
      });
      const child = command.spawn();
      const writer = child.stdin.getWriter();
      await writer.write(new TextEncoder().encode(code));
      await writer.close();
      const { success, stdout, stderr } = await child.output();
      assert.ok(success, new TextDecoder().decode(stderr));
      return new TextDecoder().decode(stdout).trim();
    };
    const results = await Promise.all([run(), run(), run()]);
    const sums = results.map((line) => line.replace(/^(folder|cache) /, ""));
    assert.match(sums[0], /^\d+(\.\d+)?$/);
    assert.deepEqual(sums, [sums[0], sums[0], sums[0]]);
    assert.match(await run(), /^cache /);
  });
});
