/**
 * A small net that answers several questions about an image at once, for the sake of what it has in
 * mind before it answers.
 *
 * @module
 */
import {
  add,
  crossEntropy,
  flatten,
  maxPool,
  noGrad,
  relu,
  slice,
  type Tensor,
} from "../autograd/mod.ts";
import { Breather } from "../internal/event_loop.ts";
import { checkPositive, checkWhole } from "../internal/numbers.ts";
import { checkOptionNames } from "../internal/options.ts";
import { Workspace } from "../kernels/mod.ts";
import { asNDArray, type NDArray, stack } from "../ndarray/mod.ts";
import {
  asModel,
  BatchNorm1d,
  BatchNorm2d,
  Conv2d,
  Linear,
  type Model,
  Module,
  Optimizer,
  Sequential,
} from "../nn/mod.ts";
import { RandomState } from "../random/mod.ts";
import { checkAnswers, trainingNames } from "./_caption_answers.ts";

/**
 * Options of {@linkcode CaptionFeatureNet}.
 *
 * @category Models
 */
export interface CaptionFeatureNetOptions {
  /** Channels, height and width of the images; sides are multiples of 8. Default: [3, 32, 32]. */
  readonly inputDim?: readonly [channels: number, height: number, width: number];
  /** How many features there are. Default: 128. */
  readonly numFeatures?: number;
  /** Where the weights are drawn from. Default: a freshly seeded stream. */
  readonly rng?: RandomState;
}

/**
 * What {@linkcode CaptionFeatureNet.train} says after each epoch.
 *
 * @category Models
 */
export interface CaptionFeatureProgress {
  /** Epochs done. */
  readonly epoch: number;
  /** Epochs in all. */
  readonly numEpochs: number;
  /** Mean loss of the epoch. */
  readonly loss: number;
}

/**
 * Options of {@linkcode CaptionFeatureNet.train}.
 *
 * @category Models
 */
export interface CaptionFeatureTraining {
  /** How often every image is seen. Default: 10. */
  readonly numEpochs?: number;
  /** Images in a step. Default: 50. */
  readonly batchSize?: number;
  /** Adam's step size at the beginning; it falls to 0 along half a cosine. Default: 2e-3. */
  readonly learningRate?: number;
  /** Where the order of the images is drawn from. Default: a freshly seeded stream. */
  readonly rng?: RandomState;
  /** Called after each epoch. */
  readonly onEpoch?: (progress: CaptionFeatureProgress) => void;
  /** Ends the training; what was learnt so far stays. */
  readonly signal?: AbortSignal;
}

/** Images that go through the net at a time where nothing is learnt. */
const blockRows = 250;

/** Three convolutions, a layer of features, and scores of all answers side by side. */
class FeatureNetwork extends Module {
  /** From pixels to features. */
  readonly body: Sequential;
  /** From features to scores. */
  readonly head: Linear;

  constructor(
    numAnswers: readonly number[],
    { inputDim: [c, h, w], numFeatures, rng }: Required<CaptionFeatureNetOptions>,
  ) {
    super();
    const block = (from: number, to: number) => [
      new Conv2d(from, to, 3, { pad: 1, bias: false, rng }),
      new BatchNorm2d(to),
      relu,
      halved,
    ];
    this.body = new Sequential(
      ...block(c, 16),
      ...block(16, 32),
      ...block(32, 64),
      flatten,
      new Linear(64 * (h / 8) * (w / 8), numFeatures, { bias: false, rng }),
      new BatchNorm1d(numFeatures),
      relu,
    );
    this.head = new Linear(numFeatures, numAnswers.reduce((a, b) => a + b), { rng });
  }

  features(x: NDArray): Tensor {
    return this.body.forward(pixels(x)) as Tensor;
  }

  forward(x: NDArray): Tensor {
    return this.head.forward(this.features(x));
  }
}

function halved(x: Tensor | NDArray): Tensor {
  return maxPool(x, { poolHeight: 2, poolWidth: 2, stride: 2 });
}

/** Pixels about zero, in float32. */
function pixels(x: NDArray): NDArray {
  const scale = x.dtype === "uint8" ? 1 / 255 : 1;
  return x.astype("float32").multiply(4 * scale).subtract(2);
}

/**
 * A small convolutional net that answers several questions about an image at once: three
 * convolutions of 16, 32 and 64 filters with batch normalisation, ReLU and pooling, a layer of
 * features, and scores of all answers to all questions side by side.
 *
 * @example
 * ```ts
 * import { CaptionFeatureNet } from "@nndl/nndl/models";
 * import { zeros } from "@nndl/nndl/ndarray";
 * import { RandomState } from "@nndl/nndl/random";
 * import assert from "node:assert/strict";
 *
 * const net = new CaptionFeatureNet([3, 8], { numFeatures: 20, rng: new RandomState(0) });
 * const images = zeros([2, 3, 32, 32], "uint8");
 * assert.deepEqual(net.features(images).shape, [2, 20]);
 * assert.deepEqual(net.answers(images).shape, [2, 2]);
 * ```
 *
 * @category Models
 */
export class CaptionFeatureNet {
  /** How many answers each question has. */
  readonly numAnswers: readonly number[];
  /**
   * The net as a model: parameters and running statistics to save and load, scores of images, and the
   * loss of images and answers, int32, (N, Q), the sum over the questions of the mean cross-entropy.
   */
  readonly model: Model;
  readonly #network: FeatureNetwork;

  /**
   * Makes a net; the weights are drawn from the first layer on.
   *
   * @param numAnswers How many answers each question has
   * @param options Sizes, and the source of randomness
   * @throws {TypeError} If there is no option of a given name
   * @throws {RangeError} If a size is not a whole number in range
   */
  constructor(numAnswers: readonly number[], options: CaptionFeatureNetOptions = {}) {
    const caller = "CaptionFeatureNet";
    checkOptionNames(caller, options, ["inputDim", "numFeatures", "rng"]);
    const { inputDim = [3, 32, 32], numFeatures = 128, rng = new RandomState() } = options;
    const [c, h, w] = inputDim;
    checkWhole(caller, "inputDim", c, 1);
    if (!(h >= 8 && w >= 8 && h % 8 === 0 && w % 8 === 0)) {
      throw new RangeError(
        `${caller}: height and width must be multiples of 8, got ${h} and ${w}; resize the images`,
      );
    }
    checkWhole(caller, "numFeatures", numFeatures, 1);
    if (!Array.isArray(numAnswers) || numAnswers.length === 0) {
      throw new RangeError(`${caller}: numAnswers must hold a number for at least one question`);
    }
    numAnswers.forEach((count) => checkWhole(caller, "numAnswers", count, 1));
    this.numAnswers = [...numAnswers];
    this.#network = new FeatureNetwork(numAnswers, { inputDim, numFeatures, rng });
    this.model = asModel(this.#network, (scores, answers) => this.#lossOf(scores, answers));
  }

  /**
   * Learns to answer.
   *
   * @param images Images, (N, C, H, W): bytes, or floats from 0 to 1
   * @param answers The number of the right answer to each question, int32, (N, Q)
   * @param options How often, in which steps, and the source of randomness
   * @throws {TypeError} If there is no option of a given name
   * @throws {RangeError} If arrays do not fit the net, or an option is out of range
   */
  async train(
    images: NDArray,
    answers: NDArray,
    options: CaptionFeatureTraining = {},
  ): Promise<void> {
    const caller = "CaptionFeatureNet.train";
    checkOptionNames(caller, options, trainingNames);
    checkAnswers(caller, images, answers);
    const { numEpochs = 10, batchSize = 50, learningRate = 2e-3, rng = new RandomState() } =
      options;
    const { onEpoch, signal } = options;
    checkWhole(caller, "numEpochs", numEpochs, 0);
    checkWhole(caller, "batchSize", batchSize, 2);
    checkPositive(caller, "learningRate", learningRate);
    const n = images.shape[0];
    const steps = numEpochs * Math.ceil(n / batchSize);
    const optimizer = new Optimizer(this.#network, "adam", {
      learningRate: (step) => learningRate * 0.5 * (1 + Math.cos(Math.PI * step / steps)),
    });
    const workspace = new Workspace();
    const breather = new Breather();
    this.#network.train();
    for (let epoch = 1; epoch <= numEpochs && !signal?.aborted; epoch++) {
      const order = rng.permutation(n);
      let total = 0;
      for (let from = 0; from < n && !signal?.aborted; from += batchSize) {
        const rows = order.slice(`${from}:${from + batchSize}`);
        const [X, y] = [images.take(rows, 0), answers.take(rows, 0)];
        total += rows.size * workspace.run(() => {
          optimizer.zeroGrad();
          const loss = this.#lossOf(this.#network.forward(X), y);
          loss.backward();
          optimizer.step();
          return loss.item();
        });
        const pause = breather.due();
        if (pause) await pause;
      }
      onEpoch?.({ epoch, numEpochs, loss: total / n });
    }
  }

  /**
   * Computes features as at test time.
   *
   * @param x Images, (N, C, H, W): bytes, or floats from 0 to 1
   * @returns Features, float32, (N, numFeatures)
   */
  features(x: NDArray): NDArray {
    return this.#inBlocks(x, (images) => this.#network.features(images));
  }

  /**
   * Answers the questions.
   *
   * @param x Images, (N, C, H, W): bytes, or floats from 0 to 1
   * @returns The number of the answer with the greatest score to each question, int32, (N, Q)
   */
  answers(x: NDArray): NDArray {
    const scores = this.#inBlocks(x, (images) => this.#network.forward(images));
    const best = this.#columns().map(([from, to]) =>
      scores.slice(":", `${from}:${to}`).argmax(1) as NDArray
    );
    return stack(best, 1);
  }

  #lossOf(scores: Tensor, answers: NDArray): Tensor {
    const losses = this.#columns().map(([from, to], i) =>
      crossEntropy(slice(scores, ":", `${from}:${to}`), answers.slice(":", i))
    );
    return losses.reduce((sum, loss) => add(sum, loss));
  }

  /** Where the scores of each question begin and end. */
  #columns(): [from: number, to: number][] {
    let from = 0;
    return this.numAnswers.map((count) => [from, from += count]);
  }

  /** Runs images through in eval mode, some at a time. */
  #inBlocks(x: NDArray, work: (images: NDArray) => Tensor): NDArray {
    this.#network.eval();
    const workspace = new Workspace();
    let out: NDArray | null = null;
    for (let from = 0; from === 0 || from < x.shape[0]; from += blockRows) {
      const images = x.slice(`${from}:${from + blockRows}`);
      workspace.run(() => {
        const { value } = noGrad(() => work(images));
        const [, width] = value.shape;
        out ??= asNDArray(new Float32Array(x.shape[0] * width), [x.shape[0], width]);
        out.data.set(value.data, from * width);
      });
    }
    return out!;
  }
}
