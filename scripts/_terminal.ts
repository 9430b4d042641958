/**
 * How long work shows itself: lines, and in a terminal a bar with the time left below them.
 *
 * @module
 */
import { Breather } from "../internal/event_loop.ts";
import { ProgressBar } from "../internal/progress_bar.ts";
import { lineProgress, type Progress } from "../solver/mod.ts";
import { barProgress } from "../solver/progress_bar.ts";

/** Prints a line where a bar may be, which is drawn again below it. */
export function printAbove(line: string): void {
  if (Deno.stderr.isTerminal()) Deno.stderr.writeSync(new TextEncoder().encode("\r\x1b[K"));
  console.log(line);
}

/**
 * How a training shows itself.
 *
 * @param printEvery Steps between the lines with a loss; null for no lines
 */
export function trainingFaces(printEvery: number | null): Progress[] {
  const lines = printEvery === null ? [] : [lineProgress({ printEvery, write: printAbove })];
  return [...lines, barProgress()];
}

/**
 * Goes through a list with a bar that shows how far it is, and lets Ctrl-C through between items.
 *
 * @param what What the items are, such as `"folds"`
 * @param items The list
 * @param signal Ends it early
 * @returns The items, one after the other
 */
export async function* withBar<T>(
  what: string,
  items: readonly T[],
  signal: AbortSignal,
): AsyncGenerator<T> {
  const bar = new ProgressBar(`{bar} {done} of {total} ${what}, {eta_formatted} left`);
  const breather = new Breather();
  const text = (done: number) => ({ done: String(done), total: String(items.length) });
  bar.start(items.length, 0, text(0));
  try {
    for (const [i, item] of items.entries()) {
      await breather.due();
      if (signal.aborted) return;
      yield item;
      bar.update(i + 1, text(i + 1));
    }
  } finally {
    bar.stop();
  }
}
