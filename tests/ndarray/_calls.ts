/**
 * The functions that the recorded calls of NumPy name, under their names there.
 *
 * @module
 */
import * as nd from "../../ndarray/mod.ts";
import type { DType, Indices, NDArray, SliceSpec } from "../../ndarray/mod.ts";

/** An argument as it is recorded: an array, a number, a text, or a list of these. */
// deno-lint-ignore no-explicit-any -- the fixture decides which call gets what
export type Argument = any;

/** Keyword arguments, under NumPy's names. */
export type Keywords = Readonly<Record<string, Argument>>;

type Call = (args: Argument[], keywords: Keywords) => unknown;

const elementwise = {
  add: nd.add,
  subtract: nd.subtract,
  multiply: nd.multiply,
  divide: nd.divide,
  floor_divide: nd.floorDivide,
  mod: nd.mod,
  power: nd.power,
  maximum: nd.maximum,
  minimum: nd.minimum,
  equal: nd.equal,
  not_equal: nd.notEqual,
  less: nd.less,
  less_equal: nd.lessEqual,
  greater: nd.greater,
  greater_equal: nd.greaterEqual,
  logical_and: nd.logicalAnd,
  logical_or: nd.logicalOr,
  logical_xor: nd.logicalXor,
  exp: nd.exp,
  expm1: nd.expm1,
  log: nd.log,
  log1p: nd.log1p,
  log2: nd.log2,
  log10: nd.log10,
  sqrt: nd.sqrt,
  sin: nd.sin,
  cos: nd.cos,
  tanh: nd.tanh,
  negative: nd.negative,
  abs: nd.abs,
  sign: nd.sign,
  square: nd.square,
  floor: nd.floor,
  ceil: nd.ceil,
  trunc: nd.trunc,
  isnan: nd.isnan,
  isinf: nd.isinf,
  isfinite: nd.isfinite,
  logical_not: nd.logicalNot,
  round: nd.round,
  clip: nd.clip,
};

const reductions = {
  sum: nd.sum,
  prod: nd.prod,
  mean: nd.mean,
  var: nd.variance,
  std: nd.std,
  max: nd.max,
  min: nd.min,
  any: nd.any,
  all: nd.all,
  argmax: nd.argmax,
  argmin: nd.argmin,
  median: nd.median,
  norm: nd.norm,
};

/** A copy of `x` after `write`. */
function written(x: NDArray, write: (copy: NDArray) => void): NDArray {
  const copy = x.copy();
  write(copy);
  return copy;
}

const others: Readonly<Record<string, Call>> = {
  slice: ([x, ...specs]) => x.slice(...specs as SliceSpec[]),
  set_slice: ([x, value, ...specs]) => written(x, (copy) => copy.setSlice(value, ...specs)),
  take: ([x, indices], { axis }) => nd.take(x, indices, axis),
  pick: ([x, ...indices]) => x.pick(...indices as Indices[]),
  set_pick: ([x, value, ...indices]) => written(x, (copy) => copy.setPick(value, ...indices)),
  mask: ([x, chosen]) => x.mask(chosen),
  put_mask: ([x, chosen, value]) => written(x, (copy) => copy.putMask(chosen, value)),
  compress: ([condition, x], { axis }) => nd.compress(condition, x, axis),
  where: ([condition, a, b]) => nd.where(condition, a, b),
  nonzero: ([x]) => nd.nonzero(x),
  flatnonzero: ([x]) => nd.flatnonzero(x),
  transpose: ([x, axes]) => nd.transpose(x, axes ?? undefined),
  swapaxes: ([x, a, b]) => nd.swapaxes(x, a, b),
  moveaxis: ([x, source, destination]) => nd.moveaxis(x, source, destination),
  expand_dims: ([x, axis]) => nd.expandDims(x, axis),
  squeeze: ([x, axis]) => nd.squeeze(x, axis ?? undefined),
  flip: ([x, axis]) => nd.flip(x, axis ?? undefined),
  roll: ([x, shift, axis]) => nd.roll(x, shift, axis),
  repeat: ([x, repeats, axis]) => nd.repeat(x, repeats, axis),
  tile: ([x, reps]) => nd.tile(x, reps),
  pad: ([x, widths], keywords) => nd.pad(x, widths, keywords.constant_values),
  broadcast_to: ([x, shape]) => nd.broadcastTo(x, shape),
  reshape: ([x, shape]) => nd.reshape(x, shape),
  concatenate: ([arrays], { axis }) => nd.concatenate(arrays, axis),
  stack: ([arrays], { axis }) => nd.stack(arrays, axis),
  hstack: ([arrays]) => nd.hstack(arrays),
  vstack: ([arrays]) => nd.vstack(arrays),
  split: ([x, sections], { axis }) => nd.split(x, sections, axis),
  array_split: ([x, sections], { axis }) => nd.arraySplit(x, sections, axis),
  sort: ([x], { axis }) => nd.sort(x, axis),
  argsort: ([x], { axis }) => nd.argsort(x, axis),
  unique: ([x]) => nd.unique(x),
  searchsorted: ([sorted, values], { side }) => nd.searchsorted(sorted, values, side),
  bincount: ([x], keywords) => nd.bincount(x, keywords),
  cumsum: ([x], { axis }) => nd.cumsum(x, axis),
  cumprod: ([x], { axis }) => nd.cumprod(x, axis),
  diff: ([x], { n, axis }) => nd.diff(x, n, axis),
  percentile: ([x, q], { axis, keepdims }) => nd.percentile(x, q, axis as number, { keepdims }),
  arange: ([start, stop, step]) => nd.arange(start, stop, step),
  linspace: ([start, stop, num], keywords) => nd.linspace(start, stop, num, keywords),
  logspace: ([start, stop, num], keywords) => nd.logspace(start, stop, num, keywords),
  geomspace: ([start, stop, num], keywords) => nd.geomspace(start, stop, num, keywords),
  meshgrid: (axes) => nd.meshgrid(...axes),
  matmul: ([a, b]) => nd.matmul(a, b),
  dot: ([a, b]) => nd.dot(a, b),
  outer: ([a, b]) => nd.outer(a, b),
  diag: ([x, k]) => nd.diag(x, k),
  trace: ([x, k]) => nd.trace(x, k),
  astype: ([x, dtype]) => x.astype(dtype as DType),
  allclose: ([a, b], { equal_nan: equalNan, ...near }) => nd.allclose(a, b, { equalNan, ...near }),
  isclose: ([a, b]) => nd.isclose(a, b),
  array_equal: ([a, b]) => nd.arrayEqual(a, b),
};

/** Every recorded name and the call it stands for. */
export const calls: ReadonlyMap<string, Call> = new Map<string, Call>([
  ...Object.entries(elementwise).map(([name, f]): [string, Call] => [
    name,
    (args) => (f as (...args: Argument[]) => unknown)(...args),
  ]),
  ...Object.entries(reductions).map(([name, f]): [string, Call] => [
    name,
    ([x], { axis, ...options }) => (f as (...args: Argument[]) => unknown)(x, axis, options),
  ]),
  ...Object.entries(others),
]);
