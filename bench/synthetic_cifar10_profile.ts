/**
 * How hard the synthetic set is: the course's models, trained on it with the course's settings.
 *
 *     deno run -A bench/synthetic_cifar10_profile.ts [seed]
 *
 * Prints a row as soon as a model is trained; all of it takes some minutes.
 */
import { subset, syntheticCifar10 } from "../data/mod.ts";
import {
  FullyConnectedNet,
  KNearestNeighbor,
  LinearSVM,
  type Model,
  Softmax,
  ThreeLayerConvNet,
  TwoLayerNet,
} from "../models/mod.ts";
import { hstack, type NDArray, ones } from "../ndarray/mod.ts";
import { RandomState } from "../random/mod.ts";
import { Solver, type SolverOptions } from "../solver/mod.ts";
import "../native_plugin/mod.ts";

const seed = Number(Deno.args[0] ?? 0);
const data = syntheticCifar10({ seed });
const few = subset(data, 500);
const rng = new RandomState(231);

/** Prints a row; NaN is an accuracy that is not known. */
function report(what: string, train: number, val: number): void {
  const percent = (accuracy: number) =>
    (Number.isNaN(accuracy) ? "-" : `${(100 * accuracy).toFixed(1)} %`).padStart(9);
  console.log(what.padEnd(58) + percent(train) + percent(val));
}

function accuracy(predicted: NDArray, y: NDArray): number {
  let right = 0;
  for (let i = 0; i < y.size; i++) right += Number(predicted.data[i] === y.data[i]);
  return right / y.size;
}

function flat(X: NDArray): NDArray {
  return X.reshape([X.shape[0], -1]);
}

/** Trains a linear classifier, its bias in a column of ones, for 3,000 batches of 200. */
function linear(what: string, model: Softmax | LinearSVM, learningRate: number, reg: number) {
  const withOnes = (X: NDArray) => hstack([flat(X), ones([X.shape[0], 1], "float32")]);
  const X = withOnes(data.XTrain);
  model.train(X, data.yTrain, { learningRate, reg, numIters: 3000, rng });
  report(
    `${what}, learning rate ${learningRate.toExponential()}, reg ${reg}`,
    accuracy(model.predict(X), data.yTrain),
    accuracy(model.predict(withOnes(data.XVal)), data.yVal),
  );
}

/** Trains a network and reports the accuracies after the last epoch. */
async function network(what: string, model: Model, options: SolverOptions, set = data) {
  const solver = new Solver(model, set, { verbose: false, rng, ...options });
  await solver.train();
  const epochs = `, ${options.numEpochs} epochs`;
  report(what + epochs, solver.trainAccHistory.at(-1) ?? 0, solver.valAccHistory.at(-1) ?? 0);
}

/** Options of a Solver that runs Adam. */
function adam(learningRate: number, numEpochs: number, batchSize = 100): SolverOptions {
  return { updateRule: "adam", optimConfig: { learningRate }, numEpochs, batchSize };
}

function normalised(): FullyConnectedNet {
  return new FullyConnectedNet([100, 100, 100], {
    normalization: "batchnorm",
    dropoutKeepRatio: 0.9,
    rng,
  });
}

console.log(`seed ${seed}`.padEnd(58) + "train".padStart(9) + "val".padStart(9));

const neighbours = new KNearestNeighbor();
const near = subset(data, 5000);
neighbours.train(flat(near.XTrain), near.yTrain);
const voted = neighbours.predict(flat(data.XVal), { k: 10 });
report("10 nearest neighbours of 5,000", NaN, accuracy(voted, data.yVal));

linear("SVM", new LinearSVM(), 1e-7, 2.5e4);
linear("softmax", new Softmax(), 1e-7, 2.5e4);
linear("softmax", new Softmax(), 1e-6, 1e3);

for (const hiddenDim of [50, 128]) {
  await network(`TwoLayerNet, ${hiddenDim} hidden, SGD`, new TwoLayerNet({ hiddenDim, rng }), {
    optimConfig: { learningRate: 1e-3 },
    lrDecay: 0.95,
    numEpochs: 10,
  });
}
for (const numEpochs of [3, 10, 20]) {
  await network("3 × 100 hidden, batch norm, keep 0.9", normalised(), {
    ...adam(1e-3, numEpochs),
    lrDecay: 0.95,
  });
}
for (const keep of [1, 0.25]) {
  const net = new FullyConnectedNet([500], { dropoutKeepRatio: keep, rng });
  await network(`500 hidden, keep ${keep}, 500 images`, net, adam(5e-4, 25), few);
}
const fifty = subset(data, 50);
const overfit = new FullyConnectedNet([100, 100], { rng });
await network("2 × 100 hidden, 50 images", overfit, adam(1e-3, 40, 25), fifty);
for (const numEpochs of [2, 6]) {
  const net = new ThreeLayerConvNet({ reg: 1e-3, rng });
  await network("ThreeLayerConvNet", net, { ...adam(5e-4, numEpochs, 50), lrDecay: 0.9 });
}
