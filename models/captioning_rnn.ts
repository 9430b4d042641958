/**
 * A model that writes captions of images with a recurrent network.
 *
 * The features of an image become the state before the first word, `h0 = features·W_proj + b_proj`;
 * then words go in one after another, and after each the state gives scores of the next one. In
 * training the words are those of the true caption, each to be followed by the next.
 *
 * Source: CS231n, assignment 3; A. Karpathy and L. Fei-Fei, "Deep Visual-Semantic Alignments for
 * Generating Image Descriptions", 2015, https://arxiv.org/abs/1412.2306.
 *
 * @module
 */
import {
  amount,
  DescribedOptions,
  floatType,
  generator,
  oneOf,
  size,
  whole,
} from "../internal/described_options.ts";
import type { Workspace } from "../kernels/mod.ts";
import {
  affineBackward,
  affineForward,
  lstmBackward,
  lstmForward,
  lstmStepForward,
  rnnBackward,
  rnnForward,
  rnnStepForward,
  temporalAffineBackward,
  temporalAffineForward,
  temporalSoftmaxLoss,
  wordEmbeddingBackward,
  wordEmbeddingForward,
} from "../layers/mod.ts";
import { type NDArray, zeros } from "../ndarray/mod.ts";
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
import { filled } from "./_network.ts";
import { beamSearch, type Decoder, drawnWords, mostProbable, sampleWords } from "./_sampling.ts";
import type { SampleOptions } from "./sample_options.ts";

/**
 * Options of {@linkcode CaptioningRNN}.
 *
 * @category Models
 */
export interface CaptioningRNNOptions {
  /** Numbers of the words, 0 to V - 1, by word; with `"<NULL>"`, and to sample `"<START>"`. */
  wordToIdx: Readonly<Record<string, number>>;
  /** Features of an image, D, by default 512. */
  inputDim?: number;
  /** Length of a word vector, W, by default 128. */
  wordvecDim?: number;
  /** Length of the state, H, by default 128. */
  hiddenDim?: number;
  /** The recurrent layer, by default `"rnn"`. */
  cellType?: "rnn" | "lstm";
  /** Type of the parameters, and so of all arithmetic, by default `"float32"`. */
  dtype?: "float32" | "float64";
  /** Draws the initial weights; by default a fresh, unseeded generator. */
  rng?: RandomState;
}

const settings = new DescribedOptions<CaptioningRNNOptions>("CaptioningRNN", {
  wordToIdx: vocabularyRule(),
  inputDim: size(512),
  wordvecDim: size(128),
  hiddenDim: size(128),
  cellType: oneOf(["rnn", "lstm"], "rnn"),
  dtype: floatType(),
  rng: generator(RandomState),
}, {
  hiddensize: "hiddenDim",
  embeddim: "wordvecDim",
  embeddingdim: "wordvecDim",
  vocab: "wordToIdx",
  vocabulary: "wordToIdx",
  idxtoword: "wordToIdx, the numbers by word, is what the model takes",
  cell: "cellType",
});

const sampling = new DescribedOptions<SampleOptions>("CaptioningRNN.sample", {
  maxLength: size(30),
  temperature: amount(0),
  beamWidth: whole(1, 1),
  rng: generator(RandomState),
}, { length: "maxLength", beamsize: "beamWidth", numbeams: "beamWidth" });

/** State and, with an LSTM, cell state. */
type State = readonly [h: NDArray, c: NDArray | null];

/**
 * A captioning model with parameters `W_embed` (V, W), `W_proj` (D, H), `b_proj` (H,), `Wx` (W, G),
 * `Wh` (H, G), `b` (G,), `W_vocab` (H, V), `b_vocab` (V,), where G is H, or 4·H with an LSTM.
 *
 * @example
 * ```ts
 * import { CaptioningRNN } from "@nndl/nndl/models";
 * import { array } from "@nndl/nndl/ndarray";
 * import { RandomState } from "@nndl/nndl/random";
 * import assert from "node:assert/strict";
 *
 * const wordToIdx = { "<NULL>": 0, "<START>": 1, "<END>": 2, cat: 3, dog: 4 };
 * const rng = new RandomState(231);
 * const model = new CaptioningRNN({ wordToIdx, inputDim: 6, hiddenDim: 8, cellType: "lstm", rng });
 * const features = rng.randn(2, 6);
 * const [loss, grads] = model.loss(features, array([[1, 3, 2], [1, 4, 2]], "int32"));
 * // About ln 5 for each of two words.
 * assert.ok(Math.abs(loss - 2 * Math.log(5)) < 0.1);
 * assert.deepEqual(Object.keys(grads).sort(), Object.keys(model.params).sort());
 * assert.deepEqual(model.sample(features, { maxLength: 7 }).shape, [2, 7]);
 * ```
 *
 * @category Models
 */
export class CaptioningRNN {
  /** Weights and biases by name. */
  params: Record<string, NDArray>;
  /** The recurrent layer. */
  readonly cellType: "rnn" | "lstm";
  readonly #vocabulary: Vocabulary;

  /**
   * Makes a model. Weights are normal, drawn in the order W_embed, W_proj, Wx, Wh, W_vocab, with
   * the standard deviations 1/100, and 1/√rows of all others; biases are 0.
   *
   * @param options Vocabulary, sizes, recurrent layer
   * @throws {TypeError} If there is no option of a given name
   * @throws {RangeError} If a value is out of range, or the vocabulary lacks `"<NULL>"`
   */
  constructor(options: CaptioningRNNOptions) {
    const { wordToIdx, inputDim, wordvecDim, hiddenDim, cellType, dtype, rng } = settings.resolve(
      options,
    );
    const vocabulary = vocabularyOf("CaptioningRNN", wordToIdx);
    const width = (cellType === "lstm" ? 4 : 1) * hiddenDim;
    const draw = (rows: number, columns: number, by = Math.sqrt(rows)) =>
      rng.randn(rows, columns).divide(by).astype(dtype);
    this.cellType = cellType;
    this.#vocabulary = vocabulary;
    this.params = {
      W_embed: draw(vocabulary.size, wordvecDim, 100),
      W_proj: draw(inputDim, hiddenDim),
      b_proj: filled(hiddenDim, 0, dtype),
      Wx: draw(wordvecDim, width),
      Wh: draw(hiddenDim, width),
      b: filled(width, 0, dtype),
      W_vocab: draw(hiddenDim, vocabulary.size),
      b_vocab: filled(vocabulary.size, 0, dtype),
    };
  }

  /**
   * Computes the loss of true captions and its gradients: each word but the last goes in, each word
   * but the first should come out; the loss is summed over the words that are not `<NULL>`, and
   * averaged over the captions.
   *
   * @param features Features of images, (N, D)
   * @param captions Word numbers, (N, T + 1), 0 to V - 1
   * @param workspace Where the arrays of the pass come from; without one they are fresh
   * @returns The loss, and the gradient of every parameter under its name
   * @throws {RangeError} If the shapes do not fit, or a number is that of no word
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
    const { W_embed, W_proj, b_proj, Wx, Wh, b, W_vocab, b_vocab } = this.params;
    features = enterFeatures("CaptioningRNN.loss", features, W_proj);
    checkCaptions("CaptioningRNN.loss", captions, features.shape[0], W_embed.shape[0]);
    const [words, targets, mask] = shiftCaptions(captions, this.#vocabulary.nothing);

    const [h0, projCache] = affineForward(features, W_proj, b_proj);
    const [vectors, embedCache] = wordEmbeddingForward(words, W_embed);
    const { h, backward } = this.cellType === "rnn"
      ? rnnPasses(vectors, h0, Wx, Wh, b)
      : lstmPasses(vectors, h0, Wx, Wh, b);
    const [scores, vocabCache] = temporalAffineForward(h, W_vocab, b_vocab);
    const [loss, dscores] = temporalSoftmaxLoss(scores, targets, mask);

    const [dh, dW_vocab, db_vocab] = temporalAffineBackward(dscores, vocabCache);
    const [dvectors, dh0, dWx, dWh, db] = backward(dh);
    const dW_embed = wordEmbeddingBackward(dvectors, embedCache);
    const [, dW_proj, db_proj] = affineBackward(dh0, projCache, { needs: { dx: false } });
    return [loss, {
      W_embed: dW_embed,
      W_proj: dW_proj,
      b_proj: db_proj,
      Wx: dWx,
      Wh: dWh,
      b: db,
      W_vocab: dW_vocab,
      b_vocab: db_vocab,
    }];
  }

  /**
   * Writes captions: from `<START>` on, each word that comes out goes in next. As in the course, the
   * most probable word is taken each time and `<END>` does not stop it; `temperature` draws words
   * instead, `beamWidth` looks for captions that are more probable as a whole.
   *
   * @param features Features of images, (N, D)
   * @param options Length, temperature, beam width
   * @returns Word numbers, int32 (N, maxLength), without the `<START>`
   * @throws {TypeError} If there is no option of a given name
   * @throws {RangeError} If the features do not fit, an option is out of range, or the vocabulary
   * has no `"<START>"`
   *
   * @example
   * ```ts
   * import { CaptioningRNN } from "@nndl/nndl/models";
   * import { RandomState } from "@nndl/nndl/random";
   * import assert from "node:assert/strict";
   *
   * const wordToIdx = { "<NULL>": 0, "<START>": 1, "<END>": 2, cat: 3, dog: 4 };
   * const rng = new RandomState(231);
   * const model = new CaptioningRNN({ wordToIdx, inputDim: 6, rng });
   * const features = rng.randn(3, 6);
   * assert.deepEqual(model.sample(features).shape, [3, 30]);
   * model.sample(features, { temperature: 0.7, rng });
   * model.sample(features, { beamWidth: 4, maxLength: 16 });
   * ```
   */
  sample(features: NDArray, options: SampleOptions = {}): NDArray {
    const caller = "CaptioningRNN.sample";
    const { maxLength, temperature, beamWidth, rng } = sampling.resolve(options);
    checkSampling(caller, { temperature, beamWidth });
    const start = startWord(caller, this.#vocabulary);
    const { W_proj, b_proj } = this.params;
    features = enterFeatures(caller, features, W_proj);
    const n = features.shape[0];
    const [h] = affineForward(features, W_proj, b_proj);
    const state: State = [h, this.cellType === "lstm" ? zeros(h.shape, h.dtype) : null];
    const decoder = this.#decoder();
    if (beamWidth > 1) {
      return beamSearch(decoder, state, n, this.#vocabulary, start, maxLength, beamWidth);
    }
    const choose = temperature === 0 ? mostProbable : drawnWords(temperature, rng);
    return sampleWords(decoder, state, n, start, maxLength, choose);
  }

  #decoder(): Decoder<State> {
    const { W_embed, Wx, Wh, b, W_vocab, b_vocab } = this.params;
    const step = (x: NDArray, [h, c]: State): State => {
      if (c === null) return [rnnStepForward(x, h, Wx, Wh, b)[0], null];
      const [nextH, nextC] = lstmStepForward(x, h, c, Wx, Wh, b);
      return [nextH, nextC];
    };
    return {
      next(words, state) {
        const after = step(wordEmbeddingForward(words, W_embed)[0], state);
        return [affineForward(after[0], W_vocab, b_vocab)[0], after];
      },
      take: ([h, c], rows) => [h.take([...rows], 0), c && c.take([...rows], 0)],
    };
  }
}

/** The states of a recurrent layer and the way back to its inputs. */
interface Passes {
  readonly h: NDArray;
  readonly backward: (
    dh: NDArray,
  ) => [dx: NDArray, dh0: NDArray, dWx: NDArray, dWh: NDArray, db: NDArray];
}

function rnnPasses(...inputs: Parameters<typeof rnnForward>): Passes {
  const [h, cache] = rnnForward(...inputs);
  return { h, backward: (dh) => rnnBackward(dh, cache) };
}

function lstmPasses(...inputs: Parameters<typeof lstmForward>): Passes {
  const [h, cache] = lstmForward(...inputs);
  return { h, backward: (dh) => lstmBackward(dh, cache) };
}
