/** What every runtime has to do: train two small nets on the wasm kernels. */
import type { NDArray } from "../../ndarray/mod.ts";
import type * as Rooms from "./rooms.ts";

/** What came out. */
export interface Figures {
  readonly backend: string;
  readonly losses: readonly number[];
  readonly accuracy: number;
  readonly features: string;
}

/** Trains a fully connected net with the Solver, and a convolutional one step by step. */
export async function train(
  { kernels, layers, models, ndarray, optim, random, solver }: typeof Rooms,
): Promise<Figures> {
  const rng = new random.RandomState(231);
  const X = rng.randn(200, 3, 8, 8).astype("float32");
  const y = ndarray.argmax(X.reshape([200, -1]).slice(":", ":4"), 1) as NDArray;
  const data = {
    XTrain: X.slice(":150"),
    yTrain: y.slice(":150"),
    XVal: X.slice("150:"),
    yVal: y.slice("150:"),
  };
  const net = new models.FullyConnectedNet([50], {
    inputDim: 192,
    numClasses: 4,
    normalization: "batchnorm",
    dropoutKeepRatio: 0.9,
    rng,
  });
  const training = new solver.Solver(net, data, {
    updateRule: "adam",
    optimConfig: { learningRate: 3e-3 },
    numEpochs: 8,
    batchSize: 25,
    verbose: false,
    rng,
  });
  await training.train();

  const inputDim = [3, 8, 8] as const;
  const conv = new models.ThreeLayerConvNet({ inputDim, numClasses: 4, filterSize: 3, rng });
  const losses = Array.from({ length: 5 }, () => {
    const [loss, grads] = conv.loss(data.XTrain, data.yTrain);
    for (const [name, w] of Object.entries(conv.params)) {
      [conv.params[name]] = optim.sgd(w, grads[name], { learningRate: 0.1 });
    }
    return loss;
  });
  const [pooled] = layers.maxPoolForwardFast(X, { poolHeight: 2, poolWidth: 2, stride: 2 });
  return {
    backend: kernels.activeBackend().name,
    losses: [...training.lossHistory, ...losses],
    accuracy: training.bestValAcc,
    features: String(ndarray.mean(pooled, [0, 2, 3])),
  };
}
