import assert from "node:assert/strict";
import { crossEntropy } from "../../autograd/mod.ts";
import { NDArray, ones, zeros } from "../../ndarray/mod.ts";
import {
  causalMask,
  MultiHeadAttention,
  Optimizer,
  PatchEmbedding,
  PositionalEncoding,
  TransformerDecoder,
  TransformerDecoderLayer,
  TransformerEncoderLayer,
  VisionTransformer,
} from "../../nn/mod.ts";
import { RandomState } from "../../random/mod.ts";

Deno.test("a causal mask keeps positions from seeing later ones", () => {
  const rng = new RandomState(0);
  const attention = new MultiHeadAttention(8, 2, { dropout: 0, rng });
  const x = rng.randn(2, 4, 8);
  const changed = x.copy();
  changed.setSlice(5, ":", 3);
  const [before, after] = [x, changed].map((x) =>
    attention.forward(x, x, x, causalMask(4)).value.slice(":", ":3")
  );
  assert.deepEqual(before, after);
  const weights = attention.weights!;
  assert.deepEqual(weights.shape, [2, 2, 4, 4]);
  assert.ok(Math.max(...weights.sum(-1).subtract(1).abs().data) < 1e-6);
  assert.equal(weights.at(0, 0, 0, 1), 0);
});

Deno.test("a mask can be one for each example, and a row that hides everything attends evenly", () => {
  const rng = new RandomState(0);
  const attention = new MultiHeadAttention(4, 2, { dropout: 0, rng });
  const x = rng.randn(2, 3, 4);
  const mask = ones([2, 3, 3], "bool");
  mask.setSlice(0, 1, 2);
  mask.setSlice(0, 0, ":", 0);
  const out = attention.forward(x, x, x, mask);
  out.sum().backward();
  const weights = attention.weights!;
  assert.deepEqual(weights.slice(0, 0, ":", 0).toArray(), [0, 0, 0]);
  assert.ok(Math.abs(weights.at(1, 0, 2, 0) - 1 / 3) < 1e-6);
  for (const parameter of Object.values(attention.parameters())) {
    assert.ok(Number.isFinite(parameter.grad!.sum()));
  }
});

Deno.test("errors of attention name what does not fit", () => {
  const attention = new MultiHeadAttention(4, 2);
  const x = zeros([2, 3, 4]);
  const cases: [() => unknown, RegExp][] = [
    [
      () => new MultiHeadAttention(6, 4),
      /^RangeError: MultiHeadAttention: numHeads must divide embedDim = 6, got 4$/,
    ],
    [
      () => attention.forward(x, zeros([2, 3, 5]), x),
      /^RangeError: MultiHeadAttention: key must have shape \(N, T, 4\) and not be empty, got \(2, 3, 5\)$/,
    ],
    [
      () => attention.forward(zeros([2, 0, 4]), x, x),
      /^RangeError: MultiHeadAttention: query must have .* got \(2, 0, 4\)$/,
    ],
    [
      () => attention.forward(x, zeros([1, 3, 4]), x),
      /must be of one batch, and keys and values as many/,
    ],
    [
      () => attention.forward(x, x, x, causalMask(4)),
      /^RangeError: MultiHeadAttention: attnMask must have shape \(3, 3\) or \(2, 3, 3\), queries by keys, got \(4, 4\)$/,
    ],
    [() => new PositionalEncoding(5), /embedDim must be even/],
    [
      () => new PositionalEncoding(4, { maxLen: 2 }).forward(x),
      /^RangeError: PositionalEncoding: a sequence may have 2 positions, got 3; maxLen is set/,
    ],
    [() => new PositionalEncoding(6).forward(x), /x must have shape \(N, T, 6\), got \(2, 3, 4\)$/],
    [
      () => new PatchEmbedding(32, 5),
      /^RangeError: PatchEmbedding: patchSize must divide the 32 pixels/,
    ],
    [
      () => new PatchEmbedding(8, 4).forward(zeros([1, 3, 8, 9])),
      /x must have shape \(N, 3, 8, 8\), got \(1, 3, 8, 9\)$/,
    ],
    [() => new TransformerDecoder([]), /^RangeError: TransformerDecoder: there are no layers$/],
    [
      () => new VisionTransformer({ heads: 3 } as never),
      /^TypeError: VisionTransformer: there is no option "heads"/,
    ],
  ];
  for (const [run, message] of cases) assert.throws(run, message);
});

Deno.test("each layer of a stack draws its own weights, and dropout follows the mode", () => {
  const rng = new RandomState(3);
  const layer = () => new TransformerDecoderLayer(8, 2, { dimFeedforward: 16, dropout: 0.5, rng });
  const decoder = new TransformerDecoder([layer(), layer()]);
  const [first, second] = decoder.layers.map(({ ffn }) => ffn.fc1.weight.value.at(0, 0));
  assert.notEqual(first, second);
  const [tgt, memory] = [rng.randn(1, 3, 8), rng.randn(1, 2, 8)];
  const run = () => decoder.forward(tgt, memory).value;
  assert.notDeepEqual(run(), run());
  decoder.eval();
  assert.deepEqual(run(), run());
});

Deno.test("an encoder layer takes a mask", () => {
  const rng = new RandomState(0);
  const layer = new TransformerEncoderLayer(8, 2, { dimFeedforward: 16, rng }).eval();
  const x = rng.randn(1, 3, 8);
  const changed = x.copy();
  changed.setSlice(2, ":", 2);
  const [one, other] = [x, changed].map((x) => layer.forward(x, causalMask(3)).value);
  assert.deepEqual(one.slice(":", ":2"), other.slice(":", ":2"));
});

Deno.test("patches are cut by row and column, and flattened channel by channel", () => {
  const x = new NDArray(Float32Array.from({ length: 2 * 4 * 4 }, (_, i) => i), [1, 2, 4, 4]);
  const patches = new PatchEmbedding(4, 2, { inChannels: 2, embedDim: 8 });
  assert.equal(patches.numPatches, 4);
  patches.proj.weight.value.data.fill(0);
  for (let i = 0; i < 8; i++) patches.proj.weight.value.set(1, i, i);
  patches.proj.bias!.value.data.fill(0);
  assert.deepEqual(patches.forward(x).value.slice(0, 1).toArray(), [2, 3, 6, 7, 18, 19, 22, 23]);
});

Deno.test("a small vision Transformer learns one batch by heart", () => {
  const rng = new RandomState(231);
  const net = new VisionTransformer({
    imgSize: 8,
    patchSize: 4,
    embedDim: 16,
    numLayers: 2,
    numHeads: 2,
    dimFeedforward: 32,
    dropout: 0,
    rng,
  });
  const X = rng.randn(20, 3, 8, 8);
  const y = rng.randint(0, 10, 20);
  const optimizer = new Optimizer(net, "adam", { learningRate: 3e-3 });
  let loss = Infinity;
  for (let step = 0; step < 100; step++) {
    optimizer.zeroGrad();
    const result = crossEntropy(net.forward(X), y);
    result.backward();
    optimizer.step();
    loss = result.item();
  }
  assert.ok(loss < 0.1, `${loss}`);
  assert.deepEqual(net.eval().forward(X).value.argmax(1), y);
});
