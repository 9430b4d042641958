/**
 * What `deno test` prints, as a page: a line for each folder, what failed in full with its output,
 * and at the end what was left out and why.
 *
 * @module
 */

/** What came of the tests of a folder. */
interface Folder {
  readonly name: string;
  readonly begun: number;
  passed: number;
  failed: number;
  leftOut: number;
}

/** `name ... ok (5ms)` */
const RESULT = /^(.*)\.\.\. (ok|FAILED|ignored)\b.*\(.*\)$/;
/** The same after a line that a worker broke. */
const LATE = /^ ?(ok|FAILED) \(.*\)$/;

/** Turns lines of Deno's usual reporter, without colours, into a page. */
export class Page {
  readonly #print: (line: string) => void;
  readonly #now: () => number;
  readonly #leftOut: string[] = [];
  #folder: Folder | undefined;
  /** What the test at hand printed. */
  #output: string[] = [];
  /** Whether Deno is at its list of errors, which is shown as it is. */
  #verbatim = false;

  /**
   * @param print Takes the lines of the page
   * @param now Milliseconds since some time
   */
  constructor(print: (line: string) => void, now: () => number = () => performance.now()) {
    this.#print = print;
    this.#now = now;
  }

  /** Takes one line of the reporter. */
  line(text: string): void {
    const [, file] = /^running \d+ tests? from (.+)$/.exec(text) ?? [];
    if (file !== undefined) return this.#enter(folderOf(file));
    if (!this.#verbatim && /^ ERRORS $|^Uncaught error from |^(ok|FAILED) \| /.test(text)) {
      this.#leave();
      this.#verbatim = true;
      for (const line of this.#leftOut) this.#print(line);
    }
    if (this.#verbatim) return this.#print(text);
    this.#output.push(text);
    // Steps are indented, and their test tells what came of them.
    const result = text.startsWith("  ") ? null : RESULT.exec(text);
    this.#count(result?.[2] ?? LATE.exec(text)?.[1], result?.[1] ?? "");
  }

  /** Tells what came without an end, if anything did. */
  end(): void {
    for (const line of this.#output) this.#print(line);
    this.#leave();
  }

  #enter(name: string): void {
    if (this.#folder?.name === name) return;
    this.#leave();
    this.#folder = { name, begun: this.#now(), passed: 0, failed: 0, leftOut: 0 };
  }

  #count(result: string | undefined, test: string): void {
    const folder = this.#folder;
    if (!folder || result === undefined) return;
    if (result === "ok") folder.passed++;
    else if (result === "FAILED") {
      folder.failed++;
      for (const line of this.#output) this.#print(line);
    } else {
      folder.leftOut++;
      this.#leftOut.push(`left out of ${folder.name}: ${test.trimEnd()}`);
    }
    this.#output = [];
  }

  #leave(): void {
    const folder = this.#folder;
    this.#folder = undefined;
    this.#output = [];
    if (!folder) return;
    const { name, passed, failed, leftOut, begun } = folder;
    const counts = [`${passed} passed`];
    if (failed > 0) counts.push(`${failed} FAILED`);
    if (leftOut > 0) counts.push(`${leftOut} left out`);
    const seconds = `${((this.#now() - begun) / 1000).toFixed(1)} s`;
    this.#print(`${name.padEnd(24)} ${counts.join(", ").padEnd(30)} ${seconds.padStart(8)}`);
  }
}

/** "tests/layers" of "./tests/layers/affine_test.ts", "layers" of "./layers/affine.ts#12-30.ts". */
function folderOf(file: string): string {
  const parts = file.replace(/^\.\//, "").split("/").slice(0, -1);
  return parts.slice(0, parts[0] === "tests" ? 2 : 1).join("/") || "documents";
}
