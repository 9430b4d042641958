import assert from "node:assert/strict";
import { checkLabels, type LabelsOf } from "../../internal/labels.ts";
import { array, type NDArray, zeros } from "../../ndarray/mod.ts";

function fails(y: NDArray, of: LabelsOf, message: string, type = RangeError): void {
  assert.throws(() => checkLabels("f", "y", y, of), (error) => {
    assert.ok(error instanceof type);
    assert.equal(error.message, `f: y must ${message}`);
    return true;
  });
}

Deno.test("checkLabels() takes whole numbers of any type", () => {
  checkLabels("f", "y", array([0, 1, 2], "int32"), { rows: 3, classes: 3 });
  checkLabels("f", "y", array([0, 1, 2]));
  checkLabels("f", "y", zeros([0], "int32"), { rows: 0 });
});

Deno.test("checkLabels() names the argument, the place and the likely fix", () => {
  const y = array([0, 1, 3], "int32");
  const end = "got 3 at position 2; do the labels count from 1?";
  fails(y, { classes: 3 }, `hold whole numbers from 0 to 2, ${end}`);
  fails(
    y,
    { classes: 3, from: "the columns of x" },
    `hold whole numbers from 0 to 2, the columns of x, ${end}`,
  );
  fails(array([0, -1]), {}, "hold whole numbers from 0 up, got -1 at position 1");
  fails(array([0.5]), { classes: 3 }, "hold whole numbers from 0 to 2, got 0.5 at position 0");
  fails(array([NaN]), {}, "hold whole numbers from 0 up, got NaN at position 0");
  const each = "one label for each row of X";
  fails(y, { rows: 2, each }, `have shape (2,), ${each}, got (3,)`);
  fails(zeros([3, 1]), { rows: 3 }, "have shape (3,), got (3, 1); reshape it to (3,)");
  fails(
    zeros([3, 4]),
    { rows: 3 },
    "have shape (3,), got (3, 4); one-hot or scores? take the argmax of each row",
  );
  fails(zeros([2], "bool"), {}, 'hold class numbers, got bools; use y.astype("int32")', TypeError);
  fails([0, 1] as unknown as NDArray, {}, "be an NDArray of labels, got [0, 1]", TypeError);
});
