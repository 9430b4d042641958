import assert from "node:assert/strict";
import fc from "fast-check";
import { KNearestNeighbor, type Metric } from "../../models/mod.ts";
import { array, type NDArray, ones, zeros } from "../../ndarray/mod.ts";
import { RandomState } from "../../random/mod.ts";
import { testOnBackends } from "../gradients/_backends.ts";
import { fails } from "../layers/_fails.ts";

function trained(X: NDArray, y: NDArray, metric: Metric = "l2"): KNearestNeighbor {
  const classifier = new KNearestNeighbor({ metric });
  classifier.train(X, y);
  return classifier;
}

/** The distances in all three ways: two loops, one loop, no loops. */
function threeWays(train: NDArray, test: NDArray, metric: Metric = "l2"): NDArray[] {
  const knn = trained(train, zeros([train.shape[0]]), metric);
  return [
    knn.computeDistancesTwoLoops(test),
    knn.computeDistancesOneLoop(test),
    knn.computeDistancesNoLoops(test),
  ];
}

function assertAgree([expected, ...others]: NDArray[], relative: number): void {
  for (const dists of others) {
    assert.equal(dists.dtype, "float64");
    assert.deepEqual(dists.shape, expected.shape);
    dists.data.forEach((value, i) => {
      const wanted = expected.data[i];
      assert.ok(Math.abs(value - wanted) <= relative * wanted, `${value}, not ${wanted} at ${i}`);
    });
  }
}

const rng = new RandomState(3);
const pixels = (rows: number) => rng.randint(0, 256, [rows, 3072]) as NDArray;
const kinds: Record<string, [train: NDArray, test: NDArray]> = {
  "bytes": [pixels(13).astype("uint8"), pixels(5).astype("uint8")],
  "pixels in float64": [pixels(4).astype("float64"), pixels(7).astype("float64")],
  "pixels in float32 against bytes": [pixels(3).astype("float32"), pixels(3).astype("uint8")],
  "normal numbers": [rng.randn(9, 700), rng.randn(6, 700)],
  "float32 numbers": [rng.randn(9, 31).astype("float32"), rng.randn(6, 31).astype("float32")],
  "negative integers": [pixels(4).subtract(300), pixels(3)],
  "images": [rng.randn(4, 3, 5, 5), rng.randn(2, 3, 5, 5)],
  "one value a row": [rng.randn(1, 1), rng.randn(1, 1)],
};

for (const [kind, [train, test]] of Object.entries(kinds)) {
  for (const metric of ["l2", "l1"] as const) {
    testOnBackends(
      `KNearestNeighbor has the same ${metric} distances of ${kind} in all ways`,
      () => {
        assertAgree(threeWays(train, test, metric), 1e-9);
      },
    );
  }
}

testOnBackends("KNearestNeighbor computes distances of pixels without any error", () => {
  const [train, test] = kinds.bytes;
  const [loops, , product] = threeWays(train, test);
  assert.deepEqual(product.data, loops.data);
  let squares = 0;
  for (let i = 0; i < 3072; i++) squares += (train.data[i] - test.data[i]) ** 2;
  assert.equal(loops.at(0, 0), Math.sqrt(squares));
});

testOnBackends("KNearestNeighbor keeps distances of nearly equal rows", () => {
  const X = rng.randn(6, 300).add(1000);
  for (const distance of [0, 1e-12, 1e-9, 1e-6, 1e-3]) {
    const near = X.add(rng.randn(6, 300).multiply(distance));
    const ways = threeWays(X, near);
    assertAgree(ways, 1e-6);
    assert.ok(ways[2].data.every((value) => value >= 0));
  }
});

Deno.test("KNearestNeighbor finds each training row nearest to itself, at distance 0", () => {
  for (const [train] of Object.values(kinds)) {
    const n = train.shape[0];
    const labels = array(Array.from({ length: n }, (_, i) => i), "int32");
    const knn = trained(train, labels);
    assert.deepEqual(knn.predict(train).data, labels.data);
    const dists = knn.computeDistancesNoLoops(train);
    for (let i = 0; i < n; i++) assert.equal(dists.at(i, i), 0);
  }
});

Deno.test("KNearestNeighbor.predictLabels() votes like a sort by distance", () => {
  const rows = fc.array(fc.record({ d: fc.integer({ min: 0, max: 4 }), y: fc.nat(3) }), {
    minLength: 1,
    maxLength: 12,
  });
  fc.assert(fc.property(rows, fc.nat(), (rows, pick) => {
    const k = 1 + pick % rows.length;
    const knn = trained(zeros([rows.length, 1]), array(rows.map(({ y }) => y)));
    const [label] = knn.predictLabels(array([rows.map(({ d }) => d)]), k).data;
    const votes = rows.toSorted((a, b) => a.d - b.d).slice(0, k).map(({ y }) => y);
    const count = (label: number) => votes.filter((vote) => vote === label).length;
    const most = Math.max(...votes.map(count));
    assert.equal(label, Math.min(...votes.filter((vote) => count(vote) === most)));
  }));
});

Deno.test("KNearestNeighbor.predictLabels() breaks ties by the smaller label", () => {
  const knn = trained(zeros([4, 1]), array([7, 2, 7, 2]));
  const dists = array([[0, 1, 2, 3]]);
  assert.deepEqual([1, 2, 3, 4].map((k) => knn.predictLabels(dists, k).item()), [7, 2, 7, 2]);
});

Deno.test("KNearestNeighbor.predictLabels() takes rows at no known distance last", () => {
  const knn = trained(zeros([4, 1]), array([0, 1, 2, 3]));
  assert.equal(knn.predictLabels(array([[NaN, NaN, 5, 4]]), 1).item(), 3);
  assert.equal(knn.predictLabels(array([[NaN, Infinity, NaN, 4]]), 2).item(), 0);
});

Deno.test("KNearestNeighbor.predict() gives the same labels with any number of loops", () => {
  const knn = trained(rng.randn(30, 8), rng.randint(0, 4, 30) as NDArray, "l1");
  const X = rng.randn(9, 8);
  const [two, one, none] = ([2, 1, 0] as const).map((numLoops) =>
    knn.predict(X, { k: 5, numLoops })
  );
  assert.deepEqual(one.data, two.data);
  assert.deepEqual(none.data, two.data);
  assert.equal(none.dtype, "int32");
});

Deno.test("KNearestNeighbor measures l1 and l2 differently", () => {
  const X = array([[3, 3], [0, 5]]);
  const origin = array([[0, 0]]);
  assert.equal(trained(X, array([1, 2]), "l2").predict(origin).item(), 1);
  assert.equal(trained(X, array([1, 2]), "l1").predict(origin).item(), 2);
});

Deno.test("KNearestNeighbor does not notice when the labels change after training", () => {
  const y = array([3], "int32");
  const knn = trained(ones([1, 2]), y);
  y.data[0] = 9;
  assert.equal(knn.predict(ones([1, 2])).item(), 3);
});

Deno.test("KNearestNeighbor refuses what it cannot compare", () => {
  fails(RangeError, 'metric must be "l2" or "l1", got "cosine"', () => {
    new KNearestNeighbor({ metric: "cosine" as Metric });
  });
  fails(TypeError, 'no option "metrik"; did you mean "metric"?', () => {
    new KNearestNeighbor({ metrik: "l1" } as object);
  });
  const untrained = new KNearestNeighbor();
  fails(RangeError, "there are no training rows; call train first", () => {
    untrained.predict(ones([1, 2]));
  });
  const none = undefined as unknown as NDArray;
  const X = ones([3, 4]);
  fails(TypeError, "KNearestNeighbor.train: y must be an NDArray of labels, got undefined", () => {
    untrained.train(X, none);
  });
  fails(TypeError, "KNearestNeighbor.train: X must be an NDArray", () => untrained.train(none, X));
  fails(RangeError, "y must have shape (3,), one label for each row of X, got (2,)", () => {
    untrained.train(X, array([0, 1]));
  });
  fails(RangeError, "y must hold whole numbers from 0 up, got 1.5", () => {
    untrained.train(X, array([0, 1, 1.5]));
  });
  fails(RangeError, "at least one row", () => untrained.train(ones([0, 4]), array([])));

  const knn = trained(X, array([0, 1, 2]));
  for (const k of [0, -1, 4, 1.5, NaN]) {
    fails(RangeError, `k must be a whole number from 1 to the 3 training rows, got ${k}`, () => {
      knn.predict(X, { k });
    });
  }
  fails(
    RangeError,
    "X must have 4 values a row like the training rows, got 5 in shape (2, 5)",
    () => {
      knn.predict(ones([2, 5]));
    },
  );
  fails(RangeError, "numLoops must be 0, 1 or 2, got 3", () => {
    knn.predict(X, { numLoops: 3 as 2 });
  });
  fails(RangeError, "dists must have shape (T, 3), one column for each training row", () => {
    knn.predictLabels(ones([3, 2]));
  });
});
