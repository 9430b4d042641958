import { CaptioningRNN } from "../../models/mod.ts";
import { array } from "../../ndarray/mod.ts";
import { RandomState } from "../../random/mod.ts";
import { networkSuite } from "./_networks.ts";

const wordToIdx = { "<NULL>": 0, "<START>": 1, "<END>": 2, cat: 3, dog: 4 };
const examples = {
  X: new RandomState(3).randn(3, 4),
  y: array([[1, 3, 4, 2, 0, 0], [1, 4, 4, 4, 3, 2], [1, 2, 0, 0, 0, 0]], "int32"),
};

for (const cellType of ["rnn", "lstm"] as const) {
  networkSuite(
    `CaptioningRNN of ${cellType} cells`,
    () => new CaptioningRNN({ wordToIdx, inputDim: 4, wordvecDim: 3, hiddenDim: 5, cellType }),
    examples,
    1e-7,
    1e-5,
  );
}
