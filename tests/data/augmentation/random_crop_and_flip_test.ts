import assert from "node:assert/strict";
import * as fc from "fast-check";
import { randomCropAndFlip } from "../../../data/mod.ts";
import { array, type NDArray, ones, pad as padded, zeros } from "../../../ndarray/mod.ts";
import { RandomState } from "../../../random/mod.ts";
import { fails } from "../../layers/_fails.ts";

/** The same with the functions of arrays, image by image. */
function oracle(X: NDArray, rng: RandomState, pad: number, flip: number): unknown[] {
  const [n, , h, w] = X.shape;
  const framed = padded(X, [[0, 0], [0, 0], [pad, pad], [pad, pad]]);
  const offsets = pad > 0 ? rng.randint(0, 2 * pad + 1, [n, 2]) : zeros([n, 2]);
  const coins = flip > 0 ? rng.rand(n) : ones([n]);
  return Array.from({ length: n }, (_, i) => {
    const [top, left] = [offsets.at(i, 0), offsets.at(i, 1)];
    const crop = framed.slice(i, ":", `${top}:${top + h}`, `${left}:${left + w}`);
    return (coins.at(i) < flip ? crop.slice(":", ":", "::-1") : crop).toArray();
  });
}

const dtypes = ["float32", "float64", "uint8", "int32"] as const;

Deno.test("randomCropAndFlip() pads, crops and mirrors each image as it draws", () => {
  const shape = fc.tuple(...[4, 3, 7, 6].map((max) => fc.integer({ min: 1, max })));
  const flips = fc.constantFrom(0, 0.3, 0.5, 1);
  const cases = [shape, fc.nat(9), flips, fc.constantFrom(...dtypes), fc.nat(1e6)] as const;
  fc.assert(fc.property(...cases, (shape, pad, flip, dtype, seed) => {
    const X = new RandomState(seed).randint(1, 256, shape).astype(dtype);
    const before = X.toArray();
    const [rng, control] = [new RandomState(seed), new RandomState(seed)];
    const out = randomCropAndFlip({ pad, flip })(X, rng);
    assert.deepEqual(out.toArray(), oracle(X, control, pad, flip));
    assert.deepEqual([out.dtype, out.shape], [dtype, X.shape]);
    assert.deepEqual(X.toArray(), before);
    assert.equal(rng.rand(), control.rand());
  }));
});

Deno.test("randomCropAndFlip() moves by up to 4 pixels and mirrors half of the images by default", () => {
  const X = zeros([2000, 1, 11, 11]);
  // The left one of two marked pixels is brighter.
  for (let i = 0; i < 2000; i++) X.data.set([2, 1], (i * 11 + 5) * 11 + 5);
  const out = randomCropAndFlip()(X, new RandomState(0));
  const places = new Map<string, number>();
  let mirrored = 0;
  for (let i = 0; i < 2000; i++) {
    const at = out.data.indexOf(2, i * 121) - i * 121;
    const dim = out.data.indexOf(1, i * 121) - i * 121;
    if (dim === at - 1) mirrored++;
    const place = `${Math.floor(at / 11)}, ${at % 11}`;
    places.set(place, (places.get(place) ?? 0) + 1);
  }
  assert.equal(places.size, 81);
  assert.ok(Math.abs(mirrored / 2000 - 0.5) < 0.05, `${mirrored}`);
});

Deno.test("randomCropAndFlip() writes to out, all of it, and returns it", () => {
  const X = new RandomState(1).randn(5, 3, 6, 4).astype("float32");
  const out = ones([5, 3, 6, 4], "float32").multiply(99);
  const augment = randomCropAndFlip({ pad: 5 });
  assert.equal(augment(X, new RandomState(2), out), out);
  assert.deepEqual(out.toArray(), augment(X, new RandomState(2)).toArray());
});

Deno.test("randomCropAndFlip() with nothing to do draws nothing and copies", () => {
  const rng = new RandomState(3);
  const state = rng.getState();
  const X = array([[[[1, 2], [3, 4]]]]);
  const out = randomCropAndFlip({ pad: 0, flip: 0 })(X, rng);
  assert.deepEqual(out.toArray(), X.toArray());
  assert.notEqual(out.data, X.data);
  assert.deepEqual(rng.getState(), state);
});

Deno.test("randomCropAndFlip() refuses what is wrong or unknown", () => {
  // deno-lint-ignore no-explicit-any
  const make = (options: any) => () => randomCropAndFlip(options);
  fails(RangeError, "randomCropAndFlip: pad must be a whole number", make({ pad: -1 }));
  fails(RangeError, "pad must be a whole number of pixels from 0 up, got 1.5", make({ pad: 1.5 }));
  fails(RangeError, "flip must be a probability from 0 to 1, got 2", make({ flip: 2 }));
  fails(RangeError, "flip must be", make({ flip: NaN }));
  fails(TypeError, 'there is no option "padding"; the options are pad, flip', make({ padding: 4 }));
  const augment = randomCropAndFlip();
  const X = ones([2, 3, 4, 4]);
  // deno-lint-ignore no-explicit-any
  const pass = (X: any, out?: NDArray) => () => augment(X, new RandomState(0), out);
  fails(RangeError, "X must hold images of shape (N, C, H, W), got (2, 48)", pass(ones([2, 48])));
  fails(TypeError, "X must be an NDArray", pass([[1]]));
  fails(RangeError, "out must be another array of the shape and type of X", pass(X, X));
  fails(RangeError, "(2, 3, 4, 4) float64, got (2, 3, 4, 4) float32", pass(X, X.astype("float32")));
  fails(RangeError, "got (1, 3, 4, 4)", pass(X, ones([1, 3, 4, 4])));
});
