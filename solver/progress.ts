/**
 * How a run shows itself: an interface, and its plain face, the course's lines.
 *
 * @module
 */
import { formatFixed } from "./_format.ts";
import type { Figures } from "./trainer_options.ts";

/**
 * What a run is about to do.
 *
 * @category Training
 */
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

/**
 * A step was done.
 *
 * @category Training
 */
export interface StepEvent {
  /** Steps done, this one included. */
  readonly iteration: number;
  /** Steps in all. */
  readonly numIterations: number;
  /** The loss of the step's minibatch; of a step with other figures the first of them. */
  readonly loss: number;
  /** All figures of the step by name, `loss` among them if there is one. */
  readonly figures: Figures;
  /** The learning rate of the step, where it is known. */
  readonly learningRate?: number;
  /** Time since this call of `train()`, seconds. */
  readonly seconds: number;
}

/**
 * The run was looked at.
 *
 * @category Training
 */
export interface CheckEvent {
  /** Steps done. */
  readonly iteration: number;
  /** Epochs done. */
  readonly epoch: number;
  /** Epochs in all. */
  readonly numEpochs: number;
  /** The figures of the check by name; of a Solver `trainAcc` and `valAcc`, 0 to 1. */
  readonly figures: Figures;
  /** Whether the weights are the best so far. */
  readonly best: boolean;
  /** Time since this call of `train()`, seconds. */
  readonly seconds: number;
}

/**
 * Something happened that did not end the run, such as a disk that is full.
 *
 * @category Training
 */
export interface NoteEvent {
  /** What, in a sentence. */
  readonly message: string;
}

/**
 * A run ended.
 *
 * @category Training
 */
export interface EndEvent {
  /** Why: all steps are done, the signal asked for it, or `train()` is about to throw. */
  readonly reason: "finished" | "aborted" | "failed";
  /** Steps done. */
  readonly iteration: number;
  /** The figure that tells what is best, and its best value; null if there is none. */
  readonly best: { readonly figure: string; readonly value: number } | null;
}

/**
 * What a training loop tells while it runs. Every method is optional and is called without waiting.
 *
 * @example
 * ```ts
 * import type { Progress } from "@nndl/nndl/solver";
 * import assert from "node:assert/strict";
 *
 * const losses: number[] = [];
 * const collect: Progress = { step: ({ loss }) => losses.push(loss) };
 * const figures = { loss: 2.3 };
 * collect.step?.({ iteration: 1, numIterations: 10, loss: 2.3, figures, seconds: 0.1 });
 * assert.deepEqual(losses, [2.3]);
 * ```
 *
 * @category Training
 */
export interface Progress {
  /** Training starts, or continues. */
  start?(event: RunEvent): void;
  /** A step was done. */
  step?(event: StepEvent): void;
  /** The run was looked at. */
  check?(event: CheckEvent): void;
  /** Something happened that did not end the run. */
  note?(event: NoteEvent): void;
  /** Training ended, for whatever reason. */
  end?(event: EndEvent): void;
}

/**
 * Options of {@linkcode lineProgress}.
 *
 * @category Training
 */
export interface LineProgressOptions {
  /** Show the figures of every so many steps. Default 10. */
  printEvery?: number;
  /** Whether to show the learning rate of steps as well. Default false. */
  learningRate?: boolean;
  /** Whether to show the seconds since the start as well. Default false. */
  time?: boolean;
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
 * const loss = 2.340974;
 * face.step?.({ iteration: 1, numIterations: 200, loss, figures: { loss }, seconds: 0.1 });
 * const figures = { trainAcc: 0.107, valAcc: 0.115 };
 * face.check?.({ iteration: 1, epoch: 0, numEpochs: 10, figures, best: true, seconds: 0.2 });
 * assert.deepEqual(lines, [
 *   "(Iteration 1 / 200) loss: 2.340974",
 *   "(Epoch 0 / 10) train acc: 0.107000; val_acc: 0.115000",
 * ]);
 * ```
 *
 * @category Training
 */
export function lineProgress(
  {
    printEvery = 10,
    learningRate: showRate = false,
    time = false,
    write = (line) => console.log(line),
  }: LineProgressOptions = {},
): Progress {
  const after = (seconds: number) => time ? `; ${seconds.toFixed(1)} s` : "";
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
    step({ iteration, numIterations, figures, learningRate, seconds }) {
      if ((iteration - 1) % printEvery !== 0) return;
      const rate = showRate && learningRate !== undefined ? `; learning rate: ${learningRate}` : "";
      write(
        `(Iteration ${iteration} / ${numIterations}) ${figuresText(figures)}${rate}${
          after(seconds)
        }`,
      );
    },
    check({ epoch, numEpochs, figures, seconds }) {
      write(`(Epoch ${epoch} / ${numEpochs}) ${figuresText(figures)}${after(seconds)}`);
    },
    note({ message }) {
      write(`(${message})`);
    },
    end({ reason, iteration, best }) {
      if (reason !== "aborted") return;
      const value = best && `, best ${figuresText({ [best.figure]: best.value })}`;
      write(`(Stopped after iteration ${iteration}${value ?? ""})`);
    },
  };
}

/** What the course's lines call figures. */
const courseNames: Readonly<Record<string, string>> = { trainAcc: "train acc", valAcc: "val_acc" };

/** All figures but the learning rate. */
function figuresText(figures: Figures): string {
  return Object.entries(figures)
    .filter(([name]) => name !== "learningRate")
    .map(([name, value]) => `${courseNames[name] ?? name}: ${formatFixed(value)}`)
    .join("; ");
}
