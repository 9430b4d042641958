import type { Tensor } from "../../autograd/mod.ts";
import { mean, relu, Tensor as Leaf } from "../../autograd/mod.ts";
import { array, type NDArray } from "../../ndarray/mod.ts";
import {
  BatchNorm1d,
  BatchNorm2d,
  causalMask,
  Conv2d,
  ConvTranspose2d,
  Embedding,
  FeedForwardNetwork,
  GroupNorm,
  GRU,
  LayerNorm,
  Linear,
  LSTM,
  type Module,
  MultiHeadAttention,
  PatchEmbedding,
  PositionalEncoding,
  Residual,
  ResidualBlock,
  Sequential,
  TransformerDecoderLayer,
  TransformerEncoderLayer,
} from "../../nn/mod.ts";
import { RandomState } from "../../random/mod.ts";
import { gradientSuite, type Inputs } from "./_suite.ts";

/** What a module is made with: the type under test, and a generator. */
interface Settings {
  readonly dtype: "float32" | "float64";
  readonly rng: RandomState;
}

/**
 * Checks the gradients of a module with respect to its inputs and to all its parameters, which are
 * drawn like the inputs.
 */
function moduleSuite<M extends Module>(
  name: string,
  make: (settings: Settings) => M,
  inputs: Record<string, readonly number[]>,
  run: (module: M, inputs: Record<string, Tensor>) => Tensor = (module, { x }) => module.forward(x),
): void {
  const fresh = (dtype: Settings["dtype"]) => make({ dtype, rng: new RandomState(0) });
  const shapes = Object.entries(fresh("float64").parameters()).map(([path, { shape }]) => [
    path,
    shape,
  ]);
  gradientSuite(name, {
    cases: [{ ...inputs, ...Object.fromEntries(shapes) }],
    forward: (given: Inputs) => {
      const dtype = Object.values(given)[0].dtype as Settings["dtype"];
      const module = fresh(dtype);
      const parameters = Object.entries(module.parameters());
      for (const [path, parameter] of parameters) parameter.value = given[path].copy();
      const leaves = Object.keys(inputs).map((key) => [key, new Leaf(given[key])] as const);
      const result = run(module, Object.fromEntries(leaves));
      const tensors = [...leaves, ...parameters].map(([, tensor]) => tensor);
      return [result.value, { result, tensors }] as [NDArray, Cache];
    },
    backward: (dout, { result, tensors }: Cache) => result.gradients(tensors, dout),
    tolerance: 1e-7,
    float32Tolerance: 1e-4,
  });
}

interface Cache {
  readonly result: Tensor;
  readonly tensors: Tensor[];
}

moduleSuite("Linear", (s) => new Linear(3, 2, s), { x: [2, 2, 3] });
moduleSuite("Conv2d", (s) => new Conv2d(2, 4, 3, { pad: 1, stride: 2, groups: 2, ...s }), {
  x: [2, 2, 4, 4],
});
moduleSuite("ConvTranspose2d", (s) => new ConvTranspose2d(2, 3, 4, { pad: 1, stride: 2, ...s }), {
  x: [2, 2, 2, 3],
});
moduleSuite("BatchNorm1d", ({ dtype }) => new BatchNorm1d(3, { dtype }), { x: [5, 3] });
moduleSuite("BatchNorm1d of sequences", ({ dtype }) => new BatchNorm1d(3, { dtype }), {
  x: [2, 3, 4],
});
moduleSuite("BatchNorm1d in eval mode", ({ dtype }) => new BatchNorm1d(3, { dtype }).eval(), {
  x: [5, 3],
});
moduleSuite("BatchNorm2d", ({ dtype }) => new BatchNorm2d(2, { dtype }), { x: [2, 2, 3, 2] });
moduleSuite("LayerNorm", ({ dtype }) => new LayerNorm(4, { dtype }), { x: [2, 3, 4] });
moduleSuite("GroupNorm", ({ dtype }) => new GroupNorm(2, 4, { dtype }), { x: [2, 4, 2, 2] });
moduleSuite(
  "Embedding",
  (s) => new Embedding(4, 3, s),
  {},
  (table) => table.forward(array([[1, 3], [3, 0]], "int32")),
);
moduleSuite("Residual", (s) => new Residual(new Linear(3, 3, s)), { x: [2, 3] });
moduleSuite("ResidualBlock", (s) => new ResidualBlock(2, 3, { stride: 2, ...s }), {
  x: [2, 2, 4, 4],
}, (block, { x }) => mean(block.forward(x), [2, 3]));
moduleSuite("Sequential", (s) => new Sequential(new Linear(3, 4, s), relu, new Linear(4, 2, s)), {
  x: [3, 3],
});
moduleSuite("MultiHeadAttention", (s) => new MultiHeadAttention(4, 2, { dropout: 0, ...s }), {
  query: [2, 3, 4],
  key: [2, 2, 4],
  value: [2, 2, 4],
}, (attention, { query, key, value }) => attention.forward(query, key, value));
moduleSuite("masked self-attention", (s) => new MultiHeadAttention(4, 2, { dropout: 0, ...s }), {
  x: [2, 3, 4],
}, (attention, { x }) => attention.forward(x, x, x, causalMask(3)));
moduleSuite("PositionalEncoding", () => new PositionalEncoding(4, { dropout: 0 }), {
  x: [2, 3, 4],
});
moduleSuite("FeedForwardNetwork", (s) => new FeedForwardNetwork(3, 5, { dropout: 0, ...s }), {
  x: [2, 2, 3],
});
const small = { dropout: 0, dimFeedforward: 5 };
moduleSuite(
  "TransformerEncoderLayer",
  (s) => new TransformerEncoderLayer(4, 2, { ...small, ...s }),
  { x: [2, 3, 4] },
);
moduleSuite(
  "TransformerDecoderLayer",
  (s) => new TransformerDecoderLayer(4, 2, { ...small, ...s }),
  { tgt: [2, 3, 4], memory: [2, 2, 4] },
  (layer, { tgt, memory }) => layer.forward(tgt, memory, causalMask(3)),
);
moduleSuite("PatchEmbedding", (s) => new PatchEmbedding(4, 2, { embedDim: 3, ...s }), {
  x: [2, 3, 4, 4],
});
moduleSuite(
  "LSTM",
  (s) => new LSTM(3, 2, s),
  { x: [2, 3, 3], h0: [2, 2] },
  (net, { x, h0 }) => net.forward(x, h0),
);
moduleSuite(
  "GRU",
  (s) => new GRU(3, 2, s),
  { x: [2, 3, 3], h0: [2, 2] },
  (net, { x, h0 }) => net.forward(x, h0),
);
