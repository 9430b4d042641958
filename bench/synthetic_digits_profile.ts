/**
 * How hard the synthetic digits are: models trained on them, beside MNIST where a folder is given.
 *
 *     deno run -A bench/synthetic_digits_profile.ts [FOLDER]
 *
 * @module
 */
import { loadMnist, type Mnist, syntheticDigits } from "../data/mod.ts";
import {
  FullyConnectedNet,
  KNearestNeighbor,
  type Model,
  ThreeLayerConvNet,
} from "../models/mod.ts";
import type { NDArray } from "../ndarray/mod.ts";
import { RandomState } from "../random/mod.ts";
import { Solver } from "../solver/mod.ts";
import "../native_plugin/mod.ts";

const [folder] = Deno.args;
const numTraining = 10_000;
const numTest = 2000;
const sets: Record<string, Mnist> = {
  "synthetic digits": syntheticDigits({ numTraining, numTest }),
};
if (folder) sets[`MNIST, as many rows`] = await loadMnist(folder);

/** Trains with Adam and gives the accuracies at the end. */
async function trained(model: Model, set: Mnist, numEpochs: number, rng: RandomState) {
  const part = (X: NDArray, count: number) => X.slice(`:${count}`);
  const scaled = (X: NDArray) => X.astype("float32").divide(255).subtract(0.13).divide(0.31);
  const data = {
    XTrain: scaled(part(set.XTrain, numTraining)),
    yTrain: part(set.yTrain, numTraining),
    XVal: scaled(part(set.XTest, numTest)),
    yVal: part(set.yTest, numTest),
  };
  const solver = new Solver(model, data, {
    updateRule: "adam",
    optimConfig: { learningRate: 1e-3 },
    lrDecay: 0.8,
    numEpochs,
    batchSize: 100,
    verbose: false,
    rng,
  });
  await solver.train();
  return [solver.trainAccHistory.at(-1)!, solver.valAccHistory.at(-1)!];
}

const percent = (accuracy: number) => `${(100 * accuracy).toFixed(1)} %`;
console.log("| set | model | training | test |\n| --- | --- | --- | --- |");
for (const [name, set] of Object.entries(sets)) {
  const rng = new RandomState(231);
  const neighbours = new KNearestNeighbor();
  neighbours.train(
    set.XTrain.slice(`:${numTraining}`).reshape([numTraining, -1]),
    set.yTrain.slice(`:${numTraining}`),
  );
  const voted = neighbours.predict(set.XTest.slice(`:${numTest}`).reshape([numTest, -1]), { k: 3 });
  const right = voted.equal(set.yTest.slice(`:${numTest}`)).mean();
  console.log(`| ${name} | 3 nearest neighbours | | ${percent(right)} |`);
  const models: [string, Model, number][] = [
    [
      "softmax regression, 10 epochs",
      new FullyConnectedNet([], { inputDim: 784, weightScale: 1e-3, rng }),
      10,
    ],
    [
      "100 hidden units, 10 epochs",
      new FullyConnectedNet([100], { inputDim: 784, weightScale: 2e-2, rng }),
      10,
    ],
    [
      "`ThreeLayerConvNet`, 16 filters, 5 epochs",
      new ThreeLayerConvNet({
        inputDim: [1, 28, 28],
        numFilters: 16,
        filterSize: 5,
        hiddenDim: 64,
        weightScale: 2e-2,
        rng,
      }),
      5,
    ],
  ];
  for (const [what, model, epochs] of models) {
    const [train, test] = await trained(model, set, epochs, rng);
    console.log(`| ${name} | ${what} | ${percent(train)} | ${percent(test)} |`);
  }
}
