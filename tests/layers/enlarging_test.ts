import assert from "node:assert/strict";
import {
  convBackwardNaive,
  convForwardNaive,
  convTransposeForward,
  upsampleBackward,
  upsampleForward,
} from "../../layers/mod.ts";
import { array, ones, zeros } from "../../ndarray/mod.ts";
import { RandomState } from "../../random/mod.ts";
import { testOnBackends } from "../gradients/_backends.ts";
import { assertClose } from "../gradients/_suite.ts";
import { fails } from "./_fails.ts";

testOnBackends("convTransposeForward() is the gradient of a convolution by its input", () => {
  const rng = new RandomState(6);
  const [image, w] = [rng.randn(2, 3, 7, 8), rng.randn(4, 3, 3, 3)];
  const param = { stride: 2, pad: 1 };
  const [, cache] = convForwardNaive(image, w, null, param);
  const dout = rng.randn(2, 4, 4, 4);
  const [expected] = convBackwardNaive(dout, cache);
  const [out] = convTransposeForward(dout, w, null, { ...param, outputPad: [0, 1] });
  assertClose("out", out, expected, 1e-13);
});

Deno.test("convTransposeForward() says what does not fit", () => {
  const [x, w, b] = [ones([1, 4, 3, 3]), ones([4, 2, 3, 3]), ones([2])];
  const param = { stride: 2, pad: 1 };
  // deno-lint-ignore no-explicit-any
  const call = (changes: any, filters = w, bias = b) => () =>
    convTransposeForward(x, filters, bias, { ...param, ...changes });
  fails(
    RangeError,
    "convTransposeForward: w must have shape (4, F, kh, kw) for the 4 channels of x (1, 4, 3, 3), " +
      "got (2, 4, 3, 3); are the first two axes of w swapped?",
    call({}, ones([2, 4, 3, 3])),
  );
  fails(
    RangeError,
    "b must have shape (2,), one bias for each channel of the output, got (4,)",
    call({}, w, ones([4])),
  );
  fails(RangeError, "convParam.outputPad must be below the stride 2×2", call({ outputPad: 2 }));
  fails(RangeError, "convParam.groups must divide the 4 channels of x, got 3", call({ groups: 3 }));
  fails(RangeError, "the output would have -3×-3 pixels; use a smaller pad", call({ pad: 5 }));
  fails(RangeError, "convParam.stride must be a whole number from 1 up", call({ stride: 0 }));
  fails(
    RangeError,
    "x must be a batch of images",
    () => convTransposeForward(zeros([3]), w, b, param),
  );
  fails(
    TypeError,
    "for no bias pass null",
    // deno-lint-ignore no-explicit-any
    () => convTransposeForward(x, w, undefined as any, param),
  );
});

Deno.test("upsampleForward() by nearest pixels only repeats, infinities too", () => {
  const x = array([[[[1, Infinity], [NaN, -Infinity]]]]);
  const [out, cache] = upsampleForward(x, { scale: 2, mode: "nearest" });
  assert.deepEqual(out.at(0, 0, 0, 1), 1);
  assert.deepEqual(out.slice(0, 0, 3).toArray(), [NaN, NaN, -Infinity, -Infinity]);
  const dx = upsampleBackward(out, cache);
  assert.deepEqual(dx.toArray(), [[[[4, Infinity], [NaN, -Infinity]]]]);
});

Deno.test("upsampleForward() refuses wrong settings", () => {
  // deno-lint-ignore no-explicit-any
  const call = (param: any) => () => upsampleForward(ones([1, 1, 2, 2]), param);
  fails(
    RangeError,
    'upsampleForward: upsampleParam.mode must be "nearest" or "bilinear", got "bicubic"',
    call({ scale: 2, mode: "bicubic" }),
  );
  fails(
    RangeError,
    "upsampleParam.scale must be a whole number from 1 up, got 1.5",
    call({ scale: 1.5, mode: "nearest" }),
  );
  fails(TypeError, "upsampleParam must be an object { scale, mode }, got 2", call(2));
});
