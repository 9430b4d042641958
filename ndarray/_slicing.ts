/**
 * Slices in NumPy's notation: reading them, copying them out, assigning to them.
 *
 * @module
 */
import { showValue } from "../internal/show.ts";
import { showShape } from "../internal/shapes.ts";
import { allocateFor, checkIndex, type Dense, sizeOf, stridesOf } from "./_dense.ts";
import { copyStrided, scatterStrided } from "./_layout.ts";
import { valuesFor } from "./_values.ts";

/**
 * One entry of a slice: a range such as `"1:5:2"`, a position, `"..."`, or `null` for a new axis.
 *
 * @category Arrays
 */
export type SliceSpec = string | number | null;

/** The part of an array that a slice names. */
export interface Selection {
  /** Place of its first element. */
  readonly start: number;
  /** Its shape. */
  readonly shape: readonly number[];
  /** Distance between neighbours along each of its axes; negative for a reversed one. */
  readonly strides: readonly number[];
}

function bad(caller: string, spec: unknown): never {
  throw new TypeError(
    `${caller}: an entry must be a range such as "1:5:2", a position, "..." or null, got ${
      showValue(spec)
    }`,
  );
}

const rangePattern = /^\s*([+-]?\d+)?\s*:\s*([+-]?\d+)?\s*(?::\s*([+-]?\d+)?\s*)?$/;

/** Reads `"start:stop:step"` for an axis of the given length, by Python's rules. */
function parseRange(
  caller: string,
  spec: string,
  length: number,
): { start: number; count: number; step: number } {
  const match = rangePattern.exec(spec);
  if (!match) bad(caller, spec);
  const step = match[3] === undefined ? 1 : Number(match[3]);
  if (step === 0) throw new RangeError(`${caller}: the step of "${spec}" must not be 0`);
  const low = step > 0 ? 0 : -1;
  const high = step > 0 ? length : length - 1;
  const bound = (text: string | undefined, missing: number) => {
    if (text === undefined) return missing;
    const value = Number(text);
    return Math.min(Math.max(value < 0 ? value + length : value, low), high);
  };
  const start = bound(match[1], step > 0 ? low : high);
  const stop = bound(match[2], step > 0 ? high : low);
  return { start, count: Math.max(0, Math.ceil((stop - start) / step)), step };
}

/** Finds what a slice names in an array of shape `shape`. */
export function select(
  caller: string,
  shape: readonly number[],
  specs: readonly SliceSpec[],
): Selection {
  const texts = specs.map((spec) => typeof spec === "string" ? spec.trim() : spec);
  const dots = texts.filter((spec) => spec === "...").length;
  if (dots > 1) throw new RangeError(`${caller}: "..." may stand only once`);
  const named =
    texts.filter((spec) => spec !== null && spec !== "newaxis" && spec !== "...").length;
  if (named > shape.length) {
    throw new RangeError(
      `${caller}: ${named} entries are too many for shape ${showShape(shape)}`,
    );
  }
  const strides = stridesOf(shape);
  const result = { start: 0, shape: [] as number[], strides: [] as number[] };
  const keep = (axis: number) => {
    result.shape.push(shape[axis]);
    result.strides.push(strides[axis]);
  };
  let axis = 0;
  for (const spec of texts) {
    if (spec === null || spec === "newaxis") {
      result.shape.push(1);
      result.strides.push(0);
    } else if (spec === "...") {
      for (const end = axis + shape.length - named; axis < end; axis++) keep(axis);
    } else if (typeof spec === "number") {
      result.start += checkIndex(caller, spec, shape[axis], axis) * strides[axis];
      axis++;
    } else if (typeof spec !== "string") {
      bad(caller, spec);
    } else if (/^[+-]?\d+$/.test(spec)) {
      result.start += checkIndex(caller, Number(spec), shape[axis], axis) * strides[axis];
      axis++;
    } else {
      const { start, count, step } = parseRange(caller, spec, shape[axis]);
      result.start += start * strides[axis];
      result.shape.push(count);
      result.strides.push(step * strides[axis]);
      axis++;
    }
  }
  for (; axis < shape.length; axis++) keep(axis);
  return result;
}

/** The place in the data of the element at `index`. */
export function placeOf(
  caller: string,
  shape: readonly number[],
  index: readonly number[],
): number {
  if (index.length !== shape.length) {
    throw new RangeError(
      `${caller}: an element of shape ${
        showShape(shape)
      } has ${shape.length} indices, got ${index.length}`,
    );
  }
  let place = 0;
  for (let axis = 0; axis < index.length; axis++) {
    place = place * shape[axis] + checkIndex(caller, index[axis], shape[axis], axis);
  }
  return place;
}

/** Copies a slice. */
export function slice(x: Dense, specs: readonly SliceSpec[]): Dense {
  const { start, shape, strides } = select("slice", x.shape, specs);
  const data = allocateFor(x.dtype, sizeOf(shape));
  copyStrided(x.data, start, shape, strides, data);
  return { data, shape, dtype: x.dtype };
}

/** Writes `value`, broadcast and converted, to a slice of `x`. */
export function assignSlice(x: Dense, value: Dense | number, specs: readonly SliceSpec[]): void {
  const { start, shape, strides } = select("setSlice", x.shape, specs);
  scatterStrided(valuesFor("setSlice", x, value, shape), x.data, start, shape, strides);
}
