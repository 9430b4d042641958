import { FullyConnectedNet, type FullyConnectedNetOptions, TwoLayerNet } from "../../models/mod.ts";
import { array, type NDArray } from "../../ndarray/mod.ts";
import { RandomState } from "../../random/mod.ts";
import { type Case, gradientSuite, type Inputs } from "./_suite.ts";

const [inputDim, numClasses] = [6, 4];
const X = new RandomState(231).randn(5, 2, 3);
const y = array([0, 3, 1, 1, 2], "int32");

/** A network that is made anew for every loss, so that no state passes from one to the next. */
interface Network {
  params: Record<string, NDArray>;
  loss(X: NDArray, y: NDArray): [loss: number, grads: Record<string, NDArray>];
}

/** Takes the parameters as the inputs, and the loss as the output. */
function networkSuite(
  name: string,
  make: () => Network,
  tolerance: number,
  float32Tolerance: number,
): void {
  const rng = new RandomState(7);
  const params: Case = {};
  // Biases and shifts too are drawn, so that no gradient is zero by symmetry.
  for (const [key, { shape }] of Object.entries(make().params)) {
    params[key] = rng.randn(...shape).multiply(0.5);
  }
  gradientSuite(name, {
    cases: [params],
    forward: (inputs: Inputs) => {
      const network = make();
      network.params = inputs;
      const [loss, grads] = network.loss(X, y);
      return [array([loss]), Object.keys(inputs).map((key) => grads[key])];
    },
    backward: (dout, grads) => grads.map((d) => d.multiply(dout.astype(d.dtype))),
    tolerance,
    float32Tolerance,
  });
}

for (const reg of [0, 0.7]) {
  networkSuite(
    `TwoLayerNet with reg ${reg}`,
    () => new TwoLayerNet({ inputDim, hiddenDim: 7, numClasses, reg }),
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
        1e-7,
        3e-5,
      );
    }
  }
}

networkSuite(
  "FullyConnectedNet without hidden layers",
  () => new FullyConnectedNet([], { inputDim, numClasses, reg: 0.3 }),
  1e-7,
  1e-5,
);
