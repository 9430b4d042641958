/**
 * Broadcasting: the common shape of several arrays, and the walk over it.
 *
 * @module
 */
import { showShape } from "../internal/shapes.ts";
import { type Dense, sizeOf, stridesOf } from "./_dense.ts";
import type { TypedArray } from "./dtypes.ts";

/**
 * The shape to which all `shapes` broadcast.
 *
 * @throws {RangeError} If two lengths of one axis differ and neither is 1
 */
export function broadcastShapes(
  caller: string,
  ...shapes: readonly (readonly number[])[]
): number[] {
  const ndim = Math.max(0, ...shapes.map((shape) => shape.length));
  const result = new Array<number>(ndim).fill(1);
  for (const shape of shapes) {
    const offset = ndim - shape.length;
    for (let axis = 0; axis < shape.length; axis++) {
      const length = shape[axis];
      const known = result[offset + axis];
      if (length === known || length === 1) continue;
      if (known !== 1) throw mismatch(caller, shapes, shape.length - axis, known, length);
      result[offset + axis] = length;
    }
  }
  return result;
}

function mismatch(
  caller: string,
  shapes: readonly (readonly number[])[],
  fromEnd: number,
  known: number,
  length: number,
): RangeError {
  const list = shapes.map(showShape);
  const names = list.slice(0, -1).join(", ") + " and " + list[list.length - 1];
  const where = fromEnd === 1 ? "the last axes are" : `the axes ${fromEnd} from the end are`;
  return new RangeError(
    `${caller}: shapes ${names} do not broadcast; ${where} ${known} and ${length}`,
  );
}

/** The strides with which an array of `shape` is read as one of shape `target`. */
function broadcastStrides(shape: readonly number[], target: readonly number[]): number[] {
  const offset = target.length - shape.length;
  const strides = stridesOf(shape);
  return target.map((_, axis) =>
    axis < offset || shape[axis - offset] === 1 ? 0 : strides[axis - offset]
  );
}

/** A walk over two operands: rows of `n` elements, at steps of 0 or 1 in each operand. */
export interface PairWalk {
  /** The shape of the result. */
  readonly shape: readonly number[];
  /** Elements in a row. */
  readonly n: number;
  /** 1 if the first operand moves along a row, 0 if one element serves the whole row. */
  readonly stepA: number;
  /** The same of the second operand. */
  readonly stepB: number;
  /** Calls `row` for every row, with the place where it starts in both operands and the result. */
  forEachRow(row: (a: number, b: number, out: number) => void): void;
}

/** Plans the walk of two operands over their common shape, in as few and as long rows as can be. */
export function planPair(
  caller: string,
  shapeA: readonly number[],
  shapeB: readonly number[],
): PairWalk {
  const shape = broadcastShapes(caller, shapeA, shapeB);
  const stridesA = broadcastStrides(shapeA, shape);
  const stridesB = broadcastStrides(shapeB, shape);
  const lengths: number[] = [];
  const stepsA: number[] = [];
  const stepsB: number[] = [];
  for (let axis = 0; axis < shape.length; axis++) {
    const length = shape[axis];
    if (length === 1) continue;
    const last = lengths.length - 1;
    if (
      last >= 0 && stepsA[last] === stridesA[axis] * length &&
      stepsB[last] === stridesB[axis] * length
    ) {
      lengths[last] *= length;
      stepsA[last] = stridesA[axis];
      stepsB[last] = stridesB[axis];
    } else {
      lengths.push(length);
      stepsA.push(stridesA[axis]);
      stepsB.push(stridesB[axis]);
    }
  }
  const n = lengths.pop() ?? 1;
  const stepA = stepsA.pop() ?? 0;
  const stepB = stepsB.pop() ?? 0;
  const rows = sizeOf(lengths);
  return {
    shape,
    n,
    stepA,
    stepB,
    forEachRow(row) {
      if (n === 0) return;
      const counter = new Array<number>(lengths.length).fill(0);
      let placeA = 0;
      let placeB = 0;
      for (let i = 0; i < rows; i++) {
        row(placeA, placeB, i * n);
        for (let axis = lengths.length - 1; axis >= 0; axis--) {
          placeA += stepsA[axis];
          placeB += stepsB[axis];
          if (++counter[axis] < lengths[axis]) break;
          counter[axis] = 0;
          placeA -= stepsA[axis] * lengths[axis];
          placeB -= stepsB[axis] * lengths[axis];
        }
      }
    },
  };
}

/** Copies `x` to `out`, an array of the larger shape `target` to which it broadcasts. */
export function expandInto(x: Dense, target: readonly number[], out: TypedArray): void {
  const { data } = x;
  const { n, stepA, forEachRow } = planPair("broadcastTo", x.shape, target);
  forEachRow((from, _, to) => {
    if (stepA === 0) out.fill(data[from], to, to + n);
    else if (n === data.length) out.set(data, to);
    else out.set(data.subarray(from, from + n), to);
  });
}
