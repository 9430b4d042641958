/**
 * Small data, small nets and quiet runs for the tests of this folder.
 *
 * @module
 */
import type { Dataset } from "../../data/mod.ts";
import { FullyConnectedNet, type Model } from "../../models/mod.ts";
import type { NDArray } from "../../ndarray/mod.ts";
import { RandomState } from "../../random/mod.ts";
import { Solver, type SolverOptions } from "../../solver/mod.ts";

/** Draws examples of 5 features whose class is the largest of the first 3. */
export function drawData(rng: RandomState, train = 60, val = 30): Dataset {
  const XTrain = rng.randn(train, 5);
  const XVal = rng.randn(val, 5);
  const largest = (X: NDArray) => X.slice(":", ":3").argmax(1);
  return { XTrain, yTrain: largest(XTrain), XVal, yVal: largest(XVal) };
}

/** The data of most tests. */
export const data: Dataset = drawData(new RandomState(7));

/** A net with everything a checkpoint has to hold: running statistics and dropout. */
export function makeNet(rng: RandomState, dtype: "float32" | "float64" = "float32"): Model {
  return new FullyConnectedNet([8, 6], {
    inputDim: 5,
    numClasses: 3,
    weightScale: 0.3,
    normalization: "batchnorm",
    dropoutKeepRatio: 0.8,
    reg: 1e-3,
    dtype,
    rng,
  });
}

/** A Solver that prints nothing. */
export function quiet(model: Model, options: SolverOptions = {}, on: Dataset = data): Solver {
  return new Solver(model, on, { batchSize: 10, numEpochs: 3, verbose: false, ...options });
}

/** All numbers of named arrays, in the order of their names, for comparison to the bit. */
export function numbers(arrays: Readonly<Record<string, NDArray>>): Record<string, number[]> {
  return Object.fromEntries(
    Object.keys(arrays).sort().map((name) => [name, [...arrays[name].data]]),
  );
}

/** Runs `work` with a new folder, and removes the folder. */
export async function inFolder(work: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await work(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}
