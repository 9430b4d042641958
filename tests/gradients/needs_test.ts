import assert from "node:assert/strict";
import * as layers from "../../layers/mod.ts";
import { type NDArray, ones } from "../../ndarray/mod.ts";
import { RandomState } from "../../random/mod.ts";
import { testOnBackends } from "./_backends.ts";
import { assertClose } from "./_suite.ts";

/** A backward pass with its upstream gradient and cache filled in, and the names of its tuple. */
interface Pass {
  readonly names: readonly string[];
  // deno-lint-ignore no-explicit-any
  readonly run: (options?: any) => readonly (NDArray | null)[];
}

const affineNames = ["dx", "dw", "db"];
const normNames = ["dx", "dgamma", "dbeta"];
const compositeNames = [...affineNames, "dgamma", "dbeta"];

/** Every backward pass that returns several gradients. */
function passes(): Record<string, Pass> {
  const rng = new RandomState(12);
  const [x, w, b] = [rng.randn(4, 3), rng.randn(3, 6), rng.randn(6)];
  const [gamma, beta] = [rng.randn(6), rng.randn(6)];
  const [rows, drows] = [rng.randn(4, 6), rng.randn(4, 6)];
  const [images, dimages] = [rng.randn(2, 6, 3, 4), rng.randn(2, 6, 3, 4)];
  const filters = rng.randn(6, 6, 3, 3);
  const [square, sequence] = [rng.randn(6, 6), rng.randn(2, 2, 6)];
  const [wide, wideSquare, wideB] = [rng.randn(3, 24), rng.randn(6, 24), rng.randn(24)];
  const [, , lstmStepCache] = layers.lstmStepForward(x, rows, drows, wide, wideSquare, wideB);
  const convParam = { stride: 1, pad: 1 };
  const poolParam = { poolHeight: 1, poolWidth: 1, stride: 1 };
  const train = () => ({ mode: "train" as const });
  // deno-lint-ignore no-explicit-any
  const pass = (names: readonly string[], backward: any, dout: NDArray, [, cache]: any): Pass => ({
    names,
    run: (options) => options ? backward(dout, cache, options) : backward(dout, cache),
  });
  const affine = (backward: unknown, forward: unknown) =>
    pass(affineNames, backward, drows, forward);
  const composite = (backward: unknown, forward: unknown) =>
    pass(compositeNames, backward, drows, forward);
  const conv = (backward: unknown, forward: unknown) =>
    pass(affineNames, backward, dimages, forward);
  const test = {
    mode: "test" as const,
    runningMean: rng.randn(6),
    runningVar: ones([6]),
  };
  return {
    affine: affine(layers.affineBackward, layers.affineForward(x, w, b)),
    rnnStep: pass(
      ["dx", "dprevH", "dWx", "dWh", "db"],
      layers.rnnStepBackward,
      drows,
      layers.rnnStepForward(x, rows, w, square, b),
    ),
    rnn: pass(
      ["dx", "dh0", "dWx", "dWh", "db"],
      layers.rnnBackward,
      sequence,
      layers.rnnForward(x.reshape([2, 2, 3]), sequence.slice(":", 0), w, square, b),
    ),
    lstmStep: {
      names: ["dx", "dprevH", "dprevC", "dWx", "dWh", "db"],
      run: (options) => layers.lstmStepBackward(drows, rows, lstmStepCache, options),
    },
    lstm: pass(
      ["dx", "dh0", "dWx", "dWh", "db"],
      layers.lstmBackward,
      sequence,
      layers.lstmForward(x.reshape([2, 2, 3]), sequence.slice(":", 0), wide, wideSquare, wideB),
    ),
    temporalAffine: pass(
      affineNames,
      layers.temporalAffineBackward,
      sequence,
      layers.temporalAffineForward(x.reshape([2, 2, 3]), w, b),
    ),
    linear: pass(
      ["dx", "dweight", "dbias"],
      layers.linearBackward,
      drows,
      layers.linearForward(x, w.T, b),
    ),
    affineRelu: affine(layers.affineReluBackward, layers.affineReluForward(x, w, b)),
    affineBatchnormRelu: composite(
      layers.affineBatchnormReluBackward,
      layers.affineBatchnormReluForward(x, w, b, gamma, beta, train()),
    ),
    affineLayernormRelu: composite(
      layers.affineLayernormReluBackward,
      layers.affineLayernormReluForward(x, w, b, gamma, beta),
    ),
    generic: composite(
      layers.genericBackward,
      layers.genericForward(x, w, b, gamma, beta, train(), { p: 0.5, mode: "train", seed: 1 }),
    ),
    "generic with layer norm": composite(
      layers.genericBackward,
      layers.genericForward(x, w, b, gamma, beta, {}),
    ),
    batchnorm: pass(
      normNames,
      layers.batchnormBackward,
      drows,
      layers.batchnormForward(rows, gamma, beta, train()),
    ),
    batchnormAlt: pass(
      normNames,
      layers.batchnormBackwardAlt,
      drows,
      layers.batchnormForward(rows, gamma, beta, train()),
    ),
    "batchnormAlt in test mode": pass(
      normNames,
      layers.batchnormBackwardAlt,
      drows,
      layers.batchnormForward(rows, gamma, beta, test),
    ),
    layernorm: pass(
      normNames,
      layers.layernormBackward,
      drows,
      layers.layernormForward(rows, gamma, beta),
    ),
    spatialBatchnorm: pass(
      normNames,
      layers.spatialBatchnormBackward,
      dimages,
      layers.spatialBatchnormForward(images, gamma, beta, train()),
    ),
    spatialGroupnorm: pass(
      normNames,
      layers.spatialGroupnormBackward,
      dimages,
      layers.spatialGroupnormForward(
        images,
        gamma.reshape([1, 6, 1, 1]),
        beta,
        3,
      ),
    ),
    convNaive: conv(
      layers.convBackwardNaive,
      layers.convForwardNaive(images, filters, b, convParam),
    ),
    convFast: conv(layers.convBackwardFast, layers.convForwardFast(images, filters, b, convParam)),
    convTranspose: conv(
      layers.convTransposeBackward,
      layers.convTransposeForward(images, filters, b, convParam),
    ),
    convRelu: conv(layers.convReluBackward, layers.convReluForward(images, filters, b, convParam)),
    convReluPool: conv(
      layers.convReluPoolBackward,
      layers.convReluPoolForward(images, filters, b, convParam, poolParam),
    ),
    convBnRelu: pass(
      compositeNames,
      layers.convBnReluBackward,
      dimages,
      layers.convBnReluForward(images, filters, b, gamma, beta, convParam, train()),
    ),
  };
}

testOnBackends("every backward pass leaves out what is not wanted and keeps the rest", () => {
  for (const [name, { names, run }] of Object.entries(passes())) {
    const all = run();
    assert.equal(all.length, names.length, name);
    for (let subset = 0; subset < 2 ** names.length; subset++) {
      const wanted = names.map((_, i) => (subset >> i) % 2 === 1);
      const needs = Object.fromEntries(names.map((gradient, i) => [gradient, wanted[i]]));
      run({ needs }).forEach((gradient, i) => {
        const where = `${name} ${JSON.stringify(needs)}: ${names[i]}`;
        assert.equal(gradient !== null, wanted[i], where);
        if (gradient) assertClose(where, gradient, all[i]!, 1e-12);
      });
    }
    const [first] = names;
    const withoutFirst = run({ needs: { [first]: false } });
    assert.deepEqual(withoutFirst.map((gradient) => gradient === null), names.map((_, i) => !i));
  }
});

testOnBackends("a gradient that is left out is no work for the kernels", () => {
  // Filters of another size than the cache says would be noticed if anything read them.
  const x = ones([2, 3, 5, 5]);
  const [out, cache] = layers.convForwardFast(x, ones([4, 3, 3, 3]), null, { stride: 1, pad: 1 });
  const unreadable = new Proxy(cache.w, {
    get: (target, key) =>
      key === "data" ? assert.fail("the filters were read") : target[key as "size"],
  });
  const [dx, dw] = layers.convBackwardFast(out, { ...cache, w: unreadable }, {
    needs: { dx: false },
  });
  assert.equal(dx, null);
  assert.deepEqual(dw.shape, [4, 3, 3, 3]);
});
