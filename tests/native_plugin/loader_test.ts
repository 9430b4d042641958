/** What becomes of libraries that cannot be used: a reason and the next table, never a crash. */
import assert from "node:assert/strict";
import { fileURLToPath, pathToFileURL } from "node:url";
import { kernels, useBackend } from "../../kernels/mod.ts";
import {
  loadNativePlugin,
  type NativePluginOptions,
  type NativePluginStatus,
  nativePluginStatus,
} from "../../native_plugin/mod.ts";
import { RandomState } from "../../random/mod.ts";

const program = fileURLToPath(new URL("_program.ts", import.meta.url));
const { loaded, path: builtPath, reason: missing } = loadNativePlugin();
const ignore = !loaded;
const why = ignore ? ` (not built: ${missing})` : "";

interface Outcome {
  readonly status: NativePluginStatus;
  readonly name: string;
  readonly reason: string;
  readonly product: number[][];
  /** The kernels that are those of the next table. */
  readonly borrowed: string[];
}

async function run(
  options: NativePluginOptions,
  { flags = ["--allow-all"], env = {}, cwd }: {
    flags?: string[];
    env?: Record<string, string>;
    cwd?: string;
  } = {},
): Promise<Outcome> {
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-prompt", "--no-check", ...flags, program, JSON.stringify(options)],
    env,
    cwd,
  }).output();
  assert.ok(success, new TextDecoder().decode(stderr));
  return JSON.parse(new TextDecoder().decode(stdout));
}

/** The next table serves, does the same arithmetic, and says why. */
function assertFellBack({ status, name, reason, product }: Outcome, expected: RegExp): void {
  assert.equal(status.loaded, false);
  assert.match(status.reason, expected);
  assert.match(reason, expected);
  assert.notEqual(name, "native");
  assert.deepEqual(product, [[3, 2], [7, 4]]);
}

async function withFile(bytes: Uint8Array, use: (path: string) => Promise<void>): Promise<void> {
  const path = await Deno.makeTempFile({ suffix: ".so" });
  try {
    await Deno.writeFile(path, bytes);
    await use(path);
  } finally {
    await Deno.remove(path);
  }
}

Deno.test("a library that is not there falls back", async () => {
  assertFellBack(await run({ path: "/nowhere/lib.so" }), /there is no such file/);
});

Deno.test("a library that NNDL_NATIVE names is looked for there", async () => {
  const outcome = await run({}, { env: { NNDL_NATIVE: "/nowhere/named.so" } });
  assertFellBack(outcome, /\/nowhere\/named\.so: there is no such file/);
});

Deno.test({
  name: `a library is opened by a file: URL, its text, or a bare name in the folder${why}`,
  ignore,
  async fn() {
    const folder = await Deno.makeTempDir({ prefix: "a %b " });
    try {
      await Deno.copyFile(builtPath!, `${folder}/lib.so`);
      const url = pathToFileURL(`${folder}/lib.so`).href;
      const named = await run({ path: url });
      assert.equal(named.status.path, `${folder}/lib.so`);
      assert.equal(named.name, "native");
      assert.equal((await run({}, { env: { NNDL_NATIVE: url } })).name, "native");
      assert.equal((await run({ path: "lib.so" }, { cwd: folder })).name, "native");
      assert.equal(loadNativePlugin({ path: new URL(url) }).loaded, true);
    } finally {
      loadNativePlugin();
      await Deno.remove(folder, { recursive: true });
    }
  },
});

Deno.test("what names no file falls back", async () => {
  assertFellBack(await run({ path: "nosuch.so" }), /nosuch\.so: there is no such file/);
  assertFellBack(await run({ path: "file://%zz" }), /it must be a path or a file: URL/);
  assertFellBack(await run({ path: 7 as never }), /7: it must be a path or a file: URL/);
  const { loaded, reason } = loadNativePlugin({ path: new URL("https://example.com/lib.so") });
  loadNativePlugin();
  assert.equal(loaded, false);
  assert.match(reason, /it must be a path or a file: URL/);
});

Deno.test("a file that is no library falls back", async () => {
  await withFile(new TextEncoder().encode("x".repeat(5000)), async (path) => {
    assertFellBack(await run({ path }), /not a library|ELF|file format|valid/);
  });
});

Deno.test("an empty file falls back", async () => {
  await withFile(new Uint8Array(0), async (path) => {
    assertFellBack(await run({ path }), /not a library|truncated|file format|valid/);
  });
});

for (const part of [0.1, 0.5, 0.95]) {
  Deno.test({
    name: `a library cut to ${part * 100} % falls back${why}`,
    ignore,
    async fn() {
      const bytes = await Deno.readFile(builtPath!);
      await withFile(bytes.subarray(0, Math.floor(part * bytes.length)), async (path) => {
        assertFellBack(await run({ path }), /truncated/);
      });
    },
  });
}

Deno.test({
  name: `a library for another processor falls back${why}`,
  ignore: ignore || Deno.build.os !== "linux",
  async fn() {
    const bytes = await Deno.readFile(builtPath!);
    bytes[18] = Deno.build.arch === "aarch64" ? 0x3e : 0xb7;
    await withFile(bytes, async (path) => {
      assertFellBack(await run({ path }), /another processor/);
    });
  },
});

Deno.test({
  name: `a library of another binary interface falls back${why}`,
  ignore: ignore || Deno.build.os !== "linux" || Deno.build.arch !== "x86_64",
  async fn() {
    // The function that tells the version is "mov eax, VERSION; ret".
    const bytes = await Deno.readFile(builtPath!);
    let patched = 0;
    for (let i = 0; i + 6 <= bytes.length; i++) {
      if (bytes[i] !== 0xb8 || bytes[i + 5] !== 0xc3 || bytes[i + 1] === 0) continue;
      if (bytes[i + 2] !== 0 || bytes[i + 3] !== 0 || bytes[i + 4] !== 0) continue;
      if (bytes[i + 1] > 9) continue;
      bytes[i + 1] = 99;
      patched++;
    }
    assert.ok(patched > 0);
    await withFile(bytes, async (path) => {
      assertFellBack(await run({ path }), /binary interface has version 99, this loader needs/);
    });
  },
});

Deno.test({
  name: `a library that lacks a kernel is opened, and the next table serves what it lacks${why}`,
  ignore,
  async fn() {
    // A copy in which nothing is called nndl_gemm_f32 or nndl_avg_pool_backward_f64.
    const bytes = await Deno.readFile(builtPath!);
    for (const name of ["nndl_gemm_f32", "nndl_avg_pool_backward_f64"]) {
      const letters = new TextEncoder().encode(`${name}\0`);
      let renamed = 0;
      for (let i = bytes.indexOf(letters[0]); i >= 0; i = bytes.indexOf(letters[0], i + 1)) {
        if (!letters.every((letter, j) => bytes[i + j] === letter)) continue;
        bytes[i + 5] = "x".charCodeAt(0);
        renamed++;
      }
      assert.ok(renamed > 0);
    }
    await withFile(bytes, async (path) => {
      const outcome = await run({ path });
      assert.equal(outcome.name, "native");
      assert.equal(outcome.status.loaded, true);
      assert.deepEqual(outcome.product, [[3, 2], [7, 4]]);
      assert.deepEqual(outcome.borrowed, ["avgPoolBackward", "gemm"]);
    });
  },
});

Deno.test("without permission for FFI the next table serves, and nothing is asked", async () => {
  const outcome = await run({}, { flags: [] });
  assertFellBack(outcome, /needs --allow-ffi/);
  // What may be there needs no building.
  assert.doesNotMatch(outcome.status.reason, /deno task native/);
});

Deno.test("permission for FFI alone is not enough to check the file first", async () => {
  assertFellBack(await run({}, { flags: ["--allow-ffi"] }), /needs --allow-read/);
});

Deno.test("permission for FFI with another library is not enough", async () => {
  const flags = ["--allow-ffi=/elsewhere", "--allow-read"];
  assertFellBack(await run({}, { flags }), /needs --allow-ffi/);
});

Deno.test({
  name: `permission to read and open this library alone is enough${why}`,
  ignore,
  async fn() {
    const flags = [`--allow-ffi=${builtPath}`, `--allow-read=${builtPath}`];
    assert.equal((await run({}, { flags })).name, "native");
  },
});

for (const threads of [0, -1, 1.5, 65, NaN]) {
  Deno.test(`${threads} threads fall back with the range`, async () => {
    const outcome = await run({ threads });
    assertFellBack(outcome, /threads must be a whole number from 1 to 64, got/);
  });
}

Deno.test({
  name: `NNDL_THREADS counts from 1 to 1024, and anything else is a line and the default${why}`,
  ignore,
  async fn() {
    const { status: { threads: cores } } = await run({});
    for (const [NNDL_THREADS, threads] of Object.entries({ 1: 1, 3: 3, 1024: 64, "": cores })) {
      const { name, reason, status } = await run({}, { env: { NNDL_THREADS } });
      assert.deepEqual([name, status.threads], ["native", threads], `"${NNDL_THREADS}"`);
      assert.doesNotMatch(reason, /NNDL_THREADS/);
    }
    for (const NNDL_THREADS of ["0", "-1", "9999", "1025", "abc", "1.5", "0x2", " 2"]) {
      const { name, reason, status } = await run({}, { env: { NNDL_THREADS } });
      assert.deepEqual([name, status.threads], ["native", cores], NNDL_THREADS);
      const line = `NNDL_THREADS must be a whole number from 1 to 1024, got ${NNDL_THREADS}`;
      assert.ok(reason.includes(line), reason);
    }
    // The option is no word of the environment's.
    const { reason } = await run({ threads: 2 }, { env: { NNDL_THREADS: "abc" } });
    assert.doesNotMatch(reason, /NNDL_THREADS/);
  },
});

Deno.test("NNDL_STRICT is 1 or 0", async () => {
  assertFellBack(
    await run({}, { env: { NNDL_STRICT: "yes" } }),
    /NNDL_STRICT must be 1 or 0, got yes/,
  );
});

Deno.test({
  name: `the reason tells of strict convolutions${why}`,
  ignore,
  async fn() {
    assert.match((await run({ strict: true })).reason, /, strict$/);
    assert.match((await run({}, { env: { NNDL_STRICT: "1" } })).reason, /, strict$/);
    assert.doesNotMatch((await run({}, { env: { NNDL_STRICT: "0" } })).reason, /strict/);
  },
});

for (const threads of [1, 3, 64]) {
  Deno.test({
    name: `${threads} threads work${why}`,
    ignore,
    async fn() {
      const { status, name, product } = await run({ threads });
      assert.equal(status.threads, threads);
      assert.equal(name, "native");
      assert.deepEqual(product, [[3, 2], [7, 4]]);
    },
  });
}

Deno.test({
  name: `a panic inside the library is a status and a message${why}`,
  ignore,
  fn() {
    const { symbols, close } = openControl();
    assert.notEqual(symbols.nndl_test_panic(), 0);
    const bytes = new Uint8Array(200);
    const length = symbols.nndl_last_error(bytes, bytes.length);
    assert.match(new TextDecoder().decode(bytes.subarray(0, length)), /a panic on purpose/);
    close();
  },
});

Deno.test({
  name: `a kernel still works after a panic${why}`,
  ignore,
  fn() {
    useBackend("native");
    try {
      openControl().symbols.nndl_test_panic();
      const c = new Float32Array(4);
      const a = Float32Array.of(1, 2, 3, 4);
      kernels.gemm(false, false, 2, 2, 2, a, Float32Array.of(1, 0, 1, 1), 0, c);
      assert.deepEqual([...c], [3, 2, 7, 4]);
    } finally {
      useBackend("auto");
    }
  },
});

Deno.test({
  name: `an array that is too short is an error before the library is called${why}`,
  ignore,
  fn() {
    useBackend("native");
    try {
      const short = new Float32Array(3);
      const a = new Float32Array(4);
      assert.throws(
        () => kernels.gemm(false, false, 2, 2, 2, a, a, 0, short),
        { name: "RangeError", message: /16 bytes for the sizes given, got 12/ },
      );
    } finally {
      useBackend("auto");
    }
  },
});

Deno.test({
  name: `the same threads give the same bits${why}`,
  ignore,
  fn() {
    const rng = new RandomState(231);
    const [a, b] = [rng.randn(300, 700), rng.randn(700, 200)].map((x) => x.astype("float32"));
    const results = [2, 2].map((threads) => {
      assert.equal(loadNativePlugin({ threads }).threads, threads);
      const out = new Float32Array(300 * 200);
      const [x, y] = [a.data, b.data] as Float32Array[];
      kernels.gemm(false, false, 300, 200, 700, x, y, 0, out);
      return out;
    });
    assert.deepEqual(results[0], results[1]);
    loadNativePlugin();
    assert.ok(nativePluginStatus().loaded);
  },
});

function openControl() {
  const library = Deno.dlopen(builtPath!, {
    nndl_test_panic: { parameters: [], result: "i32" },
    nndl_last_error: { parameters: ["buffer", "u32"], result: "u32" },
  });
  return { symbols: library.symbols, close: () => library.close() };
}
