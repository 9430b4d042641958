/** Batch normalisation of a batch in parts is that of the whole. */
import assert from "node:assert/strict";
import {
  batchnormBackward,
  batchnormBackwardAlt,
  batchnormForward,
  type BatchnormParam,
  spatialBatchnormBackward,
  spatialBatchnormForward,
} from "../../layers/mod.ts";
import { allclose, concatenate, type NDArray } from "../../ndarray/mod.ts";
import { RandomState } from "../../random/mod.ts";
import { onRanks } from "../distributed/_ranks.ts";

const pairs = {
  "batchnormBackward()": [batchnormForward, batchnormBackward, [9, 4]],
  "batchnormBackwardAlt()": [batchnormForward, batchnormBackwardAlt, [9, 4]],
  "spatialBatchnormBackward()": [spatialBatchnormForward, spatialBatchnormBackward, [9, 4, 3, 2]],
} as const;

/** Rows of each part. */
const bounds = [0, 2, 3, 9];

for (const [name, [forward, backward, shape]] of Object.entries(pairs)) {
  for (
    const [dtype, tolerance, scale] of [["float64", 1e-13, 1], ["float32", 1e-5, 1e20]] as const
  ) {
    Deno.test(`${name} of parts is that of the batch: ${dtype}`, async () => {
      const rng = new RandomState(231);
      const draw = (...shape: number[]) => rng.randn(...shape).astype(dtype);
      const x = draw(...shape).multiply(scale).add(3 * scale).astype(dtype);
      const [gamma, beta, dout] = [draw(4), draw(4), draw(...shape)];
      const fresh = (): BatchnormParam => ({
        mode: "train",
        runningMean: gamma.copy(),
        runningVar: beta.copy(),
      });
      const param = fresh();
      const [out, cache] = forward(x, gamma, beta, param);
      const [dx, dgamma, dbeta] = backward(dout, cache);

      const parts = await onRanks(3, (communicator) => {
        const [start, end] = bounds.slice(communicator.rank);
        const rows = `${start}:${end}`;
        const param = {
          ...fresh(),
          reduceSums: (sums: Float64Array) => communicator.allReduce(sums),
        };
        const [out, cache] = forward(x.slice(rows), gamma, beta, param);
        // The upstream gradient of a mean over the part, where the whole has that of its own mean.
        const weight = (end - start) / 9;
        const upstream = dout.slice(rows).divide(weight);
        const grads = backward(upstream, cache).map((grad) => grad.multiply(weight));
        return { out, grads, param };
      });
      const near = (a: NDArray, b: NDArray) =>
        assert.ok(allclose(a, b, { rtol: tolerance, atol: tolerance / (a === dx ? scale : 1) }));
      near(out, concatenate(parts.map((part) => part.out)));
      near(dx, concatenate(parts.map((part) => part.grads[0])));
      near(dgamma, parts.map((part) => part.grads[1]).reduce((a, b) => a.add(b)));
      near(dbeta, parts.map((part) => part.grads[2]).reduce((a, b) => a.add(b)));
      for (const part of parts) {
        assert.equal(part.out.dtype, dtype);
        if (dtype === "float32") continue;
        near(param.runningMean!, part.param.runningMean!);
        near(param.runningVar!, part.param.runningVar!);
      }
    });
  }
}
