/**
 * How much features are worth: a linear classifier on top of them, and the nearest neighbours' votes.
 *
 * @module
 */
import { flatten, noGrad } from "../../autograd/mod.ts";
import { cifar10Statistics, normalizeChannels } from "../../data/mod.ts";
import { weightedKnnAccuracy } from "../../metrics/mod.ts";
import type { SimclrNet } from "../../models/mod.ts";
import { concatenate, type NDArray } from "../../ndarray/mod.ts";
import { asModel, Linear, Sequential } from "../../nn/mod.ts";
import { RandomState } from "../../random/mod.ts";
import { Solver } from "../../solver/mod.ts";
import type { ImageData } from "../_images.ts";
import type { Context } from "../_part.ts";

/** Images that probes learn from, and that they are tried on. */
export interface ProbeData {
  /** Labelled images, normalised. */
  readonly X: NDArray;
  /** Their labels. */
  readonly y: NDArray;
  /** Other images. */
  readonly XTest: NDArray;
  /** Their labels. */
  readonly yTest: NDArray;
}

/** What features are worth. */
export interface ProbeResult {
  /** Whose features. */
  readonly name: string;
  /** Accuracy of a linear classifier on them. */
  readonly linear: number;
  /** Accuracy of 200 weighted nearest neighbours. */
  readonly knn: number;
}

/** The first images with their labels, and all that are not for training. */
export function probeData(data: ImageData, labels: number): ProbeData {
  const normalize = normalizeChannels(cifar10Statistics);
  const rng = new RandomState(0);
  return {
    X: normalize(data.XTrain.slice(`:${labels}`), rng),
    y: data.yTrain.slice(`:${labels}`),
    XTest: normalize(concatenate([data.XVal, data.XTest], 0), rng),
    yTest: concatenate([data.yVal, data.yTest], 0),
  };
}

/** Features of images, some hundreds at a time, as at test time. */
export function featuresOf(net: SimclrNet, X: NDArray): NDArray {
  const parts: NDArray[] = [];
  for (let start = 0; start < X.shape[0]; start += 250) {
    const part = X.slice(`${start}:${Math.min(start + 250, X.shape[0])}`);
    parts.push(noGrad(() => net.eval().encoder.forward(part)).value);
  }
  return concatenate(parts, 0);
}

/** Tries features that do not learn. */
export async function probe(
  { flags, signal }: Context,
  name: string,
  { y, yTest }: ProbeData,
  [train, test]: readonly [NDArray, NDArray],
): Promise<ProbeResult> {
  const [mean, std] = [train.mean(0), train.std(0).add(1e-6)];
  const [X, XTest] = [train, test].map((x) =>
    x.subtract(mean).divide(std).astype("float32").reshape([x.shape[0], -1])
  );
  const rng = new RandomState(flags.seed);
  const net = new Linear(X.shape[1], 10, { rng });
  const data = { XTrain: X, yTrain: y, XVal: XTest, yVal: yTest };
  const solver = new Solver(asModel(net), data, {
    updateRule: "adam",
    optimConfig: { learningRate: 1e-3 },
    numEpochs: 20,
    batchSize: 100,
    numTrainSamples: 100,
    numValSamples: 100,
    verbose: false,
    rng,
    signal,
  });
  await solver.train();
  return {
    name,
    linear: solver.checkAccuracy(XTest, yTest),
    knn: weightedKnnAccuracy(X, y, XTest, yTest, { k: Math.min(200, X.shape[0]) }),
  };
}

/** Trains the encoder itself with a linear layer on the labelled images: the upper end. */
export async function supervised(
  { flags, signal }: Context,
  net: SimclrNet,
  { X, y, XTest, yTest }: ProbeData,
): Promise<number> {
  const rng = new RandomState(flags.seed);
  const classifier = new Sequential(net.encoder, flatten, new Linear(net.numFeatures, 10, { rng }));
  const data = { XTrain: X, yTrain: y, XVal: XTest, yVal: yTest };
  const solver = new Solver(asModel(classifier), data, {
    updateRule: "adam",
    optimConfig: { learningRate: 1e-3 },
    numEpochs: flags.quick ? 1 : 10,
    batchSize: 100,
    numTrainSamples: 100,
    numValSamples: 500,
    verbose: false,
    rng,
    signal,
  });
  await solver.train();
  return solver.checkAccuracy(XTest, yTest);
}
