/**
 * How far long work is, and a bar to show it.
 *
 * @module
 */
import { ProgressBar as Bar } from "../internal/progress_bar.ts";

/**
 * A report on long work.
 *
 * @category Data
 */
export interface DataProgress {
  /** What is being done. */
  readonly phase: "read" | "download" | "unpack";
  /** Bytes done. */
  readonly done: number;
  /** Bytes in all, or 0 if that is not known. */
  readonly total: number;
}

/**
 * Gets reports, many a second.
 *
 * @category Data
 */
export type ProgressListener = (progress: DataProgress) => void;

/**
 * A progress bar; `stop()` it when the work is done.
 *
 * @category Data
 */
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
 *
 * @category Data
 */
export function progressBar(): Promise<ProgressBar> {
  const bar = new Bar("{phase} {bar} {percentage}% {mb} of {ofMb} MB");
  let current = "";
  const onProgress = ({ phase, done, total }: DataProgress) => {
    const megabytes = { mb: (done / 1e6).toFixed(0), ofMb: (total / 1e6).toFixed(0) };
    if (phase !== current) bar.start(total, done, { phase, ...megabytes });
    else bar.update(done, megabytes, total);
    current = phase;
  };
  return Promise.resolve({ onProgress, stop: () => bar.stop() });
}
