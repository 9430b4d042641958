/** Opens a cache that may be damaged, and uses it: `deno run -A reading.ts FILE`. */
import { openDataCache } from "../../cache/mod.ts";

try {
  const cache = await openDataCache(Deno.args[0]);
  for (const head of await cache.list()) {
    for (const part of Object.keys(head.parts)) await cache.read(head, part);
  }
  await cache.write("another", { content: new Uint8Array(200_000) });
  await cache.clear();
  cache.close();
  console.log("sound");
} catch (error) {
  console.log(error instanceof Error && error.message.length > 0 ? "refused" : "without a message");
}
