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

/** The mean of each value and of those before it, a twentieth of all together. */
export function smoothed(values: readonly number[]): number[] {
  const count = Math.max(1, Math.round(values.length / 20));
  let sum = 0;
  return values.map((value, i) => {
    sum += value - (i < count ? 0 : values[i - count]);
    return sum / Math.min(i + 1, count);
  });
}

/**
 * Draws losses over steps.
 *
 * @param series One line for each training; a single one stands behind its running mean, of several
 * only the running means are drawn
 * @returns The chart
 */
export function lossPlot(
  series: readonly (LineSeries & { readonly y: readonly number[] })[],
): Chart {
  const means = series.map((line) => ({ ...line, y: smoothed(line.y) }));
  const [only] = series;
  return linePlot({
    title: series.length === 1 ? "Loss" : "Loss, smoothed",
    xLabel: "iteration",
    yLabel: "loss",
    width: 480,
    series: series.length === 1
      ? [{ ...only, name: "each step" }, { ...means[0], name: "running mean" }]
      : means,
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
  const accuracy = accuracyPlot("Accuracy", [
    { name: "training", y: history.trainAccHistory },
    { name: "validation", y: history.valAccHistory },
  ]);
  return figure([[lossPlot([{ y: history.lossHistory }]), accuracy]], { title });
}
