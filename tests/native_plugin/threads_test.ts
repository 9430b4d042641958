/** Which results do not depend on the number of threads: those that README.md lists. */
import assert from "node:assert/strict";
import { kernels, setThreads, useBackend } from "../../kernels/mod.ts";
import type { ConvGeometry, FloatArray, KernelName, PoolGeometry } from "../../kernels/types.ts";
import { loadNativePlugin } from "../../native_plugin/mod.ts";
import { RandomState } from "../../random/mod.ts";

const { loaded, reason } = loadNativePlugin();

/** Arrays large enough for several threads. */
const [N, C, S] = [40, 32, 256];
const SIZE = N * C * S;

type Run = (draw: (length: number) => FloatArray) => FloatArray[];

function conv(c: number): ConvGeometry {
  const window = { kh: 3, kw: 3, strideH: 1, strideW: 1, padH: 1, padW: 1 };
  const sizes = { n: 12, c, h: 16, w: 16, f: 40, groups: 1, outH: 16, outW: 16 };
  return { ...sizes, ...window, dilationH: 1, dilationW: 1 };
}

const pool: PoolGeometry = {
  ...{ n: N, c: C, h: 16, w: 16, kh: 2, kw: 2 },
  ...{ strideH: 2, strideW: 2, outH: 8, outW: 8 },
};

const runs: Partial<Record<KernelName, Run>> = {
  reluForward(draw) {
    const out = draw(SIZE);
    kernels.reluForward(draw(SIZE), out);
    return [out];
  },
  sumSquares: (draw) => [Float64Array.of(kernels.sumSquares(draw(SIZE)))],
  sumRows(draw) {
    const out = draw(C * S);
    kernels.sumRows(N, C * S, draw(SIZE), out);
    return [out];
  },
  softmaxForward(draw) {
    const out = draw(SIZE);
    kernels.softmaxForward(N * S, C, draw(SIZE), out);
    return [out];
  },
  adamStep(draw) {
    const [w, m, v] = [draw(SIZE), draw(SIZE), draw(SIZE).map(Math.abs)];
    kernels.adamStep(w, draw(SIZE), m, v, 1e-3, 0.9, 0.999, 1e-8, 3);
    return [w, m, v];
  },
  batchnormReluForward(draw) {
    const [x, out, mean, variance] = [draw(SIZE), draw(SIZE), draw(C), draw(C)];
    kernels.batchnormReluForward(N, C, S, x, draw(C), draw(C), 1e-5, out, mean, variance);
    const rows = [draw(SIZE), draw(C), draw(C)] as const;
    kernels.batchnormReluForward(N * S, C, 1, x, draw(C), draw(C), 1e-5, ...rows);
    return [out, mean, variance, ...rows];
  },
  batchnormReluMaxPoolBackward(draw) {
    const [size, argmax] = [N * C * 64, new Int32Array(N * C * 64).map((_, i) => 7 * i % 256)];
    const [dout, out, x, variance] = [draw(size), draw(size), draw(SIZE), draw(C).map(Math.abs)];
    const [mean, gamma] = [draw(C), draw(C)];
    const written = [draw(SIZE), draw(C), draw(C)] as const;
    const given = [dout, out, argmax, x, gamma, mean, variance] as const;
    kernels.batchnormReluMaxPoolBackward(pool, ...given, 1e-5, true, ...written);
    return [...written];
  },
  maxPoolForward(draw) {
    const out = draw(N * C * 64);
    kernels.maxPoolForward(pool, draw(SIZE), out, new Int32Array(N * C * 64));
    return [out];
  },
  convForward(draw) {
    const [g, out] = [conv(32), draw(12 * 40 * 256)];
    kernels.convForward(g, draw(12 * 32 * 256), draw(40 * 32 * 9), draw(40), true, out);
    return [out];
  },
  convBackwardWeights(draw) {
    const [g, dw] = [conv(32), draw(40 * 32 * 9)];
    kernels.convBackwardWeights(g, draw(12 * 40 * 256), draw(12 * 32 * 256), dw, null);
    return [dw];
  },
};

for (const [kernel, run] of Object.entries(runs)) {
  Deno.test({
    name: `${kernel} gives the same bits with any number of threads` +
      (loaded ? "" : ` (not built: ${reason})`),
    ignore: !loaded,
    fn() {
      const { threads } = useBackend("native");
      try {
        const results = [1, 2, 5, 16].map((count) => {
          setThreads(count);
          const rng = new RandomState(9);
          return run((length) => rng.randn(length).astype("float32").data as Float32Array);
        });
        for (const result of results.slice(1)) assert.deepEqual(result, results[0]);
      } finally {
        setThreads(threads);
        useBackend("auto");
      }
    },
  });
}
