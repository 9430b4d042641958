/**
 * The kernel tables that tests can run on. A test file that imports this has an ignored test for
 * every table that is missing, with the reason in its name.
 *
 * @module
 */
import { useBackend } from "../../kernels/mod.ts";
import { backends as candidates } from "../kernels/_backends.ts";

/** The tables that NNDL_TEST_BACKENDS names, such as `reference,wasm`; all if it is not set. */
const wanted = Deno.env.get("NNDL_TEST_BACKENDS")?.split(",");

const backends = (await candidates()).filter(({ name }) => wanted?.includes(name) ?? true);

for (const { name, missing } of backends) {
  if (!missing) continue;
  Deno.test({ name: `the ${name} kernels are left out: ${missing}`, ignore: true, fn() {} });
}

/** Registers a test on every kernel table present. */
export function testOnBackends(name: string, run: () => void): void {
  for (const backend of backends) {
    if (backend.missing) continue;
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
