import assert from "node:assert/strict";
import { gradCheckSparse } from "../../gradient_check/mod.ts";
import { array, type NDArray, zeros } from "../../ndarray/mod.ts";
import { RandomState } from "../../random/mod.ts";

const squares = (x: NDArray) => x.multiply(x).sum();

Deno.test("gradCheckSparse() checks the entries that its rng picks", () => {
  const x = new RandomState(231).randn(6, 7);
  const rows = gradCheckSparse(squares, x, x.multiply(2), {
    numChecks: 5,
    rng: new RandomState(3),
  });
  const rng = new RandomState(3);
  assert.equal(rows.length, 5);
  for (const { index, numerical, analytic, relativeError } of rows) {
    assert.deepEqual(index, [rng.randint(6), rng.randint(7)]);
    assert.equal(analytic, 2 * x.at(...index));
    assert.ok(Math.abs(numerical - analytic) < 1e-8);
    assert.ok(relativeError < 1e-8);
  }
});

Deno.test("gradCheckSparse() shows a gradient that is wrong", () => {
  const x = array([1, 2, 3]);
  const rows = gradCheckSparse(squares, x, x.multiply(3), { numChecks: 4 });
  assert.equal(rows.length, 4);
  for (const row of rows) assert.ok(Math.abs(row.relativeError - 0.2) < 1e-8);
});

Deno.test("gradCheckSparse() makes ten checks and prints them as the course does", () => {
  const lines: string[] = [];
  const x = array([[0.5]]);
  const rows = gradCheckSparse(squares, x, array([[1.5]]), { print: (line) => lines.push(line) });
  assert.equal(rows.length, 10);
  assert.equal(lines.length, 10);
  assert.equal(lines[0], "numerical: 1.000000 analytic: 1.500000, relative error: 2.000000e-01");
});

Deno.test("gradCheckSparse() leaves x as it was and works in float64", () => {
  const x = array([0.1, 0.2], "float32");
  const before = Array.from(x.data);
  gradCheckSparse(
    (x) => {
      assert.equal(x.dtype, "float64");
      return squares(x);
    },
    x,
    x.multiply(2),
  );
  assert.deepEqual(Array.from(x.data), before);
});

Deno.test("gradCheckSparse() refuses what cannot be checked", () => {
  const x = array([1, 2]);
  assert.throws(() => gradCheckSparse(squares, x, array([[1, 2]])), {
    name: "RangeError",
    message: /x and analytic must have the same shape, got \(2\) and \(1, 2\)/,
  });
  assert.throws(() => gradCheckSparse(squares, zeros([0]), zeros([0])), /an entry to check/);
  assert.throws(() => gradCheckSparse(squares, x, x, { numChecks: -1 }), RangeError);
  assert.throws(() => gradCheckSparse(squares, x, x, { h: 0 }), RangeError);
  assert.throws(() => gradCheckSparse(() => 4, x, x), {
    name: "TypeError",
    message: /gradCheckSparse: f takes no argument and did not change/,
  });
  assert.throws(() => gradCheckSparse((x) => Math.log(x.sum() - 9), x, x), {
    name: "RangeError",
    message: /gradCheckSparse: f must be finite near x, got NaN/,
  });
});
