/**
 * Proves that the rooms without files run anywhere: bundles them with `deno bundle` and esbuild,
 * trains in Deno without permissions, Node, Bun and Chromium, where these are installed, and
 * compares every figure; then does the same with the npm package of `deno pack`, charts and a search
 * in workers included. Exits with 1 if a figure differs or the bundle has grown too large.
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
import { installPackage } from "./_package.ts";
import { findCommand, run } from "./_run.ts";
import { train } from "./bundled.ts";
import type { Figures } from "./program.ts";

/** Bytes, gzipped, that a bundle of the rooms may have. */
const limit = 125_000;

const folder = new URL("./", import.meta.url);
const esbuild = "npm:esbuild@0.25.5";
const browsers = ["chromium-headless-shell", "chromium", "chromium-browser", "google-chrome"];
const deno = Deno.execPath();

/** Bundles a module of this folder with `deno bundle`. */
async function bundleByDeno(module: string, out: string): Promise<string> {
  const entry = new URL(module, folder).pathname;
  await run(deno, "bundle", "--quiet", "--minify", "--platform=browser", "-o", out, entry);
  return out;
}

/** Bundles a module of this folder with esbuild. */
async function bundleByEsbuild(module: string, out: string): Promise<string> {
  const entry = new URL(module, folder).pathname;
  const flags = ["--bundle", "--minify", "--format=esm", "--platform=browser", "--target=es2022"];
  const log = "--log-level=warning";
  await run(deno, "run", "--no-lock", "-A", esbuild, entry, ...flags, log, `--outfile=${out}`);
  return out;
}

async function gzippedSize(path: string): Promise<number> {
  const file = await Deno.open(path);
  const packed = file.readable.pipeThrough(new CompressionStream("gzip"));
  return (await new Response(packed).bytes()).length;
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

async function main(temporary: string): Promise<void> {
  const expected = await train();
  const { backend, losses, accuracy } = expected;
  const last = losses.at(-1)?.toFixed(6);
  report("Deno, sources", backend === "wasm", `${backend}, loss ${last}, accuracy ${accuracy}`);
  const check = async (name: string, work: (() => Promise<Figures>) | string[] | null) => {
    if (!work) return console.log(`skip ${name}: it is not installed`);
    try {
      const figures = Array.isArray(work) ? JSON.parse(await run(...work)) : await work();
      const good = agree(figures, expected);
      report(name, good, good ? "the same figures" : JSON.stringify(figures));
    } catch (error) {
      report(name, false, messageOf(error));
    }
  };

  const [node, bun] = [await findCommand("node"), await findCommand("bun")];
  const browser = await findCommand(...browsers);
  for (
    const [name, bundle] of [["deno bundle", bundleByDeno], ["esbuild", bundleByEsbuild]] as const
  ) {
    const size = await gzippedSize(await bundle("rooms.ts", `${temporary}/rooms.mjs`));
    report(`${name}, size`, size <= limit, `${size} bytes gzipped, at most ${limit}`);
    const bundled = await bundle("bundled.ts", `${temporary}/bundled.mjs`);
    const start = `${temporary}/start.mjs`;
    await Deno.writeTextFile(
      start,
      `import { train } from "./bundled.mjs";\nconsole.log(JSON.stringify(await train()));\n`,
    );
    await check(`${name}, Deno`, [deno, "run", "--no-prompt", "--no-config", start]);
    await check(`${name}, Node`, node ? [node, start] : null);
    await check(`${name}, Bun`, bun ? [bun, start] : null);
    await check(`${name}, Chromium`, browser ? () => trainInBrowser(browser, bundled) : null);
  }

  const program = await installPackage(
    temporary,
    await bundleByDeno("program.ts", `${temporary}/program.mjs`),
  );
  await check("npm package, Deno", [deno, "run", "--allow-all", program]);
  await check("npm package, Node", node ? [node, program] : null);
  await check("npm package, Bun", bun ? [bun, program] : null);
}

const temporary = await Deno.makeTempDir({ prefix: "nndl-portable-" });
try {
  await main(temporary);
} finally {
  await Deno.remove(temporary, { recursive: true });
}
