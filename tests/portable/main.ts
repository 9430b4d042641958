/**
 * Proves that the rooms without files run anywhere: bundles them with `deno bundle` and esbuild,
 * trains in Deno without permissions, Node, Bun and Chromium, where these are installed, and
 * compares every figure. Exits with 1 if one differs or the bundle has grown too large.
 *
 * ```
 * deno task portable
 * ```
 *
 * Chromium is Debian's: `apt-get install chromium-headless-shell`.
 *
 * @module
 */
import { messageOf } from "../../internal/message_of.ts";
import { trainInBrowser } from "./_browser.ts";
import { type Figures, train } from "./program.ts";

/** Bytes, gzipped, that a bundle of the rooms may have. */
const limit = 80_000;

const folder = new URL("./", import.meta.url);
const esbuild = "npm:esbuild@0.25.5";
const browsers = ["chromium-headless-shell", "chromium", "chromium-browser", "google-chrome"];
const decoder = new TextDecoder();

/** Runs a program and returns what it prints. */
async function run(...[command, ...args]: string[]): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command(command, {
    args,
    env: { NO_COLOR: "1" },
    stdin: "null",
  }).output();
  if (!success) throw new Error(`${command} ${args.join(" ")}: ${decoder.decode(stderr)}`);
  return decoder.decode(stdout);
}

/** The first of the programs that is installed. */
async function findCommand(...names: string[]): Promise<string | null> {
  for (const name of names) {
    try {
      await run(name, "--version");
      return name;
    } catch {
      // The next one.
    }
  }
  return null;
}

async function gzippedSize(path: string): Promise<number> {
  const file = await Deno.open(path);
  const packed = file.readable.pipeThrough(new CompressionStream("gzip"));
  return (await new Response(packed).bytes()).length;
}

/** Bundles a module of this folder with both bundlers. */
async function bundle(module: string, out: string): Promise<Record<string, string>> {
  const entry = new URL(module, folder).pathname;
  const [byDeno, byEsbuild] = [`${out}/deno.mjs`, `${out}/esbuild.mjs`];
  await run(
    Deno.execPath(),
    "bundle",
    "--quiet",
    "--minify",
    "--platform=browser",
    "-o",
    byDeno,
    entry,
  );
  await run(
    Deno.execPath(),
    ...["run", "--no-lock", "--allow-all", esbuild, entry, "--bundle", "--minify", "--format=esm"],
    ...["--platform=browser", "--target=es2022", "--log-level=warning", `--outfile=${byEsbuild}`],
  );
  return { "deno bundle": byDeno, "esbuild": byEsbuild };
}

/**
 * Whether two results agree. Runtimes may differ in the last digit of functions such as `Math.exp`;
 * kernels do not.
 */
function agree(a: Figures, b: Figures): boolean {
  return a.backend === b.backend && a.accuracy === b.accuracy && a.features === b.features &&
    a.losses.length === b.losses.length &&
    a.losses.every((loss, i) => Math.abs(loss - b.losses[i]) <= 1e-12 * Math.abs(loss));
}

/** Prints a line, and notes whether it is good. */
function report(name: string, good: boolean, text: string): void {
  console.log(`${good ? "ok  " : "FAIL"} ${name}: ${text}`);
  if (!good) Deno.exitCode = 1;
}

async function main(): Promise<void> {
  const temporary = await Deno.makeTempDir({ prefix: "nndl-portable-" });
  try {
    const [sizes, programs] = ["rooms", "program"].map((name) => `${temporary}/${name}`);
    await Promise.all([sizes, programs].map((path) => Deno.mkdir(path)));
    for (const [name, path] of Object.entries(await bundle("rooms.ts", sizes))) {
      const size = await gzippedSize(path);
      report(`size, ${name}`, size <= limit, `${size} bytes gzipped, at most ${limit}`);
    }

    const expected = await train();
    report("Deno, from source", expected.backend === "wasm", JSON.stringify(expected));
    const check = async (name: string, work: () => Promise<Figures>) => {
      try {
        const figures = await work();
        const good = agree(figures, expected);
        report(name, good, good ? "the same figures" : JSON.stringify(figures));
      } catch (error) {
        report(name, false, messageOf(error));
      }
    };
    const node = await findCommand("node");
    const bun = await findCommand("bun");
    const browser = await findCommand(...browsers);
    for (const [bundler, path] of Object.entries(await bundle("program.ts", programs))) {
      const start = `${path}.start.mjs`;
      const module = JSON.stringify(path);
      await Deno.writeTextFile(
        start,
        `import { train } from ${module};\nconsole.log(JSON.stringify(await train()));\n`,
      );
      const runtimes: Record<string, string[] | null> = {
        "Deno without permissions": [Deno.execPath(), "run", "--no-prompt", "--no-config", start],
        "Node": node ? [node, start] : null,
        "Bun": bun ? [bun, start] : null,
      };
      for (const [name, command] of Object.entries(runtimes)) {
        if (!command) console.log(`skip ${name}, ${bundler}: it is not installed`);
        else await check(`${name}, ${bundler}`, async () => JSON.parse(await run(...command)));
      }
      if (browser) await check(`${browser}, ${bundler}`, () => trainInBrowser(browser, path));
      else console.log(`skip Chromium, ${bundler}: none of ${browsers.join(", ")} is installed`);
    }
  } finally {
    await Deno.remove(temporary, { recursive: true });
  }
}

await main();
