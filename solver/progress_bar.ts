/**
 * A run as a progress bar in the terminal.
 *
 * @module
 */
import { ProgressBar } from "../internal/progress_bar.ts";
import { formatFixed } from "./_format.ts";
import type { Progress } from "./progress.ts";
import type { Figures } from "./trainer_options.ts";

/**
 * Shows a run as a bar on standard error, drawn by `cli-progress`, with the figures of the last step
 * and the last check, and the time left. Where that is not a terminal nothing is shown.
 *
 * @returns The face to give to the Solver as `progress`
 *
 * @example
 * ```ts
 * import { barProgress } from "@nndl/nndl/solver/progress-bar";
 *
 * const face = barProgress();
 * face.start?.({ iteration: 0, numIterations: 20, epoch: 0, numEpochs: 2 });
 * const figures = { loss: 2.3 };
 * face.step?.({ iteration: 1, numIterations: 20, loss: 2.3, figures, seconds: 0.1 });
 * face.end?.({ reason: "finished", iteration: 20, best: null });
 * ```
 *
 * @category Training
 */
export function barProgress(): Progress {
  const bar = new ProgressBar("{bar} epoch {epoch}{step}{check}, {eta_formatted} left");
  let done = 0;
  return {
    start({ iteration, numIterations, epoch, numEpochs }) {
      done = iteration;
      bar.start(numIterations, done, { epoch: `${epoch}/${numEpochs}`, step: "", check: "" });
    },
    step({ iteration, figures }) {
      done = iteration;
      bar.update(done, { step: figuresText(figures) });
    },
    check({ epoch, numEpochs, figures }) {
      bar.update(done, { epoch: `${epoch}/${numEpochs}`, check: figuresText(figures) });
    },
    end() {
      bar.stop();
    },
  };
}

/** Figures but the learning rate; accuracies in percent. */
function figuresText(figures: Figures): string {
  return Object.entries(figures)
    .filter(([name]) => name !== "learningRate")
    .map(([name, value]) => {
      const accuracy = /^(\w+)Acc$/.exec(name);
      if (accuracy) return `, ${accuracy[1]} ${(100 * value).toFixed(1)} %`;
      return `, ${name} ${formatFixed(value)}`;
    })
    .join("");
}
