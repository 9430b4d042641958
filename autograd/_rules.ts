/**
 * The operations that autograd adds to those of the layers: each a function of arrays that returns
 * its result, and for each of its arguments how the upstream gradient goes back to it.
 *
 * @module
 */
import * as nd from "../ndarray/mod.ts";
import type { Axes, DType, Indices, NDArray, SliceSpec } from "../ndarray/mod.ts";
import type { MatmulOptions } from "../ndarray/mod.ts";
import { accumulate, fit, placesOf, spread, unpromoted } from "./_shapes.ts";

/** An argument: an array, or a number, which has no axes. */
export type Value = NDArray | number;

/** A result, and for each argument the way back. */
export type Outcome = [out: NDArray, ...back: ((dout: NDArray) => NDArray)[]];

export const add = (a: Value, b: Value): Outcome => [
  nd.add(a, b),
  (dout) => fit(dout, a),
  (dout) => fit(dout, b),
];

export const subtract = (a: Value, b: Value): Outcome => [
  nd.subtract(a, b),
  (dout) => fit(dout, a),
  (dout) => fit(dout.negative(), b),
];

export const multiply = (a: Value, b: Value): Outcome => [
  nd.multiply(a, b),
  (dout) => fit(dout.multiply(b), a),
  (dout) => fit(dout.multiply(a), b),
];

export function divide(a: Value, b: Value): Outcome {
  const out = nd.divide(a, b);
  return [
    out,
    (dout) => fit(dout.divide(b), a),
    (dout) => fit(dout.multiply(out).divide(b).negative(), b),
  ];
}

export const maximum = (a: Value, b: Value): Outcome => [
  nd.maximum(a, b),
  (dout) => fit(dout.multiply(nd.greaterEqual(a, b)), a),
  (dout) => fit(dout.multiply(nd.less(a, b)), b),
];

export const minimum = (a: Value, b: Value): Outcome => [
  nd.minimum(a, b),
  (dout) => fit(dout.multiply(nd.lessEqual(a, b)), a),
  (dout) => fit(dout.multiply(nd.greater(a, b)), b),
];

export const power = (x: NDArray, exponent: number): Outcome => [
  x.power(exponent),
  (dout) => dout.multiply(exponent).multiply(x.power(exponent - 1)),
];

export const negative = (x: NDArray): Outcome => [x.negative(), (dout) => dout.negative()];

export const abs = (x: NDArray): Outcome => [x.abs(), (dout) => dout.multiply(nd.sign(x))];

export const square = (x: NDArray): Outcome => [
  nd.square(x),
  (dout) => dout.multiply(x).multiply(2),
];

export function sqrt(x: NDArray): Outcome {
  const out = nd.sqrt(x);
  return [out, (dout) => dout.divide(out).multiply(0.5)];
}

export function exp(x: NDArray): Outcome {
  const out = nd.exp(x);
  return [out, (dout) => dout.multiply(out)];
}

export const log = (x: NDArray): Outcome => [nd.log(x), (dout) => dout.divide(x)];

export const clip = (x: NDArray, low: number | null, high: number | null): Outcome => [
  nd.clip(x, low, high),
  (dout) => {
    const inside = x.greaterEqual(low ?? -Infinity).logicalAnd(x.lessEqual(high ?? Infinity));
    return dout.multiply(inside);
  },
];

export const where = (chosen: NDArray, a: Value, b: Value): Outcome => [
  nd.where(chosen, a, b),
  (dout) => fit(nd.where(chosen, dout, 0), a),
  (dout) => fit(nd.where(chosen, 0, dout), b),
];

export const astype = (x: NDArray, dtype: DType): Outcome => [
  x.astype(dtype),
  (dout) => dout.astype(x.dtype),
];

export function sum(x: NDArray, axes: Axes, keepdims: boolean): Outcome {
  return [reduced(x, axes, keepdims, nd.sum), (dout) => spread(dout, x, axes)];
}

export function mean(x: NDArray, axes: Axes, keepdims: boolean): Outcome {
  const out = reduced(x, axes, keepdims, nd.mean);
  return [out, (dout) => spread(dout.multiply(out.size / x.size), x, axes)];
}

/** Over all axes a number in float64, as everywhere; where axes remain, an array of the type of `x`. */
function reduced(
  x: NDArray,
  axes: Axes,
  keepdims: boolean,
  reduce: (x: NDArray, axes: readonly number[], options: { keepdims: boolean }) => NDArray,
): NDArray {
  const all = axes === null || axes === undefined;
  if (!all) return reduce(x, typeof axes === "number" ? [axes] : axes, { keepdims });
  const list = x.shape.map((_, axis) => axis);
  if (keepdims) return reduce(x, list, { keepdims });
  return nd.array((reduce as (x: NDArray) => unknown)(x) as number);
}

export const reshape = (x: NDArray, shape: number | readonly number[]): Outcome => [
  x.reshape(shape),
  (dout) => dout.reshape(x.shape),
];

export function transpose(x: NDArray, axes?: readonly number[]): Outcome {
  const order = axes?.map((axis) => axis < 0 ? axis + x.ndim : axis);
  const back = order?.map((_, axis) => order.indexOf(axis));
  return [x.transpose(axes), (dout) => dout.transpose(back)];
}

export const slice = (x: NDArray, specs: readonly SliceSpec[]): Outcome => [
  x.slice(...specs),
  (dout) => {
    const dx = nd.zerosLike(x);
    dx.setSlice(dout, ...specs);
    return dx;
  },
];

export const take = (x: NDArray, indices: Indices, axis: number | null): Outcome => [
  x.take(indices, axis),
  (dout) => accumulate(dout, x, placesOf(indices), axis),
];

export function concatenate(parts: readonly NDArray[], axis: number): Outcome {
  const along = axis < 0 ? axis + parts[0].ndim : axis;
  const leading = Array<SliceSpec>(along).fill(":");
  let end = 0;
  const back = parts.map((part) => {
    const start = end;
    end += part.shape[along];
    const range = `${start}:${end}`;
    return (dout: NDArray) => dout.slice(...leading, range);
  });
  return [nd.concatenate(parts, axis), ...back];
}

export function stack(parts: readonly NDArray[], axis: number): Outcome {
  const along = axis < 0 ? axis + parts[0].ndim + 1 : axis;
  const leading = Array<SliceSpec>(along).fill(":");
  return [
    nd.stack(parts, axis),
    ...parts.map((_, i) => (dout: NDArray) => dout.slice(...leading, i)),
  ];
}

/** Vectors are read as a row or a column; leading axes broadcast. */
export function matmul(a: NDArray, b: NDArray, options: MatmulOptions = {}): Outcome {
  if (a.ndim > 2 && b.ndim === 2 && !options.transposeA) return rowsByMatrix(a, b, options);
  const out = nd.matmul(a, b, options);
  const tA = options.transposeA === true && a.ndim > 1;
  const tB = options.transposeB === true && b.ndim > 1;
  const A = a.ndim > 1 ? a : a.reshape([1, a.size]);
  const B = b.ndim > 1 ? b : b.reshape([b.size, 1]);
  const full = (dout: NDArray) => unpromoted(dout, a.ndim === 1, b.ndim === 1);
  return [
    out,
    (dout) => {
      const D = full(dout);
      const dA = tA
        ? nd.matmul(B, D, { transposeA: tB, transposeB: true })
        : nd.matmul(D, B, { transposeB: !tB });
      return fit(dA, A).reshape(a.shape);
    },
    (dout) => {
      const D = full(dout);
      const dB = tB
        ? nd.matmul(D, A, { transposeA: true, transposeB: tA })
        : nd.matmul(A, D, { transposeA: !tA });
      return fit(dB, B).reshape(b.shape);
    },
  ];
}

/** All rows of `a` times one matrix: a single product, whatever the leading axes. */
function rowsByMatrix(a: NDArray, b: NDArray, options: MatmulOptions): Outcome {
  const leading = a.shape.slice(0, -1);
  const width = a.shape[a.ndim - 1];
  const rows = a.reshape([leading.reduce((n, length) => n * length), width]);
  const [out, da, db] = matmul(rows, b, options);
  return [
    out.reshape([...leading, out.shape[1]]),
    (dout) => da(dout.reshape(out.shape)).reshape(a.shape),
    (dout) => db(dout.reshape(out.shape)),
  ];
}
