/** The program that is killed while it fills a cache: `deno run -A caching.ts FILE SEED`. */
import { openDataCache } from "../../cache/mod.ts";

const [file, seed] = Deno.args;
const cache = await openDataCache(file);
console.log("began");
for (let version = Number(seed);; version++) {
  const content = new Uint8Array(8_000_000).fill(version % 251);
  await cache.write("blob", { content }, { version });
  console.log(version);
}
