import assert from "node:assert/strict";
import {
  bleu,
  confusionMatrix,
  f1Score,
  frechetDistance,
  precision,
  recall,
  weightedKnnAccuracy,
  weightedKnnPredict,
} from "../../metrics/mod.ts";
import { array, type NDArray, zeros } from "../../ndarray/mod.ts";
import { RandomState } from "../../random/mod.ts";
import fixture from "../fixtures/metrics.json" with { type: "json" };

const words = (text: string) => text.split(" ");

function assertNear(got: number, expected: number, tolerance: number, what: string): void {
  const error = Math.abs(got - expected) / Math.max(1, Math.abs(expected));
  assert.ok(error <= tolerance, `${what}: expected ${expected}, got ${got}`);
}

Deno.test("bleu() is sacreBLEU's corpus BLEU for 1 to 5 words", async (t) => {
  for (const { name, candidates, references, scores } of fixture.bleu) {
    await t.step(name, () => {
      scores.forEach((score, i) =>
        assertNear(bleu(candidates, references, { maxN: i + 1 }), score, 1e-12, `BLEU-${i + 1}`)
      );
    });
  }
});

Deno.test("bleu() takes the shorter of two reference lengths equally close", () => {
  const candidate = [words("a b c d e")];
  // With a length of 6 the score would be exp(1 - 6/5).
  assert.equal(bleu(candidate, [[words("a b c d"), words("a b c d e f")]], { maxN: 1 }), 1);
});

Deno.test("bleu() keeps apart words that look alike when joined", () => {
  assert.equal(bleu([["a,b", "c"]], [[["a", "b,c"]]], { maxN: 1 }), 0);
  assert.equal(bleu([["1", "2 3"]], [[["1", "2", "3"]]], { maxN: 2 }), 0);
});

Deno.test("bleu() refuses what is not a list of words, and says what to do", () => {
  const one = [words("a b")];
  const cases: [() => unknown, RegExp][] = [
    [() => bleu(["a b"] as never, [one]), /candidates\[0\] must be a list of words.*split\(" "\)/],
    [() => bleu(one, one as never), /references\[0\]\[0\] .* each candidate has a list/],
    [() => bleu(one, []), /0 lists for 1 candidates/],
    [() => bleu([], []), /one or more candidates/],
    [() => bleu(one, [[]]), /references\[0\] must hold at least one sentence/],
    [() => bleu(one, [one], { maxN: 0 }), /maxN must be a whole number from 1 up, got 0/],
    [() => bleu("a b" as never, [one]), /candidates must be a list/],
  ];
  for (const [call, text] of cases) assert.throws(call, text);
});

Deno.test("confusionMatrix(), precision(), recall() and f1Score() agree with scikit-learn", () => {
  for (const { yTrue, yPred, numClasses, ...expected } of fixture.labels) {
    const args = [array(yTrue, "int32"), array(yPred, "int32"), numClasses] as const;
    const matrix = confusionMatrix(...args);
    assert.equal(matrix.dtype, "int32");
    assert.deepEqual(matrix.toArray(), expected.matrix);
    for (
      const [name, scores] of [
        ["precision", precision(...args)],
        ["recall", recall(...args)],
        ["f1", f1Score(...args)],
      ] as [keyof typeof expected, NDArray][]
    ) {
      const values = expected[name] as number[];
      assert.equal(scores.size, numClasses);
      values.forEach((value, i) => assertNear(scores.at(i), value, 1e-15, `${name} ${i}`));
    }
  }
});

Deno.test("confusionMatrix() counts classes up to the largest label of either side", () => {
  assert.deepEqual(confusionMatrix(array([0]), array([2])).shape, [3, 3]);
  assert.deepEqual(confusionMatrix(zeros([0]), zeros([0])).shape, [0, 0]);
});

Deno.test("confusionMatrix() names the label that is none", () => {
  const y = array([0, 1], "int32");
  assert.throws(() => confusionMatrix(y, array([0, 2]), 2), /yPred .* from 0 to 1, got 2 at pos/);
  assert.throws(() => confusionMatrix(array([-1, 0]), y), /yTrue .* got -1 at position 0/);
  assert.throws(() => confusionMatrix(y, array([0])), /yPred must have shape \(2,\), got \(1,\)/);
  assert.throws(() => confusionMatrix(y, zeros([2, 3])), /argmax/);
  assert.throws(() => confusionMatrix(y, [0, 1] as never), TypeError);
  assert.throws(() => precision(y, y, 0), /precision: numClasses/);
});

Deno.test("frechetDistance() agrees with SciPy's matrix root", async (t) => {
  for (const { name, a, b, distance } of fixture.frechet) {
    await t.step(name, () => {
      assertNear(frechetDistance(array(a), array(b)), distance, 1e-8, name);
      assertNear(frechetDistance(array(b), array(a)), distance, 1e-8, `${name}, turned`);
    });
  }
});

Deno.test("frechetDistance() of equal sets is 0, with fewer rows than features too", () => {
  const rng = new RandomState(2);
  for (const shape of [[200, 10], [5, 40]]) {
    const features = rng.randn(...shape) as NDArray;
    assertNear(frechetDistance(features, features), 0, 1e-10, `${shape}`);
    const moved = features.add(3);
    assertNear(frechetDistance(features, moved), 9 * shape[1], 1e-10, `${shape} moved`);
  }
});

Deno.test("frechetDistance() refuses sets that cannot be compared", () => {
  const a = zeros([3, 2]);
  assert.throws(() => frechetDistance(a, zeros([3, 4])), /as many features a row/);
  assert.throws(() => frechetDistance(zeros([1, 2]), a), /featuresA .* N ≥ 2, got \(1, 2\)/);
  assert.throws(() => frechetDistance(a, zeros([2, 1, 2])), /featuresB .*flatten/);
  assert.throws(() => frechetDistance(a, array([[0, 1], [NaN, 1]])), /finite, got NaN in row 1/);
});

Deno.test("weightedKnnPredict() votes as the course does", () => {
  for (const { features, labels, queries, queryLabels, k, tau, ...expected } of fixture.knn) {
    const X = array(features);
    const y = array(labels, "int32");
    const Q = array(queries);
    const predicted = weightedKnnPredict(X, y, Q, { k, tau });
    assert.equal(predicted.dtype, "int32");
    assert.deepEqual(predicted.toArray(), expected.predicted);
    const accuracy = weightedKnnAccuracy(X, y, Q, array(queryLabels, "int32"), { k, tau });
    assert.equal(accuracy, expected.accuracy);
  }
});

Deno.test("weightedKnnPredict() takes the earlier of equal rows, in blocks of many rows", () => {
  const bank = array([[1, 0], [1, 0], [1, 0], [1, 0], [0, 1]]);
  const labels = array([3, 1, 2, 2, 0], "int32");
  assert.deepEqual(weightedKnnPredict(bank, labels, array([[2, 0]]), { k: 1 }).toArray(), [3]);
  assert.deepEqual(weightedKnnPredict(bank, labels, array([[2, 0]]), { k: 3 }).toArray(), [1]);
  assert.deepEqual(weightedKnnPredict(bank, labels, array([[2, 0]]), { k: 4 }).toArray(), [2]);
  const queries = zeros([600, 2]);
  queries.setSlice(1, ":", 1);
  const many = weightedKnnPredict(bank, labels, queries, { k: 5, tau: 1e-6 });
  assert.deepEqual(new Set(many.data), new Set([0]));
});

Deno.test("weightedKnnAccuracy() refuses what makes no sense", () => {
  const X = array([[1, 0], [0, 1]]);
  const y = array([0, 1], "int32");
  assert.throws(() => weightedKnnAccuracy(X, y, X, y, { tau: 0 }), /tau, the temperature/);
  assert.throws(() => weightedKnnAccuracy(X, y, X, y, { k: 0 }), /k must be/);
  assert.throws(() => weightedKnnAccuracy(X, y, zeros([2, 3]), y), /shape \(N, 3\)/);
  assert.throws(() => weightedKnnAccuracy(X, array([0]), X, y), /labels must have shape \(2,\)/);
  assert.throws(() => weightedKnnAccuracy(X, y, X, array([0])), /queryLabels/);
  assert.throws(() => weightedKnnAccuracy(zeros([0, 2]), zeros([0]), X, y), /N ≥ 1/);
  assert.throws(() => weightedKnnAccuracy(X, y, array([[Infinity, 0]]), array([0])), /Infinity/);
});
