/**
 * What programs write: results, figures, saved trainings.
 *
 * @module
 */
import { checkWritable, writeFileAtomic } from "../io/mod.ts";
import { type Chart, saveChart } from "../plot/mod.ts";
import type { Flags } from "./_flags.ts";
import type { Context } from "./_part.ts";

/** Fails now, rather than after the work, if something could not be written later. */
export async function checkOutputs({ checkpoint, resume, json, plots }: Flags): Promise<void> {
  if (plots !== undefined) {
    await attempt("plots", async () => {
      await makeFolder(plots);
      await checkWritable(`${plots}/figure.png`);
    });
  }
  if (checkpoint !== undefined) await attempt("checkpoint", () => checkWritable(checkpoint));
  // Without another place, a training that goes on saves itself where it came from.
  else if (resume !== undefined) await attempt("resume", () => checkWritable(resume));
  if (json !== undefined) await attempt("json", () => checkWritable(json));
}

async function attempt(flag: string, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    throw new Error(`--${flag}: ${(error as Error).message}`, { cause: (error as Error).cause });
  }
}

async function makeFolder(path: string): Promise<void> {
  try {
    await Deno.mkdir(path, { recursive: true });
  } catch (cause) {
    const advice = cause instanceof Deno.errors.NotCapable
      ? `; allow it with --allow-read=${path} --allow-write=${path}`
      : "";
    throw new Error(`cannot make the folder ${path}: ${(cause as Error).message}${advice}`, {
      cause,
    });
  }
}

/** Writes a report as JSON. */
export async function writeReport(path: string, report: object): Promise<void> {
  const text = JSON.stringify(report, null, 2) + "\n";
  await writeFileAtomic(path, new TextEncoder().encode(text));
  console.log(`Results written to ${path}`);
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
