/**
 * How far long work is, and a bar to show it.
 *
 * @module
 */

/** A report on long work. */
export interface DataProgress {
  /** What is being done. */
  readonly phase: "read" | "download" | "unpack";
  /** Bytes done. */
  readonly done: number;
  /** Bytes in all, or 0 if that is not known. */
  readonly total: number;
}

/** Gets reports, many a second. */
export type ProgressListener = (progress: DataProgress) => void;

/** What is needed of cli-progress. */
interface Bar {
  start(total: number, done: number, payload: object): void;
  update(done: number, payload: object): void;
  setTotal(total: number): void;
  stop(): void;
}

/** A progress bar; `stop()` it when the work is done. */
export interface ProgressBar {
  /** The listener to pass as `onProgress`. */
  readonly onProgress: ProgressListener;
  /** Ends the bar and leaves the cursor on a new line. */
  readonly stop: () => void;
}

/**
 * Makes a bar on standard error, drawn by `cli-progress`. Where standard error is not a terminal
 * it shows nothing.
 *
 * @returns The bar
 *
 * @example
 * ```ts
 * import { progressBar } from "@nndl/nndl/data";
 *
 * const { onProgress, stop } = await progressBar();
 * onProgress({ phase: "download", done: 1e6, total: 170e6 });
 * stop();
 * ```
 */
export async function progressBar(): Promise<ProgressBar> {
  // Not a literal: programs without a bar must not look for the package.
  const specifier = "npm:cli-progress@^3.12.0";
  const { default: { SingleBar } } = await import(specifier);
  let bar: Bar | null = null;
  let current = "";
  const stop = () => {
    bar?.stop();
    bar = null;
  };
  const onProgress = ({ phase, done, total }: DataProgress) => {
    if (phase !== current) stop();
    current = phase;
    const megabytes = { phase, mb: (done / 1e6).toFixed(0), ofMb: (total / 1e6).toFixed(0) };
    if (!bar) {
      bar = new SingleBar({
        format: "{phase} [{bar}] {percentage}% {mb} of {ofMb} MB",
        barsize: 30,
        hideCursor: true,
      }) as Bar;
      bar.start(total, done, megabytes);
    }
    bar.setTotal(total);
    bar.update(done, megabytes);
  };
  return { onProgress, stop };
}
