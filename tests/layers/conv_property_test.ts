import assert from "node:assert/strict";
import * as fc from "fast-check";
import {
  avgPoolBackward,
  avgPoolForward,
  convBackwardFast,
  convBackwardNaive,
  convForwardFast,
  convForwardNaive,
  maxPoolBackwardFast,
  maxPoolBackwardNaive,
  maxPoolForwardFast,
  maxPoolForwardNaive,
} from "../../layers/mod.ts";
import { NDArray } from "../../ndarray/mod.ts";
import { RandomState } from "../../random/mod.ts";
import { testOnBackends } from "../gradients/_backends.ts";
import { assertClose } from "../gradients/_suite.ts";
import { anyConv, anyPool } from "./_geometries.ts";

const dtypes = fc.constantFrom("float32" as const, "float64" as const);
const seeds = fc.nat(1e6);

testOnBackends("naive and fast convolution agree, and take each other's caches", () => {
  fc.assert(fc.property(anyConv, dtypes, seeds, ({ x, w, param, bias }, dtype, seed) => {
    const rng = new RandomState(seed);
    const [images, filters] = [rng.randn(...x).astype(dtype), rng.randn(...w).astype(dtype)];
    const b = bias ? rng.randn(w[0]).astype(dtype) : null;
    const [naive, naiveCache] = convForwardNaive(images, filters, b, param);
    const [fast, fastCache] = convForwardFast(images, filters, b, param);
    const tolerance = dtype === "float32" ? 1e-5 : 1e-12;
    assertClose("out", fast, naive, tolerance, 1);
    assert.equal(fast.dtype, dtype);

    const dout = rng.randn(...naive.shape).astype(dtype);
    const expected = convBackwardNaive(dout, naiveCache);
    const crossed = [
      convBackwardNaive(dout, fastCache),
      convBackwardFast(dout, naiveCache),
      convBackwardFast(dout, fastCache),
    ];
    for (const gradients of crossed) {
      gradients.forEach((gradient, i) => {
        if (gradient === null) return assert.equal(expected[i], null);
        assert.equal(gradient.dtype, dtype);
        assertClose(["dx", "dw", "db"][i], gradient, expected[i]!, tolerance, 1);
      });
    }
  }));
});

/** An inner product, with which a linear layer and its gradient must agree: ⟨dout, L x⟩ = ⟨dx, x⟩. */
function dot(a: NDArray, b: NDArray): number {
  return a.multiply(b).sum();
}

testOnBackends("fast convolution and its gradients are adjoint", () => {
  fc.assert(fc.property(anyConv, seeds, ({ x, w, param }, seed) => {
    const rng = new RandomState(seed);
    const [images, filters] = [rng.randn(...x), rng.randn(...w)];
    const [out, cache] = convForwardFast(images, filters, null, param);
    const dout = rng.randn(...out.shape);
    const [dx, dw] = convBackwardFast(dout, cache);
    const products = [dot(dout, out), dot(dx, images), dot(dw, filters)];
    const size = Math.sqrt(dot(dout, dout) * dot(out, out));
    for (const product of products) assert.ok(Math.abs(product - products[0]) <= 1e-12 * size);
  }));
});

testOnBackends("naive and fast max pooling agree to the bit, ties and NaN included", () => {
  fc.assert(fc.property(anyPool, dtypes, seeds, ({ x, param }, dtype, seed) => {
    const rng = new RandomState(seed);
    // Few different values, so that most windows have ties.
    const images = rng.randint(-2, 3, x).astype(dtype);
    images.data.forEach((value, i) => images.data[i] = value === -2 ? NaN : value);
    const [naive, naiveCache] = maxPoolForwardNaive(images, param);
    const [fast, fastCache] = maxPoolForwardFast(images, param);
    assert.deepEqual([...fast.data], [...naive.data]);
    assert.deepEqual(fastCache, naiveCache);
    assert.deepEqual([fast.shape, fast.dtype], [naive.shape, dtype]);

    const dout = rng.randint(-5, 6, [...naive.shape]).astype(dtype);
    const expected = maxPoolBackwardNaive(dout, naiveCache);
    const crossed = [
      maxPoolBackwardNaive(dout, fastCache),
      maxPoolBackwardFast(dout, naiveCache),
      maxPoolBackwardFast(dout, fastCache),
    ];
    for (const dx of crossed) assert.deepEqual(dx, expected);
  }));
});

/** Average pooling as a convolution of every channel with a filter of equal weights. */
testOnBackends("average pooling is a depthwise convolution", () => {
  fc.assert(fc.property(anyPool, dtypes, seeds, ({ x, param }, dtype, seed) => {
    const rng = new RandomState(seed);
    const images = rng.randn(...x).astype(dtype);
    const { poolHeight, poolWidth, stride } = param;
    const area = poolHeight * poolWidth;
    const filters = new NDArray(new Float64Array(x[1] * area).fill(1 / area), [
      x[1],
      1,
      poolHeight,
      poolWidth,
    ]);
    const convParam = { stride, pad: 0, groups: x[1] };
    const [convolved, convCache] = convForwardNaive(
      images.astype("float64"),
      filters,
      null,
      convParam,
    );
    const [out, cache] = avgPoolForward(images, param);
    const tolerance = dtype === "float32" ? 1e-5 : 1e-12;
    assertClose("out", out, convolved, tolerance, 1);
    const dout = rng.randn(...out.shape).astype(dtype);
    const dx = avgPoolBackward(dout, cache);
    assert.equal(dx.dtype, dtype);
    assertClose("dx", dx, convBackwardNaive(dout, convCache)[0], tolerance, 1);
  }));
});
