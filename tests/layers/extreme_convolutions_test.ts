/** Strides and paddings far past what anybody means: an answer or a refusal. */
import assert from "node:assert/strict";
import { useBackend } from "../../kernels/mod.ts";
import { isMostlyPadding } from "../../kernels/padding.ts";
import {
  convBackwardFast,
  convForwardFast,
  convForwardNaive,
  convTransposeForward,
} from "../../layers/mod.ts";
import { type NDArray, ones } from "../../ndarray/mod.ts";
import { backends } from "../kernels/_backends.ts";

type Case = [x: number[], w: number[], stride: number, pad: number];

const cases: Case[] = [
  [[1, 1, 4, 4], [1, 1, 3, 3], 100_000, 100_000],
  [[1, 3, 8, 8], [4, 3, 3, 3], 5000, 5000],
  [[1, 3, 8, 8], [4, 3, 3, 3], 3000, 5000],
  [[1, 64, 8, 8], [64, 64, 3, 3], 100_000, 100_000],
  [[2, 4, 6, 6], [4, 4, 3, 3], 1e9, 1e9],
  [[3, 1, 1, 1], [2, 1, 1, 1], 1, 150],
];

Deno.test("what is mostly padding is not copied, and what is not goes the fast way", () => {
  const isLost = ([[n, c, h, w], [f, , kh, kw], stride, pad]: Case) => {
    const [outH, outW] = [[h, kh], [w, kw]].map(([size, taps]) =>
      Math.floor((size + 2 * pad - taps) / stride) + 1
    );
    const steps = { strideH: stride, strideW: stride, padH: pad, padW: pad };
    const rest = { dilationH: 1, dilationW: 1, groups: 1, outH, outW };
    return isMostlyPadding({ n, c, h, w, f, kh, kw, ...steps, ...rest });
  };
  for (const test of cases.slice(0, -1)) assert.ok(isLost(test), JSON.stringify(test));
  assert.ok(!isLost([[1, 3, 8, 8], [4, 3, 3, 3], 1, 1]));
  assert.ok(!isLost([[8, 64, 112, 112], [64, 64, 7, 7], 2, 3]));
  // A large output pays for the copy.
  assert.ok(!isLost([[1, 1, 1, 1], [1, 1, 1, 1], 1, 150]));
});

function run([xs, ws, stride, pad]: Case, type: "float32" | "float64"): number[][] {
  const [x, w, b] = [ones(xs, type), ones(ws, type), ones([ws[0]], type)];
  const [out, cache] = convForwardFast(x, w, b, { stride, pad });
  const [dx, dw, db] = convBackwardFast(out, cache) as NDArray[];
  return [out, dx, dw, db].map(({ data }) => [...data]);
}

for (const { name, missing } of await backends()) {
  for (const type of ["float32", "float64"] as const) {
    Deno.test({
      name: `convolution with extreme strides and paddings is the reference's on ${name}, ${type}` +
        (missing && ` (${missing})`),
      ignore: missing !== "",
      fn() {
        try {
          for (const test of cases) {
            useBackend("reference");
            const wanted = run(test, type);
            useBackend(name);
            const got = run(test, type);
            assert.deepEqual(got, wanted);
          }
        } finally {
          useBackend("auto");
        }
      },
    });
  }

  Deno.test({
    name: `a convolution whose output no memory holds is a RangeError on ${name}`,
    ignore: missing !== "",
    fn() {
      useBackend(name);
      try {
        const [x, w, b] = [ones([1, 1, 4, 4]), ones([1, 1, 3, 3]), ones([1])];
        for (const pad of [50_000, 1_000_000, 1e9]) {
          for (const forward of [convForwardFast, convForwardNaive]) {
            assert.throws(() => forward(x, w, b, { stride: 1, pad }), RangeError);
          }
        }
        assert.throws(() => convTransposeForward(x, w, b, { stride: 1e9, pad: 0 }), RangeError);
      } finally {
        useBackend("auto");
      }
    },
  });
}
