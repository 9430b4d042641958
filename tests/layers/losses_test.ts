import assert from "node:assert/strict";
import { softmaxLoss, svmLoss } from "../../layers/mod.ts";
import { array, ones, zeros } from "../../ndarray/mod.ts";
import { RandomState } from "../../random/mod.ts";
import { fails } from "./_fails.ts";

const losses = { softmaxLoss, svmLoss };

Deno.test("softmaxLoss() averages over the rows", () => {
  const [loss] = softmaxLoss(zeros([6, 10]), zeros([6]));
  assert.ok(Math.abs(loss - Math.log(10)) < 1e-15);
});

Deno.test("svmLoss() sums margins over classes and averages over the rows", () => {
  const [loss] = svmLoss(
    array([[3.2, 5.1, -1.7], [1.3, 4.9, 2], [2.2, 2.5, -3.1]]),
    array([0, 1, 2]),
  );
  assert.ok(Math.abs(loss - (2.9 + 0 + 12.9) / 3) < 1e-14);
});

for (const [name, loss] of Object.entries(losses)) {
  Deno.test(`${name}() takes labels of every integer type, and whole floats`, () => {
    const x = array([[1, 2, 3], [3, 1, 0]]);
    const expected = loss(x, array([2, 1], "int32"));
    for (const dtype of ["uint8", "float32", "float64"] as const) {
      const [value, dx] = loss(x, array([2, 1], dtype));
      assert.equal(value, expected[0]);
      assert.deepEqual(dx.data, expected[1].data);
    }
  });

  Deno.test(`${name}() refuses labels that are no classes`, () => {
    const x = ones([2, 3]);
    const part = `${name}: y must hold whole numbers from 0 to 2, the columns of x, got `;
    fails(
      RangeError,
      `${part}3 at position 1; do the labels count from 1?`,
      () => loss(x, array([0, 3], "int32")),
    );
    fails(RangeError, `${part}-1 at position 0`, () => loss(x, array([-1, 0], "int32")));
    fails(RangeError, `${part}0.5 at position 1`, () => loss(x, array([0, 0.5])));
    fails(RangeError, `${part}NaN at position 0`, () => loss(x, array([NaN, 0])));
    fails(RangeError, `${part}Infinity at position 0`, () => loss(x, array([Infinity, 0])));
    fails(
      TypeError,
      `${name}: y must hold class numbers, got bools`,
      () => loss(x, zeros([2], "bool")),
    );
  });

  Deno.test(`${name}() refuses shapes that do not fit`, () => {
    const x = ones([2, 3]);
    fails(RangeError, `${name}: y must have shape (2,)`, () => loss(x, zeros([3])));
    fails(RangeError, "got (2, 1); reshape it to (2,)", () => loss(x, zeros([2, 1])));
    fails(
      RangeError,
      "got (2, 3); one-hot or scores? take the argmax",
      () => loss(x, zeros([2, 3])),
    );
    fails(
      RangeError,
      `${name}: x must have shape (N, D), got (3,)`,
      () => loss(ones([3]), zeros([1])),
    );
    fails(
      RangeError,
      `${name}: x must hold at least one example`,
      () => loss(ones([0, 3]), zeros([0])),
    );
    fails(
      RangeError,
      `${name}: x must hold at least one example`,
      () => loss(ones([2, 0]), zeros([2])),
    );
    // deno-lint-ignore no-explicit-any
    fails(TypeError, `${name}: y must be an NDArray, got Array`, () => loss(x, [0, 1] as any));
  });

  Deno.test(`${name}() of scores that hold NaN is NaN`, () => {
    assert.ok(Number.isNaN(loss(array([[1, NaN, 2], [1, 2, 3]]), array([0, 1]))[0]));
    assert.ok(Number.isNaN(loss(array([[1, NaN, 2], [1, 2, 3]]), array([1, 1]))[0]));
  });

  Deno.test(`${name}() leaves scores and labels alone`, () => {
    const [x, y] = [array([[1, 2, 3], [3, 1, 0]]), array([2, 1], "int32")];
    const [, dx] = loss(x, y);
    assert.notEqual(dx.data, x.data);
    assert.deepEqual(x.toArray(), [[1, 2, 3], [3, 1, 0]]);
    assert.deepEqual(y.toArray(), [2, 1]);
  });
}

Deno.test("softmaxLoss() takes any leading axes and averages over all of their places", () => {
  const rng = new RandomState(4);
  const [x, y] = [rng.randn(2, 3, 2, 5), rng.randint(0, 5, [2, 3, 2])];
  const [loss, dx] = softmaxLoss(x, y);
  const [flatLoss, flatDx] = softmaxLoss(x.reshape([12, 5]), y.reshape([12]));
  assert.equal(loss, flatLoss);
  assert.deepEqual([dx.shape, dx.data], [x.shape, flatDx.data]);
  fails(
    RangeError,
    "softmaxLoss: y must have shape (2, 3, 2), one label for each row of x (2, 3, 2, 5), got (12,)",
    () => softmaxLoss(x, y.reshape([12])),
  );
  fails(RangeError, "svmLoss: x must have shape (N, D)", () => svmLoss(x, y));
});
