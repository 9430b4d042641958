/**
 * A deliberate fault.
 *
 * @module
 */

/** A fault in one place of the sources, and the tests that must notice it. */
export interface Mutant {
  /** What is wrong. */
  readonly fault: string;
  /** The file to break, from the top of the project. */
  readonly file: string;
  /** Text that occurs exactly once in the file. */
  readonly find: string;
  /** What stands there instead. */
  readonly replace: string;
  /** Test files that must fail, from the top of the project; in Rust the names of tests. */
  readonly tests: readonly string[];
  /** Which of their tests to run, as `deno test` and `cargo test` know it; all by default. */
  readonly filter?: string;
  /**
   * If nobody chose it and its tests are those of whole rooms: the ones to run before the others, by
   * their names. Any failure will do.
   */
  readonly nearest?: readonly string[];
}

/** The mutants of one file, each as `[fault, find, replace]`. */
export function mutantsOf(
  file: string,
  tests: readonly string[],
  faults: readonly (readonly [fault: string, find: string, replace: string])[],
): Mutant[] {
  return faults.map(([fault, find, replace]) => ({ fault, file, find, replace, tests }));
}
