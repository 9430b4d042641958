import {
  softmaxLossNaive,
  softmaxLossVectorized,
  svmLossNaive,
  svmLossVectorized,
} from "../../models/mod.ts";
import { array, type NDArray } from "../../ndarray/mod.ts";
import { RandomState } from "../../random/mod.ts";
import { gradientSuite } from "./_suite.ts";

for (const loss of [svmLossNaive, svmLossVectorized, softmaxLossNaive, softmaxLossVectorized]) {
  for (const reg of [0, 0.3]) {
    gradientSuite(`${loss.name} with reg ${reg}`, {
      cases: [{ W: [4, 3] }, { W: [1, 2] }, { W: [7, 10] }],
      forward: ({ W }) => {
        const [d, c] = W.shape;
        const rng = new RandomState(17);
        const X = rng.randn(6, d).astype(W.dtype);
        const [value, dW] = loss(W, X, rng.randint(0, c, 6) as NDArray, reg);
        return [array([value]), dW];
      },
      backward: (dout, dW) => dW.multiply(dout.astype(dW.dtype)),
      tolerance: 1e-8,
    });
  }
}
