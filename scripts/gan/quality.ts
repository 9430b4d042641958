/**
 * How good generated digits are, without a downloaded net: a small classifier of digits is trained,
 * and generated images are compared with real ones on what it sees.
 *
 * @module
 */
import { flatten, noGrad, relu, type Tensor } from "../../autograd/mod.ts";
import { frechetDistance } from "../../metrics/mod.ts";
import { asNDArray, exp, log, type NDArray } from "../../ndarray/mod.ts";
import { asModel, Conv2d, Linear, Module } from "../../nn/mod.ts";
import { RandomState } from "../../random/mod.ts";
import { Solver } from "../../solver/mod.ts";
import { KNearestNeighbor } from "../../models/mod.ts";
import type { DigitData } from "../_digits.ts";
import type { Context } from "../_part.ts";
import { printTable } from "../_tables.ts";

/** Names the digit of an image, and shows the 64 features that it judges by. */
class DigitClassifier extends Module {
  readonly conv1: Conv2d;
  readonly conv2: Conv2d;
  readonly fc1: Linear;
  readonly fc2: Linear;

  constructor(rng: RandomState) {
    super();
    this.conv1 = new Conv2d(1, 16, 5, { stride: 2, pad: 2, rng });
    this.conv2 = new Conv2d(16, 32, 5, { stride: 2, pad: 2, rng });
    this.fc1 = new Linear(32 * 7 * 7, 64, { rng });
    this.fc2 = new Linear(64, 10, { rng });
  }

  features(x: Tensor | NDArray): Tensor {
    const maps = relu(this.conv2.forward(relu(this.conv1.forward(x))));
    return relu(this.fc1.forward(flatten(maps)));
  }

  forward(x: Tensor | NDArray): Tensor {
    return this.fc2.forward(this.features(x));
  }
}

/** What the classifier says of a set of images. */
export interface Quality {
  /** What they are. */
  readonly name: string;
  /** Fréchet distance of their features from those of training images, as many. */
  readonly distance: number;
  /** `exp E KL(p(y|x) ‖ p(y))`, 10 at best. */
  readonly score: number;
  /** Share of images whose class is certain to 0.9. */
  readonly confident: number;
  /** Share of the rarest and of the commonest class. */
  readonly classes: readonly [rarest: number, commonest: number];
  /** Mean distance of a few hundred images from the nearest training image, in pixels from 0 to 1. */
  readonly nearest: number;
}

/** Judges sets of images by a classifier that it trains first. */
export class Judge {
  readonly #net: DigitClassifier;
  readonly #data: DigitData;
  readonly #count: number;
  readonly #features: NDArray;
  readonly #neighbours: KNearestNeighbor;

  private constructor(net: DigitClassifier, data: DigitData, count: number) {
    this.#net = net;
    this.#data = data;
    this.#count = count;
    const real = scaled(data.XTrain.slice(`:${count}`));
    this.#features = this.#see(real)[0];
    this.#neighbours = new KNearestNeighbor();
    const rows = Math.min(data.XTrain.shape[0], 10_000);
    this.#neighbours.train(data.XTrain.slice(`:${rows}`), data.yTrain.slice(`:${rows}`));
  }

  /** How many images there must be in a set. */
  get count(): number {
    return this.#count;
  }

  /**
   * Trains the classifier on the digits.
   *
   * @param context Of the part
   * @returns A judge, and the row of real test images to hold the others against
   */
  static async train(context: Context): Promise<{ judge: Judge; real: Quality }> {
    const { flags, signal } = context;
    const data = context.digits();
    const rng = new RandomState(flags.seed);
    const net = new DigitClassifier(rng);
    const [XTrain, XVal] = [data.XTrain, data.XVal].map(scaled);
    const solver = new Solver(asModel(net), { ...data, XTrain, XVal }, {
      updateRule: "adam",
      optimConfig: { learningRate: 1e-3 },
      numEpochs: 2,
      batchSize: 100,
      verbose: false,
      rng,
      signal,
    });
    await solver.train();
    // What has not learnt to the end judges nothing.
    signal.throwIfAborted();
    const accuracy = solver.checkAccuracy(scaled(data.XTest), data.yTest);
    console.log(`Classifier of digits: ${(100 * accuracy).toFixed(1)} % of the test images right`);
    const count = Math.min(data.XTest.shape[0], data.XTrain.shape[0], 5000);
    const judge = new Judge(net, data, count);
    const images = scaled(data.XTest.slice(`:${count}`));
    return { judge, real: judge.look("real test images", images) };
  }

  /**
   * Judges a set of images.
   *
   * @param name What they are
   * @param images `count` of them, (N, 1, 28, 28) or (N, 784), from 0 to 1
   */
  look(name: string, images: NDArray): Quality {
    const [features, p] = this.#see(images.reshape([-1, 1, 28, 28]));
    const share = p.mean(0);
    const divergence = p.multiply(log(p.add(1e-12)).subtract(log(share.add(1e-12)))).sum(1);
    const winners = p.argmax(1);
    const counts = Array.from({ length: 10 }, (_, k) => winners.equal(k).mean());
    return {
      name,
      distance: frechetDistance(features, this.#features),
      score: Math.exp(divergence.mean()),
      confident: p.max(1).greater(0.9).mean(),
      classes: [Math.min(...counts), Math.max(...counts)],
      nearest: this.#nearest(images),
    };
  }

  /** The features and the class probabilities of images. */
  #see(images: NDArray): [features: NDArray, p: NDArray] {
    const [n, step] = [images.shape[0], 500];
    const [features, p] = [new Float64Array(n * 64), new Float64Array(n * 10)];
    for (let start = 0; start < n; start += step) {
      const part = images.slice(`${start}:${Math.min(start + step, n)}`);
      const seen = noGrad(() => this.#net.eval().features(part));
      features.set(seen.value.data, start * 64);
      const scores = noGrad(() => this.#net.fc2.forward(seen)).value.astype("float64");
      const raised = exp(scores.subtract(scores.max(1, { keepdims: true })));
      p.set(raised.divide(raised.sum(1, { keepdims: true })).data, start * 10);
    }
    return [asNDArray(features, [n, 64]), asNDArray(p, [n, 10])];
  }

  #nearest(images: NDArray): number {
    const some = images.slice(":200").reshape([-1, 784]).multiply(255);
    const rows = some.astype("float64");
    return this.#neighbours.computeDistancesNoLoops(rows).min(1).mean() / 255;
  }
}

/** Pixels from 0 to 1. */
function scaled(X: NDArray): NDArray {
  return X.astype("float32").multiply(1 / 255);
}

/** Prints what a judge found, one row a set. */
export function printQualities(rows: readonly Quality[]): void {
  printTable(
    ["images", "Fréchet", "score", "confident", "rarest", "commonest", "nearest"],
    rows.map(({ name, distance, score, confident, classes, nearest }) => [
      name,
      distance.toFixed(1),
      score.toFixed(2),
      confident.toFixed(3),
      classes[0].toFixed(3),
      classes[1].toFixed(3),
      nearest.toFixed(2),
    ]),
  );
}
