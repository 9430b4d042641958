import assert from "node:assert/strict";
import { batches } from "../../data/mod.ts";
import { arange, type NDArray, zeros } from "../../ndarray/mod.ts";
import { RandomState } from "../../random/mod.ts";

const X = arange(20).reshape([10, 2]);
const y = arange(10).astype("int32");

Deno.test("batches() deals out every example once, in the order of one permutation", () => {
  const found = [...batches({ X, y }, { batchSize: 4, rng: new RandomState(7) })];
  assert.deepEqual(found.map(([X]) => X.shape), [[4, 2], [4, 2], [2, 2]]);
  const order = found.flatMap(([, y]) => [...y.data]);
  assert.deepEqual(order, [...new RandomState(7).permutation(10).data]);
  for (const [X, y] of found) assert.deepEqual(X.slice(":", 0).toArray(), y.multiply(2).toArray());
});

Deno.test("batches() keeps the order without shuffle, and drops a small last batch if asked", () => {
  const options = { batchSize: 4, shuffle: false, dropLast: true };
  const found = [...batches([X, y], options)];
  assert.deepEqual(found.map(([, y]) => y.toArray()), [[0, 1, 2, 3], [4, 5, 6, 7]]);
});

Deno.test("batches() takes the training part of a data set, and examples alone", () => {
  const data = { XTrain: X, yTrain: y, XVal: zeros([1, 2]), yVal: zeros([1]) };
  const [first] = batches(data, { shuffle: false });
  assert.deepEqual(first[1], y);
  const images: NDArray[] = [...batches(X, { batchSize: 5, shuffle: false })];
  assert.deepEqual(images.map(({ shape }) => shape), [[5, 2], [5, 2]]);
});

Deno.test("batches() checks its arguments before the first batch is asked for", () => {
  assert.throws(() => batches({ X, y: zeros([3]) }), /^RangeError: batches: X and y .* \(3,\)$/);
  assert.throws(() => batches({ X, y }, { batchSize: 0 }), /^RangeError: batches: batchSize must/);
  assert.throws(() => batches({ a: X } as never), /^TypeError: batches: data must be an array/);
  assert.throws(() => batches(X, { size: 3 } as never), /^TypeError: batches: there is no option/);
  assert.throws(
    () => batches(X, { rng: 3 as never }),
    /^TypeError: batches: rng must be a RandomState, got number; use new RandomState\(3\)$/,
  );
  assert.throws(
    () => batches(X, { shuffle: "no" as never }),
    /^TypeError: batches: shuffle must be true or false, got string$/,
  );
  assert.throws(
    () => batches(X, { dropLast: 1 as never }),
    /^TypeError: batches: dropLast must be/,
  );
  assert.throws(
    () => batches(X.slice("5:5")),
    /^RangeError: batches: there are no examples; is the data or the slice empty\?$/,
  );
  assert.throws(
    () => batches(X, { batchSize: 11, dropLast: true }),
    /^RangeError: batches: dropLast leaves no batch of 11 of 10 examples; use a smaller batchSize$/,
  );
});
