import assert from "node:assert/strict";
import { subset } from "../../data/mod.ts";
import { NDArray } from "../../ndarray/mod.ts";

const data = {
  XTrain: new NDArray(Float32Array.from({ length: 24 }, (_, i) => i), [4, 2, 3]),
  yTrain: new NDArray(Int32Array.of(5, 6, 7, 8), [4]),
  XVal: new NDArray(new Float32Array(6), [1, 2, 3]),
  yVal: new NDArray(Int32Array.of(9), [1]),
  labelNames: ["one", "two"],
};

Deno.test("subset() keeps the first training rows and all the rest", () => {
  const small = subset(data, 2);
  assert.deepEqual(small.XTrain.shape, [2, 2, 3]);
  assert.deepEqual([...small.XTrain.data], [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
  assert.deepEqual(small.yTrain.toArray(), [5, 6]);
  assert.equal(small.XVal, data.XVal);
  assert.equal(small.labelNames, data.labelNames);
  assert.deepEqual(data.XTrain.shape, [4, 2, 3]);
  assert.deepEqual(subset(data, 4).yTrain.toArray(), [5, 6, 7, 8]);
});

Deno.test("subset() refuses more rows than there are, none, and parts of rows", () => {
  for (const count of [5, 0, -1, 1.5, NaN]) {
    assert.throws(() => subset(data, count), RangeError);
  }
  assert.throws(() => subset(data, 5), /1 to the 4 rows there are, got 5/);
});
