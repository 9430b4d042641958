/**
 * Rearranging elements without computing: transpose, conversion, reshape.
 *
 * @module
 */
import { showShape } from "../internal/shapes.ts";
import { allocateFor, checkAxis, checkShape, type Dense, sizeOf, stridesOf } from "./_dense.ts";
import { specialize } from "../internal/specialize.ts";
import type { DType, TypedArray } from "./dtypes.ts";

/** The shape with its -1, if it has one, replaced by what the size leaves for it. */
export function resolveShape(
  size: number,
  from: readonly number[],
  to: number | readonly number[],
): readonly number[] {
  const list = typeof to === "number" ? [to] : to;
  const open = Array.isArray(list) ? list.indexOf(-1) : -1;
  if (open < 0) {
    checkShape("reshape", list);
    if (sizeOf(list) !== size) throw misfit(size, from, list);
    return list;
  }
  const rest = list.filter((_, axis) => axis !== open);
  if (rest.includes(-1)) {
    throw new RangeError(`reshape: only one length may be -1, got ${showShape(list)}`);
  }
  const known = sizeOf(checkShape("reshape", rest));
  if (known === 0 || size % known !== 0) throw misfit(size, from, list);
  return list.map((length) => length === -1 ? size / known : length);
}

function misfit(size: number, from: readonly number[], to: readonly number[]): RangeError {
  return new RangeError(
    `reshape: ${size} elements of shape ${showShape(from)} do not fill ${showShape(to)}`,
  );
}

/** Converts elements to another type: floats to integers toward zero, anything to bool by `!= 0`. */
export function convert(data: TypedArray, from: DType, to: DType): TypedArray {
  const out = allocateFor(to, data.length);
  if (to === "bool" && from !== "bool") {
    for (let i = 0; i < data.length; i++) out[i] = data[i] === 0 ? 0 : 1;
  } else {
    out.set(data);
  }
  return out;
}

/** The array in another type; the same elements, not copied, if it already has that type. */
export function cast(x: Dense, dtype: DType): Dense {
  if (x.dtype === dtype) return x;
  return { data: convert(x.data, x.dtype, dtype), shape: x.shape, dtype };
}

/** Reorders the axes: axis `i` of the result is axis `axes[i]` of `x`. */
export function transpose(x: Dense, axes?: readonly number[]): Dense {
  const ndim = x.shape.length;
  if (axes !== undefined && !Array.isArray(axes)) {
    throw new TypeError(
      `transpose: axes must be a list, got ${typeof axes}; put them in brackets: transpose([1, 0])`,
    );
  }
  const order = axes === undefined
    ? Array.from({ length: ndim }, (_, i) => ndim - 1 - i)
    : axes.map((axis) => checkAxis("transpose", axis, ndim));
  if (order.length !== ndim || new Set(order).size !== ndim) {
    throw new RangeError(
      `transpose: axes must name each of the ${ndim} axes once, got (${axes?.join(", ")})`,
    );
  }
  const strides = stridesOf(x.shape);
  const shape = order.map((axis) => x.shape[axis]);
  const out = allocateFor(x.dtype, x.data.length);
  copyStrided(x.data, 0, shape, order.map((axis) => strides[axis]), out);
  return { data: out, shape, dtype: x.dtype };
}

/**
 * Writes to `out`, densely, the elements that `strides` reach from place `start`.
 *
 * @param shape Lengths of the axes to walk
 * @param strides Distances between neighbours along them, of any sign
 */
export function copyStrided(
  data: TypedArray,
  start: number,
  shape: readonly number[],
  strides: readonly number[],
  out: TypedArray,
): void {
  forEachPlane(start, shape, strides, ({ rows, rowStep, columns, step }, from, to) => {
    if (step === 1 && columns >= 16) {
      for (let row = 0; row < rows; row++) {
        const place = from + row * rowStep;
        out.set(data.subarray(place, place + columns), to + row * columns);
      }
    } else {
      const loop = rowStep === 1 && rows >= 4 ? copyBlocks : copyRows;
      specialize(loop, data.constructor.name)(data, from, rows, rowStep, columns, step, out, to);
    }
  });
}

/** The reverse: writes the dense elements of `source` where `strides` reach from `start`. */
export function scatterStrided(
  source: TypedArray,
  data: TypedArray,
  start: number,
  shape: readonly number[],
  strides: readonly number[],
): void {
  forEachPlane(start, shape, strides, ({ rows, rowStep, columns, step }, to, from) => {
    for (let row = 0; row < rows; row++, from += columns) {
      let place = to + row * rowStep;
      if (step === 1 && columns >= 16) {
        data.set(source.subarray(from, from + columns), place);
      } else {
        for (let i = 0; i < columns; i++, place += step) data[place] = source[from + i];
      }
    }
  });
}

/** The two innermost axes of a walk. */
interface Plane {
  readonly rows: number;
  readonly rowStep: number;
  readonly columns: number;
  readonly step: number;
}

/** Walks over all but the two innermost axes, with the strided and the dense place of each plane. */
function forEachPlane(
  start: number,
  shape: readonly number[],
  strides: readonly number[],
  visit: (plane: Plane, strided: number, dense: number) => void,
): void {
  if (sizeOf(shape) === 0) return;
  const [lengths, steps] = mergeAxes(shape, strides);
  const columns = lengths.pop() ?? 1;
  const step = steps.pop() ?? 1;
  const rows = lengths.pop() ?? 1;
  const rowStep = steps.pop() ?? 0;
  const plane = { rows, rowStep, columns, step };
  const counter = new Array<number>(lengths.length).fill(0);
  const planes = sizeOf(lengths);
  let place = start;
  for (let i = 0; i < planes; i++) {
    visit(plane, place, i * rows * columns);
    for (let axis = lengths.length - 1; axis >= 0; axis--) {
      place += steps[axis];
      if (++counter[axis] < lengths[axis]) break;
      counter[axis] = 0;
      place -= steps[axis] * lengths[axis];
    }
  }
}

/** The same walk with fewer axes: those of length 1 left out, neighbours in step joined. */
function mergeAxes(
  shape: readonly number[],
  strides: readonly number[],
): [lengths: number[], steps: number[]] {
  const lengths: number[] = [];
  const steps: number[] = [];
  for (let axis = 0; axis < shape.length; axis++) {
    if (shape[axis] === 1) continue;
    const last = lengths.length - 1;
    if (last >= 0 && steps[last] === strides[axis] * shape[axis]) {
      lengths[last] *= shape[axis];
      steps[last] = strides[axis];
    } else {
      lengths.push(shape[axis]);
      steps.push(strides[axis]);
    }
  }
  return [lengths, steps];
}

function copyRows(
  data: TypedArray,
  from: number,
  rows: number,
  rowStep: number,
  columns: number,
  step: number,
  out: TypedArray,
  to: number,
): void {
  for (let row = 0; row < rows; row++) {
    let place = (from + row * rowStep) | 0;
    for (const end = to + columns; to < end; to = (to + 1) | 0) {
      out[to] = data[place];
      place = (place + step) | 0;
    }
  }
}

/** Exchanges two axes in squares of side 32, so that both sides of the copy stay in cache. */
function copyBlocks(
  data: TypedArray,
  from: number,
  rows: number,
  rowStep: number,
  columns: number,
  step: number,
  out: TypedArray,
  to: number,
): void {
  for (let top = 0; top < rows; top += 32) {
    const bottom = Math.min(top + 32, rows);
    for (let left = 0; left < columns; left += 32) {
      const right = Math.min(left + 32, columns);
      for (let row = top; row < bottom; row++) {
        let place = (from + row * rowStep + left * step) | 0;
        const end = to + row * columns + right;
        for (let k = to + row * columns + left; k < end; k = (k + 1) | 0) {
          out[k] = data[place];
          place = (place + step) | 0;
        }
      }
    }
  }
}
