/** Runs one case of one kernel table and compares it with the definition. */
import { contracts } from "../../kernels/contracts.ts";
import { definition } from "../../kernels/definition/mod.ts";
import { type ArrayArgument, lengthOf, parseContract } from "../../kernels/notation.ts";
import type { KernelName, Kernels } from "../../kernels/types.ts";
import type { Bound, Case, FloatType } from "./_draw.ts";

type AnyArray = Float32Array | Float64Array | Int32Array | Uint8Array;
type AnyKernel = (...args: unknown[]) => number | void;

const GUARD = 0xa5;
const GUARD_ELEMENTS = 5;
const CLASSES = {
  float32: Float32Array,
  float64: Float64Array,
  int32: Int32Array,
  uint8: Uint8Array,
};

/** The arguments of a call by name, and those of them that are arrays. */
interface Call {
  readonly values: Record<string, unknown>;
  readonly arrays: readonly (ArrayArgument & { array: AnyArray; given?: AnyArray })[];
}

/**
 * Builds the arguments of a call: every array is a view inside a larger buffer, at an odd element,
 * with guard bytes on both sides. What is only written holds something that must not matter.
 *
 * @param alias An array that is passed as the one that it may be
 */
function build(kernel: KernelName, { given }: Case, type: FloatType, alias?: string): Call {
  const { args } = parseContract(contracts[kernel]);
  const values: Record<string, unknown> = { ...given };
  for (const arg of args) {
    if (arg.kind === "length") values[arg.name] = (given[arg.of] as AnyArray).length;
  }
  const arrays = [];
  for (const arg of args) {
    if (arg.kind !== "array" || values[arg.name] === null) continue;
    const content = values[arg.name] as AnyArray | undefined;
    const length = lengthOf(arg.length, values);
    if (content && content.length !== length) {
      throw new Error(
        `${kernel}: the case has ${content.length} elements of ${arg.name}, not ${length}`,
      );
    }
    if (arg.name === alias) {
      values[arg.name] = values[arg.alias!];
      continue;
    }
    const array = guarded(arg.type === "float" ? type : arg.type, length, 2 * arrays.length + 1);
    if (arg.role === "out") array.fill(arg.type === "float" ? NaN : 7);
    else array.set(content!);
    values[arg.name] = array;
    arrays.push({ ...arg, array, given: content });
  }
  return { values, arrays };
}

function guarded(type: keyof typeof CLASSES, length: number, offset: number): AnyArray {
  const Class = CLASSES[type];
  const size = Class.BYTES_PER_ELEMENT;
  const buffer = new ArrayBuffer((offset + length + GUARD_ELEMENTS) * size);
  new Uint8Array(buffer).fill(GUARD);
  return new Class(buffer, offset * size, length);
}

function run(table: Kernels, kernel: KernelName, { values }: Call): number | void {
  const { args } = parseContract(contracts[kernel]);
  const passed = args.filter(({ kind }) => kind !== "length").map(({ name }) => values[name]);
  return (table[kernel] as AnyKernel)(...passed);
}

function bytes(array: AnyArray): Uint8Array {
  return new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
}

function sameBytes(a: AnyArray, b: AnyArray): boolean {
  const [left, right] = [bytes(a), bytes(b)];
  return left.length === right.length && left.every((byte, i) => byte === right[i]);
}

function guardsIntact(array: AnyArray): boolean {
  const all = new Uint8Array(array.buffer);
  const guards = [
    ...all.subarray(0, array.byteOffset),
    ...all.subarray(array.byteOffset + array.byteLength),
  ];
  return guards.every((byte) => byte === GUARD);
}

/** The element that is furthest outside its bound, described; or nothing. */
function worst(got: ArrayLike<number>, want: ArrayLike<number>, bound: Bound): string | undefined {
  let at = -1;
  let excess = 1;
  const boundOf = (i: number) => typeof bound === "number" ? bound : bound[i];
  for (let i = 0; i < want.length; i++) {
    // NaN and infinity must be met exactly; -0 and 0 are equal.
    if (got[i] === want[i] || (Number.isNaN(got[i]) && Number.isNaN(want[i]))) continue;
    const error = Math.abs(got[i] - want[i]);
    if (error <= boundOf(i)) continue;
    const ratio = error / boundOf(i);
    if (at < 0 || !(ratio <= excess)) [at, excess] = [i, ratio];
  }
  if (at < 0) return undefined;
  return `element ${at} of ${want.length} is ${got[at]}, should be ${want[at]}, ` +
    `off by ${Math.abs(got[at] - want[at])}, bound ${boundOf(at)}`;
}

/**
 * Runs a case twice on `table` and once on the definition; once more so for each array that may be
 * another one.
 *
 * @returns A line for everything that is wrong; empty if nothing is
 */
export function runCase(
  table: Kernels,
  kernel: KernelName,
  type: FloatType,
  test: Case,
): string[] {
  const { args } = parseContract(contracts[kernel]);
  const aliased = args.flatMap((arg) => arg.kind === "array" && arg.alias ? [arg.name] : []);
  return [undefined, ...aliased].flatMap((alias) => runOnce(table, kernel, type, test, alias));
}

function runOnce(
  table: Kernels,
  kernel: KernelName,
  type: FloatType,
  test: Case,
  alias?: string,
): string[] {
  const failures: string[] = [];
  const label = alias ? `${test.label}, ${alias} in place` : test.label;
  const fail = (text: string) => failures.push(`${kernel} ${type} (${label}): ${text}`);

  const call = build(kernel, test, type, alias);
  const again = build(kernel, test, type, alias);
  const expected = build(kernel, test, "float64");
  const result = run(table, kernel, call);
  const secondResult = run(table, kernel, again);
  const expectedResult = run(definition, kernel, expected);

  const bounds = new Map(Object.entries(test.bounds));
  const check = (name: string, got: ArrayLike<number>, want: ArrayLike<number>) => {
    const bound = bounds.get(name);
    bounds.delete(name);
    const problem = bound === undefined ? "the case has no bound for it" : worst(got, want, bound);
    if (problem) fail(`${name}: ${problem}`);
  };
  const written = { ...expected.values };
  if (alias !== undefined) {
    const { alias: of } = expected.arrays.find(({ name }) => name === alias)!;
    check(alias, call.values[of!] as AnyArray, written[alias] as AnyArray);
  }
  for (const [i, { name, role, array, given }] of call.arrays.entries()) {
    if (!guardsIntact(array)) fail(`${name}: wrote outside the array`);
    if (!sameBytes(array, again.arrays[i].array)) fail(`${name}: two calls differ`);
    if (role !== "in") check(name, array, written[name] as AnyArray);
    else if (alias === undefined || call.values[alias] !== array) {
      const before = guarded(typeName(array), array.length, 1);
      before.set(given!);
      if (!sameBytes(array, before)) fail(`${name}: changed an input`);
    }
  }
  if (expectedResult !== undefined) {
    if (!Object.is(result, secondResult)) fail("two calls return different numbers");
    check("result", [result as number], [expectedResult]);
  }
  for (const name of bounds.keys()) fail(`the case bounds ${name}, which is not written`);
  return failures;
}

function typeName(array: AnyArray): keyof typeof CLASSES {
  const names = Object.keys(CLASSES) as (keyof typeof CLASSES)[];
  return names.find((name) => array instanceof CLASSES[name])!;
}
