/**
 * Runs every test and every documentation example, and prints a page that can be read.
 *
 * ```
 * deno task test [FOLDER …] [flags of deno test]
 * ```
 *
 * `deno test -A FOLDER` prints every test by name.
 *
 * @module
 */
import { Page } from "./_page.ts";
import { TextLineStream } from "./fuzz/_lines.ts";

/**
 * Runs `deno test`.
 *
 * @param args Its arguments
 * @param print Takes the lines of the page
 * @param cwd The folder to run in
 * @returns The exit code
 */
export async function runTests(
  args: readonly string[],
  print: (line: string) => void = console.log,
  cwd?: string,
): Promise<number> {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["test", "--allow-all", ...args],
    env: { NO_COLOR: "1" },
    cwd,
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const page = new Page(print);
  const read = async (stream: ReadableStream<Uint8Array<ArrayBuffer>>, take: typeof print) => {
    for await (const line of stream.pipeThrough(new TextLineStream())) take(line);
  };
  await Promise.all([
    read(child.stdout, (line) => page.line(line)),
    // Each documentation example is a program of its own that is checked.
    read(child.stderr, (line) => line.startsWith("Check ") || console.error(line)),
  ]);
  page.end();
  return (await child.status).code;
}

if (import.meta.main) Deno.exit(await runTests(["--doc", ...Deno.args]));
