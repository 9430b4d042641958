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

/** What probes learn from, what they choose the best epoch by, and what they are tried on. */
export type ProbeData = ImageData;

/** What features are worth. */
export interface ProbeResult {
  /** Whose features. */
  readonly name: string;
  /** Accuracy of a linear classifier on them. */
  readonly linear: number;
  /** Accuracy of 200 weighted nearest neighbours. */
  readonly knn: number;
}

/** The first images with their labels, and all that are not for training, normalised. */
export function probeData(data: ImageData, labels: number): ProbeData {
  const normalize = normalizeChannels(cifar10Statistics);
  const normalized = (X: NDArray) => normalize(X, new RandomState(0));
  return {
    ...data,
    XTrain: normalized(data.XTrain.slice(`:${labels}`)),
    yTrain: data.yTrain.slice(`:${labels}`),
    XVal: normalized(data.XVal),
    XTest: normalized(data.XTest),
  };
}

/** Something in place of all images: their features, say. */
export function mapImages(data: ProbeData, map: (X: NDArray) => NDArray): ProbeData {
  return { ...data, XTrain: map(data.XTrain), XVal: map(data.XVal), XTest: map(data.XTest) };
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
  features: ProbeData,
): Promise<ProbeResult> {
  const { XTrain, yTrain } = features;
  const [mean, std] = [XTrain.mean(0), XTrain.std(0).add(1e-6)];
  const data = mapImages(
    features,
    (X) => X.subtract(mean).divide(std).astype("float32").reshape([X.shape[0], -1]),
  );
  const rng = new RandomState(flags.seed);
  const net = new Linear(data.XTrain.shape[1], 10, { rng });
  // No epoch is chosen by other images, which would be left to their chance: the last ones, which fit
  // best, are meant.
  const solver = new Solver(asModel(net), { ...data, XVal: data.XTrain, yVal: data.yTrain }, {
    updateRule: "adam",
    // With fewer or smaller steps the classifier is not done, and features look worse than they are.
    optimConfig: { learningRate: 1e-2 },
    lrDecay: 0.93,
    numEpochs: 50,
    batchSize: Math.min(250, yTrain.size),
    numTrainSamples: 100,
    verbose: false,
    rng,
    signal,
  });
  await solver.train();
  // What has not learnt to the end says nothing of the features.
  signal.throwIfAborted();
  const { XTest, yTest } = data;
  const k = Math.min(200, yTrain.size);
  return {
    name,
    linear: solver.checkAccuracy(XTest, yTest),
    knn: weightedKnnAccuracy(data.XTrain, yTrain, XTest, yTest, { k }),
  };
}

/** Trains the encoder itself with a linear layer on the labelled images: the upper end. */
export async function supervised(
  { flags, signal }: Context,
  net: SimclrNet,
  data: ProbeData,
): Promise<number> {
  const rng = new RandomState(flags.seed);
  const classifier = new Sequential(net.encoder, flatten, new Linear(net.numFeatures, 10, { rng }));
  const solver = new Solver(asModel(classifier), data, {
    updateRule: "adam",
    optimConfig: { learningRate: 1e-3 },
    lrDecay: 0.9,
    numEpochs: flags.quick ? 1 : 20,
    batchSize: 100,
    verbose: false,
    rng,
    signal,
  });
  await solver.train();
  signal.throwIfAborted();
  return solver.checkAccuracy(data.XTest, data.yTest);
}
