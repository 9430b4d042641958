import { FullyConnectedNet, type FullyConnectedNetOptions, TwoLayerNet } from "../../models/mod.ts";
import { array } from "../../ndarray/mod.ts";
import { RandomState } from "../../random/mod.ts";
import { networkSuite } from "./_networks.ts";

const [inputDim, numClasses] = [6, 4];
const examples = {
  X: new RandomState(231).randn(5, 2, 3),
  y: array([0, 3, 1, 1, 2], "int32"),
};

for (const reg of [0, 0.7]) {
  networkSuite(
    `TwoLayerNet with reg ${reg}`,
    () => new TwoLayerNet({ inputDim, hiddenDim: 7, numClasses, reg }),
    examples,
    1e-7,
    1e-5,
  );

  for (const normalization of [null, "batchnorm", "layernorm"] as const) {
    for (const dropoutKeepRatio of [1, 0.7]) {
      const options: FullyConnectedNetOptions = {
        inputDim,
        numClasses,
        normalization,
        dropoutKeepRatio,
        reg,
        seed: 123,
      };
      networkSuite(
        `FullyConnectedNet with ${normalization}, keep ${dropoutKeepRatio}, reg ${reg}`,
        () => new FullyConnectedNet([9, 8], options),
        examples,
        1e-7,
        3e-5,
      );
    }
  }
}

networkSuite(
  "FullyConnectedNet without hidden layers",
  () => new FullyConnectedNet([], { inputDim, numClasses, reg: 0.3 }),
  examples,
  1e-7,
  1e-5,
);
