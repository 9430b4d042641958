import assert from "node:assert/strict";
import { Workspace } from "../../kernels/mod.ts";
import { softmaxForward } from "../../layers/mod.ts";
import { CaptioningRNN, type CaptioningRNNOptions } from "../../models/mod.ts";
import { array, type NDArray, ones, zeros } from "../../ndarray/mod.ts";
import { RandomState } from "../../random/mod.ts";
import { CaptioningSolver } from "../../solver/mod.ts";
import { fails } from "../layers/_fails.ts";

const wordToIdx = { "<NULL>": 0, "<START>": 1, "<END>": 2, cat: 3, dog: 4, a: 5 };
const cells = ["rnn", "lstm"] as const;

function make(options: Partial<CaptioningRNNOptions> = {}): CaptioningRNN {
  const rng = new RandomState(5);
  const sizes = { inputDim: 4, wordvecDim: 3, hiddenDim: 6 };
  return new CaptioningRNN({ wordToIdx, ...sizes, dtype: "float64", rng, ...options });
}

const features = new RandomState(6).randn(3, 4);
const captions = array([[1, 5, 3, 2, 0], [1, 5, 4, 2, 0], [1, 3, 2, 0, 0]], "int32");

Deno.test("CaptioningRNN draws its weights in the course's order and sizes", () => {
  const model = make({ rng: new RandomState(8) });
  const rng = new RandomState(8);
  const expected = {
    W_embed: rng.randn(6, 3).divide(100),
    W_proj: rng.randn(4, 6).divide(Math.sqrt(4)),
    Wx: rng.randn(3, 6).divide(Math.sqrt(3)),
    Wh: rng.randn(6, 6).divide(Math.sqrt(6)),
    W_vocab: rng.randn(6, 6).divide(Math.sqrt(6)),
  };
  for (const [name, weights] of Object.entries(expected)) {
    assert.deepEqual(model.params[name].toArray(), weights.toArray(), name);
  }
  assert.deepEqual(
    ["b_proj", "b", "b_vocab"].map((name) => model.params[name].data.every((b) => b === 0)),
    [true, true, true],
  );
  assert.deepEqual(make({ cellType: "lstm" }).params.Wx.shape, [3, 24]);
  assert.equal(make({ dtype: undefined }).params.Wx.dtype, "float32");
});

for (const cellType of cells) {
  Deno.test(`CaptioningRNN.loss() with ${cellType} cells uses a workspace and changes nothing`, () => {
    const model = make({ cellType, dtype: "float32" });
    const before = JSON.stringify([features, captions, model.params]);
    const [loss, grads] = model.loss(features, captions);
    const workspace = new Workspace();
    for (const used of Object.values(model.loss(features, captions, workspace)[1])) {
      used.data.fill(NaN);
    }
    const [again, dealt] = model.loss(features, captions, workspace);
    assert.equal(again, loss);
    for (const name in grads) assert.deepEqual(dealt[name].data, grads[name].data, name);
    assert.equal(JSON.stringify([features, captions, model.params]), before);
  });

  Deno.test(`CaptioningRNN.sample() with ${cellType} cells follows the most probable words`, () => {
    const model = make({ cellType });
    const words = model.sample(features, { maxLength: 9 });
    assert.deepEqual([words.shape, words.dtype], [[3, 9], "int32"]);
    // Of captions that differ in their last word, the one with the best word has the least loss.
    for (let row = 0; row < 3; row++) {
      for (let t = 0; t < 9; t++) {
        const beginning = [1, ...words.data.slice(row * 9, row * 9 + t)];
        const losses = [1, 2, 3, 4, 5].map((word) =>
          model.loss(features.slice(`${row}:${row + 1}`), array([[...beginning, word]]))[0]
        );
        const best = losses.indexOf(Math.min(...losses)) + 1;
        if (words.at(row, t) !== 0) assert.equal(words.at(row, t), best, `row ${row}, step ${t}`);
      }
    }
  });

  Deno.test(`CaptioningRNN of ${cellType} cells learns captions by heart`, async () => {
    const rng = new RandomState(231);
    const model = new CaptioningRNN({ wordToIdx, inputDim: 4, hiddenDim: 32, cellType, rng });
    const data = {
      trainCaptions: captions,
      trainImageIdxs: array([0, 1, 2], "int32"),
      trainFeatures: features,
    };
    const solver = new CaptioningSolver(model, data, {
      updateRule: "adam",
      optimConfig: { learningRate: 5e-3 },
      batchSize: 3,
      numEpochs: 80,
      verbose: false,
      rng,
    });
    await solver.train();
    assert.ok(solver.lossHistory.at(-1)! < 0.1, `${solver.lossHistory.at(-1)}`);
    const words = model.sample(features, { maxLength: 4 });
    for (let row = 0; row < 3; row++) {
      const length = row === 2 ? 2 : 3;
      const said = [...words.data.slice(row * 4, row * 4 + length)];
      assert.deepEqual(said, [...captions.data.slice(row * 5 + 1, row * 5 + 1 + length)]);
    }
    const beams = model.sample(features, { maxLength: 4, beamWidth: 3 });
    assert.deepEqual(beams.toArray(), captions.slice(":", "1:").toArray());
  });

  Deno.test(`CaptioningRNN.sample() with ${cellType} cells draws by probability`, () => {
    const model = make({ cellType });
    model.params.W_vocab = model.params.W_vocab.multiply(3);
    const many = ones([4000, 4]).multiply(features.slice(0));
    const temperature = 0.5;
    const rng = new RandomState(1);
    const words = model.sample(many, { maxLength: 1, temperature, rng });
    const step = firstScores(model, features.slice("0:1"));
    const [probabilities] = softmaxForward(step.divide(temperature));
    for (let word = 0; word < 6; word++) {
      const share = words.data.filter((drawn) => drawn === word).length / 4000;
      assert.ok(Math.abs(share - probabilities.at(0, word)) < 0.03, `${word}: ${share}`);
    }
    const seeded = () =>
      model.sample(features, { temperature: 1, rng: new RandomState(4) }).toArray();
    assert.deepEqual(seeded(), seeded());
  });

  Deno.test(`CaptioningRNN.sample() with ${cellType} cells and a wide beam finds the best`, () => {
    const model = make({ cellType, rng: new RandomState(17) });
    for (const name of ["W_vocab", "W_embed", "W_proj"]) {
      model.params[name] = model.params[name].multiply(4);
    }
    const length = 3;
    for (let row = 0; row < 3; row++) {
      const image = features.slice(`${row}:${row + 1}`);
      const found = model.sample(image, { maxLength: length, beamWidth: 216 });
      let best = -Infinity;
      let bestWords: number[] = [];
      for (const words of everyCaption(length)) {
        const score = logProbability(model, image, words);
        if (score > best) [best, bestWords] = [score, words];
      }
      const padded = [...bestWords, 0, 0, 0].slice(0, length);
      assert.deepEqual([...found.data], padded);
    }
    const narrow = model.sample(features, { maxLength: 6, beamWidth: 2 });
    assert.deepEqual(narrow.shape, [3, 6]);
    // What holds for one image does not depend on the others of the batch.
    for (let row = 0; row < 3; row++) {
      const image = features.slice(`${row}:${row + 1}`);
      const alone = model.sample(image, { maxLength: 6, beamWidth: 2 });
      assert.deepEqual(alone.slice(0).toArray(), narrow.slice(row).toArray());
    }
  });
}

/** Captions of words that end with their first END or are `length` long. */
function everyCaption(length: number): number[][] {
  let open: number[][] = [[]];
  const all: number[][] = [];
  for (let t = 0; t < length; t++) {
    const longer = open.flatMap((words) => [0, 1, 2, 3, 4, 5].map((word) => [...words, word]));
    all.push(...longer.filter((words) => words.at(-1) === 2 && t < length - 1));
    open = longer.filter((words) => words.at(-1) !== 2 || t === length - 1);
  }
  return [...all, ...open];
}

/** The logarithm of the probability of a caption, `<NULL>` counted as a word. */
function logProbability(model: CaptioningRNN, image: NDArray, words: number[]): number {
  // With another number for <NULL>, no word is masked: 7 words, of which the last cannot come.
  const twin = new CaptioningRNN({
    wordToIdx: { ...wordToIdx, "<NULL>": 6, other: 0 },
    inputDim: 4,
    wordvecDim: 3,
    hiddenDim: 6,
    cellType: model.cellType,
    dtype: "float64",
  });
  const widened = (x: NDArray, value: number) => {
    const wide = ones([x.shape[0], 7]).multiply(value);
    for (let i = 0; i < x.shape[0]; i++) {
      for (let j = 0; j < 6; j++) wide.data[i * 7 + j] = x.data[i * 6 + j];
    }
    return wide;
  };
  const { W_embed, W_vocab, b_vocab } = model.params;
  const table = zeros([7, 3]);
  (table.data as Float64Array).set(W_embed.data as Float64Array);
  twin.params = {
    ...model.params,
    W_embed: table,
    W_vocab: widened(W_vocab, 0),
    b_vocab: widened(b_vocab.reshape([1, 6]), -1e9).reshape([7]),
  };
  return -twin.loss(image, array([[1, ...words]]))[0];
}

/** The scores of the first word. */
function firstScores(model: CaptioningRNN, image: NDArray): NDArray {
  // The gradient of the loss of one word by b_vocab is its probabilities less 1 at the word.
  const [, { b_vocab }] = model.loss(image, array([[1, 3]]));
  const probabilities = b_vocab.copy();
  probabilities.data[3] += 1;
  return array([[...probabilities.data].map((p) => Math.log(p))]);
}

Deno.test("CaptioningRNN.loss() of captions that are all <NULL> is 0 without gradients", () => {
  const [loss, grads] = make().loss(features, zeros([3, 4], "int32"));
  assert.equal(loss, 0);
  for (const gradient of Object.values(grads)) assert.ok(gradient.data.every((d) => d === 0));
});

Deno.test("CaptioningRNN refuses vocabularies and options that are wrong", () => {
  // deno-lint-ignore no-explicit-any
  const call = (options: any) => () => new CaptioningRNN(options);
  const rule =
    'CaptioningRNN: wordToIdx must be the numbers of words by word, with that of "<NULL>"';
  fails(RangeError, `${rule}, such as { "<NULL>": 0, cat: 1 }, got undefined`, call({}));
  fails(RangeError, '"<NULL>" is missing', call({ wordToIdx: { cat: 0 } }));
  fails(RangeError, "a list is idxToWord", call({ wordToIdx: ["<NULL>"] }));
  fails(RangeError, rule, call({ wordToIdx: { "<NULL>": 0.5 } }));
  fails(
    RangeError,
    'CaptioningRNN: wordToIdx["<NULL>"] must be below 1, the number of words, got 7',
    call({ wordToIdx: { "<NULL>": 7 } }),
  );
  fails(
    RangeError,
    'cellType must be "rnn" or "lstm", got "gru"',
    call({ wordToIdx, cellType: "gru" }),
  );
  fails(RangeError, "hiddenDim must be a whole number", call({ wordToIdx, hiddenDim: 0 }));
  fails(
    TypeError,
    'there is no option "hidden_size"; did you mean "hiddenDim"?',
    call({ wordToIdx, hidden_size: 3 }),
  );
});

Deno.test("CaptioningRNN.loss() says what does not fit", () => {
  const model = make();
  const loss = (given: NDArray, words: NDArray = captions) => () => model.loss(given, words);
  fails(
    RangeError,
    "CaptioningRNN.loss: features must have shape (N, 4), a row for each image, got (3, 5); " +
      "inputDim is set when the model is made",
    loss(ones([3, 5])),
  );
  fails(RangeError, "reshape those of one image to (1, 4)", loss(ones([4])));
  fails(
    RangeError,
    "CaptioningRNN.loss: captions must have shape (3, T + 1), one of at least two words for each " +
      "row of features, got (3, 1)",
    loss(features, ones([3, 1])),
  );
  fails(RangeError, "captions must have shape (3, T + 1)", loss(features, ones([2, 5])));
  fails(
    RangeError,
    "captions must hold whole numbers from 0 to 5, words of the vocabulary, got 6 at position 1 " +
      "of row 2",
    loss(features, array([[1, 2], [1, 2], [1, 6]])),
  );
  fails(RangeError, "got -1 at position 0", loss(features, ones([3, 2]).multiply(-1)));
  fails(
    TypeError,
    "captions must hold word numbers, got bools",
    loss(features, ones([3, 2], "bool")),
  );
  // deno-lint-ignore no-explicit-any
  fails(TypeError, "features must be an NDArray, got undefined", loss(undefined as any));
});

Deno.test("CaptioningRNN.sample() says what is wrong", () => {
  // deno-lint-ignore no-explicit-any
  const sample = (options: any, model = make()) => () => model.sample(features, options);
  fails(
    RangeError,
    'CaptioningRNN.sample: wordToIdx has no "<START>", the word that captions begin with',
    sample({}, make({ wordToIdx: { "<NULL>": 0, cat: 1 } })),
  );
  fails(RangeError, "maxLength must be a whole number from 1 up, got 0", sample({ maxLength: 0 }));
  fails(RangeError, "temperature must be a finite number from 0 up", sample({ temperature: -1 }));
  fails(RangeError, "beamWidth must be a whole number from 1 up", sample({ beamWidth: 0 }));
  fails(
    RangeError,
    "CaptioningRNN.sample: temperature draws words, and beamWidth searches for the most probable " +
      "ones; give one of them, got 1 and 3",
    sample({ temperature: 1, beamWidth: 3 }),
  );
  fails(TypeError, 'there is no option "maxlen"', sample({ maxlen: 3 }));
});
