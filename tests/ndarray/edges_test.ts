/** Where numbers end: signs of zero, infinities, ends of integer types, bytes that are no bools. */
import assert from "node:assert/strict";
import * as fc from "fast-check";
import {
  array,
  asNDArray,
  clip,
  cumprod,
  type DType,
  floorDivide,
  linspace,
  maximum,
  median,
  minimum,
  mod,
  NDArray,
  percentile,
  prod,
  where,
} from "../../ndarray/mod.ts";

Deno.test("floorDivide() keeps the sign of zero, as NumPy does", () => {
  const cases: [number, number, number][] = [
    [0, -1, -0],
    [-0, 1, -0],
    [-0, -1, 0],
    [0, 1, 0],
    [0, -Infinity, -0],
    [-0, Infinity, -0],
    [0, -0.5, -0],
    [1, Infinity, 0],
    [-1, Infinity, -1],
    [-0.5, -1, 0],
  ];
  for (const [x, y, quotient] of cases) {
    for (const dtype of ["float64", "float32"] as const) {
      const [a, b] = [array([x], dtype), array([y], dtype)];
      assert.ok(Object.is(floorDivide(a, b).item(), quotient), `${x} // ${y}`);
      assert.ok(Object.is(floorDivide(x, b).item(), quotient), `number ${x} // ${y}`);
      assert.ok(Object.is(floorDivide(a, y).item(), quotient), `${x} // number ${y}`);
    }
  }
  assert.ok(Object.is(mod(array([-4]), 2).item(), 0));
  assert.ok(Object.is(mod(array([4]), -2).item(), -0));
});

Deno.test("products of whole numbers have no negative zero", () => {
  const x = array([-1, 0, 3], "int32");
  assert.ok(Object.is(prod(x), 0));
  assert.deepEqual(cumprod(x).toArray(), [-1, 0, 0]);
  assert.ok(Object.is(cumprod(array([-1, 0])).at(1), -0));
  assert.ok(Object.is(prod(array([-1, 0])), -0));
});

Deno.test("linspace() rounds whole numbers down, on both sides of zero", () => {
  const whole = (...args: [number, number, number]) =>
    linspace(...args, { dtype: "int32" }).toArray();
  assert.deepEqual(whole(-3, 0, 5), [-3, -3, -2, -1, 0]);
  assert.deepEqual(whole(3, 0, 5), [3, 2, 1, 0, 0]);
  assert.deepEqual(whole(-2.9, 2.9, 4), [-3, -1, 0, 2]);
  assert.deepEqual(whole(-0.5, -0.5, 1), [-1]);
  assert.deepEqual(linspace(0, 1, 3, { dtype: "bool" }).toArray(), [false, true, true]);
  assert.deepEqual(linspace(0, 5, 3, { dtype: "uint8", endpoint: false }).toArray(), [0, 1, 3]);
});

Deno.test("percentile() is an element where it falls on one, whatever stands beside it", () => {
  const x = array([1, 2, Infinity]);
  assert.equal(percentile(x, 50), 2);
  assert.equal(percentile(x, 0), 1);
  assert.equal(percentile(x, 100), Infinity);
  assert.equal(percentile(x, 75), Infinity);
  assert.equal(percentile(x, 25), 1.5);
  const y = array([-Infinity, -Infinity, 5, Infinity]);
  assert.equal(percentile(y, 10), -Infinity);
  assert.equal(percentile(y, 50), -Infinity);
  assert.equal(percentile(y, 66.6), -Infinity);
  assert.equal(percentile(y, 100 * 2 / 3), 5);
  assert.equal(percentile(y, 90), Infinity);
  assert.equal(percentile(array([-Infinity, Infinity]), 30), NaN);
  assert.equal(percentile(array([-1e308, 1.5e308]), 50), 2.5e307);
  assert.equal(percentile(array([1, NaN]), 0), NaN);
  assert.equal(median(array([1, 2, Infinity])), 2);
});

Deno.test("percentile() lies between the elements that it falls between", () => {
  const element = fc.oneof(fc.double({ noNaN: true }), fc.constantFrom(-Infinity, Infinity, 0, -0));
  const rows = fc.array(element, { minLength: 1, maxLength: 9 });
  fc.assert(fc.property(rows, fc.double({ min: 0, max: 100, noNaN: true }), (row, q) => {
    const sorted = Float64Array.from(row).sort();
    const place = (row.length - 1) * (q / 100);
    const [low, high] = [sorted[Math.floor(place)], sorted[Math.ceil(place)]];
    const found = percentile(array(row), q);
    if (low === -Infinity && high === Infinity) return Number.isNaN(found);
    return found >= low && found <= high;
  }));
});

Deno.test("where() refuses a number that its type cannot hold, as add() does", () => {
  const condition = array([true, false]);
  const bytes = array([1, 2], "uint8");
  const text = /^where: uint8 holds 0 to 255, got 300; convert with astype first$/;
  assert.throws(() => where(condition, 300, bytes), { name: "RangeError", message: text });
  assert.throws(() => where(condition, bytes, -1), /where: uint8 holds 0 to 255, got -1/);
  assert.throws(() => where(condition, 2 ** 31, array([1], "int32")), /int32 holds/);
  assert.deepEqual(where(condition, 255, bytes).toArray(), [255, 2]);
  assert.equal(where(condition, 0.5, bytes).dtype, "float64");
  assert.deepEqual(where(condition, NaN, bytes).toArray(), [NaN, 2]);
  assert.deepEqual(where(condition, 300, array([true, true])).toArray(), [300, 1]);
});

Deno.test("clip() takes bounds beyond the ends of an integer type for the ends", () => {
  const bytes = array([0, 7, 255], "uint8");
  for (const [low, high] of [[0, 300], [-1, 255], [-1e9, 1e9], [null, 2 ** 31], [-5, null]]) {
    const out = clip(bytes, low, high);
    assert.equal(out.dtype, "uint8");
    assert.deepEqual(out.toArray(), [0, 7, 255]);
  }
  assert.deepEqual(clip(bytes, 5, 300).toArray(), [5, 7, 255]);
  const words = array([-(2 ** 31), 5], "int32");
  assert.deepEqual(clip(words, -(2 ** 40), 2 ** 40).data, words.data);
  assert.deepEqual(clip(array([true, false]), 0, 2 ** 31).toArray(), [1, 0]);
  assert.equal(clip(bytes, 0, Infinity).dtype, "float64");
  assert.throws(() => clip(bytes, 300, null), /clip: uint8 holds 0 to 255, got 300/);
  assert.throws(() => clip(bytes, null, -1), /clip: uint8 holds 0 to 255, got -1/);
  assert.throws(() => maximum(bytes, 300), RangeError);
  assert.throws(() => minimum(bytes, -1), RangeError);
});

Deno.test("clip() of integers is min and max of plain numbers", () => {
  const bound = fc.oneof(fc.integer({ min: -300, max: 600 }), fc.constantFrom(2 ** 33, -(2 ** 33)));
  const types = fc.constantFrom<["uint8" | "int32", number, number]>(
    ["uint8", 0, 255],
    ["int32", -(2 ** 31), 2 ** 31 - 1],
  );
  const elements = fc.array(fc.nat(255), { minLength: 1, maxLength: 5 });
  fc.assert(fc.property(types, elements, bound, bound, ([dtype, least, most], row, low, high) => {
    const call = () => clip(array(row, dtype), low, high).toArray();
    if (low > most || high < least) return assert.throws(call, RangeError);
    assert.deepEqual(call(), row.map((value) => Math.min(Math.max(value, low), high)));
  }));
});

Deno.test("an NDArray of bools holds zeros and ones only", () => {
  const message =
    'NDArray: bools must be zeros and ones, got 2 at 0; without a dtype, astype("bool") ' +
    "turns all but 0 into true";
  assert.throws(() => new NDArray(Uint8Array.of(2, 0), [2], "bool"), {
    name: "RangeError",
    message,
  });
  // Bytes that begin and end within a word, with the wrong one anywhere.
  for (let offset = 0; offset < 4; offset++) {
    for (let length = 1; length < 12; length++) {
      const buffer = new Uint8Array(16).fill(255);
      const bytes = buffer.subarray(offset, offset + length).fill(1);
      assert.equal(new NDArray(bytes, [length], "bool").astype("int32").sum(), length);
      for (let at = 0; at < length; at++) {
        bytes[at] = 128;
        assert.throws(() => new NDArray(bytes, [length], "bool"), new RegExp(`got 128 at ${at};`));
        bytes[at] = 1;
      }
    }
  }
  const made = asNDArray(Uint8Array.of(2, 0), [2]).astype("bool" as DType);
  assert.deepEqual(made.toArray(), [true, false]);
  assert.equal(made.sum(), 1);
});
