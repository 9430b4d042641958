import * as layers from "../../layers/mod.ts";
import { arange, asNDArray, type NDArray } from "../../ndarray/mod.ts";
import fixture from "../fixtures/torch_layers.json" with { type: "json" };
import { testOnBackends } from "../gradients/_backends.ts";
import { assertClose } from "../gradients/_suite.ts";

interface Recorded {
  readonly shape: readonly number[];
  readonly data: readonly number[];
}

function revive({ shape, data }: Recorded): NDArray {
  return asNDArray(Float64Array.from(data), shape);
}

/** The pairs that a recorded layer stands for. */
// deno-lint-ignore no-explicit-any -- the record decides which arguments there are
const pairs: Record<string, [forward: (...args: any[]) => any, backward: any][]> = {
  tanh: [[layers.tanhForward, layers.tanhBackward]],
  sigmoid: [[layers.sigmoidForward, layers.sigmoidBackward]],
  gelu: [[layers.geluForward, layers.geluBackward]],
  leakyRelu: [[(x) => layers.leakyReluForward(x), layers.leakyReluBackward]],
  softmax: [[layers.softmaxForward, layers.softmaxBackward]],
  logSoftmax: [[layers.logSoftmaxForward, layers.logSoftmaxBackward]],
  linear: [[layers.linearForward, layers.linearBackward]],
  convTranspose: [[layers.convTransposeForward, layers.convTransposeBackward]],
  upsample: [[layers.upsampleForward, layers.upsampleBackward]],
  avgPool: [[layers.avgPoolForward, layers.avgPoolBackward]],
  maxPool: [
    [layers.maxPoolForwardFast, layers.maxPoolBackwardFast],
    [layers.maxPoolForwardNaive, layers.maxPoolBackwardNaive],
  ],
};

fixture.forEach(({ layer, param, inputs, out, gradients }, i) => {
  testOnBackends(`${layer} ${JSON.stringify(param)} gives what PyTorch gives, record ${i}`, () => {
    for (const [forward, backward] of pairs[layer]) {
      const args = Object.values(inputs as unknown as Record<string, Recorded | null>).map((
        input,
      ) => input && revive(input));
      for (const dtype of ["float64", "float32"] as const) {
        const cast = args.map((x) => x && x.astype(dtype));
        const [result, cache] = forward(...cast, ...(Object.keys(param).length ? [param] : []));
        const [tolerance, floor] = dtype === "float64" ? [1e-13, 0.01] : [2e-6, 0.5];
        assertClose(`${layer} out in ${dtype}`, result, revive(out), tolerance, floor);
        const dout = arange(1, result.size + 1).divide(10).reshape(result.shape).astype(dtype);
        const returned = backward(dout, cache);
        const list: NDArray[] = (Array.isArray(returned) ? returned : [returned]).filter(Boolean);
        list.forEach((gradient, k) =>
          assertClose(`${layer} gradient ${k}`, gradient, revive(gradients[k]), tolerance, floor)
        );
      }
    }
  });
});
