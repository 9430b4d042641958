/**
 * What normalisation does to deep nets: with and without it, over initial weights, and over batch
 * sizes.
 *
 * @module
 */
import { subset } from "../../data/mod.ts";
import { FullyConnectedNet } from "../../models/mod.ts";
import { figure, linePlot, type LinePlotOptions } from "../../plot/mod.ts";
import { RandomState } from "../../random/mod.ts";
import { compared, figures } from "../_checks.ts";
import { savePlot } from "../_outputs.ts";
import type { Context, PartResult } from "../_part.ts";
import {
  accuracyText,
  type CourseRun,
  last,
  printLog,
  printRuns,
  runText,
  saveComparison,
} from "../_results.ts";
import { printComparison, printTable } from "../_tables.ts";
import { printAbove, withBar } from "../_terminal.ts";
import { type Run, train } from "../_training.ts";

/** Logs that the course printed for its two deep nets. */
const course: { readonly with: CourseRun; readonly without: CourseRun } = {
  with: {
    printEvery: 20,
    losses: figures(
      `2.340974 2.039344 2.047471 1.739554 1.246973 1.354827 1.013708 1.170422 0.736505 0.768071`,
    ),
    trainAcc: figures("0.107 0.314 0.398 0.485 0.525 0.595 0.638 0.666 0.695 0.776 0.776"),
    valAcc: figures("0.115 0.266 0.279 0.316 0.318 0.334 0.325 0.329 0.291 0.329 0.328"),
  },
  without: {
    printEvery: 20,
    losses: figures(
      `2.302332 2.04197 1.900473 1.713156 1.662209 1.696062 1.550519 1.433871 1.013332 0.923829`,
    ),
    trainAcc: figures("0.129 0.283 0.316 0.373 0.39 0.434 0.536 0.538 0.626 0.653 0.726"),
    valAcc: figures("0.131 0.25 0.277 0.282 0.31 0.3 0.346 0.309 0.344 0.33 0.334"),
  },
};

type Normalization = "batchnorm" | "layernorm" | null;

/** How many images and epochs the trainings of this file take. */
function size(
  { flags }: Context,
): { numTrain: number; numEpochs: number; numValSamples: number | null } {
  return flags.quick
    ? { numTrain: 300, numEpochs: 3, numValSamples: 200 }
    : { numTrain: 1000, numEpochs: 10, numValSamples: null };
}

/** A six-layer net with and without batch normalisation. */
export async function deepPart(context: Context): Promise<PartResult> {
  const { flags, courseSeed, signal } = context;
  const { numTrain, ...options } = size(context);
  const data = subset(await context.data(), numTrain);
  const rng = new RandomState(flags.seed);
  // Both nets are drawn before either is trained, as in the course.
  const models = (["batchnorm", null] as const).map((normalization) =>
    new FullyConnectedNet([100, 100, 100, 100, 100], {
      weightScale: 2e-2,
      normalization,
      dtype: flags.dtype,
      rng,
    })
  );
  const runs: Run[] = [];
  for (const [i, name] of ["with batch norm", "without batch norm"].entries()) {
    if (signal.aborted) break;
    console.log(`\n${name}`);
    runs.push(
      await train(context, name, models[i], data, {
        ...options,
        batchSize: 50,
        updateRule: "adam",
        optimConfig: { learningRate: 1e-3 },
        printEvery: 20,
        rng,
      }),
    );
  }
  const logs = [course.with, course.without];
  const comparable = courseSeed && context.real;
  console.log(
    comparable
      ? "\nThe runs drift apart with rounding: the first losses agree, later ones in level"
      : "\nNot the course's images or seed: compare levels, not digits",
  );
  runs.forEach((run, i) => printLog(context, run, logs[i]));
  await saveComparison(context, "batchnorm_deep", "Six-layer nets on few images", runs);
  const rows = runs.filter((run) => run.lossHistory.length > 0).map(({ name, lossHistory }, i) => ({
    name: `first loss ${name}`,
    ours: Number(lossHistory[0].toFixed(6)),
    course: logs[i].losses[0],
  }));
  if (!comparable) return { results: { runs }, summary: runs.map(runText) };
  console.log("");
  printComparison(rows, courseSeed);
  return {
    results: { runs, rows },
    summary: [...runs.map(runText), compared("First losses, six decimals", rows, courseSeed)],
  };
}

/** Two nets whose initial weights have the same scale. */
interface ScaleRow {
  readonly scale: number;
  readonly batchnorm: Run;
  readonly plain: Run;
}

/** Draws what the scale of the initial weights does. */
async function saveSweep(context: Context, rows: readonly ScaleRow[]): Promise<void> {
  const panel = (title: string, value: (run: Run) => number, options: Partial<LinePlotOptions>) =>
    linePlot({
      title,
      xLabel: "weight scale",
      xScale: "log",
      width: 480,
      series: (["batchnorm", "plain"] as const).map((kind) => ({
        name: kind === "plain" ? "without batch norm" : "with batch norm",
        x: rows.map(({ scale }) => scale),
        y: rows.map((row) => value(row[kind])),
        points: true,
      })),
      ...options,
    });
  await savePlot(context, "batchnorm_weight_scale", () =>
    figure([[
      panel("Best validation accuracy", (run) => run.bestValAcc, {}),
      panel("Best training accuracy", (run) => Math.max(...run.trainAccHistory), {}),
      panel("Last loss", (run) => last(run.lossHistory), { yScale: "log" }),
    ]], { title: "Initial weights of eight-layer nets" }));
}

/** What the range of initial weights did to one kind of net. */
function bestRange(runs: readonly Run[]): string {
  const accuracies = runs.map(({ bestValAcc }) => bestValAcc);
  return `${accuracyText(Math.min(...accuracies))} to ${accuracyText(Math.max(...accuracies))}`;
}

/** Eight-layer nets with and without batch normalisation over the scale of the initial weights. */
export async function weightScalePart(context: Context): Promise<PartResult> {
  const { flags, signal } = context;
  const { numTrain, ...options } = size(context);
  const data = subset(await context.data(), numTrain);
  const rng = new RandomState(flags.seed);
  const count = flags.quick ? 5 : 20;
  const scales = Array.from({ length: count }, (_, i) => 10 ** (-4 + 4 * i / (count - 1)));
  const rows: ScaleRow[] = [];
  for await (const scale of withBar("weight scales", scales, signal)) {
    // Both nets of a scale are drawn before either is trained, as in the course.
    const models = (["batchnorm", null] as const).map((normalization) =>
      new FullyConnectedNet([50, 50, 50, 50, 50, 50, 50], {
        weightScale: scale,
        normalization,
        dtype: flags.dtype,
        rng,
      })
    );
    const [batchnorm, plain] = [
      await sweepRun(context, `scale ${scale}`, models[0], data, {
        ...options,
        batchSize: 50,
        rng,
      }),
      await sweepRun(context, `scale ${scale}`, models[1], data, {
        ...options,
        batchSize: 50,
        rng,
      }),
    ];
    if (signal.aborted) break;
    rows.push({ scale, batchnorm, plain });
    printAbove(`weight scale ${scale.toExponential(2)} done (${rows.length} of ${count})`);
  }
  console.log("\nbn: with batch norm\n");
  printTable(
    [
      "weight scale",
      "best val, bn",
      "best val",
      "best train, bn",
      "best train",
      "last loss, bn",
      "last loss",
    ],
    rows.map(({ scale, batchnorm, plain }) => [
      scale.toExponential(2),
      ...[batchnorm, plain].map((run) => accuracyText(run.bestValAcc)),
      ...[batchnorm, plain].map((run) => accuracyText(Math.max(...run.trainAccHistory))),
      ...[batchnorm, plain].map((run) => last(run.lossHistory).toFixed(3)),
    ]),
  );
  await saveSweep(context, rows);
  return {
    results: { rows },
    summary: rows.length === 0 ? [] : [
      `Weight scales 1e-4 to 1, best validation: ` +
      `${bestRange(rows.map(({ batchnorm }) => batchnorm))} with batch norm, ` +
      `${bestRange(rows.map(({ plain }) => plain))} without`,
    ],
  };
}

/** Six-layer nets with a normalisation over the batch size. */
export function batchSizePart(normalization: "batchnorm" | "layernorm") {
  return async (context: Context): Promise<PartResult> => {
    const { flags, signal } = context;
    const { numTrain, ...options } = size(context);
    const data = subset(await context.data(), numTrain);
    const rng = new RandomState(flags.seed);
    const title = normalization === "batchnorm" ? "batch norm" : "layer norm";
    const cases: { batchSize: number; norm: Normalization }[] = [
      { batchSize: 5, norm: null },
      ...[5, 10, 50].map((batchSize) => ({ batchSize, norm: normalization })),
    ];
    const runs: Run[] = [];
    for await (const { batchSize, norm } of withBar("nets", cases, signal)) {
      const model = new FullyConnectedNet([100, 100, 100, 100, 100], {
        weightScale: 2e-2,
        normalization: norm,
        dtype: flags.dtype,
        rng,
      });
      const name = `${norm ? title : "no normalisation"}, batches of ${batchSize}`;
      runs.push(
        await sweepRun(context, name, model, data, {
          ...options,
          batchSize,
          optimConfig: { learningRate: 10 ** -3.5 },
          rng,
        }),
      );
    }
    printRuns(context, "", runs);
    await saveComparison(context, `${normalization}_batch_size`, `Batch size and ${title}`, runs);
    return { results: { runs }, summary: runs.map(runText) };
  };
}

/** One training of a sweep, without lines of its own. */
function sweepRun(
  ...[context, name, model, data, options]: Parameters<typeof train>
): Promise<Run> {
  return train(context, name, model, data, {
    updateRule: "adam",
    optimConfig: { learningRate: 1e-3 },
    verbose: false,
    ...options,
  });
}
