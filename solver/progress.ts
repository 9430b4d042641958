/**
 * How a run shows itself: an interface, and its plain face, the course's lines.
 *
 * @module
 */
import { formatFixed } from "./_format.ts";

/** What a run is about to do. */
export interface RunEvent {
  /** Steps done before; above 0 if the run was resumed. */
  readonly iteration: number;
  /** Steps in all. */
  readonly numIterations: number;
  /** Epochs done before. */
  readonly epoch: number;
  /** Epochs in all. */
  readonly numEpochs: number;
  /** What there is to know before it starts, such as a change of the kernel table. */
  readonly note?: string;
}

/** A step was done. */
export interface StepEvent {
  /** Steps done, this one included. */
  readonly iteration: number;
  /** Steps in all. */
  readonly numIterations: number;
  /** The loss of the step's minibatch. */
  readonly loss: number;
}

/** The accuracies were checked. */
export interface CheckEvent {
  /** Epochs done. */
  readonly epoch: number;
  /** Epochs in all. */
  readonly numEpochs: number;
  /** Share of training examples classified rightly, 0 to 1. */
  readonly trainAcc: number;
  /** Share of validation examples classified rightly, 0 to 1. */
  readonly valAcc: number;
  /** Whether this is the best validation accuracy so far. */
  readonly best: boolean;
}

/** A run ended. */
export interface EndEvent {
  /** Why: all steps are done, the signal asked for it, or `train()` is about to throw. */
  readonly reason: "finished" | "aborted" | "failed";
  /** Steps done. */
  readonly iteration: number;
  /** The best validation accuracy, whose parameters are in the model; 0 if none was above. */
  readonly bestValAcc: number;
}

/**
 * What the Solver tells while it trains. Every method is optional and is called without waiting.
 *
 * @example
 * ```ts
 * import type { Progress } from "@nndl/nndl/solver";
 * import assert from "node:assert/strict";
 *
 * const losses: number[] = [];
 * const collect: Progress = { step: ({ loss }) => losses.push(loss) };
 * collect.step?.({ iteration: 1, numIterations: 10, loss: 2.3 });
 * assert.deepEqual(losses, [2.3]);
 * ```
 */
export interface Progress {
  /** Training starts, or continues. */
  start?(event: RunEvent): void;
  /** A step was done. */
  step?(event: StepEvent): void;
  /** The accuracies were checked. */
  check?(event: CheckEvent): void;
  /** Training ended, for whatever reason. */
  end?(event: EndEvent): void;
}

/** Options of {@linkcode lineProgress}. */
export interface LineProgressOptions {
  /** Show the loss of every so many steps. Default 10. */
  printEvery?: number;
  /** Where lines go. Default `console.log`. */
  write?: (line: string) => void;
}

/**
 * Shows a run as the course's Solver does, line by line.
 *
 * @param options How often, and where to
 * @returns The face to give to the Solver as `progress`
 *
 * @example
 * ```ts
 * import { lineProgress } from "@nndl/nndl/solver";
 * import assert from "node:assert/strict";
 *
 * const lines: string[] = [];
 * const face = lineProgress({ write: (line) => lines.push(line) });
 * face.step?.({ iteration: 1, numIterations: 200, loss: 2.340974 });
 * face.check?.({ epoch: 0, numEpochs: 10, trainAcc: 0.107, valAcc: 0.115, best: true });
 * assert.deepEqual(lines, [
 *   "(Iteration 1 / 200) loss: 2.340974",
 *   "(Epoch 0 / 10) train acc: 0.107000; val_acc: 0.115000",
 * ]);
 * ```
 */
export function lineProgress(
  { printEvery = 10, write = (line) => console.log(line) }: LineProgressOptions = {},
): Progress {
  return {
    start({ iteration, numIterations, epoch, numEpochs, note }) {
      if (note) write(`(${note})`);
      if (iteration === 0) return;
      write(
        iteration < numIterations
          ? `(Resumed after iteration ${iteration} / ${numIterations}, epoch ${epoch} / ${numEpochs})`
          : `(All ${numEpochs} epochs were done before)`,
      );
    },
    step({ iteration, numIterations, loss }) {
      if ((iteration - 1) % printEvery !== 0) return;
      write(`(Iteration ${iteration} / ${numIterations}) loss: ${formatFixed(loss)}`);
    },
    check({ epoch, numEpochs, trainAcc, valAcc }) {
      write(
        `(Epoch ${epoch} / ${numEpochs}) train acc: ${formatFixed(trainAcc)}; ` +
          `val_acc: ${formatFixed(valAcc)}`,
      );
    },
    end({ reason, iteration, bestValAcc }) {
      if (reason !== "aborted") return;
      write(`(Stopped after iteration ${iteration}, best val_acc: ${formatFixed(bestValAcc)})`);
    },
  };
}
