/**
 * A captioner: a Transformer that writes what a feature vector describes, word by word.
 *
 * Source: CS231n, assignment 3; A. Vaswani et al., "Attention Is All You Need", NeurIPS 2017,
 * https://arxiv.org/abs/1706.03762.
 *
 * @module
 */
import { divide, noGrad, reshape, temporalSoftmaxLoss, Tensor } from "../autograd/mod.ts";
import {
  amount,
  DescribedOptions,
  floatType,
  fraction,
  generator,
  size,
  whole,
} from "../internal/described_options.ts";
import type { Workspace } from "../kernels/mod.ts";
import { concatenate, type NDArray, zeros } from "../ndarray/mod.ts";
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
import {
  checkCaptions,
  checkSampling,
  enterFeatures,
  shiftCaptions,
  startWord,
  type Vocabulary,
  vocabularyOf,
  vocabularyRule,
} from "./_captions.ts";
import { beamSearch, type Decoder, drawnWords, mostProbable, sampleWords } from "./_sampling.ts";
import type { SampleOptions } from "./sample_options.ts";

/**
 * Options of {@linkcode CaptioningTransformer}.
 *
 * @category Models
 */
export interface CaptioningTransformerOptions {
  /** Numbers of the words, 0 to V - 1, by word; with `"<NULL>"`, and to sample `"<START>"`. */
  wordToIdx: Readonly<Record<string, number>>;
  /** Features of an image, D, by default 512. */
  inputDim?: number;
  /** Length of a word vector, W, by default 128. */
  wordvecDim?: number;
  /** Heads of each attention, by default 4. */
  numHeads?: number;
  /** Layers of the decoder, by default 2. */
  numLayers?: number;
  /** The longest caption, in words, by default 50. */
  maxLength?: number;
  /** Inner features of the feed-forward networks, by default 2048. */
  dimFeedforward?: number;
  /** Probability to DROP a value in training, by default 0.1. */
  dropout?: number;
  /** Type of the parameters, and so of all arithmetic, by default `"float32"`. */
  dtype?: "float32" | "float64";
  /** Draws weights and masks; by default a fresh, unseeded generator. */
  rng?: RandomState;
}

const settings = new DescribedOptions<CaptioningTransformerOptions>("CaptioningTransformer", {
  wordToIdx: vocabularyRule(),
  inputDim: size(512),
  wordvecDim: size(128),
  numHeads: size(4),
  numLayers: size(2),
  maxLength: size(50),
  dimFeedforward: size(2048),
  dropout: fraction(0.1),
  dtype: floatType(),
  rng: generator(RandomState),
}, { embeddim: "wordvecDim", vocab: "wordToIdx", vocabulary: "wordToIdx", nhead: "numHeads" });

const sampling = new DescribedOptions<SampleOptions>("CaptioningTransformer.sample", {
  maxLength: size(30),
  temperature: amount(0),
  beamWidth: whole(1, 1),
  rng: generator(RandomState),
}, { length: "maxLength", beamsize: "beamWidth", numbeams: "beamWidth" });

/** Images, and what has been written about each. */
interface Written {
  readonly features: NDArray;
  /** Word numbers, (B, t). */
  readonly words: NDArray;
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
 *
 * @category Models
 */
export class CaptioningTransformer extends Module {
  /** Makes the only token of the memory from features. */
  readonly visualProjection: Linear;
  /** Vectors of words. */
  readonly embedding: Embedding;
  /** Adds positions. */
  readonly positionalEncoding: PositionalEncoding;
  /** Looks at words and memory. */
  readonly transformer: TransformerDecoder;
  /** Scores of words. */
  readonly output: Linear;
  /** Weights and biases by name, live: to set one replaces the module's. */
  params: Record<string, NDArray>;
  /** Draws dropout masks. */
  readonly rng: RandomState;
  readonly #vocabulary: Vocabulary;
  readonly #maxLength: number;

  /**
   * Makes a captioner.
   *
   * @param options Vocabulary, sizes, dropout
   * @throws {TypeError} If there is no option of a given name
   * @throws {RangeError} If a value is out of range, or the vocabulary lacks `"<NULL>"`
   */
  constructor(options: CaptioningTransformerOptions) {
    super();
    const { wordToIdx, inputDim, wordvecDim, numHeads, numLayers, maxLength, ...layer } = settings
      .resolve(options);
    const { dropout, dtype, rng } = layer;
    const vocabulary = vocabularyOf("CaptioningTransformer", wordToIdx);
    const { size, nothing: paddingIdx } = vocabulary;
    this.visualProjection = new Linear(inputDim, wordvecDim, { dtype, rng });
    this.embedding = new Embedding(size, wordvecDim, { paddingIdx, dtype, rng });
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
    this.output = new Linear(wordvecDim, size, { dtype, rng });
    this.params = liveParams(this.parameters());
    this.rng = rng;
    this.#vocabulary = vocabulary;
    this.#maxLength = maxLength;
  }

  /**
   * Scores the word behind each word of captions, in the mode that the module is in.
   *
   * @param features Features of images, (N, D)
   * @param captions Word numbers, (N, T), 0 to V - 1
   * @returns Scores, (N, T, V)
   * @throws {RangeError} If the shapes do not fit, a caption is too long, or a number is that of no
   * word
   */
  forward(features: Tensor | NDArray, captions: NDArray): Tensor {
    const caller = "CaptioningTransformer.forward";
    const value = features instanceof Tensor ? features.value : features;
    const entered = this.#enter(caller, value);
    checkCaptions(caller, captions, value.shape[0], this.#vocabulary.size, 1);
    return this.#scores(features instanceof Tensor ? features : entered, captions);
  }

  #scores(features: Tensor | NDArray, captions: NDArray): Tensor {
    const words = this.positionalEncoding.forward(this.embedding.forward(captions));
    const projected = this.visualProjection.forward(features);
    const memory = reshape(projected, [projected.shape[0], 1, projected.shape[1]]);
    const mask = causalMask(captions.shape[1]);
    return this.output.forward(this.transformer.forward(words, memory, mask));
  }

  /**
   * Computes the loss of captions and its gradients, in train mode: the cross-entropy of each word
   * given those before it, `<NULL>` counting as 0, averaged over all N·T positions as the course does.
   *
   * @param features Features of images, (N, D)
   * @param captions Word numbers, (N, T + 1), 0 to V - 1
   * @param workspace Where the arrays of the pass come from; without one they are fresh
   * @returns The loss, and the gradient of every parameter under its name
   * @throws {RangeError} If the shapes do not fit, a caption is too long, or a number is that of no
   * word
   */
  loss(
    features: NDArray,
    captions: NDArray,
    workspace?: Workspace,
  ): [loss: number, grads: Record<string, NDArray>] {
    const pass = () => this.#pass(features, captions);
    return workspace ? workspace.run(pass) : pass();
  }

  #pass(features: NDArray, captions: NDArray): [loss: number, grads: Record<string, NDArray>] {
    const caller = "CaptioningTransformer.loss";
    features = this.#enter(caller, features);
    checkCaptions(caller, captions, features.shape[0], this.#vocabulary.size);
    const [words, targets, mask] = shiftCaptions(captions, this.#vocabulary.nothing);
    const scores = this.train().#scores(features, words);
    const loss = divide(temporalSoftmaxLoss(scores, targets, mask), targets.shape[1]);
    const parameters = Object.entries(this.parameters());
    const gradients = loss.gradients(parameters.map(([, parameter]) => parameter));
    return [
      loss.item(),
      Object.fromEntries(parameters.map(([name], i) => [name, gradients[i]!])),
    ];
  }

  /**
   * Writes captions in eval mode: from `<START>` on, each word that comes out goes in next. As in the
   * course, the most probable word is taken each time and `<END>` does not stop it; `temperature`
   * draws words instead, `beamWidth` looks for captions that are more probable as a whole.
   *
   * @param features Features of images, (N, D)
   * @param options Length, at most that of the longest caption; temperature, beam width
   * @returns Word numbers, int32 (N, maxLength), without the `<START>`
   * @throws {TypeError} If there is no option of a given name
   * @throws {RangeError} If the features do not fit, an option is out of range, or the vocabulary has
   * no `"<START>"`
   */
  sample(features: NDArray, options: SampleOptions = {}): NDArray {
    const caller = "CaptioningTransformer.sample";
    const { maxLength, temperature, beamWidth, rng } = sampling.resolve(options);
    checkSampling(caller, { temperature, beamWidth });
    if (maxLength > this.#maxLength) {
      throw new RangeError(
        `${caller}: maxLength must be at most ${this.#maxLength}, the maxLength that the model was ` +
          `made with, got ${maxLength}`,
      );
    }
    const start = startWord(caller, this.#vocabulary);
    features = this.#enter(caller, features);
    const n = features.shape[0];
    const state: Written = { features, words: zeros([n, 0], "int32") };
    this.eval();
    return noGrad(() => {
      if (beamWidth > 1) {
        return beamSearch(this.#decoder(), state, n, this.#vocabulary, start, maxLength, beamWidth);
      }
      const choose = temperature === 0 ? mostProbable : drawnWords(temperature, rng);
      return sampleWords(this.#decoder(), state, n, start, maxLength, choose);
    });
  }

  /** Attention looks at all that has been written, so every step reads it anew. */
  #decoder(): Decoder<Written> {
    return {
      next: (last, { features, words }) => {
        const after = concatenate([words, last.reshape([last.size, 1])], 1);
        const scores = this.#scores(features, after).value.slice(":", -1);
        return [scores, { features, words: after }];
      },
      take: ({ features, words }, rows) => ({
        features: features.take([...rows], 0),
        words: words.take([...rows], 0),
      }),
    };
  }

  #enter(caller: string, features: NDArray): NDArray {
    const weight = this.visualProjection.weight.value;
    return enterFeatures(caller, features, weight, weight.shape[1]);
  }
}
