import assert from "node:assert/strict";
import { Workspace } from "../../kernels/mod.ts";
import {
  convBackwardFast,
  convBackwardNaive,
  type ConvCache,
  convForwardFast,
  convForwardNaive,
} from "../../layers/mod.ts";
import type { NDArray } from "../../ndarray/mod.ts";
import { RandomState } from "../../random/mod.ts";
import { convSetups } from "../layers/_geometries.ts";
import { testOnBackends } from "./_backends.ts";
import { convSuite } from "./_conv_suite.ts";
import { assertClose, gradientSuite } from "./_suite.ts";

convSuite("fast convolution", { forward: convForwardFast, backward: convBackwardFast });

function valuesOf({ data }: NDArray): number[] {
  return [...data];
}

gradientSuite<ConvCache>("fast convolution without dx", {
  cases: [{ w: [4, 3, 3, 2], b: [4] }],
  forward: ({ w, b }) => {
    const x = new RandomState(9).randn(2, 3, 5, 4).astype(w.dtype);
    return convForwardFast(x, w, b, { stride: 2, pad: 1 });
  },
  backward: (dout, cache) => convBackwardFast(dout, cache, { needs: { dx: false } }),
  tolerance: 1e-8,
});

testOnBackends("fast convolution overwrites what is in the arrays that a workspace deals", () => {
  for (const { x, w, param } of convSetups) {
    for (const dtype of ["float32", "float64"] as const) {
      const pass = () => {
        const rng = new RandomState(3);
        const draw = (shape: readonly number[]) => rng.randn(...shape).astype(dtype);
        const [out, cache] = convForwardFast(draw(x), draw(w), draw([w[0]]), param);
        return [out, ...convBackwardFast(draw(out.shape), cache)];
      };
      const workspace = new Workspace();
      for (const used of workspace.run(pass)) used.data.fill(NaN);
      assert.deepEqual(workspace.run(pass).map(valuesOf), pass().map(valuesOf));
    }
  }
});

// The matrix of all patches of such an image is larger than the reference makes it at a time.
testOnBackends("naive and fast convolution agree on an image worked off in pieces", () => {
  const rng = new RandomState(4);
  const arrays = [rng.randn(1, 4, 41, 43), rng.randn(5, 4, 7, 7), rng.randn(5)];
  const param = { stride: 1, pad: 3 };
  for (const dtype of ["float64", "float32"] as const) {
    const [x, w, b] = arrays.map((array) => array.astype(dtype));
    const [naive, naiveCache] = convForwardNaive(x, w, b, param);
    const [fast, fastCache] = convForwardFast(x, w, b, param);
    // Sums of many terms are as exact as their terms are large, not as they are themselves.
    const [tolerance, floor] = dtype === "float64" ? [1e-12, 0.1] : [1e-5, 1];
    assertClose(`out in ${dtype}`, fast, naive, tolerance, floor);
    const dout = new RandomState(5).randn(...naive.shape).astype(dtype);
    const expected = convBackwardNaive(dout, naiveCache);
    convBackwardFast(dout, fastCache).forEach((gradient, i) =>
      assertClose(`${["dx", "dw", "db"][i]} in ${dtype}`, gradient, expected[i], tolerance, floor)
    );
  }
});
