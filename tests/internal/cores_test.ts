import assert from "node:assert/strict";
import { allowedCores, usableCores } from "../../internal/cores.ts";

/** A machine of `cores` cores with two processors each, `i` and `i + cores`. */
function machine(cores: number, allowed: string): (path: string) => string | null {
  return (path) => {
    if (path === "/proc/self/status") {
      return `Name:\tdeno\nCpus_allowed:\tff\nCpus_allowed_list:\t${allowed}\nMems_allowed:\t1\n`;
    }
    const cpu = /^\/sys\/devices\/system\/cpu\/cpu(\d+)\/topology\/thread_siblings_list$/.exec(
      path,
    );
    return cpu && `${Number(cpu[1]) % cores},${Number(cpu[1]) % cores + cores}\n`;
  };
}

Deno.test("allowedCores() counts processors of one core once", () => {
  assert.equal(allowedCores(machine(8, "0-15")), 8);
  assert.equal(allowedCores(machine(8, "0-3")), 4);
  assert.equal(allowedCores(machine(8, "2,10")), 1);
  assert.equal(allowedCores(machine(8, "2,10-11")), 2);
});

Deno.test("allowedCores() gives a processor whose core is unknown one of its own", () => {
  const read = (path: string) => path === "/proc/self/status" ? "Cpus_allowed_list:\t0-2\n" : null;
  assert.equal(allowedCores(read), 3);
});

Deno.test("allowedCores() knows nothing from files that are missing or say something else", () => {
  assert.equal(allowedCores(() => null), null);
  assert.equal(allowedCores(() => "Name:\tdeno\n"), null);
  for (const wrong of ["", "all", "3-1", "1,,2", "0-", "-1", "0-999999999"]) {
    assert.equal(allowedCores(machine(8, wrong)), null, wrong);
  }
});

Deno.test("usableCores() is at most the processors that the runtime counts", () => {
  const cores = usableCores();
  assert.ok(cores >= 1 && cores <= navigator.hardwareConcurrency);
});
