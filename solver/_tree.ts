/** Trees of values as the arrays and the JSON of one file. */
import { asNDArray, NDArray } from "../ndarray/mod.ts";
import type { State } from "./state.ts";

/** A tree with its arrays taken out: each leaves `{ $: kind }` behind, under whose path it is stored. */
type Leaf = { readonly $: string; readonly is?: unknown };

/**
 * Takes the arrays out of a tree. JSON holds the rest, numbers without a word in JSON included.
 *
 * @param path Where the tree stands, names joined by "/"
 * @param tensors Receives the arrays, by path
 * @returns What is left, for `JSON.stringify`
 * @throws {TypeError} If something in it cannot be stored, with its path
 */
export function flatten(value: unknown, path: string, tensors: Record<string, NDArray>): unknown {
  if (value instanceof NDArray) {
    tensors[path] = value;
    return { $: "array" } satisfies Leaf;
  }
  if (value instanceof Uint32Array) {
    const words = new Int32Array(value.buffer, value.byteOffset, value.length);
    tensors[path] = asNDArray(words, [words.length]);
    return { $: "uint32" } satisfies Leaf;
  }
  if (typeof value === "number") {
    const plain = Number.isFinite(value) && !Object.is(value, -0);
    return plain ? value : { $: "number", is: Object.is(value, -0) ? "-0" : String(value) };
  }
  if (value === undefined) return { $: "undefined" } satisfies Leaf;
  if (value === null || typeof value === "string" || typeof value === "boolean") return value;
  if (Array.isArray(value)) {
    if (value.length > 0 && value.every((item) => typeof item === "number")) {
      tensors[path] = asNDArray(Float64Array.from(value), [value.length]);
      return { $: "numbers" } satisfies Leaf;
    }
    return value.map((item, i) => flatten(item, `${path}/${i}`, tensors));
  }
  if (!isRecord(value)) {
    throw new TypeError(
      `${path} cannot be stored: it must be made of numbers, words, booleans, NDArrays, lists and ` +
        `plain objects, got ${typeof value === "object" ? value.constructor?.name : typeof value}`,
    );
  }
  const record = Object.fromEntries(
    Object.entries(value).map((
      [name, item],
    ) => [name, flatten(item, `${path}/${encodeURIComponent(name)}`, tensors)]),
  );
  return Object.hasOwn(record, "$") ? { $: "record", is: record } satisfies Leaf : record;
}

/**
 * Puts the arrays back into a tree that {@linkcode flatten} took them out of.
 *
 * @throws {RangeError} If the tree cannot have come from there
 */
export function unflatten(
  json: unknown,
  path: string,
  tensors: Readonly<Record<string, NDArray>>,
): State {
  if (Array.isArray(json)) return json.map((item, i) => unflatten(item, `${path}/${i}`, tensors));
  if (!isRecord(json)) return json as State;
  if (!Object.hasOwn(json, "$")) return unflattenRecord(json, path, tensors);
  const { $: kind, is } = json as unknown as Leaf;
  if (kind === "undefined") return undefined;
  if (kind === "number" && ["-0", "NaN", "Infinity", "-Infinity"].includes(is as string)) {
    return Number(is);
  }
  if (kind === "record" && isRecord(is)) return unflattenRecord(is, path, tensors);
  const array = Object.hasOwn(tensors, path) ? tensors[path] : undefined;
  if (array) {
    if (kind === "array") return array;
    if (kind === "uint32" && array.dtype === "int32") return Uint32Array.from(array.data);
    if (kind === "numbers" && array.dtype === "float64") return [...array.data];
  }
  throw new RangeError(`${path} is not what this library writes`);
}

/** A copy of a tree whose arrays share no memory with it. */
export function copyTree<T extends State>(tree: T): T {
  const copy = (value: State): State => {
    if (value instanceof NDArray) return value.copy();
    if (value instanceof Uint32Array) return value.slice();
    if (Array.isArray(value)) return value.map(copy);
    if (!isRecord(value)) return value;
    return Object.fromEntries(
      Object.entries(value).map(([name, item]) => [name, copy(item as State)]),
    );
  };
  return copy(tree) as T;
}

/** Whether a value is an object of its own entries, and nothing else. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  if (typeof value !== "object" || value === null) return false;
  const prototype = Object.getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype;
}

function unflattenRecord(
  record: Record<string, unknown>,
  path: string,
  tensors: Readonly<Record<string, NDArray>>,
): State {
  return Object.fromEntries(
    Object.entries(record).map((
      [name, item],
    ) => [name, unflatten(item, `${path}/${encodeURIComponent(name)}`, tensors)]),
  );
}
