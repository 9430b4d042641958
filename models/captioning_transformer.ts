/**
 * A captioner: a Transformer that writes what a feature vector describes, word by word.
 *
 * Source: CS231n, assignment 3; A. Vaswani et al., "Attention Is All You Need", NeurIPS 2017,
 * https://arxiv.org/abs/1706.03762.
 *
 * @module
 */
import { divide, noGrad, reshape, temporalSoftmaxLoss, type Tensor } from "../autograd/mod.ts";
import { checkOptionNames } from "../internal/options.ts";
import { checkWhole } from "../internal/numbers.ts";
import { showShape } from "../internal/shapes.ts";
import type { Workspace } from "../kernels/mod.ts";
import { asNDArray, concatenate, NDArray } from "../ndarray/mod.ts";
import {
  causalMask,
  Embedding,
  initialize,
  Linear,
  Module,
  normal,
  PositionalEncoding,
  TransformerDecoder,
  TransformerDecoderLayer,
} from "../nn/mod.ts";
import { liveParams } from "../nn/live_params.ts";
import { RandomState } from "../random/mod.ts";

/** Options of {@linkcode CaptioningTransformer}. */
export interface CaptioningTransformerOptions {
  /** The number of each word; `<NULL>` among them, and `<START>` for `sample`. */
  readonly wordToIdx: Readonly<Record<string, number>>;
  /** Length of a feature vector, D. Default 512. */
  readonly inputDim?: number;
  /** Length of a word vector, W. Default 128. */
  readonly wordvecDim?: number;
  /** Heads of each attention. Default 4. */
  readonly numHeads?: number;
  /** Layers of the decoder. Default 2. */
  readonly numLayers?: number;
  /** The longest caption, in words. Default 50. */
  readonly maxLength?: number;
  /** Inner features of the feed-forward networks. Default 2048. */
  readonly dimFeedforward?: number;
  /** Probability to DROP a value in training. Default 0.1. */
  readonly dropout?: number;
  /** Type of the parameters, `"float32"` if not given. */
  readonly dtype?: "float32" | "float64";
  /** Draws weights and masks; a fresh, unseeded generator if not given. */
  readonly rng?: RandomState;
}

/** Options of {@linkcode CaptioningTransformer.sample}. */
export interface SampleOptions {
  /** Words to write. Default 30. */
  readonly maxLength?: number;
}

const names = [
  "wordToIdx",
  "inputDim",
  "wordvecDim",
  "numHeads",
  "numLayers",
  "maxLength",
  "dimFeedforward",
  "dropout",
  "dtype",
  "rng",
];

/** The network: features as the only token of the memory, words as what is written. */
class CaptioningNetwork extends Module {
  readonly visualProjection: Linear;
  readonly embedding: Embedding;
  readonly positionalEncoding: PositionalEncoding;
  readonly transformer: TransformerDecoder;
  readonly output: Linear;

  constructor(
    vocabulary: number,
    paddingIdx: number,
    settings: Required<Omit<CaptioningTransformerOptions, "wordToIdx">>,
  ) {
    super();
    const { inputDim, wordvecDim, numHeads, numLayers, maxLength, dtype, rng } = settings;
    const { dropout, dimFeedforward } = settings;
    const layer = { dimFeedforward, dropout, dtype, rng };
    this.visualProjection = new Linear(inputDim, wordvecDim, { dtype, rng });
    this.embedding = new Embedding(vocabulary, wordvecDim, { paddingIdx, dtype, rng });
    this.positionalEncoding = new PositionalEncoding(wordvecDim, {
      dropout,
      maxLen: maxLength,
      rng,
    });
    this.transformer = new TransformerDecoder(
      Array.from(
        { length: numLayers },
        () => new TransformerDecoderLayer(wordvecDim, numHeads, layer),
      ),
    );
    for (const part of Object.values(this.modules())) {
      if (!(part instanceof Linear || part instanceof Embedding)) continue;
      initialize(part.weight, (shape, rng) => normal(shape, rng, 0.02), rng);
      if (part instanceof Linear) part.bias!.value.data.fill(0);
    }
    this.output = new Linear(wordvecDim, vocabulary, { dtype, rng });
  }

  forward(features: Tensor | NDArray, captions: NDArray): Tensor {
    const words = this.positionalEncoding.forward(this.embedding.forward(captions));
    const projected = this.visualProjection.forward(features);
    const memory = reshape(projected, [projected.shape[0], 1, projected.shape[1]]);
    const mask = causalMask(captions.shape[1]);
    return this.output.forward(this.transformer.forward(words, memory, mask));
  }
}

/**
 * Writes captions with a Transformer decoder. Linear and embedding weights begin normal with
 * deviation 0.02 and biases at 0, except those of the output layer, which begin as always; the row of
 * `<NULL>` gets no gradient.
 *
 * @example
 * ```ts
 * import { CaptioningTransformer } from "@nndl/nndl/models";
 * import { array } from "@nndl/nndl/ndarray";
 * import { RandomState } from "@nndl/nndl/random";
 * import assert from "node:assert/strict";
 *
 * const rng = new RandomState(231);
 * const wordToIdx = { "<NULL>": 0, "<START>": 1, "<END>": 2, a: 3, cat: 4 };
 * const model = new CaptioningTransformer({ wordToIdx, inputDim: 6, wordvecDim: 8, numHeads: 2, rng });
 * const features = rng.randn(2, 6);
 * const [loss, grads] = model.loss(features, array([[1, 3, 4, 2], [1, 4, 2, 0]], "int32"));
 * assert.ok(loss > 0);
 * assert.deepEqual(Object.keys(grads), Object.keys(model.params));
 * assert.deepEqual(model.sample(features, { maxLength: 3 }).shape, [2, 3]);
 * ```
 */
export class CaptioningTransformer {
  /** The network; load weights with its `loadStateDict`. */
  readonly module: Module;
  /** The trained arrays by name, live: to set one replaces the module's. */
  params: Record<string, NDArray>;
  /** Draws dropout masks. */
  readonly rng: RandomState;
  readonly #network: CaptioningNetwork;
  readonly #words: { readonly null: number; readonly start: number | undefined };
  readonly #inputDim: number;
  readonly #maxLength: number;

  /**
   * Makes a captioner.
   *
   * @param options The vocabulary, sizes, dropout, type, and where the numbers come from
   * @throws {TypeError} If there is no option of a given name
   * @throws {RangeError} If a size is out of range, or the vocabulary lacks `<NULL>`
   */
  constructor(options: CaptioningTransformerOptions) {
    checkOptionNames("CaptioningTransformer", options, names);
    const { wordToIdx, inputDim = 512, wordvecDim = 128, numHeads = 4, numLayers = 2 } = options;
    const { maxLength = 50, dimFeedforward = 2048, dropout = 0.1, dtype = "float32" } = options;
    const { rng = new RandomState() } = options;
    checkWhole("CaptioningTransformer", "numLayers", numLayers, 1);
    const settings = { inputDim, wordvecDim, numHeads, numLayers, maxLength, dimFeedforward };
    const [vocabulary, special] = readVocabulary(wordToIdx);
    this.rng = rng;
    this.#words = special;
    this.#inputDim = inputDim;
    this.#maxLength = maxLength;
    const all = { ...settings, dropout, dtype, rng };
    this.#network = new CaptioningNetwork(vocabulary, special.null, all);
    this.module = this.#network;
    this.params = liveParams(this.#network.parameters());
  }

  /**
   * Scores the word behind each word of captions, in the mode that the module is in.
   *
   * @param features What is known of the images, (N, D)
   * @param captions Word numbers, (N, T)
   * @returns Scores, (N, T, V)
   * @throws {RangeError} If the shapes do not fit, a caption is too long, or there is no such word
   */
  forward(features: Tensor | NDArray, captions: NDArray): Tensor {
    this.#check("forward", features);
    if (
      !(captions instanceof NDArray) || captions.ndim !== 2 || captions.shape[1] === 0 ||
      captions.shape[0] !== features.shape[0]
    ) {
      throw new RangeError(
        `CaptioningTransformer.forward: captions must have shape (${
          features.shape[0]
        }, T) with at ` +
          `least one word, got ${
            captions instanceof NDArray ? showShape(captions.shape) : String(captions)
          }`,
      );
    }
    return this.#network.forward(features, captions);
  }

  /**
   * Computes the loss of captions and its gradients, in train mode: the cross-entropy of each word
   * given those before it, `<NULL>` counting as 0, averaged over all N·T positions as the course does.
   *
   * @param features What is known of the images, (N, D)
   * @param captions Word numbers, (N, T + 1)
   * @param workspace Where the arrays of the pass come from; without one they are fresh
   * @returns The loss, and the gradient of every parameter under its name
   * @throws {RangeError} If the shapes do not fit, a caption is too long, or there is no such word
   */
  loss(
    features: NDArray,
    captions: NDArray,
    workspace?: Workspace,
  ): [loss: number, grads: Record<string, NDArray>] {
    return workspace
      ? workspace.run(() => this.#pass(features, captions))
      : this.#pass(features, captions);
  }

  #pass(features: NDArray, captions: NDArray): [number, Record<string, NDArray>] {
    if (!(captions instanceof NDArray) || captions.ndim !== 2 || captions.shape[1] < 2) {
      throw new RangeError(
        `CaptioningTransformer.loss: captions must have shape (N, T + 1) with at least two words, ` +
          `got ${captions instanceof NDArray ? showShape(captions.shape) : String(captions)}`,
      );
    }
    const [before, after] = [captions.slice(":", ":-1"), captions.slice(":", "1:")];
    const mask = after.notEqual(this.#words.null);
    this.#network.train();
    const scores = this.forward(features, before);
    const loss = divide(temporalSoftmaxLoss(scores, after, mask), after.shape[1]);
    const parameters = Object.entries(this.#network.parameters());
    const gradients = loss.gradients(parameters.map(([, parameter]) => parameter));
    return [
      loss.item(),
      Object.fromEntries(parameters.map(([name], i) => [name, gradients[i]!])),
    ];
  }

  /**
   * Writes captions, each word the likeliest given those before, in eval mode. As the course's it
   * does not stop at `<END>`.
   *
   * @param features What is known of the images, (N, D)
   * @param options How many words
   * @returns Word numbers, int32 (N, maxLength), without `<START>`
   * @throws {RangeError} If the shapes do not fit, or more words are asked for than a caption can have
   */
  sample(features: NDArray, options: SampleOptions = {}): NDArray {
    checkOptionNames("CaptioningTransformer.sample", options, ["maxLength"]);
    const { maxLength = Math.min(30, this.#maxLength) } = options;
    checkWhole("CaptioningTransformer.sample", "maxLength", maxLength, 1, this.#maxLength);
    this.#check("sample", features);
    const { start } = this.#words;
    if (start === undefined) {
      throw new RangeError(
        'CaptioningTransformer.sample: wordToIdx must have a number for "<START>", with which ' +
          "captions begin",
      );
    }
    this.#network.eval();
    const n = features.shape[0];
    let words = asNDArray(new Int32Array(n).fill(start), [n, 1]);
    return noGrad(() => {
      for (let t = 0; t < maxLength; t++) {
        const scores = this.#network.forward(features, words).value.slice(":", -1);
        words = concatenate([words, scores.argmax(1).reshape([n, 1])], 1);
      }
      return words.slice(":", "1:");
    });
  }

  #check(method: string, features: Tensor | NDArray): void {
    if (features?.ndim === 2 && features.size > 0 && features.shape[1] === this.#inputDim) return;
    throw new RangeError(
      `CaptioningTransformer.${method}: features must have shape (N, ${this.#inputDim}) and not be ` +
        `empty, got ${features?.shape ? showShape(features.shape) : String(features)}`,
    );
  }
}

/** How many words there are, and the numbers of those with a meaning of their own. */
function readVocabulary(
  wordToIdx: Readonly<Record<string, number>>,
): [size: number, special: { null: number; start: number | undefined }] {
  if (typeof wordToIdx !== "object" || wordToIdx === null) {
    throw new TypeError(
      `CaptioningTransformer: wordToIdx must be an object of words and their numbers, got ${wordToIdx}`,
    );
  }
  const size = Object.keys(wordToIdx).length;
  const { "<NULL>": padding, "<START>": start } = wordToIdx;
  if (padding === undefined) {
    throw new RangeError('CaptioningTransformer: wordToIdx must have a number for "<NULL>"');
  }
  checkWhole("CaptioningTransformer", 'the number of "<NULL>"', padding, 0, size - 1);
  if (start !== undefined) {
    checkWhole("CaptioningTransformer", 'the number of "<START>"', start, 0, size - 1);
  }
  return [size, { null: padding, start }];
}
