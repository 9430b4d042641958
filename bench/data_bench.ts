/**
 * How long CIFAR-10 takes to be ready for training: from its files, and from the data cache. Needs
 * the files, in CIFAR10_DIR or data.
 *
 *     deno bench -A bench/data_bench.ts
 *
 * @module
 */
import { findCifar10, getCifar10Data } from "../data/mod.ts";

const found = await findCifar10();
if (typeof found === "string") {
  console.error(`no data to measure with: ${found}`);
} else {
  const folder = await Deno.makeTempDir();
  const cache = `${folder}/data.kv`;
  globalThis.addEventListener("unload", () => Deno.removeSync(folder, { recursive: true }));
  await getCifar10Data({ cache });
  Deno.bench({
    name: "files: read, split, mean, convert to float32",
    group: "getCifar10Data",
    baseline: true,
    n: 10,
    warmup: 2,
    async fn() {
      await getCifar10Data({ cache: false });
    },
  });
  Deno.bench({
    name: "data cache: read, verify, convert to float32",
    group: "getCifar10Data",
    n: 10,
    warmup: 2,
    async fn() {
      await getCifar10Data({ cache });
    },
  });
  Deno.bench({
    name: "no cache yet: from the files, and written to the cache",
    group: "getCifar10Data",
    n: 3,
    warmup: 1,
    async fn() {
      const fresh = `${folder}/${crypto.randomUUID()}.kv`;
      await getCifar10Data({ cache: fresh });
      await Deno.remove(fresh);
    },
  });
}
