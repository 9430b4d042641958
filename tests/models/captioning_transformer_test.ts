import assert from "node:assert/strict";
import { CaptioningTransformer } from "../../models/mod.ts";
import { array, concatenate, type NDArray, zeros } from "../../ndarray/mod.ts";
import { Optimizer } from "../../nn/mod.ts";
import { RandomState } from "../../random/mod.ts";
import { CaptioningSolver } from "../../solver/mod.ts";

const wordToIdx = { "<NULL>": 0, "<START>": 1, "<END>": 2, a: 3, cat: 4, dog: 5 };
const small = (seed: number, dropout = 0) =>
  new CaptioningTransformer({
    wordToIdx,
    inputDim: 7,
    wordvecDim: 8,
    numHeads: 2,
    numLayers: 1,
    maxLength: 10,
    dimFeedforward: 16,
    dropout,
    rng: new RandomState(seed),
  });

Deno.test("weights begin as the course's do", () => {
  const model = new CaptioningTransformer({ wordToIdx, inputDim: 100, rng: new RandomState(0) });
  const { params } = model;
  for (const name of ["visualProjection.weight", "transformer.layers.1.ffn.fc2.weight"]) {
    assert.ok(Math.abs(params[name].std() / 0.02 - 1) < 0.05, name);
  }
  assert.ok(Math.max(...params["transformer.layers.0.selfAttn.key.bias"].abs().data) === 0);
  const bound = 1 / Math.sqrt(128);
  assert.ok(params["output.weight"].max() <= bound && params["output.weight"].max() > 0.9 * bound);
  assert.ok(params["embedding.weight"].slice(0).abs().sum() > 0);
});

Deno.test("the loss is the mean over all positions, masked ones counting as 0", () => {
  const model = small(0);
  const features = new RandomState(1).randn(2, 7);
  const captions = array([[1, 3, 4, 2], [1, 5, 2, 0]], "int32");
  const [loss, grads] = model.loss(features, captions);
  model.eval();
  const scores = model.forward(features, captions.slice(":", ":-1")).value;
  let total = 0;
  for (const [n, words] of [[3, 4, 2], [5, 2]].entries()) {
    words.forEach((word, t) => {
      const row = scores.slice(n, t).astype("float64");
      total += Math.log([...row.data].reduce((sum, x) => sum + Math.exp(x), 0)) - row.at(word);
    });
  }
  assert.ok(Math.abs(loss - total / 6) < 1e-6, `${loss}, ${total / 6}`);
  assert.deepEqual(grads["embedding.weight"].slice(0).toArray(), Array(8).fill(0));
  assert.deepEqual(Object.keys(grads), Object.keys(model.params));
});

Deno.test("where all words are masked, loss and gradients are 0", () => {
  const [loss, grads] = small(0).loss(zeros([2, 7]), array([[1, 0, 0], [1, 0, 0]], "int32"));
  assert.equal(loss, 0);
  for (const [name, gradient] of Object.entries(grads)) {
    assert.ok(gradient.data.every((value) => value === 0), name);
  }
});

Deno.test("a captioner learns a few captions by heart and writes them", () => {
  const model = small(3);
  const features = new RandomState(2).randn(3, 7);
  const captions = array([[1, 3, 4, 2, 0], [1, 3, 5, 2, 0], [1, 5, 4, 5, 2]], "int32");
  const optimizer = new Optimizer(model, "adam", { learningRate: 1e-2 });
  let last = Infinity;
  for (let step = 0; step < 150; step++) {
    const [loss, grads] = model.loss(features, captions);
    for (const [name, parameter] of Object.entries(model.parameters())) {
      parameter.grad = grads[name];
    }
    optimizer.step();
    last = loss;
  }
  assert.ok(last < 0.05, `${last}`);
  const written = model.sample(features, { maxLength: 4 });
  assert.equal(written.dtype, "int32");
  const expected = captions.slice(":", "1:");
  for (let n = 0; n < 3; n++) {
    const end = [...expected.slice(n).data].indexOf(2) + 1;
    assert.deepEqual(written.slice(n, `:${end}`), expected.slice(n, `:${end}`));
  }
});

Deno.test("the CaptioningSolver trains it, the same way each time", async () => {
  const rng = new RandomState(5);
  const data = {
    trainFeatures: rng.randn(6, 7),
    trainCaptions: array(
      Array.from({ length: 12 }, (_, i) => [1, 3, 3 + i % 3, 2, 0]),
      "int32",
    ),
    trainImageIdxs: array(Array.from({ length: 12 }, (_, i) => i % 6), "int32"),
  };
  const train = async () => {
    const solver = new CaptioningSolver(small(1, 0.2), data, {
      updateRule: "adam",
      optimConfig: { learningRate: 5e-3 },
      batchSize: 4,
      numEpochs: 40,
      verbose: false,
      rng: new RandomState(0),
    });
    await solver.train();
    return solver.lossHistory;
  };
  const history = await train();
  assert.ok(history.at(-1)! < history[0] / 2, `${history.at(-1)}, ${history[0]}`);
  assert.deepEqual(await train(), history);
});

Deno.test("errors of the captioner name what does not fit", () => {
  const model = small(0);
  const features = zeros([2, 7]);
  const words = (...rows: number[][]): NDArray => array(rows, "int32");
  const cases: [() => unknown, RegExp][] = [
    [
      () => new CaptioningTransformer({ wordToIdx: { a: 0 } }),
      /^RangeError: CaptioningTransformer: wordToIdx must be .*; "<NULL>" is missing$/,
    ],
    [
      () => new CaptioningTransformer({ wordToIdx, nhead: 3 } as never),
      /^TypeError: CaptioningTransformer: there is no option "nhead".*numHeads/,
    ],
    [
      () => new CaptioningTransformer({ wordToIdx, wordvecDim: 10, numHeads: 3 }),
      /numHeads must divide embedDim = 10, got 3/,
    ],
    [
      () => model.forward(features, words([1, 6], [1, 1])),
      /^RangeError: CaptioningTransformer.forward: captions must hold whole numbers from 0 to 5, words of the vocabulary, got 6 at position 1 of row 0$/,
    ],
    [
      () => model.forward(features, words([1])),
      /captions must have shape \(2, T\), one of at least one word for each row of features, got \(1, 1\)$/,
    ],
    [
      () => model.forward(zeros([2, 6]), words([1], [1])),
      /features must have shape \(N, 7\), a row for each image, got \(2, 6\); inputDim is set when/,
    ],
    [
      () => model.loss(features, words([1], [1])),
      /captions must have shape \(2, T \+ 1\), one of at least two words for each row of features/,
    ],
    [
      () => model.loss(features, zeros([2, 12], "int32")),
      /a sequence may have 10 positions, got 11/,
    ],
    [
      () => model.sample(features),
      /maxLength must be at most 10, the maxLength that the model was made with, got 30$/,
    ],
    [
      () =>
        new CaptioningTransformer({ wordToIdx: { "<NULL>": 0, a: 1 }, inputDim: 7 })
          .sample(features),
      /^RangeError: CaptioningTransformer.sample: wordToIdx has no "<START>"/,
    ],
  ];
  for (const [run, message] of cases) assert.throws(run, message);
});

Deno.test("drawn captions come from the generator, and a beam finds captions at least as likely", () => {
  const model = small(7);
  const features = new RandomState(1).randn(4, 7);
  const draw = (seed: number) =>
    model.sample(features, { maxLength: 8, temperature: 1, rng: new RandomState(seed) });
  assert.deepEqual(draw(1), draw(1));
  assert.notDeepEqual(draw(1), draw(2));

  const likelihood = (captions: NDArray) => {
    const start = array(Array.from({ length: 4 }, () => [1]), "int32");
    const scores = model.forward(features, concatenate([start, captions.slice(":", ":-1")], 1));
    return Array.from({ length: 4 }, (_, n) => {
      let sum = 0;
      for (let t = 0; t < captions.shape[1]; t++) {
        const row = [...scores.value.slice(n, t).data];
        const word = captions.at(n, t);
        sum += row[word] - Math.log(row.reduce((total, x) => total + Math.exp(x), 0));
        if (word === 2) break;
      }
      return sum;
    });
  };
  const greedy = likelihood(model.sample(features, { maxLength: 3 }));
  const beam = likelihood(model.sample(features, { maxLength: 3, beamWidth: 36 }));
  beam.forEach((value, n) => assert.ok(value >= greedy[n] - 1e-5, `${value}, ${greedy[n]}`));
});
