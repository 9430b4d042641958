/**
 * Assignment 1, k nearest neighbours: three ways to compute distances, their times, the accuracy,
 * and cross-validation over k.
 *
 * @module
 */
import { kFold } from "../data/mod.ts";
import { nextTask } from "../internal/event_loop.ts";
import { KNearestNeighbor } from "../models/mod.ts";
import { argsort, array, concatenate, equal, type NDArray } from "../ndarray/mod.ts";
import { imageGrid, linePlot } from "../plot/mod.ts";
import { errorText, shortestMilliseconds } from "./_checks.ts";
import { savePlot } from "./_outputs.ts";
import type { Context, PartResult } from "./_part.ts";
import { runProgram } from "./_program.ts";
import { accuracyText } from "./_results.ts";
import { courseName, printTable } from "./_tables.ts";
import { withBar } from "./_terminal.ts";

/** Figures printed by the course's notebook, on 5000 training and 500 test images. */
const course = {
  seconds: { twoLoops: 90.113187, oneLoop: 67.282019, noLoops: 0.56208 },
  correct: new Map([[1, 137], [5, 139], [10, 141]]),
  folds: new Map([
    [1, [0.263, 0.257, 0.264, 0.278, 0.266]],
    [3, [0.239, 0.249, 0.24, 0.266, 0.254]],
    [5, [0.248, 0.266, 0.28, 0.292, 0.28]],
    [8, [0.262, 0.282, 0.273, 0.29, 0.273]],
    [10, [0.265, 0.296, 0.276, 0.284, 0.28]],
    [12, [0.26, 0.295, 0.279, 0.283, 0.28]],
    [15, [0.252, 0.289, 0.278, 0.282, 0.274]],
    [20, [0.27, 0.279, 0.279, 0.282, 0.285]],
    [50, [0.271, 0.288, 0.278, 0.269, 0.266]],
    [100, [0.256, 0.27, 0.263, 0.256, 0.263]],
  ]),
};

const kChoices = [...course.folds.keys()];

/** The rows the course takes, as bytes; `--quick` takes a fifth of them. */
async function rows({ flags, pixels }: Context) {
  const { XTrain, yTrain, XTest, yTest, labelNames } = await pixels();
  const numTrain = Math.min(flags.quick ? 1000 : 5000, XTrain.shape[0]);
  const numTest = Math.min(flags.quick ? 100 : 500, XTest.shape[0]);
  return {
    XTrain: XTrain.slice(`:${numTrain}`),
    yTrain: yTrain.slice(`:${numTrain}`),
    XTest: XTest.slice(`:${numTest}`),
    yTest: yTest.slice(`:${numTest}`),
    labelNames,
  };
}

function neighbours(X: NDArray, y: NDArray): KNearestNeighbor {
  const classifier = new KNearestNeighbor();
  classifier.train(X, y);
  return classifier;
}

function frobenius(difference: NDArray): number {
  return Math.sqrt(difference.multiply(difference).sum());
}

async function distancesPart(context: Context): Promise<PartResult> {
  const { XTrain, yTrain, XTest } = await rows(context);
  const knn = neighbours(XTrain, yTrain);
  const [numTrain, numTest] = [XTrain.shape[0], XTest.shape[0]];
  const fewTest = Math.min(context.flags.quick ? 5 : 25, numTest);
  const few = XTest.slice(`:${fewTest}`);
  const exact = knn.computeDistancesTwoLoops(few);
  const differences = {
    oneLoop: frobenius(knn.computeDistancesOneLoop(few).subtract(exact)),
    noLoops: frobenius(
      knn.computeDistancesNoLoops(XTest).slice(`:${fewTest}`).subtract(exact),
    ),
  };
  console.log(`Difference from the distances of two loops, ${fewTest} test images`);
  console.log("(Frobenius norm; the course's are 0 too, and it asks for less than 0.001)\n");
  printTable(["", "difference"], [
    ["one loop", errorText(differences.oneLoop)],
    ["no loops", errorText(differences.noLoops)],
  ]);

  const time = (work: () => unknown) => shortestMilliseconds(1, work) / 1000;
  const measured = {
    twoLoops: time(() => knn.computeDistancesTwoLoops(few)),
    oneLoop: time(() => knn.computeDistancesOneLoop(few)),
    noLoops: time(() => knn.computeDistancesNoLoops(XTest)),
  };
  console.log(`\nSeconds for the distances of ${numTest} test from ${numTrain} training images.`);
  console.log(`The loops ran on ${fewTest} test images; times ${numTest / fewTest} is estimated.`);
  console.log("The course's are of its own machine, for 500 from 5000\n");
  const whole = (seconds: number) => seconds * numTest / fewTest;
  printTable(["", `measured (${fewTest})`, "all", "course"], [
    [
      "two loops",
      measured.twoLoops.toFixed(3),
      `about ${whole(measured.twoLoops).toFixed(1)}`,
      course.seconds.twoLoops.toFixed(1),
    ],
    [
      "one loop",
      measured.oneLoop.toFixed(3),
      `about ${whole(measured.oneLoop).toFixed(1)}`,
      course.seconds.oneLoop.toFixed(1),
    ],
    ["no loops", "-", measured.noLoops.toFixed(3), course.seconds.noLoops.toFixed(3)],
  ]);
  console.log(
    "\nOne loop is no gain here: the inner loop is compiled, while arrays of all differences",
  );
  console.log("have to be written and read. Python, whose loops are interpreted, gains.");
  return {
    results: { numTrain, numTest, fewTest, differences, times: measured },
    summary: [
      `Distances: the three ways differ by at most ${
        errorText(Math.max(differences.oneLoop, differences.noLoops))
      }`,
      `Distances of ${numTest} from ${numTrain} images without loops: ${
        measured.noLoops.toFixed(3)
      } s`,
    ],
  };
}

async function accuracyPart(context: Context): Promise<PartResult> {
  const { XTrain, yTrain, XTest, yTest, labelNames } = await rows(context);
  const knn = neighbours(XTrain, yTrain);
  const distances = knn.computeDistancesNoLoops(XTest);
  const numTest = XTest.shape[0];
  const results = [...course.correct].map(([k, courseCorrect]) => {
    const correct = equal(knn.predictLabels(distances, k), yTest).sum();
    return { k, correct, accuracy: correct / numTest, course: courseCorrect };
  });
  const comparable = context.real && !context.flags.quick;
  const theirs = courseName(context);
  if (!comparable) console.log("Not the course's images: compare levels, not counts\n");
  printTable(
    ["k", `right of ${numTest}`, "accuracy", `${theirs}: right of 500`, `${theirs}: accuracy`],
    results.map(({ k, correct, accuracy, course }) => [
      String(k),
      correct,
      accuracyText(accuracy),
      course,
      accuracyText(course / 500),
    ]),
  );
  await savePlot(context, "knn_neighbours", () => {
    const shown = 8;
    const nearest = argsort(distances.slice(`:${shown}`), 1).slice(":", ":5");
    const images = Array.from({ length: shown }, (_, i) => [
      XTest.slice(`${i}:${i + 1}`),
      XTrain.take(nearest.slice(i), 0),
    ]).flat();
    return imageGrid(concatenate(images, 0), {
      title: "Test images and their five nearest neighbours",
      columns: 6,
      scale: 2,
      labels: Array.from({ length: shown }, (_, i) => [
        labelNames[yTest.at(i)],
        ...Array.from(nearest.slice(i).data, (row) => labelNames[yTrain.at(row)]),
      ]).flat(),
    });
  });
  return {
    results: { numTest, rows: results },
    summary: results.map(({ k, correct, course }) =>
      `k = ${k}: ${correct} of ${numTest} right` + (comparable ? ` (course: ${course})` : "")
    ),
  };
}

async function crossValidationPart(context: Context): Promise<PartResult> {
  const { flags, signal } = context;
  const { XTrain, yTrain, XTest, yTest } = await rows(context);
  const ks = flags.quick ? kChoices.filter((k) => k <= 20) : kChoices;
  const accuracies = new Map<number, number[]>(ks.map((k) => [k, []]));
  // Not crossValidate, which would compute the distances of a fold anew for each k.
  for await (const { train, validation } of withBar("folds", kFold(XTrain.shape[0], 5), signal)) {
    const knn = neighbours(XTrain.take(train, 0), yTrain.take(train, 0));
    const right = ks.map(() => 0);
    for (let from = 0; from < validation.size; from += 100) {
      await nextTask();
      signal.throwIfAborted();
      const some = validation.slice(`${from}:${from + 100}`);
      const distances = knn.computeDistancesNoLoops(XTrain.take(some, 0));
      const labels = yTrain.take(some, 0);
      ks.forEach((k, i) => right[i] += equal(knn.predictLabels(distances, k), labels).sum());
    }
    ks.forEach((k, i) => accuracies.get(k)!.push(right[i] / validation.size));
  }
  signal.throwIfAborted();
  const found = ks.map((k) => ({
    k,
    accuracies: accuracies.get(k)!,
    ...spread(accuracies.get(k)!),
  }));
  const name = courseName(context);
  printTable(
    ["k", "mean", "deviation", `${name}: mean`, `${name}: deviation`],
    found.map(({ k, mean, std }) => {
      const theirs = spread(course.folds.get(k)!);
      return [
        String(k),
        mean.toFixed(4),
        std.toFixed(4),
        theirs.mean.toFixed(4),
        theirs.std.toFixed(4),
      ];
    }),
  );
  const best = found.reduce((a, b) => b.mean > a.mean ? b : a);
  const correct = equal(neighbours(XTrain, yTrain).predict(XTest, { k: best.k }), yTest).sum();
  const accuracy = correct / XTest.shape[0];
  await savePlot(context, "knn_cross_validation", () =>
    linePlot({
      title: "Cross-validation over k",
      xLabel: "k",
      yLabel: "accuracy",
      series: [
        {
          name: "ours, with the deviation of five folds",
          x: ks,
          y: found.map(({ mean }) => mean),
          error: found.map(({ std }) => std),
          points: true,
        },
        {
          name,
          x: ks,
          y: ks.map((k) => spread(course.folds.get(k)!).mean),
          dashed: true,
        },
      ],
    }));
  const line = `Best k = ${best.k}: cross-validation ${best.mean.toFixed(4)}, test ${correct} of ` +
    `${XTest.shape[0]} right (${accuracyText(accuracy)})`;
  console.log(
    `\n${line}\nThe course's best k is 10, with 141 of 500 images of CIFAR-10 right (0.282)`,
  );
  return { results: { folds: found, bestK: best.k, correct, accuracy }, summary: [line] };
}

function spread(values: readonly number[]): { mean: number; std: number } {
  const folds = array(values);
  return { mean: folds.mean(), std: folds.std() };
}

await runProgram({
  file: "knn.ts",
  title: "k nearest neighbours (assignment 1)",
  description:
    "Compares three ways to compute distances and their times, counts right predictions for the\n" +
    "course's k, and finds the best k by cross-validation in five folds.",
  duration: { full: "15 seconds", quick: "5 seconds" },
  uses: ["images", "plots"],
  parts: [
    { name: "distances", title: "Distances in three ways", run: distancesPart },
    { name: "accuracy", title: "Accuracy", run: accuracyPart },
    { name: "folds", title: "Cross-validation over k", run: crossValidationPart },
  ],
}, Deno.args);
