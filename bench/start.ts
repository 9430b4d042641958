/**
 * Times the start of a program by the room that it imports: `deno run -A bench/start.ts`.
 *
 * Each figure is the processor time, of all threads, of a fresh process that does nothing else, with
 * Deno's cache warm: the least of many runs, which other programs disturb less than the time on the
 * clock. Given other checkouts, their rooms take turns with those of this one:
 * `deno run -A bench/start.ts ../before`.
 *
 * @module
 */
import { parseArgs } from "node:util";
import { textTable } from "../internal/text_table.ts";

const HELP = `Times the start of a program by the room that it imports.

Usage: deno run -A bench/start.ts [flags] [other checkouts]

  --rooms A,B  which rooms, "nndl" for all of them in one (those of the package, and nndl)
  --runs N     starts of each (20)
  --help       this text`;

/** Writes the program that imports a room; null if the checkout has no such room. */
async function writeProgram(folder: string, checkout: string, room: string) {
  const module = new URL(room === "nndl" ? "mod.ts" : `${room}/mod.ts`, checkout);
  if (!await Deno.stat(module).then(() => true, () => false)) return null;
  const path = await Deno.makeTempFile({ dir: folder, suffix: ".ts" });
  await Deno.writeTextFile(path, `import "${module}";\n`);
  return path;
}

/** Runs a program, and returns its processor time in milliseconds, which Bash knows. */
async function time(path: string, checkout: string): Promise<number> {
  const program = [Deno.execPath(), "run", "--no-lock", "-c"];
  const config = new URL("deno.json", checkout).pathname;
  const script = 'TIMEFORMAT="%U %S"; time "$@"';
  const args = ["-c", script, "bash", ...program, config, path];
  const { success, stderr } = await new Deno.Command("bash", { args }).output();
  const text = new TextDecoder().decode(stderr);
  if (!success) throw new Error(`${path}: ${text}`);
  const [user, system] = text.trim().split(" ").map(Number);
  return 1000 * (user + system);
}

async function main(folder: string): Promise<void> {
  const { values, positionals } = parseArgs({
    args: Deno.args,
    options: {
      rooms: { type: "string" },
      runs: { type: "string", default: "20" },
      help: { type: "boolean" },
    },
    allowPositionals: true,
  });
  if (values.help) return console.log(HELP);
  const here = new URL("../", import.meta.url).href;
  const others = positionals.map((path) => new URL(`${path}/`, `file://${Deno.cwd()}/`).href);
  const checkouts = [...others, here];
  const { exports } = JSON.parse(await Deno.readTextFile(new URL("deno.json", here)));
  const rooms = values.rooms?.split(",") ??
    (Object.values(exports) as string[]).map((path) => /^\.\/(\w+)\/mod\.ts$/.exec(path)?.[1])
      .filter((room) => room !== undefined).concat("nndl");

  const rows: string[][] = [[
    "processor time, ms",
    ...others.map((_, i) => `other ${i + 1}`),
    "here",
  ]];
  const runs = Number(values.runs);
  for (const room of rooms) {
    const programs = await Promise.all(
      checkouts.map((checkout) => writeProgram(folder, checkout, room)),
    );
    const least = checkouts.map(() => Infinity);
    // The first two starts fill the caches of the modules and of their code.
    for (let run = -2; run < runs; run++) {
      for (const [i, checkout] of checkouts.entries()) {
        const path = programs[i];
        const taken = path === null ? NaN : await time(path, checkout);
        if (run >= 0) least[i] = Math.min(least[i], taken);
      }
    }
    rows.push([room, ...least.map((ms) => Number.isFinite(ms) ? ms.toFixed(1) : "")]);
  }
  for (const line of textTable(rows)) console.log(line);
}

const folder = await Deno.makeTempDir({ prefix: "nndl-start-" });
try {
  await main(folder);
} finally {
  await Deno.remove(folder, { recursive: true });
}
