/** The recorded figures of the course that need real images: CIFAR10_DIR or data. */
import assert from "node:assert/strict";
import { crc32 } from "node:zlib";
import { type Cifar10, findCifar10, loadCifar10 } from "../../data/mod.ts";
import { KNearestNeighbor } from "../../models/mod.ts";
import { array, asNDArray, type NDArray } from "../../ndarray/mod.ts";
import { type Check, check } from "../fixtures/mod.ts";

const found = await findCifar10();
const reason = typeof found === "string" ? found : null;

/** The first 5,000 training rows of the copy of the set in which some images went through JPEG. */
const partlyJpegRows = 0x0a9d4a9f;

/** What a figure must be: as printed by the course, or as those rows give it. */
type Figures = "expected" | "approximate_reproduction";

interface Rows {
  readonly XTrain: NDArray;
  readonly yTrain: NDArray;
  readonly XTest: NDArray;
  readonly yTest: NDArray;
  readonly figures: Figures;
}

let cifar: Promise<Cifar10> | null = null;
let rows: Promise<Rows> | null = null;

function all(): Promise<Cifar10> {
  assert.ok(typeof found !== "string");
  return cifar ??= loadCifar10(found.dir);
}

async function loadRows(): Promise<Rows> {
  const data = await all();
  const XTrain = head(data.XTrain, 5000);
  const isPartlyJpeg = crc32(XTrain.data as Uint8Array<ArrayBuffer>) === partlyJpegRows;
  return {
    XTrain,
    yTrain: head(data.yTrain, 5000),
    XTest: head(data.XTest, 500),
    yTest: head(data.yTest, 500),
    figures: isPartlyJpeg ? "approximate_reproduction" : "expected",
  };
}

/** The first rows, flattened. */
function head({ data, shape: [n, ...rest] }: NDArray, count: number): NDArray {
  const width = data.length / n;
  return asNDArray(data.slice(0, count * width), rest.length ? [count, width] : [count]);
}

function numCorrect(predicted: NDArray, y: NDArray): number {
  return Array.from(predicted.data).filter((label, i) => label === y.data[i]).length;
}

/** Registers the test of a record that needs real images. */
function pixelTest(id: string, meaning: string, run: (c: Check, rows: Rows) => unknown): void {
  Deno.test({
    name: `${id}: ${meaning}${reason === null ? "" : ` (skipped: ${reason})`}`,
    ignore: reason !== null,
    async fn() {
      await run(check(id), await (rows ??= loadRows()));
    },
  });
}

let distances: NDArray | null = null;

function knnDistances({ XTrain, yTrain, XTest }: Rows): [KNearestNeighbor, NDArray] {
  const knn = new KNearestNeighbor();
  knn.train(XTrain, yTrain);
  return [knn, distances ??= knn.computeDistancesNoLoops(XTest)];
}

function counts(c: Check, rows: Rows): void {
  const [knn, dists] = knnDistances(rows);
  const { num_correct } = rows.figures === "expected"
    ? c.expected
    : c.record.approximate_reproduction as Record<string, number>;
  assert.equal(numCorrect(knn.predictLabels(dists, c.number("k")), rows.yTest), num_correct);
}

pixelTest("a1/knn/accuracy_k1", "KNearestNeighbor with k = 1 is right that often", counts);
pixelTest("a1/knn/accuracy_k5", "KNearestNeighbor with k = 5 is right that often", counts);
pixelTest("a1/knn/best_k_test", "KNearestNeighbor with k = 10 is right that often", counts);

/** The loops are slow, so they run on the first test rows only. */
const loopRows = 6;

function agrees(c: Check, rows: Rows, way: (knn: KNearestNeighbor, X: NDArray) => NDArray): void {
  const knn = new KNearestNeighbor();
  knn.train(rows.XTrain, rows.yTrain);
  const X = head(rows.XTest, loopRows);
  const difference = way(knn, X).subtract(knn.computeDistancesTwoLoops(X));
  const norm = Math.hypot(...difference.data);
  assert.ok(norm < (c.tolerance.absolute as number));
  assert.equal(norm, c.expectedNumber("frobenius_difference"));
}

pixelTest(
  "a1/knn/compute_distances_one_loop",
  "KNearestNeighbor has the distances of two loops with one",
  (c, rows) => agrees(c, rows, (knn, X) => knn.computeDistancesOneLoop(X)),
);
pixelTest(
  "a1/knn/compute_distances_no_loops",
  "KNearestNeighbor has the distances of two loops with none",
  (c, rows) => agrees(c, rows, (knn, X) => knn.computeDistancesNoLoops(X)),
);

pixelTest(
  "a1/knn/cross_validation",
  "KNearestNeighbor has these accuracies on five folds",
  (c, { XTrain, yTrain, figures }) => {
    const { fold_accuracies } =
      (figures === "expected" ? c.expected : c.record.approximate_reproduction) as {
        fold_accuracies: Record<string, number[]>;
      };
    const choices = c.inputs.k_choices as number[];
    const accuracies = Object.fromEntries(choices.map((k) => [k, [] as number[]]));
    const everyRow = Array.from({ length: 5000 }, (_, row) => row);
    for (let fold = 0; fold < c.number("num_folds"); fold++) {
      const isHeld = (row: number) => Math.floor(row / 1000) === fold;
      const held = array(everyRow.filter(isHeld), "int32");
      const kept = array(everyRow.filter((row) => !isHeld(row)), "int32");
      const knn = new KNearestNeighbor();
      knn.train(XTrain.take(kept, 0), yTrain.take(kept, 0));
      const dists = knn.computeDistancesNoLoops(XTrain.take(held, 0));
      for (const k of choices) {
        const predicted = knn.predictLabels(dists, k);
        accuracies[k].push(numCorrect(predicted, yTrain.take(held, 0)) / held.size);
      }
    }
    assert.deepEqual(accuracies, fold_accuracies);
  },
);

pixelTest(
  "a1/svm/mean_image_first10",
  "the mean image starts like this",
  async (c, { figures }) => {
    const { XTrain } = await all();
    // Entry 3·p + channel of the recorded rows is entry 1024·channel + p of ours.
    const mean = Float64Array.from({ length: 10 }, (_, i) => {
      const at = 1024 * (i % 3) + Math.floor(i / 3);
      let sum = 0;
      for (let row = 0; row < c.number("num_training"); row++) sum += XTrain.data[row * 3072 + at];
      return sum / c.number("num_training");
    });
    const approximate = c.record.approximate_reproduction as { mean_first10: number[] };
    const expected = figures === "expected"
      ? c.expectedArray("mean_first10").data
      : approximate.mean_first10;
    mean.forEach((value, i) =>
      assert.ok(
        Math.abs(value - expected[i]) <= (c.tolerance.absolute as number),
        `${value}, not ${expected[i]}`,
      )
    );
  },
);
