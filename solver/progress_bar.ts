/**
 * A run as a progress bar in the terminal. By itself, because it is the one part of the room that
 * needs a package: `cli-progress`.
 *
 * @module
 */
import cliProgress from "cli-progress";
import { formatFixed } from "./_format.ts";
import type { Progress } from "./progress.ts";

/**
 * Shows a run as a bar with the loss, the last accuracies and the time left. Where the output is
 * not a terminal nothing is shown.
 *
 * @returns The face to give to the Solver as `progress`
 *
 * @example
 * ```ts
 * import { barProgress } from "@nndl/nndl/solver/progress-bar";
 *
 * const face = barProgress();
 * face.start?.({ iteration: 0, numIterations: 20, epoch: 0, numEpochs: 2 });
 * face.step?.({ iteration: 1, numIterations: 20, loss: 2.3 });
 * face.end?.({ reason: "finished", iteration: 20, bestValAcc: 0.5 });
 * ```
 */
export function barProgress(): Progress {
  const bar = new cliProgress.SingleBar({
    format:
      "{bar} epoch {epoch}, loss {loss}, train {trainAcc}, val {valAcc}, {eta_formatted} left",
    // Its own handling of Ctrl-C would swallow the first one.
    gracefulExit: false,
    // Switching line breaks off would outlive a process that is killed.
    linewrap: true,
    barsize: 24,
  }, cliProgress.Presets.shades_classic);
  return {
    start({ iteration, numIterations, epoch, numEpochs }) {
      const none = "-";
      bar.start(numIterations, iteration, {
        epoch: `${epoch}/${numEpochs}`,
        loss: none,
        trainAcc: none,
        valAcc: none,
      });
    },
    step({ iteration, loss }) {
      bar.update(iteration, { loss: formatFixed(loss) });
    },
    check({ epoch, numEpochs, trainAcc, valAcc }) {
      bar.update({
        epoch: `${epoch}/${numEpochs}`,
        trainAcc: percent(trainAcc),
        valAcc: percent(valAcc),
      });
    },
    end() {
      bar.stop();
    },
  };
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}
