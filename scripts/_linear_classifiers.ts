/**
 * What the assignments on the SVM and on softmax regression share: loss and gradient by loops and
 * vectorised, a gradient check, training by SGD, and a search of hyper-parameters.
 *
 * @module
 */
import { addBias } from "../data/mod.ts";
import { gradCheckSparse, type GradientRow } from "../gradient_check/mod.ts";
import type { LinearClassifier, LinearLoss } from "../models/mod.ts";
import { equal, type NDArray } from "../ndarray/mod.ts";
import { figure, imageGrid, linePlot } from "../plot/mod.ts";
import { RandomState } from "../random/mod.ts";
import { errorText, shortestMilliseconds } from "./_checks.ts";
import { smoothed } from "./_figures.ts";
import { savePlot } from "./_outputs.ts";
import type { Context, Goal, Part, PartResult } from "./_part.ts";
import { accuracyText, printFinal } from "./_results.ts";
import { searchGrid } from "./_search.ts";
import { courseName, printTable } from "./_tables.ts";
import { trainLinear } from "./_training.ts";

/** One of the two classifiers, and what the course printed of it. */
export interface LinearAssignment {
  /** Its name, as in the figures' file names. */
  readonly name: string;
  /** Makes one. */
  readonly create: () => LinearClassifier;
  /** Its loss by loops. */
  readonly naive: LinearLoss;
  /** Its loss vectorised. */
  readonly vectorized: LinearLoss;
  /** What the loss of tiny random weights is about. */
  readonly chanceLoss: { readonly text: string; readonly value: number };
  /** What to know of its gradient check. */
  readonly gradientNote?: string;
  /** Learning rates and regularisations to search. */
  readonly search: { readonly learningRate: readonly number[]; readonly reg: readonly number[] };
  /** What its validation accuracy should be. */
  readonly goal: Goal;
  /** Figures of the course's notebook. */
  readonly course: {
    /** Loss of the first weights. */
    readonly loss: number;
    /** Milliseconds of loss and gradient. */
    readonly milliseconds: { readonly naive: number; readonly vectorized: number };
    /** Largest relative error of the gradient check. */
    readonly gradientError: number;
    /** Loss of every hundredth step of its training, and what it came to. */
    readonly sgd?: {
      readonly losses: readonly number[];
      readonly trainAcc: number;
      readonly valAcc: number;
    };
    /** Validation accuracies, by learning rate and then by regularisation, of its search. */
    readonly search: readonly (readonly number[])[];
    /** Test accuracy of the best. */
    readonly testAcc: number;
  };
}

/** Images as rows with a one at the end. */
function rowsOf(X: NDArray): NDArray {
  return addBias(X.reshape([X.shape[0], -1]));
}

/** All rows, made at the first call: each program makes them once for all of its parts. */
function rowsOnce() {
  let rows: ReturnType<typeof make> | undefined;
  const make = async ({ data }: Context) => {
    const { XTrain, yTrain, XVal, yVal, XTest, yTest, labelNames } = await data();
    return {
      XTrain: rowsOf(XTrain),
      yTrain,
      XVal: rowsOf(XVal),
      yVal,
      XTest: rowsOf(XTest),
      yTest,
      labelNames,
    };
  };
  return (context: Context) => rows ??= make(context);
}

type Rows = (context: Context) => ReturnType<ReturnType<typeof rowsOnce>>;

/** Some hundred rows in float64, and weights of about 1e-4. */
async function development(context: Context, rows: Rows) {
  const { flags } = context;
  const rng = new RandomState(flags.seed);
  const { XTrain, yTrain } = await rows(context);
  const picked = rng.choice(XTrain.shape[0], flags.quick ? 100 : 500, { replace: false });
  const X = XTrain.take(picked as NDArray, 0).astype("float64");
  const W = rng.randn(X.shape[1], 10).multiply(1e-4);
  return { X, y: yTrain.take(picked as NDArray, 0), W, rng };
}

async function lossPart(
  context: Context,
  { naive, vectorized, chanceLoss, course }: LinearAssignment,
  rows: Rows,
): Promise<PartResult> {
  const { X, y, W } = await development(context, rows);
  const reg = 5e-6;
  const [loss, dW] = naive(W, X, y, reg);
  const [fastLoss, fastDW] = vectorized(W, X, y, reg);
  const difference = {
    loss: Math.abs(loss - fastLoss),
    gradient: Math.sqrt(dW.subtract(fastDW).power(2).sum()),
  };
  console.log("Loss of tiny random weights; the course's are unseeded\n");
  printTable(["", "ours", courseName(context), chanceLoss.text], [
    ["loss", loss.toFixed(6), course.loss.toFixed(6), chanceLoss.value.toFixed(6)],
  ]);
  const times = {
    naive: shortestMilliseconds(2, () => naive(W, X, y, reg)),
    vectorized: shortestMilliseconds(5, () => vectorized(W, X, y, reg)),
  };
  console.log(`\nMilliseconds of loss and gradient, ${X.shape[0]} images (the course's: 500)\n`);
  printTable(["", "by loops", "vectorised", "times as fast"], [
    timeRow("ours", times),
    timeRow("course", course.milliseconds),
  ]);
  console.log(
    "Our loops are compiled, the course's interpreted by Python: less is gained without them.",
  );
  const line = `Loops and vectorised: losses differ by ${errorText(difference.loss)}, ` +
    `gradients by ${errorText(difference.gradient)}`;
  console.log(`\n${line}`);
  return {
    results: { loss, difference, times },
    summary: [line, `Vectorised: ${(times.naive / times.vectorized).toFixed(1)} times as fast`],
  };
}

function timeRow(name: string, { naive, vectorized }: { naive: number; vectorized: number }) {
  const factor = (naive / vectorized).toFixed(1);
  return [name, naive.toFixed(2), vectorized.toFixed(2), factor];
}

async function gradientPart(
  context: Context,
  { vectorized, gradientNote, course }: LinearAssignment,
  rows: Rows,
): Promise<PartResult> {
  const { X, y, W, rng } = await development(context, rows);
  const checks: { reg: number; rows: GradientRow[] }[] = [];
  for (const reg of [0, 50]) {
    const [, dW] = vectorized(W, X, y, reg);
    console.log(`Ten entries, reg ${reg}\n`);
    const found = gradCheckSparse((W) => vectorized(W, X, y, reg)[0], W, dW, { rng });
    printTable(
      ["entry", "numerical", "analytic", "relative error"],
      found.map(({ index, numerical, analytic, relativeError }) => [
        index.join(", "),
        numerical.toFixed(6),
        analytic.toFixed(6),
        errorText(relativeError),
      ]),
    );
    console.log("");
    checks.push({ reg, rows: found });
  }
  const worst = Math.max(
    ...checks.flatMap(({ rows }) => rows.map(({ relativeError }) => relativeError)),
  );
  const line = `Gradient: largest relative error ${errorText(worst)} ` +
    `(course: ${errorText(course.gradientError)})`;
  console.log(gradientNote ? `${line}\n${gradientNote}` : line);
  return { results: { checks, worst }, summary: [line] };
}

function accuracyOf(classifier: LinearClassifier, X: NDArray, y: NDArray): number {
  return equal(classifier.predict(X), y).mean();
}

async function trainPart(
  context: Context,
  { name, create, course: { sgd } }: LinearAssignment,
  rows: Rows,
): Promise<PartResult> {
  const { flags } = context;
  const { XTrain, yTrain, XVal, yVal } = await rows(context);
  const classifier = create();
  const started = performance.now();
  const rng = new RandomState(flags.seed);
  const numIters = flags.quick ? 200 : 1500;
  const options = { learningRate: 1e-7, reg: 2.5e4, numIters, rng };
  const losses = await trainLinear(context, classifier, XTrain, yTrain, options);
  const seconds = (performance.now() - started) / 1000;
  const [trainAcc, valAcc] = [
    accuracyOf(classifier, XTrain, yTrain),
    accuracyOf(classifier, XVal, yVal),
  ];
  console.log(`Learning rate 1e-7, reg 2.5e4, ${losses.length} steps in ${seconds.toFixed(1)} s`);
  if (sgd) console.log("The course's run is unseeded; compare levels, not digits");
  console.log("");
  printTable(
    ["loss", "ours", ...(sgd ? [courseName(context)] : [])],
    losses.filter((_, i) => i % 100 === 0).map((loss, i) => [
      `iteration ${i * 100}`,
      loss.toFixed(6),
      ...(sgd ? [sgd.losses[i].toFixed(6)] : []),
    ]),
  );
  console.log("");
  printTable(["accuracy", "train", "validation"], [
    ["ours", accuracyText(trainAcc), accuracyText(valAcc)],
    ...(sgd ? [[courseName(context), accuracyText(sgd.trainAcc), accuracyText(sgd.valAcc)]] : []),
  ]);
  await savePlot(context, `${name}_loss`, () =>
    linePlot({
      title: "Loss",
      xLabel: "iteration",
      yLabel: "loss",
      series: [
        { name: "ours", y: losses },
        { name: "ours, smoothed", y: smoothed(losses) },
        ...(sgd
          ? [{
            name: courseName(context),
            x: sgd.losses.map((_, i) => i * 100),
            y: sgd.losses,
            dashed: true,
          }]
          : []),
      ],
    }));
  return {
    results: { losses, trainAcc, valAcc, trainSeconds: seconds },
    summary: [
      `SGD: train ${accuracyText(trainAcc)}, validation ${accuracyText(valAcc)} after ${
        seconds.toFixed(1)
      } s`,
    ],
  };
}

async function searchPart(
  context: Context,
  { name, create, search, goal, course }: LinearAssignment,
  rows: Rows,
): Promise<PartResult> {
  const { flags } = context;
  const { XTrain, yTrain, XVal, yVal, XTest, yTest, labelNames } = await rows(context);
  const choose = (values: readonly number[]) => flags.quick ? [values[0], values[4]] : values;
  const classifiers: LinearClassifier[] = [];
  const trials = await searchGrid(context, {
    grid: { learningRate: choose(search.learningRate), reg: choose(search.reg) },
    course: ({ learningRate, reg }) =>
      course.search[search.learningRate.indexOf(learningRate)][search.reg.indexOf(reg)],
    async trial({ learningRate, reg }, { index, rng }) {
      const classifier = create();
      const options = { learningRate, reg, numIters: flags.quick ? 100 : 1000, rng };
      await trainLinear(context, classifier, XTrain, yTrain, options);
      classifiers[index] = classifier;
      return accuracyOf(classifier, XVal, yVal);
    },
  });
  const [best] = trials;
  if (!best) return { results: { trials }, summary: [] };
  const testAcc = accuracyOf(classifiers[best.index], XTest, yTest);
  const line = printFinal(context, {
    name: `Best of ${trials.length}`,
    valAcc: best.score,
    testAcc,
    goal,
    course: { validation: Math.max(...course.search.flat()), test: course.testAcc },
  });
  await savePlot(context, `${name}_templates`, () => {
    const W = classifiers[best.index].weights();
    const images = W.slice(":-1").T.reshape([-1, 3, 32, 32]);
    return figure([[imageGrid(images, { columns: 5, scale: 3, labels: labelNames })]], {
      title: "What each class looks like to the classifier",
    });
  });
  return { results: { goal: goal.goal, trials, valAcc: best.score, testAcc }, summary: [line] };
}

/**
 * The parts of the assignment on a linear classifier.
 *
 * @param assignment The classifier, and what the course printed
 * @returns Loss, gradient, training, search
 */
export function linearParts(assignment: LinearAssignment): Part[] {
  const rows = rowsOnce();
  const part = (
    name: string,
    title: string,
    run: (context: Context, assignment: LinearAssignment, rows: Rows) => Promise<PartResult>,
  ): Part => ({ name, title, run: (context) => run(context, assignment, rows) });
  return [
    part("loss", "Loss and gradient, by loops and vectorised", lossPart),
    part("gradient", "Gradient check", gradientPart),
    part("train", "Training by SGD", trainPart),
    part("search", "Grid search and class templates", searchPart),
  ];
}
