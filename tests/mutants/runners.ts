/**
 * How the tests of a mutant are run: at once where the fault is in TypeScript, after compiling where
 * it is in a wasm kernel, by cargo where it is in the crate.
 *
 * @module
 */
import type { Mutant } from "./mutant.ts";

/** What became of some tests. */
export interface TestRun {
  readonly success: boolean;
  readonly output: string;
}

/** Longest time for the tests of a mutant in TypeScript and wasm, and in Rust, milliseconds. */
const TIME_LIMIT = 120_000;
const RUST_TIME_LIMIT = 600_000;
/** The same for the tests of whole rooms, as long as it is not known how long they take. */
const ROOM_TIME_LIMIT = 3_600_000;

/** The modules that `deno task wasm` writes. */
const MODULES = ["elements_wasm.ts", "products_wasm.ts", "products_relaxed_wasm.ts"];

/**
 * Runs the tests that must fail, on the sources as they are in a copy.
 *
 * @param copy Where the sources are
 * @param mutant The fault
 * @param limit Longest time for the tests of whole rooms, milliseconds
 */
export async function runTests(
  copy: URL,
  mutant: Omit<Mutant, "find">,
  limit = ROOM_TIME_LIMIT,
): Promise<TestRun> {
  const { file, tests, filter, nearest } = mutant;
  if (nearest) {
    const args = ["test", "--no-check", "--no-lock", "--allow-all", "--fail-fast"];
    for (const some of [nearest, tests.filter((test) => !nearest.includes(test))]) {
      if (some.length === 0) continue;
      const result = await run(Deno.execPath(), [...args, ...some], copy, limit);
      if (!result.success) return result;
    }
    return { success: true, output: "" };
  }
  if (file.endsWith(".rs")) {
    const names = tests.flatMap((name) => ["--test", name]);
    const args = ["test", "--quiet", ...names, ...filter ? [filter] : []];
    return await run("cargo", args, new URL("native_plugin/", copy), RUST_TIME_LIMIT);
  }
  if (!file.includes("/assembly/")) return await testWithDeno(copy, tests, filter);
  const folder = new URL("kernels/wasm/", copy);
  const whole = await Promise.all(MODULES.map((name) => Deno.readTextFile(new URL(name, folder))));
  try {
    const args = ["run", "--no-config", "--lock=kernels/wasm/deno.lock", "--allow-read"];
    args.push("--allow-env", "--allow-write=kernels/wasm");
    const build = await run(Deno.execPath(), [...args, "kernels/wasm/build.ts"], copy);
    return build.success ? await testWithDeno(copy, tests, filter) : build;
  } finally {
    for (const [i, name] of MODULES.entries()) {
      await Deno.writeTextFile(new URL(name, folder), whole[i]);
    }
  }
}

/** Whether there is a Rust toolchain. */
export async function hasCargo(): Promise<boolean> {
  try {
    return (await new Deno.Command("cargo", { args: ["--version"] }).output()).success;
  } catch {
    return false;
  }
}

function testWithDeno(copy: URL, tests: readonly string[], filter?: string): Promise<TestRun> {
  const args = ["test", "--no-check", "--no-lock", "--allow-read", "--allow-env", "--fail-fast"];
  // Checkpoints and files of models, in folders of their own.
  args.push("--allow-write", ...filter ? [`--filter=${filter}`] : [], ...tests);
  return run(Deno.execPath(), args, copy);
}

async function run(
  command: string,
  args: string[],
  cwd: URL,
  limit: number = TIME_LIMIT,
): Promise<TestRun> {
  const { success, stdout, stderr } = await new Deno.Command(command, {
    args,
    cwd,
    // The faults are in TypeScript: gradient tests on the other tables would only take time.
    env: { NO_COLOR: "1", NNDL_TEST_BACKENDS: "reference" },
    signal: AbortSignal.timeout(limit),
  }).output();
  const text = new TextDecoder();
  return { success, output: text.decode(stdout) + text.decode(stderr) };
}
