/**
 * What every assignment program shares: flags and help, the choice of data and kernels, a title
 * and a summary, results as JSON, Ctrl-C, and errors a person can act on.
 *
 * A program is a list of parts, one for each section of the assignment. A part prints what it
 * finds and returns its results, which `--json` collects.
 *
 * @module
 */
import { parseArgs } from "node:util";
import {
  type Cifar10Data,
  type Cifar10DataOptions,
  DataNotFoundError,
  findCifar10,
  getCifar10Data,
  syntheticCifar10,
} from "../data/mod.ts";
import { nextTask } from "../internal/event_loop.ts";
import { textTable } from "../internal/text_table.ts";
import { FileFormatError, writeFileAtomic } from "../io/mod.ts";
import { type BackendName, useBackend } from "../kernels/mod.ts";
import "../native_plugin/mod.ts";
import { nearestName } from "../internal/suggest.ts";
import { type Chart, saveChart } from "../plot/mod.ts";
import { interruptSignal, NonFiniteLossError } from "../solver/mod.ts";

/** The values of the flags that all programs take. */
export interface Flags {
  /** Folder of the real CIFAR-10, or undefined to look in the usual places. */
  readonly data?: string;
  /** Whether to use the synthetic set even where the real one is at hand. */
  readonly synthetic: boolean;
  /** Whether to run a short version of every part. */
  readonly quick: boolean;
  /** Epochs of the longest training, or undefined for the program's own number. */
  readonly epochs?: number;
  /** Seed of every random stream. */
  readonly seed: number;
  /** Kernel table. */
  readonly backend: BackendName | "auto";
  /** Whether the wasm kernels may round less. */
  readonly relaxed: boolean;
  /** Float type of the networks that are trained. */
  readonly dtype: "float32" | "float64";
  /** Where the longest training saves its state after each epoch. */
  readonly checkpoint?: string;
  /** Saved state to go on from. */
  readonly resume?: string;
  /** File for all results. */
  readonly json?: string;
  /** Folder for the figures. */
  readonly plots?: string;
}

/** Images and labels for training, validation and testing, real or synthetic. */
export type ImageData = Omit<Cifar10Data, "source">;

/** What a part gets to work with. */
export interface Context {
  /** The flags. */
  readonly flags: Flags;
  /** Whether the course's seed is in use, so that its printed digits can be compared. */
  readonly courseSeed: boolean;
  /** Aborted by Ctrl-C. */
  readonly signal: AbortSignal;
  /** Loads the data at the first call; images (N, 3, 32, 32), mean image subtracted. */
  readonly data: () => Promise<ImageData>;
  /** The same images as they are: bytes, nothing subtracted. */
  readonly pixels: () => Promise<ImageData>;
  /** Whether `data` is the real CIFAR-10. */
  readonly real: boolean;
}

/** What a part found: `results` goes to `--json`, `summary` lines stand at the end. */
export interface PartResult {
  /** Named results, anything that JSON can hold. */
  readonly results: Readonly<Record<string, unknown>>;
  /** Lines for the summary. */
  readonly summary: readonly string[];
}

/** One section of an assignment. */
export interface Part {
  /** Name for `--parts`. */
  readonly name: string;
  /** Heading. */
  readonly title: string;
  /** Whether `--checkpoint` and `--resume` concern this part. */
  readonly resumable?: boolean;
  /** Does the work. */
  readonly run: (context: Context) => PartResult | Promise<PartResult>;
}

/** An assignment as a program. */
export interface Program {
  /** File name, such as `dropout.ts`. */
  readonly file: string;
  /** What the assignment is about, one line. */
  readonly title: string;
  /** A few sentences for `--help`. */
  readonly description: string;
  /** The sections, in order. */
  readonly parts: readonly Part[];
}

/** A mistake of the person at the keyboard: printed without a stack trace. */
export class UsageError extends Error {
  /** The error's name. */
  override readonly name = "UsageError";
}

/** Errors whose message says all that a person needs. */
const expectedErrors = [
  DataNotFoundError,
  FileFormatError,
  NonFiniteLossError,
  ...Object.values(Deno.errors),
];

const COURSE_SEED = 231;

const options = {
  help: { type: "boolean", short: "h" },
  data: { type: "string" },
  synthetic: { type: "boolean" },
  quick: { type: "boolean" },
  parts: { type: "string" },
  epochs: { type: "string" },
  seed: { type: "string" },
  backend: { type: "string" },
  relaxed: { type: "boolean" },
  dtype: { type: "string" },
  checkpoint: { type: "string" },
  resume: { type: "string" },
  json: { type: "string" },
  plots: { type: "string" },
} as const;

function helpText({ file, title, description, parts }: Program): string {
  return `${title}

${description}

Usage: deno run [permissions] scripts/${file} [flags]

  --data DIR         folder of the real CIFAR-10 (needs --allow-read); without it the cache,
                     $CIFAR10_DIR and ./data are tried, then the synthetic set is used
  --synthetic        use the synthetic set even where the real one is at hand
  --quick            a short version of every part, under a minute
  --parts A,B        only these parts: ${parts.map(({ name }) => name).join(", ")}
  --epochs N         epochs of the longest training
  --seed N           seed of every random stream (default ${COURSE_SEED}, the course's)
  --backend NAME     kernels: auto, reference, wasm or native (default auto)
  --relaxed          wasm kernels that multiply and add in one instruction: faster, but the last
                     digits depend on the machine
  --dtype TYPE       float type of the trained networks: float32 (default) or float64
  --checkpoint FILE  save the longest training after each epoch (needs --allow-read and
                     --allow-write for its folder)
  --resume FILE      go on from such a file; runs only the part that it belongs to
  --json FILE        write all results as JSON (needs both permissions, too)
  --plots DIR        write the figures there as PNG (needs both permissions, too)
  -h, --help         this text

With no flags and no permission it runs on synthetic images. Ctrl-C stops the training
cleanly, keeps the best parameters found and still prints the summary.`;
}

function wholeNumber(flag: string, text: string | undefined, least: number, most: number) {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (text.trim() === "" || !Number.isInteger(value) || value < least || value > most) {
    throw new UsageError(
      `--${flag} must be a whole number from ${least} to ${most}, got "${text}"`,
    );
  }
  return value;
}

function oneOf<T extends string>(flag: string, text: string | undefined, names: readonly T[]): T {
  if (text === undefined) return names[0];
  if ((names as readonly string[]).includes(text)) return text as T;
  throw new UsageError(`--${flag} must be one of ${names.join(", ")}, got "${text}"`);
}

function parseFlags(program: Program, args: readonly string[]): Flags & { parts: Part[] } {
  for (const arg of args) {
    const name = arg.match(/^--([^=]+)/)?.[1];
    if (name !== undefined && !(name in options)) {
      const near = nearestName(name, Object.keys(options));
      throw new UsageError(`unknown flag --${name}${near ? `; did you mean --${near}?` : ""}`);
    }
  }
  let values;
  try {
    values = parseArgs({ args: [...args], options, strict: true }).values;
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
  if (values.data !== undefined && values.synthetic) {
    throw new UsageError("--data and --synthetic exclude each other");
  }
  const names = program.parts.map(({ name }) => name);
  const wanted = values.parts?.split(",").map((name) => oneOf("parts", name.trim(), names)) ??
    program.parts.filter(({ resumable }) => resumable || !values.resume).map(({ name }) => name);
  return {
    data: values.data,
    synthetic: values.synthetic ?? false,
    quick: values.quick ?? false,
    epochs: wholeNumber("epochs", values.epochs, 1, 1e6),
    seed: wholeNumber("seed", values.seed, 0, 2 ** 32 - 1) ?? COURSE_SEED,
    backend: oneOf("backend", values.backend, ["auto", "reference", "wasm", "native"]),
    relaxed: values.relaxed ?? false,
    dtype: oneOf("dtype", values.dtype, ["float32", "float64"]),
    checkpoint: values.checkpoint,
    resume: values.resume,
    json: values.json,
    plots: values.plots,
    parts: program.parts.filter(({ name }) => wanted.includes(name)),
  };
}

/** Where the images come from, decided before anything runs so that the first lines can say it. */
async function chooseSource(flags: Flags): Promise<{ real: boolean; reason: string }> {
  if (flags.synthetic) return { real: false, reason: "--synthetic" };
  const found = await findCifar10(flags.data);
  if (typeof found !== "string") return { real: true, reason: found.dir };
  if (flags.data !== undefined) throw new UsageError(found);
  return { real: false, reason: found };
}

async function loadData(
  flags: Flags,
  real: boolean,
  format: Pick<Cifar10DataOptions, "subtractMean" | "dtype">,
): Promise<ImageData> {
  const started = performance.now();
  const data = real
    ? await getCifar10Data({ ...format, dir: flags.data, onMessage: console.log })
    : syntheticCifar10({
      ...format,
      ...(flags.quick ? { numTraining: 4000 } : {}),
      seed: flags.seed,
    });
  const seconds = ((performance.now() - started) / 1000).toFixed(2);
  console.log(
    `Data ready in ${seconds} s: ${data.XTrain.shape[0]} training, ${data.XVal.shape[0]} ` +
      `validation, ${data.XTest.shape[0]} test images`,
  );
  return data;
}

/** Makes a folder, and fails now rather than after the training if nothing can be written there. */
async function prepareFolder(path: string): Promise<void> {
  await Deno.mkdir(path, { recursive: true });
  await Deno.stat(path);
}

async function run(program: Program, args: readonly string[]): Promise<number> {
  const { parts, ...flags } = parseFlags(program, args);
  const started = performance.now();
  if (flags.plots !== undefined) await prepareFolder(flags.plots);
  const source = await chooseSource(flags);
  if (flags.relaxed) await import("../kernels/wasm/relaxed.ts");
  const backend = useBackend(flags.backend);
  const dataLine = source.real
    ? `Data: CIFAR-10 from ${source.reason}`
    : `Data: SYNTHETIC images, not CIFAR-10 (${source.reason})`;
  console.log(program.title);
  console.log(dataLine);
  console.log(`Kernels: ${backend.name} (${backend.reason})`);

  using interrupt = interruptSignal();
  let data: Promise<ImageData> | undefined;
  let pixels: Promise<ImageData> | undefined;
  const context: Context = {
    flags,
    courseSeed: flags.seed === COURSE_SEED,
    signal: interrupt.signal,
    real: source.real,
    data: () => data ??= loadData(flags, source.real, {}),
    pixels: () => pixels ??= loadData(flags, source.real, { subtractMean: false, dtype: "uint8" }),
  };
  const summary: string[] = [];
  const results: Record<string, unknown> = {};
  for (const part of parts) {
    if (interrupt.signal.aborted) break;
    console.log(`\n== ${part.title}\n`);
    const partStarted = performance.now();
    const result = await part.run(context);
    const seconds = (performance.now() - partStarted) / 1000;
    await nextTask();
    results[part.name] = { seconds, ...result.results };
    summary.push(...result.summary);
  }
  const seconds = (performance.now() - started) / 1000;
  console.log(`\n== Summary\n`);
  console.log([dataLine, ...summary].join("\n"));
  if (interrupt.signal.aborted) console.log("Interrupted: the parts above are all that ran");
  console.log(`Total time ${seconds.toFixed(1)} s with ${backend.name} kernels`);
  if (flags.json !== undefined) {
    const report = {
      program: program.file,
      data: source.real ? "cifar10" : "synthetic",
      backend,
      flags,
      interrupted: interrupt.signal.aborted,
      seconds,
      parts: results,
    };
    await writeFileAtomic(
      flags.json,
      new TextEncoder().encode(JSON.stringify(report, null, 2) + "\n"),
    );
    console.log(`Results written to ${flags.json}`);
  }
  return interrupt.signal.aborted ? 130 : 0;
}

/**
 * Runs an assignment: parses the flags, prints the heading, runs the parts, prints the summary.
 * Sets the exit status: 0, 1 after an error, 2 after a wrong flag, 130 after Ctrl-C.
 *
 * @param program The assignment
 * @param args Command line, without the program's name
 */
export async function runProgram(program: Program, args: readonly string[]): Promise<void> {
  if (args.includes("--help") || args.includes("-h")) return console.log(helpText(program));
  try {
    Deno.exitCode = await run(program, args);
  } catch (error) {
    const isUsage = error instanceof UsageError;
    // An error of a file system call may come wrapped in one that says what it was for.
    const causes = [error, (error as Error).cause];
    const isExpected = expectedErrors.some((type) => causes.some((cause) => cause instanceof type));
    if (!isUsage && !isExpected) throw error;
    console.error(`error: ${(error as Error).message}`);
    if (isUsage) console.error(`scripts/${program.file} --help lists the flags`);
    Deno.exitCode = isUsage ? 2 : 1;
  }
}

/**
 * Prints a table whose columns are as wide as they need to be.
 *
 * @param head Column headings
 * @param rows Cells; numbers are printed with up to six significant digits
 */
export function printTable(
  head: readonly string[],
  rows: readonly (readonly (string | number)[])[],
): void {
  const lines = textTable([head, ...rows.map((row) => row.map(cell))]);
  for (const line of lines) console.log(line);
}

function cell(value: string | number): string {
  return typeof value === "string" ? value : String(Number(value.toPrecision(6)));
}

/** One quantity of the assignment beside what the course printed for it. */
export interface Comparison {
  /** What it is. */
  readonly name: string;
  /** Ours. */
  readonly ours: number;
  /** The course's printed figure. */
  readonly course: number;
}

/**
 * Prints our figures beside the course's, with the difference where the seed is the course's.
 *
 * @param rows The figures
 * @param courseSeed Whether the digits are comparable
 */
export function printComparison(rows: readonly Comparison[], courseSeed: boolean): void {
  printTable(
    ["", "ours", "course", "difference"],
    rows.map(({ name, ours, course }) => [
      name,
      String(ours),
      String(course),
      courseSeed ? Math.abs(ours - course).toExponential(1) : "other seed",
    ]),
  );
}

/**
 * Draws a figure into the folder of `--plots`, and prints its path; without the flag it does
 * nothing. A figure that cannot be drawn is a line on standard error: the results matter more.
 *
 * @param context What the part got
 * @param name Name of the file, without `.png`
 * @param chart The figure, or how to make it
 */
export async function savePlot(
  { flags }: Context,
  name: string,
  chart: Chart | (() => Chart),
): Promise<void> {
  if (flags.plots === undefined) return;
  const path = `${flags.plots}/${name}.png`;
  try {
    await saveChart(path, typeof chart === "function" ? chart() : chart);
    console.log(`Figure written to ${path}`);
  } catch (error) {
    console.error(`Figure ${name} not written: ${(error as Error).message}`);
  }
}
