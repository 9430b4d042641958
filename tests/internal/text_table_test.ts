import assert from "node:assert/strict";
import { textTable } from "../../internal/text_table.ts";

const rows = [["name", "loss"], ["a", "10.5"], ["longer", "2"]];

Deno.test("textTable() makes columns as wide as they need to be, text left and numbers right", () => {
  assert.deepEqual(textTable(rows), ["name    loss", "a       10.5", "longer     2"]);
});

Deno.test("textTable() leaves no spaces at the ends of lines", () => {
  assert.deepEqual(textTable([["a", ""], ["b", "c"]]), ["a", "b  c"]);
});

Deno.test("textTable() draws a rule, and takes sides and gap from its options", () => {
  const lines = textTable(rows, {
    isLeft: () => true,
    rule: (widths) => widths.map((width) => "-".repeat(width)),
    gap: " | ",
  });
  assert.deepEqual(lines, ["name   | loss", "------ | ----", "a      | 10.5", "longer | 2"]);
});

Deno.test("textTable() lets notes be longer than their column", () => {
  const isNote = (cell: string) => cell.startsWith("failed");
  assert.deepEqual(
    textTable([["trial", "score"], ["1", "0.5"], ["2", "failed: no memory"]], { isNote }),
    [
      "trial  score",
      "1        0.5",
      "2      failed: no memory",
    ],
  );
});
