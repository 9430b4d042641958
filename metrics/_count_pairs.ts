/**
 * Counts of true and predicted classes, which all metrics of classifiers stand on.
 *
 * @module
 */
import { checkLabels } from "../internal/labels.ts";
import { type NDArray, zeros } from "../ndarray/mod.ts";

/** The confusion matrix, with the name of the function that asks for it. */
export function countPairs(
  caller: string,
  yTrue: NDArray,
  yPred: NDArray,
  numClasses?: number,
): NDArray {
  if (numClasses !== undefined && !(Number.isSafeInteger(numClasses) && numClasses >= 1)) {
    throw new RangeError(
      `${caller}: numClasses must be a whole number from 1 up, got ${numClasses}`,
    );
  }
  checkLabels(caller, "yTrue", yTrue, { classes: numClasses });
  checkLabels(caller, "yPred", yPred, { rows: yTrue.size, classes: numClasses });
  const c = numClasses ?? 1 + Math.max(largest(yTrue), largest(yPred));
  const counts = zeros([c, c], "int32");
  for (let i = 0; i < yTrue.size; i++) counts.data[yTrue.data[i] * c + yPred.data[i]]++;
  return counts;
}

function largest({ data }: NDArray): number {
  let label = -1;
  for (const value of data) if (value > label) label = value;
  return label;
}
