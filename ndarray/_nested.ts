/**
 * Nested lists to flat data and back.
 *
 * @module
 */
import { showShape } from "../internal/shapes.ts";
import { type Dense, sizeOf } from "./_dense.ts";
import { convert } from "./_layout.ts";
import { numberFor } from "./_values.ts";
import { constructorOf, type DType, dtypeOf, type TypedArray } from "./dtypes.ts";

/**
 * Numbers or booleans in lists of lists of equal lengths, as `toArray` gives them.
 *
 * @category Arrays
 */
export type NestedList = number | boolean | NestedList[];

/** What an array can be made of. */
export type NestedSource = number | boolean | TypedArray | Dense | readonly NestedSource[];

function isDense(value: unknown): value is Dense {
  return typeof value === "object" && value !== null && "shape" in value && "data" in value &&
    "dtype" in value;
}

/** Reads nested lists. Without `dtype`, numbers are float64 and booleans bool. */
export function fromNested(source: NestedSource, dtype?: DType): Dense {
  if (isDense(source)) {
    const to = dtype ?? source.dtype;
    return { data: convert(source.data, source.dtype, to), shape: source.shape, dtype: to };
  }
  const shape = shapeOf(source);
  const data = new Float64Array(sizeOf(shape));
  const seen = { place: 0, numbers: false, booleans: false };
  fill(source, shape, 0, data, seen);
  const found = dtype ?? dtypeOf(source) ??
    (seen.booleans && !seen.numbers ? "bool" : "float64");
  if (found === "float64") return { data, shape, dtype: found };
  const out = new (constructorOf(found))(data.length);
  for (let i = 0; i < data.length; i++) out[i] = numberFor("array", data[i], found);
  return { data: out, shape, dtype: found };
}

function shapeOf(source: NestedSource): number[] {
  const shape: number[] = [];
  let level: unknown = source;
  for (;;) {
    if (isDense(level)) return [...shape, ...level.shape];
    if (dtypeOf(level)) return [...shape, (level as TypedArray).length];
    if (!Array.isArray(level)) return shape;
    shape.push(level.length);
    if (level.length === 0) return shape;
    level = level[0];
  }
}

function fill(
  source: unknown,
  shape: readonly number[],
  axis: number,
  out: Float64Array,
  seen: { place: number; numbers: boolean; booleans: boolean },
): void {
  if (typeof source === "number" || typeof source === "boolean") {
    if (axis !== shape.length) {
      throw new RangeError(
        `array: lists must be nested equally deep, got ${source} ` +
          `where a list of length ${shape[axis]} was expected`,
      );
    }
    if (typeof source === "number") seen.numbers = true;
    else seen.booleans = true;
    out[seen.place++] = Number(source);
  } else if (isDense(source) || dtypeOf(source)) {
    const found = isDense(source) ? source.shape : [(source as TypedArray).length];
    const expected = shape.slice(axis);
    if (found.length !== expected.length || found.some((length, i) => length !== expected[i])) {
      throw new RangeError(
        `array: lists must have equal lengths, got ${showShape(expected)} and ${showShape(found)}`,
      );
    }
    const data = isDense(source) ? source.data : source as TypedArray;
    if (isDense(source) && source.dtype === "bool") seen.booleans = true;
    else seen.numbers = true;
    out.set(data, seen.place);
    seen.place += data.length;
  } else if (Array.isArray(source)) {
    if (axis === shape.length || source.length !== shape[axis]) {
      throw new RangeError(
        axis === shape.length
          ? `array: lists must be nested equally deep, got a list of length ${source.length} ` +
            `where a number was expected`
          : `array: lists must have equal lengths, got ${shape[axis]} and ${source.length} ` +
            `at depth ${axis}`,
      );
    }
    for (const item of source) fill(item, shape, axis + 1, out, seen);
  } else {
    throw new TypeError(
      `array: elements must be numbers or booleans, got ${
        source === null ? "null" : typeof source === "string" ? `"${source}"` : typeof source
      }`,
    );
  }
}

/** Turns an array into nested lists; bools become booleans. */
export function toNested({ data, shape, dtype }: Dense): NestedList {
  let place = 0;
  const build = (axis: number): NestedList => {
    if (axis === shape.length) {
      const value = data[place++];
      return dtype === "bool" ? value !== 0 : value;
    }
    const list = new Array<NestedList>(shape[axis]);
    for (let i = 0; i < list.length; i++) list[i] = build(axis + 1);
    return list;
  };
  return build(0);
}
