/** Checks of what feature nets for captions learn from. */
import { showShape } from "../internal/shapes.ts";
import { NDArray } from "../ndarray/mod.ts";

/** The names of the options of a training. */
export const trainingNames: readonly string[] = [
  "numEpochs",
  "batchSize",
  "learningRate",
  "rng",
  "onEpoch",
  "signal",
];

/** Throws unless there are images, and a row of numbers of answers for each. */
export function checkAnswers(caller: string, images: NDArray, answers: NDArray): void {
  if (!(images instanceof NDArray) || images.ndim !== 4 || images.shape[0] < 2) {
    throw new RangeError(
      `${caller}: images must have shape (N, C, H, W) with N ≥ 2, got ` +
        (images instanceof NDArray ? showShape(images.shape) : `${images}`),
    );
  }
  const isTable = answers instanceof NDArray && answers.dtype === "int32" && answers.ndim === 2 &&
    answers.shape[0] === images.shape[0] && answers.size > 0 && answers.min() >= 0;
  if (isTable) return;
  const got = answers instanceof NDArray
    ? `${showShape(answers.shape)} ${answers.dtype}`
    : `${answers}`;
  throw new RangeError(
    `${caller}: what is in the images must be int32 of shape (${images.shape[0]}, Q), numbers of ` +
      `answers from 0 up, got ${got}`,
  );
}
