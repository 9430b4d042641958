/**
 * The trial of `distributed_search.ts`: trains a fully connected net and returns its best validation
 * accuracy.
 *
 * It imports no native kernels, so that the digits are the same on all machines.
 *
 * @module
 */
import { FullyConnectedNet } from "../../models/mod.ts";
import type { NDArray } from "../../ndarray/mod.ts";
import type { HyperParameters, TrialContext, TrialOutcome } from "../../selection/mod.ts";
import { Solver } from "../../solver/mod.ts";

/** Trains with some hyper-parameters. */
export async function trial(
  { learningRate, weightScale, keepRatio, hidden }: HyperParameters,
  { rng, data: { XTrain, yTrain, XVal, yVal, numEpochs } }: TrialContext,
): Promise<TrialOutcome> {
  const model = new FullyConnectedNet([Number(hidden), Number(hidden)], {
    normalization: "batchnorm",
    dropoutKeepRatio: Number(keepRatio),
    weightScale: Number(weightScale),
    rng,
  });
  const data = {
    XTrain: XTrain as NDArray,
    yTrain: yTrain as NDArray,
    XVal: XVal as NDArray,
    yVal: yVal as NDArray,
  };
  const solver = new Solver(model, data, {
    updateRule: "adam",
    optimConfig: { learningRate: Number(learningRate) },
    numEpochs: Number(numEpochs),
    batchSize: 100,
    verbose: false,
    rng,
  });
  await solver.train();
  return { score: solver.bestValAcc, info: { train: solver.trainAccHistory.at(-1) ?? null } };
}
