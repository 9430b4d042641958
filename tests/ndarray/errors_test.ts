import assert from "node:assert/strict";
import * as nd from "../../ndarray/mod.ts";
import { array, NDArray, zeros } from "../../ndarray/mod.ts";

type Run = () => unknown;

/** Each call and the message it must fail with; the kind of error is told by the group. */
function refuses(kind: "RangeError" | "TypeError", cases: readonly [Run, string][]): void {
  for (const [run, message] of cases) assert.throws(run, { name: kind, message });
}

const x = array([[1, 2, 3], [4, 5, 6]]);
const anything = (value: unknown) => value as never;

Deno.test("shapes that do not broadcast are named with the axis that differs", () => {
  refuses("RangeError", [
    [
      () => x.add(zeros(4)),
      "add: shapes (2, 3) and (4,) do not broadcast; the last axes are 3 and 4",
    ],
    [
      () => nd.maximum(zeros([3, 1]), zeros([2, 2])),
      "maximum: shapes (3, 1) and (2, 2) do not broadcast; the axes 2 from the end are 3 and 2",
    ],
    [
      () => nd.where(x.greater(0), zeros(2), 0),
      "where: shapes (2, 3), (2,) and () do not broadcast; the last axes are 3 and 2",
    ],
    [() => nd.broadcastTo(x, [3]), "broadcastTo: shape (2, 3) does not fill (3,)"],
  ]);
});

Deno.test("positions out of range or fractional are refused", () => {
  refuses("RangeError", [
    [() => x.at(2, 0), "at: index 2 is out of range for axis 0 of length 2"],
    [() => x.at(0, -4), "at: index -4 is out of range for axis 1 of length 3"],
    [() => x.at(0), "at: an element of shape (2, 3) has 2 indices, got 1"],
    [() => x.at(0, 0.5), "at: an index must be a whole number, got 0.5 for axis 1"],
    [() => x.slice(5), "slice: index 5 is out of range for axis 0 of length 2"],
    [() => x.slice(0.5), "slice: an index must be a whole number, got 0.5 for axis 0"],
    [() => x.slice(0, 0, 0), "slice: 3 entries are too many for shape (2, 3)"],
    [() => x.slice("::0"), 'slice: the step of "::0" must not be 0'],
    [() => x.slice("...", "..."), 'slice: "..." may stand only once'],
    [() => x.take([3], 1), "take: index 3 is out of range for axis 1 of length 3"],
    [() => x.take([0.5]), "take: an index must be a whole number, got 0.5 for axis 0"],
    [() => x.take([0], 2), "take: axis must be a whole number from -2 to 1, got 2"],
    [() => x.pick([0], [3]), "pick: index 3 is out of range for axis 1 of length 3"],
    [() => x.pick(0, 0, 0), "pick: shape (2, 3) takes 1 to 2 index arrays, got 3"],
    [() => x.pick([NaN]), "pick: an index must be a whole number, got NaN for axis 0"],
  ]);
  refuses("TypeError", [
    [
      () => x.slice("1-2"),
      'slice: an entry must be a range such as "1:5:2", a position, "..." or null, got "1-2"',
    ],
    [
      () => x.slice(anything(undefined)),
      'slice: an entry must be a range such as "1:5:2", a position, "..." or null, got undefined',
    ],
    [
      () => x.take(x.greater(2)),
      "take: indices must be numbers, got bools; use mask or compress",
    ],
    [
      () => x.take(anything([[0]])),
      "take: indices must be numbers; wrap nested lists in array(...)",
    ],
  ]);
});

Deno.test("bad shapes and axes are refused", () => {
  refuses("RangeError", [
    [() => x.reshape([4, -1]), "reshape: 6 elements of shape (2, 3) do not fill (4, -1)"],
    [() => x.reshape([2, 2]), "reshape: 6 elements of shape (2, 3) do not fill (2, 2)"],
    [() => x.reshape([-1, -1]), "reshape: only one length may be -1, got (-1, -1)"],
    [() => x.reshape([-2, -3]), "reshape: shape must hold whole numbers from 0 up, got (-2, -3)"],
    [() => zeros([2, 1.5]), "zeros: shape must hold whole numbers from 0 up, got (2, 1.5)"],
    [() => zeros(-1), "zeros: shape must hold whole numbers from 0 up, got (-1)"],
    [() => zeros([NaN]), "zeros: shape must hold whole numbers from 0 up, got (NaN)"],
    [() => x.sum(2), "sum: axis must be a whole number from -2 to 1, got 2"],
    [() => x.sum([0, -2]), "sum: axis 0 is named twice in (0, -2)"],
    [() => x.argmax(0.5), "argmax: axis must be a whole number from -2 to 1, got 0.5"],
    [
      () => x.slice(0, 0).sum(0),
      "sum: axis must be a whole number from 0 to -1, got 0; a 0-d array has no axis",
    ],
    [() => x.transpose([0, 0]), "transpose: axes must name each of the 2 axes once, got (0, 0)"],
    [() => x.item(), "item: the array must have one element, got shape (2, 3)"],
    [() => nd.squeeze(x, 0), "squeeze: axis 0 must have length 1, got 2 of shape (2, 3)"],
    [
      () => nd.moveaxis(x, [0, 1], 0),
      "moveaxis: source and destination must name as many axes, got 2 and 1",
    ],
    [
      () => nd.asNDArray(new Float32Array(5), [2, 3]),
      "NDArray: shape (2, 3) has 6 elements, data has 5",
    ],
  ]);
});

Deno.test("lists that make no array are refused", () => {
  refuses("RangeError", [
    [() => array([[1, 2], [3]]), "array: lists must have equal lengths, got 2 and 1 at depth 1"],
    [
      () => array([[1], 2]),
      "array: lists must be nested equally deep, got 2 where a list of length 1 was expected",
    ],
    [
      () => array([1, [2]]),
      "array: lists must be nested equally deep, got a list of length 1 where a number was expected",
    ],
    [
      () => array([zeros(2), zeros(3)]),
      "array: lists must have equal lengths, got (2,) and (3,)",
    ],
    [
      () => array([1, 256], "uint8"),
      "array: uint8 holds 0 to 255, got 256; convert with astype first",
    ],
    [() => array([NaN], "int32"), "array: int32 cannot hold NaN"],
  ]);
  refuses("TypeError", [
    [
      () => array(anything([1, "2"])),
      'array: elements must be numbers or booleans, got "2"',
    ],
    [() => array(anything([null])), "array: elements must be numbers or booleans, got null"],
    [
      () => array([1], anything("float16")),
      'array: dtype must be "float32", "float64", "int32", "uint8" or "bool", got "float16"',
    ],
    [
      () => new NDArray(anything([1, 2]), [2]),
      "NDArray: data must be a Float32Array, Float64Array, Int32Array or Uint8Array; " +
      "for lists use array(...)",
    ],
    [
      () => new NDArray(new Float32Array(2), [2], "int32"),
      "NDArray: int32 data cannot be held by a Float32Array",
    ],
  ]);
});

Deno.test("operands that make no sense are refused", () => {
  const truth = array([true, false]);
  refuses("TypeError", [
    [() => x.add(anything("1")), "add: operands must be arrays or numbers, got 1"],
    [
      () => x.add(anything([1, 2, 3])),
      "add: operands must be arrays or numbers, got a list; wrap it in array(...)",
    ],
    [
      () => truth.subtract(truth),
      "subtract: not defined for bools; use notEqual, or astype first",
    ],
    [() => truth.negative(), "negative: not defined for bools; use logicalNot, or astype first"],
    [
      () => x.mask(anything(zeros([2, 3]))),
      "mask: the mask must be an array of dtype bool, got float64",
    ],
    [() => x.astype(anything("int64")), dtypeMessage("astype", "int64")],
    [() => zeros(2, anything("bool_")), dtypeMessage("zeros", "bool_")],
  ]);
  refuses("RangeError", [
    [
      () => array([1], "uint8").add(300),
      "add: uint8 holds 0 to 255, got 300; convert with astype first",
    ],
    [
      () => array([2], "int32").power(-1),
      "power: integers cannot be raised to a negative power, got -1; use astype first",
    ],
    [
      () => x.mask(array([true, false, true])),
      "mask: the mask must have the leading axes of shape (2, 3), got (3,)",
    ],
    [
      () => nd.matmul(x, x),
      "matmul: shapes (2, 3) and (2, 3) do not fit; the first has 3 columns, the second 2 rows",
    ],
    [
      () => nd.matmul(x, x, { transposeA: true, transposeB: true }),
      "matmul: shapes (2, 3) transposed and (2, 3) transposed do not fit; " +
      "the first has 2 columns, the second 3 rows",
    ],
    [
      () => nd.matmul(x, x.slice(0, 0)),
      "matmul: operands must have at least one axis; use multiply for scalars",
    ],
    [
      () => nd.dot(x, zeros([2, 2, 2])),
      "dot: shapes (2, 3) and (2, 2, 2) do not fit; the axes to sum over have lengths 3 and 2",
    ],
  ]);
});

function dtypeMessage(caller: string, got: string): string {
  return `${caller}: dtype must be "float32", "float64", "int32", "uint8" or "bool", got "${got}"`;
}

Deno.test("an extreme of nothing is refused, by name", () => {
  const nothing = zeros([0, 3]);
  refuses("RangeError", [
    [() => nothing.max(), "max: an empty array has no maximum, got shape (0, 3)"],
    [() => nothing.min(0), "min: an empty array has no minimum, got shape (0, 3)"],
    [() => nothing.argmax(), "argmax: an empty array has no maximum, got shape (0, 3)"],
    [() => nothing.argmin(0), "argmin: an empty array has no minimum, got shape (0, 3)"],
    [() => nd.median(nothing), "median: an empty array has no median"],
    [() => nd.percentile(x, 101), "percentile: q must be from 0 to 100, got 101"],
  ]);
  assert.equal(nothing.sum(), 0);
  assert.equal(nothing.prod(), 1);
  assert.ok(Number.isNaN(nothing.mean()));
  assert.deepEqual(nothing.max(1).shape, [0]);
});

Deno.test("values that do not fit where they are written are refused", () => {
  const target = zeros([2, 3], "int32");
  refuses("RangeError", [
    [() => target.set(1, 2, 0), "set: index 2 is out of range for axis 0 of length 2"],
    [() => target.set(NaN, 0, 0), "set: int32 cannot hold NaN"],
    [
      () => target.set(2 ** 31, 0, 0),
      "set: int32 holds -2147483648 to 2147483647, got 2147483648; convert with astype first",
    ],
    [
      () => target.setSlice(zeros(2), 0),
      "setSlice: shapes (2,) and (3,) do not broadcast; the last axes are 2 and 3",
    ],
    [
      () => target.setSlice(zeros([2, 3]), 0),
      "setSlice: a value of shape (2, 3) does not fit (3,)",
    ],
    [
      () => target.setPick(zeros(3), [0, 1], [0, 1]),
      "setPick: shapes (3,) and (2,) do not broadcast; the last axes are 3 and 2",
    ],
    [
      () => target.putMask(target.equal(0), zeros(5)),
      "putMask: shapes (5,) and (6,) do not broadcast; the last axes are 5 and 6",
    ],
  ]);
  assert.deepEqual(target.toArray(), [[0, 0, 0], [0, 0, 0]]);
});

Deno.test("joining and cutting say what does not fit", () => {
  refuses("RangeError", [
    [() => nd.concatenate([]), "concatenate: the list must hold at least one array"],
    [
      () => nd.concatenate([x, zeros([2, 2])]),
      "concatenate: shapes must agree but for axis 0, got (2, 3) first and (2, 2) at position 1",
    ],
    [
      () => nd.stack([x, zeros(3)]),
      "stack: shapes must be the same, got (2, 3) and (3,)",
    ],
    [
      () => nd.split(x, 2, 1),
      "split: axis 1 of length 3 does not divide into 2 equal parts; use arraySplit",
    ],
    [
      () => nd.arraySplit(x, 0),
      "arraySplit: the number of parts must be a whole number from 1 up, got 0",
    ],
    [() => nd.pad(x, [[1, 1]]), "pad: widths must have a pair for each axis of (2, 3), got 1"],
    [() => nd.pad(x, -1), "pad: a width must be a pair of whole numbers from 0 up, got [-1,-1]"],
    [
      () => nd.repeat(x, [1, 2], 1),
      "repeat: repeats must have one count for each of 3 positions, got 2",
    ],
    [() => nd.tile(x, 1.5), "tile: a count must be a whole number from 0 up, got 1.5"],
    [() => nd.roll(x, 0.5), "roll: shift must be a whole number, got 0.5"],
  ]);
  refuses("TypeError", [
    [() => nd.concatenate(anything(x)), "concatenate: the first argument must be a list of arrays"],
  ]);
});

Deno.test("counting and searching say what does not fit", () => {
  refuses("RangeError", [
    [() => nd.bincount(array([-1])), "bincount: elements must be whole numbers from 0 up, got -1"],
    [
      () => nd.bincount(array([0.5])),
      "bincount: elements must be whole numbers from 0 up, got 0.5",
    ],
    [() => nd.bincount(x), "bincount: x must have one axis, got shape (2, 3)"],
    [
      () => nd.bincount(array([1, 2]), { weights: zeros(3) }),
      "bincount: weights must have the shape of x, (2,), got (3,)",
    ],
    [
      () => nd.searchsorted(x, 1),
      "searchsorted: the first array must have one axis, got shape (2, 3)",
    ],
    [
      () => nd.arange(0, 1, 0),
      "arange: start, stop and step must be finite and step not 0, got 0, 1, 0",
    ],
    [() => nd.diff(x, -1), "diff: n must be a whole number from 0 up, got -1"],
    [() => nd.norm(x, 0, { ord: 0 }), "norm: ord must be a positive number, got 0"],
    [() => nd.round(x, 0.5), "round: decimals must be a whole number, got 0.5"],
  ]);
});

Deno.test("operators on arrays are errors where they would give NaN or false; text stays text", () => {
  // deno-lint-ignore no-explicit-any
  const x: any = array([1, 2]);
  const message =
    /^TypeError: NDArray: operators such as \* and > do not work on arrays; write x\.mul/;
  for (const use of [() => x * 2, () => x > 0, () => -x, () => x ** 2, () => Number(x), () => +x]) {
    assert.throws(use, message);
  }
  assert.throws(() => Math.max(x), message);
  assert.equal(`${x}`, "[1. 2.]");
  assert.equal(String(x), "[1. 2.]");
  assert.equal("x is " + x, "x is [1. 2.]");
});

Deno.test("lengths, axes and elements without brackets are not passed over", () => {
  // deno-lint-ignore no-explicit-any
  const [x, numpy]: any[] = [zeros([2, 3]), nd];
  const types = 'dtype must be "float32", "float64", "int32", "uint8" or "bool", got ';
  refuses("TypeError", [
    [
      () => x.transpose(1, 0),
      "transpose: axes must be a list, got number; put them in brackets: transpose([1, 0])",
    ],
    [() => x.reshape(3, 2), "reshape: lengths go in a list: reshape([3, 2])"],
    [() => x.reshape(-1, 2), "reshape: lengths go in a list: reshape([-1, 2])"],
    [() => numpy.reshape(x, -1, 2), "reshape: lengths go in a list: reshape([-1, 2])"],
    [
      () => x.sum(0, 1),
      "sum: options must be an object such as { keepdims: true }, got 1; several axes go in a list: sum([0, 1])",
    ],
    [
      () => x.argmax(0, true),
      "argmax: options must be an object such as { keepdims: true }, got true",
    ],
    [() => numpy.zeros(2, 3), `zeros: ${types}3; several numbers go in a list: zeros([2, 3])`],
    [() => numpy.array(1, 2), `array: ${types}2; several numbers go in a list: array([2, 3])`],
    [
      () => numpy.zeros([2], { dtype: "float32" }),
      `zeros: ${types}Object; give the type itself, "float32"`,
    ],
  ]);
});
