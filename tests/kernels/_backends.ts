/** Which kernel tables can be tested here. */
import { type BackendName, useBackend } from "../../kernels/mod.ts";

/** A kernel table, and why it cannot be tested; empty if it can. */
export interface Candidate {
  readonly name: BackendName;
  readonly missing: string;
}

/** Tables outside the core that make themselves known when they are imported. */
const PLUGINS = ["../../native_plugin/mod.ts"];

/** Loads what there is and tells which tables work; leaves the choice at `"auto"`. */
export async function backends(): Promise<Candidate[]> {
  for (const plugin of PLUGINS) {
    const url = new URL(plugin, import.meta.url);
    const exists = await Deno.stat(url).then(() => true, () => false);
    if (exists) await import(url.href);
  }
  try {
    return (["reference", "wasm", "native"] as const).map((name) => {
      const active = useBackend(name);
      return { name, missing: active.name === name ? "" : active.reason };
    });
  } finally {
    useBackend("auto");
  }
}
