/** The page that `deno task test` prints. */
import assert from "node:assert/strict";
import { Page } from "./_page.ts";
import { runTests } from "./main.ts";

function pageOf(text: string): string[] {
  const lines: string[] = [];
  const page = new Page((...line) => lines.push(line.join()), () => 0);
  for (const line of text.trim().split("\n")) page.line(line);
  page.end();
  return lines.map((line) => line.replace(/ +/g, " "));
}

Deno.test("a page of tests has a line for each folder, and what was left out", () => {
  assert.deepEqual(
    pageOf(`
running 2 tests from ./tests/layers/a_test.ts
one ... ok (1ms)
two ...
------- output -------
noise
----- output end -----
two ... ok (2s)
running 2 tests from ./tests/layers/b_test.ts
three ...Check blob:null/1
 ok (26s)
four (skipped: there is no python) ... ignored (0ms)
running 1 test from ./layers/affine.ts#30-40.ts
file:///layers/affine.ts#30-40.ts ... ok (1ms)
running 1 test from ./README.md#1-2.ts
file:///README.md#1-2.ts ... ok (1ms)

ok | 5 passed | 0 failed | 1 ignored (29s)`),
    [
      "tests/layers 3 passed, 1 left out 0.0 s",
      "layers 1 passed 0.0 s",
      "documents 1 passed 0.0 s",
      "left out of tests/layers: four (skipped: there is no python)",
      "ok | 5 passed | 0 failed | 1 ignored (29s)",
    ],
  );
});

Deno.test("a page of tests has the output of those that fail, and no other", async () => {
  const folder = await Deno.makeTempDir();
  try {
    await Deno.writeTextFile(
      `${folder}/a_test.ts`,
      `Deno.test("good", () => console.log("idle talk"));
       Deno.test({ name: "absent", ignore: true, fn() {} });
       Deno.test("bad", async (t) => {
         console.log("a clue");
         await t.step("first", () => console.log("another clue"));
         throw new Error("the reason");
       });`,
    );
    const lines: string[] = [];
    const code = await runTests(["--no-check"], (...line) => lines.push(line.join()), folder);
    const page = lines.join("\n");
    assert.equal(code, 1, page);
    assert.doesNotMatch(page, /idle talk|good/);
    assert.match(
      page,
      /^bad \.\.\.\n.*a clue\n.*another clue\n.*bad \.\.\. FAILED .*1 passed, 1 FAILED, 1 left out/s,
    );
    assert.match(page, /^left out of documents: absent$/m);
    assert.match(page, / ERRORS \n.*the reason.* FAILURES \n.*^FAILED \| 1 passed/ms);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("a page of tests that no program can be made of says why, and fails", async () => {
  const folder = await Deno.makeTempDir();
  try {
    await Deno.writeTextFile(`${folder}/a_test.ts`, `throw new Error("at the top");`);
    const lines: string[] = [];
    assert.equal(await runTests(["--no-check"], (line) => lines.push(line), folder), 1);
    assert.match(lines.join("\n"), /at the top/);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
