import assert from "node:assert/strict";
import { wordEmbeddingForward } from "../../layers/mod.ts";
import { array, ones, zeros } from "../../ndarray/mod.ts";
import { fails } from "./_fails.ts";

Deno.test("wordEmbeddingForward() takes indices of every shape and whole numbers of every type", () => {
  const W = array([[0, 0], [1, 10], [2, 20]]);
  for (const dtype of ["int32", "uint8", "float32", "float64"] as const) {
    const [out] = wordEmbeddingForward(array([[[2], [0]]], dtype), W);
    assert.deepEqual(out.toArray(), [[[[2, 20]], [[0, 0]]]]);
  }
});

Deno.test("wordEmbeddingForward() refuses indices that are not in the table", () => {
  const W = ones([3, 2]);
  const part = "wordEmbeddingForward: x must hold whole numbers from 0 to 2, the rows of W, got ";
  const look = (index: number) => () => wordEmbeddingForward(array([0, index]), W);
  fails(RangeError, `${part}3 at position 1; do the indices count from 1?`, look(3));
  fails(RangeError, `${part}-1 at position 1`, look(-1));
  fails(RangeError, `${part}0.5 at position 1`, look(0.5));
  fails(RangeError, `${part}NaN at position 1`, look(NaN));
  fails(
    TypeError,
    "x must hold indices of words, got bools",
    () => wordEmbeddingForward(ones([2], "bool"), W),
  );
  fails(
    RangeError,
    "W must have shape (V, D), a row for each word, got (3,)",
    () => wordEmbeddingForward(array([0]), ones([3])),
  );
  fails(
    RangeError,
    "wordEmbeddingForward: x must hold at least one example, got shape (2, 0)",
    () => wordEmbeddingForward(zeros([2, 0]), W),
  );
});
