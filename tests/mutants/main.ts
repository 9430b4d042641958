/**
 * Proves that the tests can fail: breaks the sources in one place after another, in a copy, and
 * reports which faults the tests catch. Exits with 1 if one survives.
 *
 * ```
 * deno task mutants [--filter TEXT] [--jobs N]
 * ```
 *
 * @module
 */
import { parseArgs } from "node:util";
import { autograd } from "./autograd.ts";
import { images } from "./images.ts";
import { kernels } from "./kernels.ts";
import { layers } from "./layers.ts";
import { models } from "./models.ts";
import type { Mutant } from "./mutant.ts";
import { nn } from "./nn.ts";
import { optim } from "./optim.ts";
import { solver } from "./solver.ts";

const help = `Break every backward pass and update step in turn and report what the tests catch.

  --filter TEXT  only faults whose file or description contains TEXT
  --jobs N       faults tried at the same time, by default 2
  --help         show this text`;

const root = new URL("../../", import.meta.url);
const timeLimit = 120_000;

/** What became of a mutant. */
type Outcome = "caught" | "survived";

/** Copies the sources, without data, build products and version control. */
async function copySources(from: URL, to: URL): Promise<void> {
  await Deno.mkdir(to, { recursive: true });
  for await (const { name, isDirectory, isFile } of Deno.readDir(from)) {
    if (isDirectory) {
      if (name.startsWith(".") || ["node_modules", "target", "mutants"].includes(name)) continue;
      await copySources(new URL(`${name}/`, from), new URL(`${name}/`, to));
    } else if (isFile && /\.(ts|js|json|wasm)$/.test(name)) {
      await Deno.copyFile(new URL(name, from), new URL(name, to));
    }
  }
}

/** Runs test files in a copy. */
async function runTests(
  copy: URL,
  tests: readonly string[],
): Promise<{ success: boolean; output: string }> {
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      "test",
      "--no-check",
      "--no-lock",
      "--allow-read",
      "--allow-env",
      // Checkpoints and files of models, in folders of their own.
      "--allow-write",
      "--fail-fast",
      ...tests,
    ],
    cwd: copy,
    // The faults are in TypeScript: the other tables would only take time.
    env: { NO_COLOR: "1", NNDL_TEST_BACKENDS: "reference" },
    signal: AbortSignal.timeout(timeLimit),
  }).output();
  const text = new TextDecoder();
  return { success, output: text.decode(stdout) + text.decode(stderr) };
}

/** Breaks a copy, runs the tests that must fail, and mends the copy. */
async function tryMutant(copy: URL, mutant: Mutant): Promise<Outcome> {
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
    const { success, output } = await runTests(copy, mutant.tests);
    if (success) return "survived";
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
  const mutants = [
    ...layers,
    ...autograd,
    ...nn,
    ...images,
    ...models,
    ...kernels,
    ...optim,
    ...solver,
  ]
    .filter(({ file, fault }) => `${file} ${fault}`.includes(values.filter));

  const scratch = await Deno.makeTempDir({ prefix: "nndl-mutants-" });
  try {
    const copies = Array.from({ length: jobs }, (_, i) => new URL(`file://${scratch}/${i}/`));
    for (const copy of copies) await copySources(root, copy);
    return await hunt(mutants, copies);
  } finally {
    await Deno.remove(scratch, { recursive: true });
  }
}

/** Tries all mutants, one a copy at a time, and returns the exit code. */
async function hunt(mutants: readonly Mutant[], copies: readonly URL[]): Promise<number> {
  const started = performance.now();
  const tests = [...new Set(mutants.flatMap((mutant) => mutant.tests))];
  if (tests.length === 0) {
    console.log("no mutant has that in its file or description");
    return 1;
  }
  const unbroken = await runTests(copies[0], tests);
  if (!unbroken.success) {
    console.log(`${unbroken.output}\nthe tests fail on the unbroken sources; mend that first`);
    return 1;
  }
  const queue = [...mutants];
  let caught = 0;
  const bad: string[] = [];
  await Promise.all(copies.map(async (copy) => {
    for (let mutant = queue.shift(); mutant; mutant = queue.shift()) {
      const title = `${mutant.file}: ${mutant.fault}`;
      try {
        const outcome = await tryMutant(copy, mutant);
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
  return bad.length === 0 ? 0 : 1;
}

if (import.meta.main) Deno.exit(await main());
