import assert from "node:assert/strict";
import {
  avgPoolBackward,
  avgPoolForward,
  maxPoolBackwardFast,
  maxPoolBackwardNaive,
  maxPoolForwardFast,
  maxPoolForwardNaive,
  type PoolParam,
} from "../../layers/mod.ts";
import { array, type NDArray, ones } from "../../ndarray/mod.ts";
import { fails } from "./_fails.ts";

const forwards = { maxPoolForwardNaive, maxPoolForwardFast, avgPoolForward };
const valid: PoolParam = { poolHeight: 2, poolWidth: 2, stride: 2 };

const x = array([[[[1, 2, 3, 4], [8, 7, 6, 5], [0, -1, -2, -3]]], [[[-1, -2, -3, -4], [
  -8,
  -7,
  -6,
  -5,
], [0, 1, 2, 3]]]]);

for (const forward of [maxPoolForwardNaive, maxPoolForwardFast]) {
  Deno.test(`${forward.name}() takes the largest value of each window, plane by plane`, () => {
    assert.deepEqual(forward(x, valid)[0].toArray(), [[[[8, 6]]], [[[-1, -3]]]]);
    const [rows] = forward(x, { poolHeight: 1, poolWidth: 3, stride: 1 });
    assert.deepEqual(rows.toArray(), [[[[3, 4], [8, 7], [0, -1]]], [[[-1, -2], [-6, -5], [2, 3]]]]);
    const [columns] = forward(x, { poolHeight: 3, poolWidth: 1, stride: [1, 2] });
    assert.deepEqual(columns.toArray(), [[[[8, 6]]], [[[0, 2]]]]);
  });

  Deno.test(`${forward.name}() remembers where the maxima are`, () => {
    const [, { argmax }] = forward(x, valid);
    assert.deepEqual(argmax.toArray(), [[[[4, 6]]], [[[0, 2]]]]);
    assert.equal(argmax.dtype, "int32");
  });
}

for (const backward of [maxPoolBackwardNaive, maxPoolBackwardFast]) {
  Deno.test(`${backward.name}() adds the gradients of windows that overlap`, () => {
    const images = array([[[[0, 0, 0], [0, 9, 0], [0, 0, 0]]]]);
    const [, cache] = maxPoolForwardNaive(images, { poolHeight: 2, poolWidth: 2, stride: 1 });
    const dx = backward(array([[[[1, 10], [100, 1000]]]]), cache);
    assert.deepEqual(dx.toArray(), [[[[0, 0, 0], [0, 1111, 0], [0, 0, 0]]]]);
  });

  Deno.test(`${backward.name}() takes an upstream gradient of another type`, () => {
    const [, cache] = maxPoolForwardFast(ones([1, 1, 2, 2], "float32"), valid);
    assert.equal(backward(ones([1, 1, 1, 1], "float32"), cache).dtype, "float32");
    assert.equal(backward(ones([1, 1, 1, 1], "float64"), cache).dtype, "float64");
    assert.equal(backward(ones([1, 1, 1, 1], "int32"), cache).dtype, "float64");
  });

  Deno.test(`${backward.name}() asks for a gradient of the shape of the output`, () => {
    const [, cache] = maxPoolForwardFast(x, valid);
    fails(
      RangeError,
      `${backward.name}: dout must have the shape of the forward output, (2, 1, 1, 2), got (2, 1, 2, 1)`,
      () => backward(ones([2, 1, 2, 1]), cache),
    );
  });
}

Deno.test("avgPoolForward() takes the mean of each window", () => {
  assert.deepEqual(avgPoolForward(x, valid)[0].toArray(), [[[[4.5, 4.5]]], [[[-4.5, -4.5]]]]);
  const [all] = avgPoolForward(x, { poolHeight: 3, poolWidth: 4, stride: 1 });
  assert.deepEqual(all.toArray(), [[[[2.5]]], [[[-2.5]]]]);
});

Deno.test("avgPoolBackward() spreads a gradient over its window, adding where windows overlap", () => {
  const [, cache] = avgPoolForward(ones([1, 1, 2, 3]), { poolHeight: 2, poolWidth: 2, stride: 1 });
  const dx = avgPoolBackward(array([[[[4, 8]]]]), cache);
  assert.deepEqual(dx.toArray(), [[[[1, 3, 2], [1, 3, 2]]]]);
  fails(
    RangeError,
    "avgPoolBackward: dout must have the shape",
    () => avgPoolBackward(ones([1, 1, 1, 1]), cache),
  );
});

for (const [name, forward] of Object.entries(forwards)) {
  Deno.test(`${name}() keeps float types and takes integers for float64`, () => {
    for (
      const [given, expected] of [["float32", "float32"], ["float64", "float64"], [
        "int32",
        "float64",
      ], ["uint8", "float64"]] as const
    ) {
      assert.equal(forward(ones([1, 1, 2, 2], given), valid)[0].dtype, expected);
    }
  });

  Deno.test(`${name}() leaves its input alone and returns a new array`, () => {
    const images = ones([1, 1, 1, 1]);
    const [out] = forward(images, { poolHeight: 1, poolWidth: 1, stride: 1 });
    out.data[0] = 5;
    assert.equal(images.item(), 1);
  });

  Deno.test(`${name}() refuses what has no windows`, () => {
    // deno-lint-ignore no-explicit-any
    const pass = (param: any, images: NDArray = x) => () => forward(images, param);
    fails(
      RangeError,
      `${name}: the window of 4×2 pixels is larger than the image of 3×4; use a smaller window`,
      pass({ ...valid, poolHeight: 4 }),
    );
    fails(RangeError, "the window of 2×5 pixels", pass({ ...valid, poolWidth: 5 }));
    fails(
      RangeError,
      `${name}: poolParam.stride must be a whole number from 1 up, got 0; 1 moves by one pixel`,
      pass({ ...valid, stride: 0 }),
    );
    fails(RangeError, "poolParam.stride must be", pass({ ...valid, stride: 0.5 }));
    fails(RangeError, "poolParam.stride must be", pass({ ...valid, stride: [1, -1] }));
    fails(
      RangeError,
      `${name}: poolParam.poolHeight must be a whole number from 1 up, got 0`,
      pass({ ...valid, poolHeight: 0 }),
    );
    fails(RangeError, "poolParam.poolWidth must be", pass({ ...valid, poolWidth: 1.5 }));
    fails(
      TypeError,
      `${name}: poolParam needs poolWidth; its keys are poolHeight, width, stride`,
      pass({ poolHeight: 2, width: 2, stride: 2 }),
    );
    fails(TypeError, `${name}: poolParam must be an object`, pass(null));
    fails(RangeError, `${name}: x must hold at least one image`, pass(valid, ones([0, 1, 4, 4])));
    fails(RangeError, `${name}: x must be a batch of images`, pass(valid, ones([4, 4])));
    fails(
      RangeError,
      `${name}: poolParam.pad must be at most half of the window 2×2, so that every window has a ` +
        "pixel, got 2×2",
      pass({ ...valid, pad: 2 }),
    );
    fails(RangeError, "poolParam.pad must be a whole number", pass({ ...valid, pad: -1 }));
    fails(
      TypeError,
      `${name}: poolParam.ceilMode must be true or false, got 1`,
      pass({ ...valid, ceilMode: 1 }),
    );
    fails(
      RangeError,
      "the window of 8×2 pixels is larger than the padded image of 5×6",
      pass({ ...valid, poolHeight: 8, pad: 1 }),
    );
  });

  Deno.test(`${name}() in ceil mode has no window that begins past the edge`, () => {
    const shape = (length: number, changes: object = {}) =>
      forward(ones([1, 1, length, 4]), { ...valid, ceilMode: true, ...changes })[0].shape[2];
    assert.deepEqual([4, 5, 6].map((length) => shape(length)), [2, 3, 3]);
    assert.deepEqual([4, 5, 6, 7].map((length) => shape(length, { stride: 3 })), [2, 2, 2, 3]);
    assert.deepEqual([3, 4].map((length) => shape(length, { pad: 1 })), [2, 3]);
  });
}

Deno.test("max pooling takes no pixel of a pad, were all others infinitely small", () => {
  const images = ones([1, 1, 2, 2]).multiply(-Infinity);
  const param = { poolHeight: 2, poolWidth: 2, stride: 2, pad: 1 };
  for (const forward of [maxPoolForwardFast, maxPoolForwardNaive]) {
    const [out, { argmax }] = forward(images, param);
    assert.deepEqual(out.toArray(), [[[[-Infinity, -Infinity], [-Infinity, -Infinity]]]]);
    assert.deepEqual(argmax.toArray(), [[[[0, 1], [2, 3]]]]);
  }
});

Deno.test("avgPoolForward() counts the zeros of a pad unless told otherwise", () => {
  const param = { poolHeight: 2, poolWidth: 2, stride: 2, pad: 1 };
  assert.equal(avgPoolForward(ones([1, 1, 2, 2]), param)[0].at(0, 0, 0, 0), 0.25);
  const [out] = avgPoolForward(ones([1, 1, 2, 2]), { ...param, countPad: false });
  assert.equal(out.at(0, 0, 0, 0), 1);
  // deno-lint-ignore no-explicit-any
  const wrong = { ...param, countPad: 0 } as any;
  fails(TypeError, "countPad must be true or false, got 0", () => avgPoolForward(x, wrong));
});
