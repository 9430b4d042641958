import assert from "node:assert/strict";
import { array, type NDArray, zeros } from "../../ndarray/mod.ts";
import { RandomState } from "../../random/mod.ts";
import { crossValidate } from "../../selection/mod.ts";

const X = array(Array.from({ length: 7 }, (_, i) => [i, -i]));
const y = array([0, 1, 2, 3, 4, 5, 6], "int32");

Deno.test("crossValidate() trains without each fold and scores on it", async () => {
  const folds: unknown[] = [];
  const { scores, mean, std } = await crossValidate(X, y, {
    numFolds: 3,
    score({ XTrain, yTrain, XVal, yVal }, fold) {
      assert.deepEqual(XTrain.slice(":", 0).toArray(), yTrain.toArray());
      assert.deepEqual(XVal.slice(":", 0).toArray(), yVal.toArray());
      folds.push([yTrain.toArray(), yVal.toArray()]);
      return Promise.resolve(fold);
    },
  });
  assert.deepEqual(folds, [
    [[3, 4, 5, 6], [0, 1, 2]],
    [[0, 1, 2, 5, 6], [3, 4]],
    [[0, 1, 2, 3, 4], [5, 6]],
  ]);
  assert.deepEqual(scores, [0, 1, 2]);
  assert.equal(mean, 1);
  assert.equal(std, Math.sqrt(2 / 3));
});

Deno.test("crossValidate() makes five folds by default, and shuffles with rng", async () => {
  const seen: number[] = [];
  const rng = new RandomState(2);
  const { scores } = await crossValidate(X, y, {
    rng,
    score: ({ yVal }) => seen.push(...yVal.data as Int32Array),
  });
  assert.equal(scores.length, 5);
  assert.deepEqual(seen, [...(new RandomState(2).permutation(7) as NDArray).data]);
});

Deno.test("crossValidate() refuses rows without labels and too many folds", async () => {
  const score = () => 0;
  await assert.rejects(
    crossValidate(X, zeros([6]), { score }),
    /crossValidate: y must have one label for each of the 7 rows of X, got 6/,
  );
  const none = undefined as unknown as NDArray;
  await assert.rejects(crossValidate(X, none, { score }), /are the labels missing\?/);
  await assert.rejects(crossValidate(X, y, { score, numFolds: 8 }), /k must be a whole number/);
});
