import assert from "node:assert/strict";
import {
  convBackwardFast,
  convBackwardNaive,
  convBnReluBackward,
  convBnReluForward,
  convForwardFast,
  convForwardNaive,
  type ConvParam,
  convReluBackward,
  convReluForward,
  convReluPoolBackward,
  convReluPoolForward,
  maxPoolForwardFast,
} from "../../layers/mod.ts";
import { array, concatenate, NDArray, ones, pad, zeros } from "../../ndarray/mod.ts";
import { RandomState } from "../../random/mod.ts";
import { assertClose } from "../gradients/_suite.ts";
import { fails } from "./_fails.ts";

const layers = {
  naive: { name: "convForwardNaive", forward: convForwardNaive, backward: convBackwardNaive },
  fast: { name: "convForwardFast", forward: convForwardFast, backward: convBackwardFast },
} as const;

const valid: ConvParam = { stride: 1, pad: 0 };

for (const { name, forward, backward } of Object.values(layers)) {
  Deno.test(`${name}() sums products of the window, without turning the filter around`, () => {
    const x = array([[[[1, 2, 3], [4, 5, 6], [7, 8, 9]]]]);
    const w = array([[[[1, 10], [100, 1000]]]]);
    const [out] = forward(x, w, array([0.5]), valid);
    assert.deepEqual(out.toArray(), [[[[5421.5, 6532.5], [8754.5, 9865.5]]]]);
  });

  Deno.test(`${name}() adds the channels, and gives every filter its own bias`, () => {
    const x = array([[[[1]], [[2]]], [[[3]], [[4]]]]);
    const w = array([[[[1]], [[10]]], [[[100]], [[1000]]], [[[0]], [[0]]]]);
    const [out] = forward(x, w, array([1, 2, 3]), valid);
    assert.deepEqual(out.reshape([2, 3]).toArray(), [[22, 2102, 3], [44, 4302, 3]]);
  });

  Deno.test(`${name}() with a pad is the same as without on images framed by zeros`, () => {
    const rng = new RandomState(1);
    const [x, w, b] = [rng.randn(2, 3, 4, 5), rng.randn(4, 3, 3, 2), rng.randn(4)];
    const framed = pad(x, [[0, 0], [0, 0], [2, 2], [1, 1]]);
    const [padded] = forward(x, w, b, { stride: 2, pad: [2, 1] });
    assertClose("out", padded, forward(framed, w, b, { stride: 2, pad: 0 })[0], 1e-13);
  });

  Deno.test(`${name}() with a stride leaves out what lies between`, () => {
    const rng = new RandomState(2);
    const [x, w, b] = [rng.randn(2, 3, 8, 9), rng.randn(4, 3, 3, 2), rng.randn(4)];
    const [all] = forward(x, w, b, { stride: 1, pad: 1 });
    const [some] = forward(x, w, b, { stride: [3, 2], pad: 1 });
    assert.deepEqual(some.shape, [2, 4, 3, 5]);
    assertClose("out", some, all.slice(":", ":", "::3", "::2"), 1e-13);
  });

  Deno.test(`${name}() with dilation is the same as without, with zeros between the taps`, () => {
    const rng = new RandomState(3);
    const [x, w, b] = [rng.randn(2, 3, 9, 8), rng.randn(4, 3, 2, 3), rng.randn(4)];
    const spread = zeros([4, 3, 4, 5]);
    for (let f = 0; f < 4; f++) {
      for (let c = 0; c < 3; c++) {
        for (let u = 0; u < 2; u++) {
          for (let v = 0; v < 3; v++) {
            spread.data[((f * 3 + c) * 4 + 3 * u) * 5 + 2 * v] = w.at(f, c, u, v);
          }
        }
      }
    }
    const param = { stride: 1, pad: 1 };
    const [dilated] = forward(x, w, b, { ...param, dilation: [3, 2] });
    assertClose("out", dilated, forward(x, spread, b, param)[0], 1e-13);
  });

  Deno.test(`${name}() with groups convolves the parts of the channels on their own`, () => {
    const rng = new RandomState(4);
    const [x, w, b] = [rng.randn(2, 6, 4, 5), rng.randn(4, 3, 2, 3), rng.randn(4)];
    const param = { stride: 2, pad: 1 };
    const [first] = forward(x.slice(":", ":3"), w.slice(":2"), b.slice(":2"), param);
    const [second] = forward(x.slice(":", "3:"), w.slice("2:"), b.slice("2:"), param);
    const [out] = forward(x, w, b, { ...param, groups: 2 });
    assertClose("out", out, concatenate([first, second], 1), 1e-13);
  });

  Deno.test(`${name}() with null for the biases adds none and has no gradient for them`, () => {
    const rng = new RandomState(5);
    const [x, w] = [rng.randn(2, 3, 4, 5), rng.randn(4, 3, 3, 3)];
    const [out, cache] = forward(x, w, null, { stride: 1, pad: 1 });
    assert.deepEqual(out.data, forward(x, w, zeros([4]), { stride: 1, pad: 1 })[0].data);
    assert.equal(backward(out, cache)[2], null);
  });

  Deno.test(`${name}() computes in the type in which its inputs meet`, () => {
    type Type = "float32" | "float64" | "int32" | "uint8";
    const results = (x: Type, w: Type, b: Type | null) => {
      const bias = b && zeros([1], b);
      const [out, cache] = forward(ones([1, 1, 2, 2], x), ones([1, 1, 1, 1], w), bias, valid);
      const gradients = backward(ones([1, 1, 2, 2], out.dtype), cache);
      gradients.forEach((d) => assert.equal(d?.dtype ?? out.dtype, out.dtype));
      return out.dtype;
    };
    assert.equal(results("float32", "float32", "float32"), "float32");
    assert.equal(results("float64", "float64", "float64"), "float64");
    assert.equal(results("float32", "float32", "float64"), "float64");
    assert.equal(results("uint8", "float32", "float32"), "float32");
    assert.equal(results("float32", "float32", null), "float32");
    assert.equal(results("int32", "int32", null), "float64");
  });

  Deno.test(`${name}() leaves what it is given alone`, () => {
    const rng = new RandomState(6);
    const inputs = [rng.randn(2, 3, 4, 5), rng.randn(4, 3, 3, 3), rng.randn(4)] as const;
    const param = { stride: 1, pad: 1 };
    const before = inputs.map((a) => [...a.data]);
    const [out, cache] = forward(...inputs, param);
    const dout = rng.randn(...out.shape);
    const [forwarded, upstream] = [[...out.data], [...dout.data]];
    backward(dout, cache);
    assert.deepEqual(inputs.map((a) => [...a.data]), before);
    assert.deepEqual([[...out.data], [...dout.data]], [forwarded, upstream]);
    assert.deepEqual(param, { stride: 1, pad: 1 });
  });

  Deno.test(`${name}() lets NaN through to every output that sees it`, () => {
    const x = array([[[[1, 2, 3], [4, NaN, 6]]]]);
    const [out] = forward(x, ones([1, 1, 1, 2]), zeros([1]), valid);
    assert.deepEqual(out.toArray(), [[[[3, 5], [NaN, NaN]]]]);
  });

  Deno.test(`${name}() asks for a batch of images`, () => {
    const pass = (x: NDArray) => () => forward(x, ones([2, 3, 3, 3]), null, valid);
    fails(
      RangeError,
      `${name}: x must be a batch of images of shape (N, C, H, W), got (3, 8, 8); ` +
        "for one image reshape it to (1, 3, 8, 8)",
      pass(ones([3, 8, 8])),
    );
    fails(RangeError, "shape (N, C, H, W), got (5, 192)", pass(ones([5, 192])));
    fails(
      RangeError,
      `${name}: x must hold at least one image with at least one pixel, got shape (0, 3, 8, 8); ` +
        "is the batch or slice empty?",
      pass(ones([0, 3, 8, 8])),
    );
    fails(RangeError, "got shape (2, 3, 0, 8)", pass(ones([2, 3, 0, 8])));
    // deno-lint-ignore no-explicit-any
    fails(TypeError, `${name}: x must be an NDArray, got Array`, pass([[[[1]]]] as any));
  });

  Deno.test(`${name}() asks for filters with the channels of the images`, () => {
    const pass = (x: number[], w: number[], param: Partial<ConvParam> = {}) => () =>
      forward(ones(x), ones(w), null, { ...valid, ...param });
    fails(
      RangeError,
      `${name}: w must have shape (F, 3, HH, WW) for the 3 channels of x (2, 3, 8, 8), ` +
        "got (16, 4, 3, 3)",
      pass([2, 3, 8, 8], [16, 4, 3, 3]),
    );
    fails(
      RangeError,
      "got (3, 16, 5, 5); are the first two axes of w swapped?",
      pass([2, 3, 8, 8], [3, 16, 5, 5]),
    );
    fails(
      RangeError,
      "got (16, 3, 5, 5); if x is (N, H, W, C), use x.transpose([0, 3, 1, 2])",
      pass([2, 8, 8, 3], [16, 3, 5, 5]),
    );
    fails(
      RangeError,
      "got (5, 5, 3, 16); if w is (HH, WW, C, F), use w.transpose([3, 2, 0, 1])",
      pass([2, 3, 8, 8], [5, 5, 3, 16]),
    );
    fails(
      RangeError,
      "w must have shape (F, 2, HH, WW) for the 4 channels of x (2, 4, 8, 8) in 2 groups, " +
        "got (6, 4, 3, 3)",
      pass([2, 4, 8, 8], [6, 4, 3, 3], { groups: 2 }),
    );
    fails(RangeError, "got (2, 27)", pass([2, 3, 8, 8], [2, 27]));
    fails(RangeError, "got (0, 3, 3, 3)", pass([2, 3, 8, 8], [0, 3, 3, 3]));
  });

  Deno.test(`${name}() asks for groups that divide channels and filters`, () => {
    const pass = (groups: number, c = 4, f = 6) => () =>
      forward(ones([1, c, 3, 3]), ones([f, 2, 1, 1]), null, { ...valid, groups });
    fails(
      RangeError,
      `${name}: convParam.groups must divide the 4 channels of x, got 3; use one of 1, 2, 4`,
      pass(3),
    );
    fails(RangeError, "must divide the 5 filters of w, got 2; use one of 1, 5", pass(2, 4, 5));
    fails(RangeError, "convParam.groups must be a whole number from 1 up, got 0", pass(0));
    fails(RangeError, "convParam.groups must be a whole number from 1 up, got 0.5", pass(0.5));
  });

  Deno.test(`${name}() asks for one bias a filter`, () => {
    // deno-lint-ignore no-explicit-any
    const pass = (b: any) => () => forward(ones([1, 3, 4, 4]), ones([2, 3, 3, 3]), b, valid);
    fails(
      RangeError,
      `${name}: b must have shape (2,), one bias for each filter of w (2, 3, 3, 3), got (3,)`,
      pass(ones([3])),
    );
    fails(RangeError, "got (1, 2); reshape it to (2,)", pass(ones([1, 2])));
    fails(TypeError, `${name}: b is undefined; for no bias pass null`, pass(undefined));
    fails(TypeError, `${name}: b must be an NDArray, got Array; wrap it in array(b)`, pass([1, 2]));
  });

  Deno.test(`${name}() refuses wrong strides, pads and dilations`, () => {
    // deno-lint-ignore no-explicit-any
    const pass = (param: any) => () => forward(ones([1, 1, 4, 4]), ones([1, 1, 3, 3]), null, param);
    fails(
      RangeError,
      `${name}: convParam.stride must be a whole number from 1 up, got 0; 1 moves by one pixel`,
      pass({ stride: 0, pad: 0 }),
    );
    fails(
      RangeError,
      "convParam.stride must be a whole number from 1 up, got 1.5",
      pass({
        stride: 1.5,
        pad: 0,
      }),
    );
    fails(RangeError, "convParam.stride", pass({ stride: [1, NaN], pad: 0 }));
    fails(
      RangeError,
      `${name}: convParam.pad must be a whole number from 0 up, got -1`,
      pass({ stride: 1, pad: -1 }),
    );
    fails(
      RangeError,
      "convParam.pad must be a whole number from 0 up, got 1.5; to keep the size of the image " +
        "use an odd filter and a pad of (size - 1) / 2",
      pass({ stride: 1, pad: 1.5 }),
    );
    fails(RangeError, "convParam.pad", pass({ stride: 1, pad: "1" }));
    fails(
      RangeError,
      "convParam.dilation must be a whole number from 1 up, got 0",
      pass({
        ...valid,
        dilation: 0,
      }),
    );
    fails(
      RangeError,
      "convParam.stride must be one number or a pair [vertical, horizontal], got 3 numbers",
      pass({ stride: [1, 1, 1], pad: 0 }),
    );
    fails(TypeError, `${name}: convParam must be an object { stride, pad }, got 1`, pass(1));
    fails(TypeError, "convParam must be an object { stride, pad }, got undefined", pass(undefined));
    fails(
      TypeError,
      `${name}: convParam needs pad; its keys are stride, padding`,
      pass({ stride: 1, padding: 1 }),
    );
    fails(TypeError, "convParam needs stride and pad; its keys are none", pass({}));
  });

  Deno.test(`${name}() refuses a filter larger than the padded image`, () => {
    const pass = (w: number[], param: Partial<ConvParam>) => () =>
      forward(ones([1, 1, 4, 6]), ones([1, 1, ...w]), null, { ...valid, ...param });
    fails(
      RangeError,
      `${name}: the filter covers 9×3 pixels, more than the padded image of 6×8; use a smaller ` +
        "filter or a pad of at least 3",
      pass([9, 3], { pad: 1 }),
    );
    fails(
      RangeError,
      "the filter covers 1×7 pixels, more than the padded image of 4×6",
      pass([
        1,
        7,
      ], {}),
    );
    fails(RangeError, "the filter covers 7×7 pixels", pass([3, 3], { dilation: 3 }));
    assert.deepEqual(pass([9, 3], { pad: 3 })()[0].shape, [1, 1, 2, 10]);
  });

  Deno.test(`${name}()'s backward pass asks for a gradient of the shape of the output`, () => {
    const [, cache] = forward(ones([2, 3, 4, 4]), ones([5, 3, 3, 3]), ones([5]), valid);
    fails(
      RangeError,
      `${name.replace("Forward", "Backward")}: dout must have the shape of the forward output, ` +
        "(2, 5, 2, 2), got (2, 5, 4, 4); does the cache belong to this pass?",
      () => backward(ones([2, 5, 4, 4]), cache),
    );
  });
}

Deno.test("convBackwardFast() and the composites leave out dx when it is not needed", () => {
  const [x, w, b] = [ones([2, 1, 4, 4]), ones([3, 1, 3, 3]), ones([3])];
  const options = { needs: { dx: false } };
  const [out, cache] = convForwardFast(x, w, b, valid);
  const [dx, dw, db] = convBackwardFast(out, cache, options);
  assert.equal(dx, null);
  assert.deepEqual([dw.shape, db.shape], [[3, 1, 3, 3], [3]]);
  assert.equal(convReluBackward(out, convReluForward(x, w, b, valid)[1], options)[0], null);
  const poolParam = { poolHeight: 2, poolWidth: 2, stride: 2 };
  const [pooled, poolCache] = convReluPoolForward(x, w, b, valid, poolParam);
  assert.equal(convReluPoolBackward(pooled, poolCache, options)[0], null);
  const [, bnCache] = convBnReluForward(x, w, b, b, b, valid, { mode: "train" });
  assert.equal(convBnReluBackward(out, bnCache, options)[0], null);
});

Deno.test("the composites are their layers one after another", () => {
  const rng = new RandomState(7);
  const [x, w, b] = [rng.randn(2, 3, 6, 6), rng.randn(4, 3, 3, 3), rng.randn(4)];
  const param = { stride: 1, pad: 1 };
  const poolParam = { poolHeight: 2, poolWidth: 2, stride: 2 };
  const [plain] = convForwardNaive(x, w, b, param);
  const rectified = new NDArray(plain.data.map((value) => Math.max(0, value)), plain.shape);
  assertClose("relu", convReluForward(x, w, b, param)[0], rectified, 1e-13);
  const [pooled] = convReluPoolForward(x, w, b, param, poolParam);
  assertClose("pool", pooled, maxPoolForwardFast(rectified, poolParam)[0], 1e-13);
});

Deno.test("the composites name themselves in errors", () => {
  const [x, w] = [ones([2, 3, 4, 4]), ones([5, 2, 3, 3])];
  const b = ones([5]);
  fails(RangeError, "convReluForward: w must have shape", () => convReluForward(x, w, b, valid));
  fails(
    RangeError,
    "convBnReluForward: w must have shape",
    () => convBnReluForward(x, w, b, b, b, valid, { mode: "train" }),
  );
  fails(
    RangeError,
    "convReluPoolForward: w must have shape",
    () => convReluPoolForward(x, w, b, valid, { poolHeight: 2, poolWidth: 2, stride: 2 }),
  );
});
