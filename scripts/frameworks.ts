/**
 * Assignment 2, the frameworks question: the same networks written as functions of tensors, as
 * modules, and as sequences of layers; then an open part, a residual net.
 *
 * @module
 */
import { figure } from "../plot/mod.ts";
import { accuracyPlot, lossPlot } from "./_figures.ts";
import { savePlot } from "./_outputs.ts";
import type { Context, PartResult } from "./_part.ts";
import { runProgram } from "./_program.ts";
import { accuracyText, goalText, last } from "./_results.ts";
import { printTable } from "./_tables.ts";
import { loopGoals, type LoopRun } from "./frameworks/_loop.ts";
import { barebones } from "./frameworks/barebones.ts";
import { moduleClasses, sequences } from "./frameworks/modules.ts";
import { goal, openEnded } from "./frameworks/open_ended.ts";

/** Makes a part of loops: the table, the figure and the summary of what they came to. */
function loops(
  name: string,
  title: string,
  work: (context: Context) => Promise<LoopRun[]>,
): (context: Context) => Promise<PartResult> {
  return async (context) => {
    const runs = await work(context);
    printTable(
      [title, "last loss", "validation", "last steps", "best", "goal", "test", "seconds"],
      runs.map((run) => [
        run.name,
        last(run.lossHistory).toFixed(3),
        accuracyText(run.valAcc),
        accuracyText(run.lateValAcc),
        accuracyText(run.bestValAcc),
        run.goal === null || !context.real ? "-" : String(run.goal),
        accuracyText(run.testAcc),
        run.seconds.toFixed(1),
      ]),
    );
    await savePlot(context, `frameworks_${name}`, () => loopFigure(title, runs));
    return {
      results: { runs },
      summary: runs.map((run) =>
        `${run.name}: validation ${accuracyText(run.valAcc)} (last steps ${
          accuracyText(run.lateValAcc)
        }, best ${accuracyText(run.bestValAcc)}), test ${accuracyText(run.testAcc)} ` +
        `after ${run.seconds.toFixed(1)} s${
          run.goal ? goalText(context, run.lateValAcc, run.goal) : ""
        }`
      ),
    };
  };
}

function loopFigure(title: string, runs: readonly LoopRun[]) {
  const loss = lossPlot(runs.map(({ name, lossHistory }) => ({ name, y: lossHistory })));
  const accuracy = accuracyPlot(
    "Validation accuracy",
    runs.map(({ name, valAccHistory }) => ({ name, y: valAccHistory })),
  );
  return figure([[loss, accuracy]], { title });
}

await runProgram({
  file: "frameworks.ts",
  title: "Frameworks: tensors, modules, sequences (assignment 2)",
  description:
    "Writes the same networks three ways and trains each for an epoch of CIFAR-10 with a loop of\n" +
    "its own; then a residual net.",
  duration: { full: "15 minutes", quick: "half a minute" },
  uses: ["images", "plots"],
  goals: [...Object.values(loopGoals), goal],
  parts: [
    {
      name: "barebones",
      title: "Barebones: tensors and functions",
      run: loops("barebones", "Barebones", barebones),
    },
    { name: "module", title: "Modules", run: loops("module", "Modules", moduleClasses) },
    {
      name: "sequential",
      title: "Sequences of layers",
      run: loops("sequential", "Sequences", sequences),
    },
    { name: "open-ended", title: "Open part: a residual net", resumable: true, run: openEnded },
  ],
}, Deno.args);
