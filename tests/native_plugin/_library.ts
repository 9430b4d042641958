/** Tests that need the library that `deno task native` builds. */
import { loadNativePlugin } from "../../native_plugin/mod.ts";

const { loaded, reason } = loadNativePlugin();

/** Registers a test that needs the library, or says why it is not there. */
export function testWithLibrary(name: string, fn: () => void | Promise<void>): void {
  Deno.test({ name: loaded ? name : `${name} (not built: ${reason})`, ignore: !loaded, fn });
}
