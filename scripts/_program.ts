/**
 * Runs an assignment: heading, parts, summary, results as JSON, Ctrl-C, and errors a person can act
 * on.
 *
 * A program is a list of parts, one for each section of the assignment. A part prints what it
 * finds and returns its results, which `--json` collects.
 *
 * @module
 */
import { DataNotFoundError } from "../data/mod.ts";
import { nextTask } from "../internal/event_loop.ts";
import { FileFormatError } from "../io/mod.ts";
import { useBackend } from "../kernels/mod.ts";
import "../native_plugin/mod.ts";
import { interruptSignal, NonFiniteLossError } from "../solver/mod.ts";
import { COURSE_SEED, helpText } from "./_flag_table.ts";
import { parseFlags, UsageError } from "./_flags.ts";
import { chooseDigits, type DigitData } from "./_digits.ts";
import { chooseSource, type ImageData, loadImages } from "./_images.ts";
import { checkOutputs, writeReport } from "./_outputs.ts";
import type { Context, Part, PartResult, Program } from "./_part.ts";
import { chooseCaptions } from "./captioning/source.ts";

/** Errors whose message says all that a person needs. */
const expectedErrors = [
  DataNotFoundError,
  FileFormatError,
  NonFiniteLossError,
  ...Object.values(Deno.errors),
];

async function run(program: Program, args: readonly string[]): Promise<number> {
  const { parts, ...flags } = parseFlags(program, args);
  const started = performance.now();
  await checkOutputs(flags);
  const set = program.uses.includes("images")
    ? "cifar10"
    : program.uses.includes("digits")
    ? "mnist"
    : program.uses.includes("captions")
    ? "coco"
    : null;
  const digits = set === "mnist" ? await chooseDigits(flags) : null;
  const captions = set === "coco" ? await chooseCaptions(flags) : null;
  const source = set === "cifar10"
    ? await chooseSource(flags)
    : digits ?? captions ?? { real: false, line: "" };
  if (flags.relaxed) await import("../kernels/wasm/relaxed.ts");
  const backend = useBackend(flags.backend);
  if (flags.backend !== "auto" && backend.name !== flags.backend) {
    throw new UsageError(
      `--backend ${flags.backend} cannot be had (${backend.reason}); leave it out, and ` +
        `${backend.name} serves`,
    );
  }
  console.log(program.title);
  if (source.line) console.log(source.line);
  console.log(`Kernels: ${backend.name} (${backend.reason})`);

  using interrupt = interruptSignal();
  interrupt.signal.addEventListener("abort", acknowledge);
  let data: Promise<ImageData> | undefined;
  let pixels: Promise<ImageData> | undefined;
  let digitData: DigitData | undefined;
  const numTest = flags.quick ? undefined : program.testImages;
  const context: Context = {
    flags,
    courseSeed: flags.seed === COURSE_SEED,
    signal: interrupt.signal,
    real: source.real,
    data: () => data ??= loadImages(flags, source, { numTest }),
    pixels: () =>
      pixels ??= loadImages(flags, source, { numTest, subtractMean: false, dtype: "uint8" }),
    digits: () => digitData ??= digits!.digits(),
    captions: () => captions!.captions(),
  };
  const summary: string[] = source.line ? [source.line] : [];
  const results: Record<string, unknown> = {};
  for (const part of parts) {
    if (interrupt.signal.aborted) break;
    console.log(`\n== ${part.title}\n`);
    const partStarted = performance.now();
    const result = await runPart(part, context);
    const seconds = (performance.now() - partStarted) / 1000;
    await nextTask();
    results[part.name] = { seconds, ...result.results };
    summary.push(...result.summary);
  }
  const seconds = (performance.now() - started) / 1000;
  console.log(`\n== Summary\n`);
  for (const line of summary) console.log(line);
  if (interrupt.signal.aborted) console.log("Interrupted: the parts above are all that ran");
  console.log(`Total time ${seconds.toFixed(1)} s with ${backend.name} kernels`);
  if (flags.json !== undefined) {
    await writeReport(flags.json, {
      program: program.file,
      data: set === null || source.real ? set : "synthetic",
      backend,
      flags,
      interrupted: interrupt.signal.aborted,
      seconds,
      parts: results,
    });
  }
  if (!interrupt.signal.aborted) return 0;
  return interrupt.signal.reason.message.endsWith("SIGTERM") ? 143 : 130;
}

/** What a part found; nothing if it was interrupted before there was anything. */
async function runPart(part: Part, context: Context): Promise<PartResult> {
  try {
    return await part.run(context);
  } catch (error) {
    if (!context.signal.aborted || error !== context.signal.reason) throw error;
    return { results: {}, summary: [] };
  }
}

/** Says at once that Ctrl-C or SIGTERM was noticed, on a line of its own. */
function acknowledge({ target }: Event): void {
  const what = (target as AbortSignal).reason.message.replace("interrupted by ", "");
  console.error(`\n${what}: stopping after this step; a second time ends it at once`);
}

/**
 * Runs an assignment: parses the flags, prints the heading, runs the parts, prints the summary.
 * Sets the exit status: 0, 1 after an error, 2 after a wrong flag, 130 after Ctrl-C, 143
 * after SIGTERM.
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
