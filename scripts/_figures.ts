/**
 * Figures that several programs draw.
 *
 * @module
 */
import { type Chart, figure, linePlot, type LineSeries } from "../plot/mod.ts";

/** What a Solver remembers of a training. */
export interface TrainingHistory {
  /** Loss of each step. */
  readonly lossHistory: readonly number[];
  /** Training accuracy before the first epoch and after each. */
  readonly trainAccHistory: readonly number[];
  /** Validation accuracy, likewise. */
  readonly valAccHistory: readonly number[];
}

/**
 * Draws accuracies over epochs.
 *
 * @param title Heading
 * @param series One line for each net or set
 * @returns The chart
 */
export function accuracyPlot(title: string, series: readonly LineSeries[]): Chart {
  return linePlot({
    title,
    xLabel: "epoch",
    yLabel: "accuracy",
    width: 480,
    series: series.map((line) => ({ points: true, ...line })),
  });
}

/**
 * Draws the loss of a training over its steps, and its accuracies over its epochs.
 *
 * @param history The Solver, or what it remembers
 * @param title Heading. Default: none
 * @returns Both charts side by side
 */
export function trainingFigure(history: TrainingHistory, title?: string): Chart {
  const loss = linePlot({
    title: "Loss",
    xLabel: "iteration",
    yLabel: "loss",
    width: 480,
    series: [{ y: history.lossHistory }],
  });
  const accuracy = accuracyPlot("Accuracy", [
    { name: "training", y: history.trainAccHistory },
    { name: "validation", y: history.valAccHistory },
  ]);
  return figure([[loss, accuracy]], { title });
}
