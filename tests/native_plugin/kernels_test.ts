/** The border between TypeScript and the library, and what threads must not change. */
import assert from "node:assert/strict";
import { type ConvGeometry, type FloatArray, kernels, useBackend } from "../../kernels/mod.ts";
import { loadNativePlugin, type NativePluginOptions } from "../../native_plugin/mod.ts";
import { testWithLibrary } from "./_library.ts";

/** Runs with the native table and some options, and puts things back. */
function withNative(options: NativePluginOptions, work: () => void): void {
  loadNativePlugin(options);
  try {
    assert.equal(useBackend("native").name, "native");
    work();
  } finally {
    loadNativePlugin();
    useBackend("auto");
  }
}

/** Numbers from -1 to 1 that look random. */
function numbers(length: number, seed: number, Type = Float32Array): Float32Array {
  let state = seed;
  return new Type(length).map(() => {
    state = (Math.imul(state, 1664525) + 1013904223) | 0;
    return state / 2 ** 31;
  });
}

testWithLibrary("arrays that are too short are refused before anything is written", () => {
  const short = new Float32Array(3);
  const long = new Float32Array(100);
  const labels = new Int32Array(2);
  const conv = {
    n: 1,
    c: 1,
    h: 4,
    w: 4,
    f: 1,
    kh: 3,
    kw: 3,
    strideH: 1,
    strideW: 1,
    padH: 1,
    padW: 1,
  };
  const geometry = { ...conv, dilationH: 1, dilationW: 1, groups: 1, outH: 4, outW: 4 };
  const pool = { n: 1, c: 1, h: 4, w: 4, kh: 2, kw: 2, strideH: 2, strideW: 2, outH: 2, outW: 2 };
  const calls: Record<string, () => unknown> = {
    "gemm a": () => kernels.gemm(false, false, 2, 2, 2, short, long, 0, long.slice()),
    "gemm c": () => kernels.gemm(false, false, 2, 2, 2, long, long, 0, short),
    affine: () => kernels.affine(2, 2, 2, long, short, long, false, long.slice()),
    sumRows: () => kernels.sumRows(2, 5, long, short),
    reluForward: () => kernels.reluForward(long, short),
    reluBackward: () => kernels.reluBackward(short, long, long.slice()),
    maskScale: () => kernels.maskScale(long, new Uint8Array(99), 1, long.slice()),
    addScaled: () => kernels.addScaled(1, long, short),
    batchnormForward: () =>
      kernels.batchnormForward(4, 5, 1, long, short, long, 1e-5, long.slice(), long, long),
    groupnormForward: () =>
      kernels.groupnormForward(4, 1, 5, 1, long, long, long, 1e-5, short, long, long),
    softmaxLoss: () => kernels.softmaxLoss(3, 2, long, labels, long.slice()),
    svmLoss: () => kernels.svmLoss(2, 2, short, labels, long.slice()),
    convForward: () => kernels.convForward(geometry, long, short, null, false, long.slice()),
    convBackwardData: () => kernels.convBackwardData(geometry, long, long.slice(), short),
    convBackwardWeights: () => kernels.convBackwardWeights(geometry, long, long, short, null),
    maxPoolForward: () => kernels.maxPoolForward(pool, long, long.slice(), new Int32Array(3)),
    maxPoolBackward: () => kernels.maxPoolBackward(pool, short, new Int32Array(4), long),
    avgPoolForward: () => kernels.avgPoolForward(pool, long, short),
    sgdStep: () => kernels.sgdStep(long, short, 1),
    adamStep: () => kernels.adamStep(long, long.slice(), long.slice(), short, 1, 0.9, 0.9, 1, 1),
  };
  withNative({}, () => {
    for (const [name, call] of Object.entries(calls)) {
      assert.throws(call, RangeError, name);
      assert.ok(short.every((x) => x === 0), `${name} wrote`);
    }
  });
});

testWithLibrary("a float32 array among float64 ones is refused, not overrun", () => {
  withNative({}, () => {
    const [a, b, c] = [new Float64Array(4), new Float64Array(4), new Float32Array(4)];
    assert.throws(() => kernels.affine(2, 2, 2, a, c, b, false, new Float64Array(4)), RangeError);
    assert.throws(() => kernels.addScaled(1, a, c), RangeError);
  });
});

testWithLibrary(
  "arrays that are not of one float type are refused before anything is written",
  () => {
    withNative({}, () => {
      const x = new Float32Array(64);
      const guard = new Uint8Array(64 * 4);
      for (const Type of [Uint8Array, Uint8ClampedArray, Int16Array, Float16Array, Int32Array]) {
        const other = new Type(guard.buffer, 0, 64) as unknown as Float32Array;
        const message = new RegExp(`must be a Float32Array or a Float64Array, got ${Type.name}`);
        assert.throws(() => kernels.reluForward(x, other), { name: "TypeError", message });
        assert.throws(() => kernels.reluForward(other, x), { name: "TypeError", message });
        assert.throws(() => kernels.sumRows(8, 8, x, other), { name: "TypeError", message });
        assert.throws(() => kernels.gemm(false, false, 4, 4, 4, other, other, 0, other), {
          name: "TypeError",
          message,
        });
      }
      const view = new DataView(guard.buffer) as unknown as Float32Array;
      assert.throws(() => kernels.sgdStep(view, view, 1), TypeError);
      assert.throws(() => kernels.sgdStep([1] as unknown as Float32Array, x, 1), TypeError);
      // Something that only claims to be a Float32Array has the bytes that it has.
      const forged = Object.setPrototypeOf(new Uint8Array(64), Float32Array.prototype);
      assert.throws(() => kernels.reluForward(x, forged), { message: /reluForward: out must / });
      assert.throws(() => kernels.reluForward(x, new Float64Array(64)), {
        name: "TypeError",
        message: "reluForward: the float arrays of a call must have one type, got a Float32Array " +
          "for x and a Float64Array for out; convert one with astype()",
      });
      const [out, argmax] = [new Float32Array(16), new Float32Array(16) as unknown as Int32Array];
      const g = { n: 1, c: 1, h: 8, w: 8, kh: 2, kw: 2, strideH: 2, strideW: 2, outH: 4, outW: 4 };
      assert.throws(() => kernels.maxPoolForward(g, x, out, argmax), {
        name: "TypeError",
        message: /maxPoolForward: argmax must be an Int32Array, got Float32Array/,
      });
      const mask = new Uint8ClampedArray(64) as unknown as Uint8Array;
      assert.throws(() => kernels.maskScale(x, mask, 1, x), TypeError);
      assert.ok(guard.every((byte) => byte === 0));
    });
  },
);

testWithLibrary("sizes that are no whole numbers are refused", () => {
  withNative({}, () => {
    const x = new Float32Array(16);
    for (const bad of [-1, 1.5, NaN, Infinity, 2 ** 32]) {
      assert.throws(() => kernels.gemm(false, false, bad, bad, 1, x, x, 0, x.slice()), RangeError);
      assert.throws(() => kernels.sumRows(bad, 1, x, x.slice()), RangeError);
    }
  });
});

testWithLibrary("sizes of convolutions are checked whoever computes them", () => {
  const sizes = { n: 2, c: 3, h: 17, w: 4, f: 4, kh: 7, kw: 17, strideH: 5, strideW: 1 };
  const padded = { ...sizes, padH: 100_000, padW: 0, dilationH: 7, dilationW: 3, groups: 1 };
  const g: ConvGeometry = { ...padded, outH: 2, outW: 3 };
  const x = new Float32Array(408);
  const w = new Float32Array(1428);
  const out = new Float32Array(48);
  const calls = (g: ConvGeometry) => [
    () => kernels.convForward(g, x, w, null, false, out),
    () => kernels.convBackwardData(g, out, w, x),
    () => kernels.convBackwardWeights(g, out, x, w, null),
  ];
  withNative({}, () => {
    // Images that are mostly padding, which the reference computes.
    for (const call of calls(g)) call();
    // A text as a number of columns has the reference's loops run to 3, 33, 333 and so on, forever.
    for (const field of Object.keys(g) as (keyof ConvGeometry)[]) {
      for (const bad of [g[field] + 0.5, -1, NaN, 2 ** 32, String(g[field]), null, undefined]) {
        for (const call of calls({ ...g, [field]: bad as number })) {
          assert.throws(call, RangeError, `${field} = ${bad}`);
        }
      }
    }
  });
});

testWithLibrary("a convolution that would copy nothing but padding is refused", () => {
  const sizes = { n: 1, c: 1, h: 0, w: 5, f: 1, kh: 3, kw: 3, strideH: 100_000, strideW: 100_000 };
  const rest = { dilationH: 1, dilationW: 1, groups: 1, outH: 2, outW: 3 };
  const empty = { ...sizes, ...rest, padH: 100_000, padW: 100_000 };
  const far = { ...empty, h: 5, strideH: 2 ** 31, strideW: 1, padH: 0, padW: 0 };
  const [none, x, w, out] = [0, 25, 9, 6].map((length) => new Float32Array(length));
  const cases = [[empty, none], [far, x]] as const;
  const refused = /mostly padding|beyond the padded input/;
  withNative({}, () => {
    for (const [g, x] of cases) {
      assert.throws(() => kernels.convForward(g, x, w, null, false, out), refused);
      assert.throws(() => kernels.convBackwardData(g, out, w, x), refused);
      assert.throws(() => kernels.convBackwardWeights(g, out, x, w, null), refused);
    }
  });
});

testWithLibrary("an output that overlaps an input is refused", () => {
  withNative({}, () => {
    const memory = new Float32Array(20);
    const [x, out] = [memory.subarray(0, 12), memory.subarray(8, 20)];
    assert.throws(() => kernels.reluForward(x, out), /overlaps/);
    assert.throws(() => kernels.gemm(false, false, 2, 2, 2, x, x, 0, x), /overlaps/);
    kernels.reluForward(x, x);
  });
});

/** A few kernels that threads share, each with its results. */
const SHARED: Record<string, () => FloatArray[]> = {
  "a product with a long inner dimension": () => {
    const c = new Float32Array(100 * 100);
    kernels.gemm(false, false, 100, 100, 3072, numbers(307200, 1), numbers(307200, 2), 0, c);
    return [c];
  },
  "the gradient of a convolution": () => {
    const shape = { n: 5, c: 3, h: 16, w: 16, f: 32, kh: 7, kw: 7, strideH: 1, strideW: 1 };
    const geometry = { ...shape, padH: 3, padW: 3, dilationH: 1, dilationW: 1, groups: 1 };
    const dw = new Float32Array(32 * 147);
    const db = new Float32Array(32);
    const [dout, x] = [numbers(5 * 32 * 256, 3), numbers(5 * 3 * 256, 4)];
    kernels.convBackwardWeights({ ...geometry, outH: 16, outW: 16 }, dout, x, dw, db);
    return [dw, db];
  },
  "batch norm": () => {
    const [n, c] = [500, 200];
    const [out, mean, variance] = [n * c, c, c].map((length) => new Float32Array(length));
    const [gamma, beta] = [numbers(c, 5), numbers(c, 6)];
    kernels.batchnormForward(n, c, 1, numbers(n * c, 7), gamma, beta, 1e-5, out, mean, variance);
    return [out, mean, variance];
  },
  "a sum of squares": () => [new Float64Array([kernels.sumSquares(numbers(1e6, 8))])],
};

for (const [name, compute] of Object.entries(SHARED)) {
  testWithLibrary(`${name} has the same bits every time, for each number of threads`, () => {
    for (const threads of [1, 2, 3, 8]) {
      withNative({ threads }, () => {
        const first = compute();
        for (let i = 0; i < 5; i++) assert.deepEqual(compute(), first, `${threads} threads`);
      });
    }
  });
}

testWithLibrary("two isolates use the library at the same time", async () => {
  const code = `
    import { kernels, useBackend } from "${new URL("../../kernels/mod.ts", import.meta.url)}";
    import "${new URL("../../native_plugin/mod.ts", import.meta.url)}";
    if (useBackend("native").name !== "native") throw new Error("not native");
    const c = new Float32Array(10000);
    const ones = new Float32Array(30000).fill(1);
    for (let i = 0; i < 50; i++) {
      kernels.gemm(false, false, 100, 100, 300, ones, ones, 0, c);
      if (!c.every((x) => x === 300)) throw new Error("wrong");
    }
    self.postMessage("done");
  `;
  const url = URL.createObjectURL(new Blob([code], { type: "application/typescript" }));
  const workers = [1, 2, 3].map(() => new Worker(url, { type: "module" }));
  try {
    const results = workers.map((worker) =>
      new Promise((resolve) => {
        worker.onmessage = ({ data }) => resolve(data);
        worker.onerror = (event) => {
          event.preventDefault();
          resolve(event.message);
        };
      })
    );
    assert.deepEqual(await Promise.all(results), ["done", "done", "done"]);
  } finally {
    for (const worker of workers) worker.terminate();
    URL.revokeObjectURL(url);
  }
});

testWithLibrary("3×3 convolutions round two to four times as much as strict ones at most", () => {
  const size = { h: 8, w: 8, kh: 3, kw: 3, strideH: 1, strideW: 1, padH: 1, padW: 1 };
  const g = {
    n: 20,
    c: 64,
    f: 64,
    ...size,
    dilationH: 1,
    dilationW: 1,
    groups: 1,
    outH: 8,
    outW: 8,
  };
  const x = numbers(g.n * g.c * 64, 1);
  const w = numbers(g.f * g.c * 9, 2);
  const run = <T extends FloatArray>(x: T, w: T): T[] => {
    const [out, dx] = [x.slice(), x.slice()] as T[];
    const dw = w.slice() as T;
    kernels.convForward(g, x, w, null, false, out);
    kernels.convBackwardData(g, x, w, dx);
    kernels.convBackwardWeights(g, x, x, dw, null);
    return [out, dx, dw];
  };
  const results: Float32Array[][] = [];
  let exact: Float64Array[] = [];
  for (const strict of [true, false]) {
    withNative({ strict }, () => {
      results.push(run(x, w));
      exact = run(Float64Array.from(x), Float64Array.from(w));
    });
  }
  const [strict, usual] = results.map((arrays) =>
    arrays.map((array, i) => Math.hypot(...array.map((value, j) => value - exact[i][j])))
  );
  for (const [i, error] of usual.entries()) {
    assert.notEqual(error, strict[i]);
    assert.ok(error < 4 * strict[i], `${error} against ${strict[i]}`);
  }
});
