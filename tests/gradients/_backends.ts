/**
 * The kernel tables that tests can run on. A test file that imports this has an ignored test for
 * every table that is missing, with the reason in its name.
 *
 * @module
 */
import { type BackendName, useBackend } from "../../kernels/mod.ts";

/** A kernel table, or the reason why it is not there. */
export interface BackendFound {
  /** The table's name. */
  readonly name: BackendName;
  /** Why it cannot be used; undefined if it can. */
  readonly missing?: string;
}

/** All kernel tables, each tried once. */
export const backends: readonly BackendFound[] = (["reference", "wasm", "native"] as const).map(
  (name) => {
    const { name: used, reason } = useBackend(name);
    return used === name ? { name } : { name, missing: reason };
  },
);
useBackend("auto");

for (const { name, missing } of backends) {
  if (missing === undefined) continue;
  Deno.test({ name: `the ${name} kernels are left out: ${missing}`, ignore: true, fn() {} });
}

/** Registers a test on every kernel table present. */
export function testOnBackends(name: string, run: () => void): void {
  for (const backend of backends) {
    if (backend.missing !== undefined) continue;
    Deno.test(`${name} on the ${backend.name} kernels`, () => {
      useBackend(backend.name);
      try {
        run();
      } finally {
        useBackend("auto");
      }
    });
  }
}
