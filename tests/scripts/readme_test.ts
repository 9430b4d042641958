/** What README.md shows of a program is what it prints. */
import assert from "node:assert/strict";

const root = new URL("../../", import.meta.url);

Deno.test("the sample output in README.md is what the program prints", async () => {
  const readme = await Deno.readTextFile(new URL("README.md", root));
  const sample = readme.match(/```text\n(Dropout[^]*?)```/)![1].trimEnd().split("\n");
  const { stdout } = await new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", "--no-prompt", "--no-check", "scripts/dropout.ts"],
      ...["--parts", "forward,regularisation"],
    ],
    cwd: root,
    env: { NO_COLOR: "1" },
    signal: AbortSignal.timeout(300_000),
  }).output();
  const printed = new TextDecoder().decode(stdout).split("\n");
  // "…" alone stands for any lines, and inside of a line for any text.
  let at = 0;
  let maySkip = false;
  for (const line of sample) {
    if (line === "…") {
      maySkip = true;
      continue;
    }
    const pattern = new RegExp(`^${line.split("…").map(RegExp.escape).join(".*")}$`);
    const found = printed.findIndex((text, i) => i >= at && pattern.test(text));
    assert.ok(found >= 0, `not printed: ${line}`);
    if (!maySkip) assert.equal(found, at, `lines are missing before: ${line}`);
    [at, maySkip] = [found + 1, false];
  }
});

Deno.test("README.md's layer of one's own can be copied, lifted and trained", async () => {
  const readme = await Deno.readTextFile(new URL("README.md", root));
  const blocks = Array.from(readme.matchAll(/```ts(?: ignore)?\n([^]*?)```/g), ([, code]) => code);
  const own = blocks.filter((code) => code.includes("squareForward"));
  assert.equal(own.length, 2);
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["eval", "--ext=ts", own.join("")],
    cwd: root,
    signal: AbortSignal.timeout(60_000),
  }).output();
  assert.equal(code, 0, new TextDecoder().decode(stderr));
  const [error, accuracy] = new TextDecoder().decode(stdout).trim().split("\n").map(Number);
  assert.ok(error < 1e-9, `${error}`);
  assert.ok(accuracy > 0.95, `${accuracy}`);
});
