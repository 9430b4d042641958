/**
 * What every assignment program must do, seen from outside: as a process without permissions.
 *
 * @module
 */
import assert from "node:assert/strict";

/** The root of the repository. */
export const root = new URL("../../", import.meta.url);

const readme = Deno.readTextFileSync(new URL("README.md", root));

/** How a program ended, and what it printed. */
export interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program as a process with these permissions. */
export async function runScript(
  file: string,
  flags: readonly string[],
  permissions: readonly string[] = [],
): Promise<Outcome> {
  const command = new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-prompt", ...permissions, `scripts/${file}`, ...flags],
    cwd: root,
    signal: AbortSignal.timeout(120_000),
  });
  const { code, stdout, stderr } = await command.output();
  const decoder = new TextDecoder();
  return { code, stdout: decoder.decode(stdout), stderr: decoder.decode(stderr) };
}

/** A program and what is known of it. */
export interface ProgramCase {
  /** Its file in the folder of programs. */
  readonly file: string;
  /** Whether it works on images. Default true. */
  readonly usesImages?: boolean;
  /** All of its parts in order. */
  readonly parts: readonly string[];
  /** Parts that take seconds. */
  readonly cheap: readonly string[];
  /** What the cheap parts print. */
  readonly prints: readonly RegExp[];
}

/** Registers the tests of a program. */
export function programTests(
  { file, usesImages = true, parts, cheap, prints }: ProgramCase,
): void {
  Deno.test(`${file} --help lists flags and parts`, async () => {
    const { code, stdout } = await runScript(file, ["--help"]);
    assert.equal(code, 0);
    for (const flag of ["--quick", "--json"]) assert.ok(stdout.includes(flag));
    assert.equal(stdout.includes("--data"), usesImages);
    assert.match(stdout, /^Takes about /m);
    const goals = stdout.matchAll(
      /^On (?:CIFAR-10|new scenes), .*: goal (0\.\d+)(?:, reached (0\.\d+))?\.$/gm,
    );
    const row = readme.split("\n").find((line) => line.startsWith(`| \`scripts/${file}\``));
    const cells = Array.from(goals, ([, goal, reached]) => goal + (reached ? ` → ${reached}` : ""));
    assert.equal(row?.split("|").at(-2)?.trim(), cells.join(", "), "README.md agrees");
    assert.ok(stdout.includes(`only these parts: ${parts.join(", ")}\n`), stdout);
  });

  Deno.test(`${file} suggests a flag for one that it does not know, and exits with 2`, async () => {
    const { code, stdout, stderr } = await runScript(file, ["--quik"]);
    assert.equal(code, 2);
    assert.equal(stdout, "");
    assert.match(stderr, /unknown flag --quik; did you mean --quick\?/);
  });

  Deno.test(`${file} runs without permissions`, async () => {
    const { code, stdout, stderr } = await runScript(file, ["--quick", "--parts", cheap.join()]);
    assert.equal(code, 0, stderr);
    assert.equal(/^Data: SYNTHETIC (images|digits|scenes)/m.test(stdout), usesImages);
    for (const pattern of prints) assert.match(stdout, pattern);
  });

  Deno.test(`${file} says in a line, before it works, that it may not write`, async () => {
    const flags = ["--quick", "--parts", cheap[0], "--json", "results.json"];
    const { code, stdout, stderr } = await runScript(file, flags);
    assert.equal(code, 1);
    assert.equal(stdout, "");
    assert.match(
      stderr,
      /^error: --json: .*cannot write results\.json.*--allow-read=\. --allow-write=\.$/m,
    );
    assert.equal(stderr.trim().split("\n").length, 1, stderr);
  });

  Deno.test(`${file} writes the results of its parts as JSON`, async () => {
    const folder = await Deno.makeTempDir();
    try {
      const json = `${folder}/results.json`;
      const flags = ["--quick", "--parts", cheap[0], "--json", json];
      const permissions = [`--allow-read=${folder}`, `--allow-write=${folder}`];
      const { code, stderr } = await runScript(file, flags, permissions);
      assert.equal(code, 0, stderr);
      const report = JSON.parse(await Deno.readTextFile(json));
      assert.equal(report.program, file);
      assert.equal(report.data, usesImages ? "synthetic" : null);
      assert.equal(report.interrupted, false);
      assert.deepEqual(Object.keys(report.parts), [cheap[0]]);
      assert.ok(report.parts[cheap[0]].seconds > 0);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  });
}
