/**
 * A first net: images in, classes out.
 *
 *     deno run examples/first_net.ts
 *
 * It needs no permission: the images are made in memory. For the real CIFAR-10 see README.md.
 */
import { FullyConnectedNet, RandomState, Solver, syntheticCifar10 } from "@nndl/nndl";

const data = syntheticCifar10({ numTraining: 1000, numValidation: 200, numTest: 200 });
const rng = new RandomState(231); // the same seed gives the same run, digit for digit

const model = new FullyConnectedNet([100, 50], {
  inputDim: 3 * 32 * 32,
  numClasses: 10,
  normalization: "batchnorm",
  dropoutKeepRatio: 0.9,
  rng,
});
console.log(String(model.summary()));

const solver = new Solver(model, data, {
  updateRule: "adam",
  optimConfig: { learningRate: 1e-3 },
  batchSize: 50,
  numEpochs: 5,
  printEvery: 20,
  rng,
});
await solver.train();

// The model now has the parameters that did best on the validation images.
const accuracy = solver.checkAccuracy(data.XTest, data.yTest);
console.log(`Right on ${(100 * accuracy).toFixed(1)} % of the test images; guessing gives 10 %`);

const scores = model.loss(data.XTest.slice(":5"));
console.log("Predicted", String(scores.argmax(1)), "true", String(data.yTest.slice(":5")));
