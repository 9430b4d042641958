import assert from "node:assert/strict";
import { LinearSVM, Softmax } from "../../models/mod.ts";
import { array, concatenate, type NDArray, ones, zeros } from "../../ndarray/mod.ts";
import { RandomState } from "../../random/mod.ts";
import history from "../fixtures/linear_classifier.json" with { type: "json" };
import { testOnBackends } from "../gradients/_backends.ts";
import { fails } from "../layers/_fails.ts";

const classifiers = { svm: LinearSVM, softmax: Softmax };
const { n, d, c } = history.sizes;

/** The examples of a recorded run, and the generator as they leave it. */
function examples(seed: number): { X: NDArray; y: NDArray; rng: RandomState } {
  const rng = new RandomState(seed);
  const X = rng.randn(n, d);
  const y = concatenate([rng.randint(0, c, n - 1) as NDArray, array([c - 1], "int32")], 0);
  return { X, y, rng };
}

function assertNear(actual: ArrayLike<number>, expected: readonly number[]): void {
  assert.equal(actual.length, expected.length);
  expected.forEach((value, i) =>
    assert.ok(Math.abs(actual[i] - value) <= 1e-12 * Math.max(1, Math.abs(value)), `at ${i}`)
  );
}

for (const run of history.cases) {
  const { model, seed, learningRate, reg, steps, batchSize } = run;
  const Classifier = classifiers[model as keyof typeof classifiers];

  testOnBackends(`${Classifier.name}.train() has NumPy's history of seed ${seed}`, () => {
    const { X, y, rng } = examples(seed);
    const classifier = new Classifier();
    const options = { learningRate, reg, numIters: steps, batchSize, rng };
    assertNear(classifier.train(X, y, options), run.lossHistory);
    assertNear(classifier.weights().data, run.W.flat());
    assert.deepEqual(classifier.predict(X).toArray(), run.predicted);
    assert.equal(rng.randn(), run.nextDraw);
  });

  Deno.test(`${Classifier.name}.train() goes on where it was, seed ${seed}`, () => {
    const { X, y, rng } = examples(seed);
    const classifier = new Classifier();
    const options = { learningRate, reg, batchSize, rng };
    const first = classifier.train(X, y, { ...options, numIters: 4 });
    const second = classifier.train(X, y, { ...options, numIters: steps - 4 });
    assertNear([...first, ...second], run.lossHistory);
  });
}

Deno.test("LinearClassifier.train() keeps float32 examples in float32", () => {
  const { X, y, rng } = examples(0);
  const classifier = new Softmax();
  classifier.train(X.astype("float32"), y, { numIters: 3, rng });
  assert.equal(classifier.weights().dtype, "float32");
  assert.equal(classifier.predict(X).dtype, "int32");
});

Deno.test("LinearClassifier.predict() gives tied scores the smaller label", () => {
  const classifier = new LinearSVM();
  classifier.W = array([[1, 2, 2], [0, 0, 0]]);
  assert.deepEqual(classifier.predict(array([[1, 0], [0, 5], [-1, 0]])).toArray(), [1, 0, 0]);
});

Deno.test("LinearClassifier.loss() is the loss of all its examples", () => {
  const svm = new LinearSVM();
  svm.W = zeros([2, 3]);
  assert.equal(svm.loss(ones([4, 2]), array([0, 1, 2, 0]), 0)[0], 2);
});

Deno.test("LinearClassifier.train() prints every hundredth loss when asked", () => {
  const { X, y, rng } = examples(1);
  const lines: string[] = [];
  const log = console.log;
  console.log = (line: string) => lines.push(line);
  try {
    new LinearSVM().train(X, y, { numIters: 101, verbose: true, rng });
    new LinearSVM().train(X, y, { numIters: 5, rng });
  } finally {
    console.log = log;
  }
  assert.equal(lines.length, 2);
  assert.match(lines[1], /^iteration 100 \/ 101: loss \d+\.\d{6}$/);
});

Deno.test("LinearClassifier refuses what it cannot learn or predict from", () => {
  const svm = new LinearSVM();
  const [X, y] = [ones([3, 2]), array([0, 1, 1])];
  fails(RangeError, "LinearSVM: there are no weights yet; call train first", () => svm.predict(X));
  fails(RangeError, "LinearSVM.train: y must have shape (3,)", () => svm.train(X, array([0])));
  fails(RangeError, "y must hold whole numbers from 0 up, got -1", () => {
    svm.train(X, array([0, -1, 0]));
  });
  const images = ones([3, 1, 2, 2]);
  fails(RangeError, "reshape it to rows", () => svm.train(images, y));
  fails(RangeError, "batchSize must be a whole number", () => svm.train(X, y, { batchSize: 0 }));
  fails(RangeError, "learningRate must be", () => svm.train(X, y, { learningRate: NaN }));
  fails(TypeError, 'no option "learningrate"; did you mean "learningRate"?', () => {
    svm.train(X, y, { learningrate: 1 } as object);
  });
  const none = undefined as unknown as NDArray;
  fails(TypeError, "y must be an NDArray of labels, got undefined", () => svm.train(X, none));
  fails(TypeError, "X must be an NDArray, got undefined", () => svm.train(none, y));
  assert.equal(svm.W, null);
  svm.train(X, y, { numIters: 1, rng: new RandomState(0) });
  fails(
    RangeError,
    "LinearSVM.predict: X must have 2 values a row",
    () => svm.predict(ones([1, 3])),
  );
  fails(RangeError, "W must have shape (3, C)", () => svm.train(ones([3, 3]), y));
});

Deno.test("LinearClassifier.train() takes no labels that count from 1 for one more class", () => {
  const [X, y] = [new RandomState(1).randn(4, 2), array([1, 2, 3, 3])];
  for (const Classifier of [LinearSVM, Softmax]) {
    const classifier = new Classifier();
    fails(
      RangeError,
      `${Classifier.name}.train: y must hold labels from 0 up, got 1 to 3; do they count from 1? ` +
        "use y.subtract(1), or if some classes are missing, numClasses: 4",
      () => classifier.train(X, y),
    );
    assert.equal(classifier.W, null);
    classifier.train(X, y.subtract(1), { numIters: 1 });
    assert.deepEqual(classifier.W!.shape, [2, 3]);
    // Where the weights say how many classes there are, not all need to be in the labels.
    classifier.train(X, array([1, 1, 2, 2]), { numIters: 1, numClasses: 3 });
    fails(
      RangeError,
      "y must hold whole numbers from 0 to 2, got 3 at position 2; do the labels count from 1?",
      () => classifier.train(X, y),
    );
    fails(
      RangeError,
      `${Classifier.name}.train: numClasses must be 3, the columns of W from an earlier training, ` +
        "got 4; make a new classifier",
      () => classifier.train(X, y, { numClasses: 4 }),
    );
  }
});

Deno.test("LinearClassifier.train() takes the number of classes", () => {
  const [X, y] = [new RandomState(1).randn(4, 2), array([1, 2, 3, 3])];
  const svm = new LinearSVM();
  svm.train(X, y, { numClasses: 6, numIters: 1 });
  assert.deepEqual(svm.W!.shape, [2, 6]);
  fails(
    RangeError,
    "y must hold whole numbers from 0 to 2, got 3 at position 2",
    () => new LinearSVM().train(X, y, { numClasses: 3 }),
  );
  fails(RangeError, "numClasses must be a whole number from 1 up, or null, got 0", () => {
    new LinearSVM().train(X, y, { numClasses: 0 });
  });
});
