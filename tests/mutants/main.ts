/**
 * Proves that the tests can fail: breaks the sources in one place after another, in a copy, and
 * reports which faults the tests catch. Exits with 1 if one survives.
 *
 * ```
 * deno task mutants [--filter TEXT] [--jobs N] [--no-rust] [--random N --seed S]
 * ```
 *
 * With `--random` faults are drawn over all rooms. Some survive because they change nothing that can
 * be seen, so such a run reports and exits with 0.
 *
 * @module
 */
import { parseArgs } from "node:util";
import { autograd } from "./autograd.ts";
import { compiled } from "./compiled.ts";
import { distributed } from "./distributed.ts";
import { images } from "./images.ts";
import { io } from "./io.ts";
import { kernels } from "./kernels.ts";
import { layers } from "./layers.ts";
import { models } from "./models.ts";
import type { Mutant } from "./mutant.ts";
import { nn } from "./nn.ts";
import { optim } from "./optim.ts";
import { randomMutants } from "./random.ts";
import { hasCargo, runTests } from "./runners.ts";
import { searches } from "./searches.ts";
import { solver } from "./solver.ts";

const help = `Break every backward pass and update step in turn and report what the tests catch.

  --filter TEXT  only faults whose file or description contains TEXT
  --jobs N       faults tried at the same time, by default 2
  --no-rust      leave out faults in the crate, each of which is a build of its own
  --random N     N faults drawn over all rooms instead, one token each
  --seed N       of the draw, by default 1
  --help         show this text`;

const root = new URL("../../", import.meta.url);

/** What became of a mutant. */
type Outcome = "caught" | "survived";

/** Copies the sources, without data, build products and version control. */
async function copySources(from: URL, to: URL): Promise<void> {
  await Deno.mkdir(to, { recursive: true });
  for await (const { name, isDirectory, isFile } of Deno.readDir(from)) {
    if (isDirectory) {
      if (name.startsWith(".") || ["node_modules", "target", "mutants"].includes(name)) continue;
      await copySources(new URL(`${name}/`, from), new URL(`${name}/`, to));
    } else if (isFile && /\.(ts|js|json|wasm|rs|toml|lock|md|safetensors)$/.test(name)) {
      await Deno.copyFile(new URL(name, from), new URL(name, to));
    }
  }
}

/** Breaks a copy, runs the tests that must fail, and mends the copy. */
async function tryMutant(copy: URL, mutant: Mutant, limit?: number): Promise<Outcome> {
  const path = new URL(mutant.file, copy);
  const source = await Deno.readTextFile(path);
  const occurrences = source.split(mutant.find).length - 1;
  if (occurrences !== 1) {
    throw new Error(
      `${mutant.file}: the text to break must occur once, but occurs ${occurrences} times; ` +
        `bring the mutant up to date: ${JSON.stringify(mutant.find)}`,
    );
  }
  await Deno.writeTextFile(path, source.replace(mutant.find, () => mutant.replace));
  try {
    const { success, output } = await runTests(copy, mutant, limit);
    if (success) return "survived";
    if (mutant.nearest) return "caught";
    // A mutant that is no program proves nothing: a test must have run and failed.
    if (!/[1-9]\d* failed/.test(output) || output.includes("(uncaught error)")) {
      throw new Error(`the tests did not run\n${output}`);
    }
    return "caught";
  } finally {
    await Deno.writeTextFile(path, source);
  }
}

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      filter: { type: "string", default: "" },
      jobs: { type: "string", default: "2" },
      "no-rust": { type: "boolean", default: false },
      random: { type: "string" },
      seed: { type: "string", default: "1" },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) {
    console.log(help);
    return 0;
  }
  const jobs = Number(values.jobs);
  if (!Number.isInteger(jobs) || jobs < 1) {
    throw new RangeError(`mutants: --jobs must be a whole number from 1 up, got ${values.jobs}`);
  }
  const chosen = [
    ...layers,
    ...autograd,
    ...nn,
    ...images,
    ...models,
    ...kernels,
    ...compiled,
    ...distributed,
    ...optim,
    ...searches,
    ...solver,
    ...io,
  ];
  const { random } = values;
  const known = (random === undefined ? chosen : await drawn(random, values.seed))
    .filter(({ file, fault }) => `${file} ${fault}`.includes(values.filter));
  const canCompile = !values["no-rust"] && await hasCargo();
  const mutants = known.filter(({ file }) => canCompile || !file.endsWith(".rs"));
  if (mutants.length < known.length) console.log("faults in Rust are passed over");

  const scratch = await Deno.makeTempDir({ prefix: "nndl-mutants-" });
  try {
    const copies = Array.from({ length: jobs }, (_, i) => new URL(`file://${scratch}/${i}/`));
    for (const copy of copies) await copySources(root, copy);
    return await hunt(mutants, copies);
  } finally {
    await Deno.remove(scratch, { recursive: true });
  }
}

/**
 * The runs that must succeed first: the tests of all mutants in TypeScript at once, others by filter,
 * those of whole rooms by room.
 */
function unbroken(mutants: readonly Mutant[]): Omit<Mutant, "find">[] {
  const runs = new Map<string, Omit<Mutant, "find">>();
  for (const mutant of mutants) {
    const { file, filter, nearest } = mutant;
    const key = `${file.replace(/^[^.]*/, "")} ${filter ?? ""} ` +
      (filter === undefined && !nearest ? "" : mutant.tests.join());
    const tests = [...new Set([...runs.get(key)?.tests ?? [], ...mutant.tests])];
    runs.set(key, { ...mutant, tests, ...nearest && { nearest: tests } });
  }
  return [...runs.values()];
}

/** Draws mutants as the flags say. */
async function drawn(count: string, seed: string): Promise<Mutant[]> {
  if (!/^[1-9]\d*$/.test(count) || !/^\d+$/.test(seed)) {
    throw new RangeError(
      `mutants: --random and --seed must be whole numbers, got ${count} and ${seed}`,
    );
  }
  return await randomMutants(root, Number(count), Number(seed));
}

/** Tries all mutants, one a copy at a time, and returns the exit code. */
async function hunt(mutants: readonly Mutant[], copies: readonly URL[]): Promise<number> {
  const started = performance.now();
  if (mutants.length === 0) {
    console.log("no mutant has that in its file or description");
    return 1;
  }
  /** By the tests of a room: the longest time for them, from how long they take unbroken. */
  const limits = new Map<string, number>();
  const whole = unbroken(mutants);
  const failures: string[] = [];
  await Promise.all(copies.map(async (copy) => {
    for (let run = whole.shift(); run; run = whole.shift()) {
      const begun = performance.now();
      const { success, output } = await runTests(copy, run);
      if (!success) failures.push(output);
      limits.set(run.tests.join(), 60_000 + 3 * (performance.now() - begun));
    }
  }));
  if (failures.length > 0) {
    console.log(`${failures[0]}\nthe tests fail on the unbroken sources; mend that first`);
    return 1;
  }
  const queue = [...mutants];
  let caught = 0;
  const bad: string[] = [];
  await Promise.all(copies.map(async (copy) => {
    for (let mutant = queue.shift(); mutant; mutant = queue.shift()) {
      const title = `${mutant.file}: ${mutant.fault}`;
      try {
        const outcome = await tryMutant(copy, mutant, limits.get(mutant.tests.join()));
        console.log(`${outcome.padEnd(8)}  ${title}`);
        if (outcome === "caught") caught++;
        else bad.push(title);
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error);
        console.log(`ERROR     ${title}\n${reason}`);
        bad.push(title);
      }
    }
  }));
  const seconds = ((performance.now() - started) / 1000).toFixed(0);
  console.log(`\n${caught} of ${mutants.length} mutants caught in ${seconds} s`);
  for (const title of bad) console.log(`not caught: ${title}`);
  return bad.length === 0 || mutants.some(({ nearest }) => nearest) ? 0 : 1;
}

if (import.meta.main) Deno.exit(await main());
