/** Progress bars in the terminal, drawn by the package `cli-progress`, which is loaded on demand. */
import { importPackage } from "./packages.ts";

/** What stands in the format of a bar besides its own figures. */
export type BarValues = Readonly<Record<string, string>>;

/** What is needed of cli-progress. */
interface Drawn {
  start(total: number, done: number, values: BarValues): void;
  setTotal(total: number): void;
  update(done: number, values: BarValues): void;
  stop(): void;
}

/**
 * A bar on standard error; where that is not a terminal nothing is loaded and nothing is shown. It
 * never fails: without the package there is no bar.
 */
export class ProgressBar {
  readonly #format: string;
  #bar: Drawn | null = null;
  #total = 0;
  #done = 0;
  #values: BarValues = {};
  #isRunning = false;

  /**
   * @param format Text with `{bar}`, `{percentage}`, `{eta_formatted}` and the names of values
   */
  constructor(format: string) {
    this.#format = format;
  }

  /** Begins, or begins anew. */
  start(total: number, done: number, values: BarValues = {}): void {
    this.stop();
    [this.#total, this.#done, this.#values, this.#isRunning] = [total, done, values, true];
    if (globalThis.Deno?.stderr.isTerminal()) this.#draw().catch(() => {});
  }

  /** Shows how far things are; values that are not given stay. */
  update(done: number, values: BarValues = {}, total: number = this.#total): void {
    [this.#total, this.#done, this.#values] = [total, done, { ...this.#values, ...values }];
    this.#bar?.setTotal(total);
    this.#bar?.update(done, values);
  }

  /** Ends, and takes the bar away. */
  stop(): void {
    this.#isRunning = false;
    this.#bar?.stop();
    this.#bar = null;
  }

  async #draw(): Promise<void> {
    const { default: { SingleBar } } = await importPackage<
      { default: { SingleBar: new (options: object) => Drawn } }
    >("npm:cli-progress@^3.12.0");
    if (!this.#isRunning || this.#bar) return;
    this.#bar = new SingleBar({
      format: this.#format,
      barCompleteChar: "█",
      barIncompleteChar: "░",
      // Leaves room for figures and time in a terminal of 80 columns.
      barsize: 12,
      clearOnComplete: true,
      // Its own handling of Ctrl-C would swallow the first one.
      gracefulExit: false,
      // Switching line breaks off would outlive a process that is killed.
      linewrap: true,
    });
    this.#bar.start(this.#total, this.#done, this.#values);
  }
}
