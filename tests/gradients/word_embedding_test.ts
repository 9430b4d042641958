import { wordEmbeddingBackward, wordEmbeddingForward } from "../../layers/mod.ts";
import { array } from "../../ndarray/mod.ts";
import { gradientSuite } from "./_suite.ts";

for (
  const x of [array([[0, 3, 1, 3], [3, 3, 0, 1]], "int32"), array([2], "uint8"), array([1, 1])]
) {
  gradientSuite(`word embedding of indices (${x.shape.join(", ")})`, {
    cases: [{ W: [5, 3] }, { W: [4, 1] }],
    forward: ({ W }) => wordEmbeddingForward(x, W),
    backward: wordEmbeddingBackward,
    tolerance: 1e-8,
  });
}
