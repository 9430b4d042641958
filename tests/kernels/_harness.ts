/** Runs one case of one kernel table and compares it with the oracle. */
import type { Kernels } from "../../kernels/types.ts";
import type { Argument, Bound, Case, FloatType, Slot } from "./_draw.ts";
import { oracle } from "./_oracle.ts";

type AnyArray = Float32Array | Float64Array | Int32Array | Uint8Array;
type AnyKernel = (...args: unknown[]) => number | void;

const GUARD = 0xa5;
const GUARD_ELEMENTS = 5;

/** A view at an odd element inside a larger buffer, with guard bytes on both sides. */
function guarded(slot: Slot, type: FloatType, offset: number): AnyArray {
  const Type = slot.data instanceof Float64Array
    ? (type === "float32" ? Float32Array : Float64Array)
    : slot.data.constructor as Int32ArrayConstructor | Uint8ArrayConstructor;
  const size = Type.BYTES_PER_ELEMENT;
  const elements = offset + slot.data.length + GUARD_ELEMENTS;
  const buffer = new ArrayBuffer(elements * size);
  new Uint8Array(buffer).fill(GUARD);
  const view = new Type(buffer, offset * size, slot.data.length);
  view.set(slot.data);
  return view;
}

function isSlot(argument: Argument): argument is Slot {
  return typeof argument === "object" && argument !== null && "role" in argument &&
    argument.role !== "alias";
}

function build(args: readonly Argument[], make: (slot: Slot, index: number) => AnyArray) {
  const built: unknown[] = [];
  for (const [i, argument] of args.entries()) {
    if (isSlot(argument)) built.push(make(argument, i));
    else if (typeof argument === "object" && argument !== null && "of" in argument) {
      built.push(built[argument.of]);
    } else built.push(argument);
  }
  return built;
}

function bytes(array: AnyArray): Uint8Array {
  return new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
}

function sameBytes(a: AnyArray, b: AnyArray): boolean {
  const left = bytes(a);
  const right = bytes(b);
  for (let i = 0; i < left.length; i++) {
    if (left[i] !== right[i]) return false;
  }
  return left.length === right.length;
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
 * Runs a case twice on `table` and once on the oracle.
 *
 * @returns A line for everything that is wrong; empty if nothing is
 */
export function runCase(
  table: Kernels,
  entry: keyof Kernels,
  type: FloatType,
  test: Case,
): string[] {
  const failures: string[] = [];
  const fail = (text: string) => failures.push(`${entry} ${type} (${test.label}): ${text}`);

  const make = (slot: Slot, i: number) => guarded(slot, type, 2 * i + 1);
  const args = build(test.args, make);
  const result = (table[entry] as AnyKernel)(...args);
  const again = build(test.args, make);
  const secondResult = (table[entry] as AnyKernel)(...again);

  const expected = build(test.args, (slot) => slot.data.slice());
  const expectedResult = (oracle[entry] as AnyKernel)(...expected);

  const aliased = new Set(
    test.args.flatMap((argument) =>
      typeof argument === "object" && argument !== null && "of" in argument ? [argument.of] : []
    ),
  );
  let outputs = 0;
  for (const [i, argument] of test.args.entries()) {
    if (!isSlot(argument)) continue;
    const got = args[i] as AnyArray;
    if (!guardsIntact(got)) fail(`argument ${i}: wrote outside the array`);
    if (!sameBytes(got, again[i] as AnyArray)) fail(`argument ${i}: two calls differ`);
    if (argument.role === "in" && !aliased.has(i)) {
      if (!sameBytes(got, guarded(argument, type, 1))) fail(`argument ${i}: changed an input`);
      continue;
    }
    const problem = worst(got, expected[i] as AnyArray, test.bounds[outputs++]);
    if (problem) fail(`argument ${i}: ${problem}`);
  }
  if (expectedResult !== undefined) {
    if (!Object.is(result, secondResult)) fail("two calls return different numbers");
    const problem = worst([result as number], [expectedResult], test.bounds[outputs++]);
    if (problem) fail(`returned number: ${problem}`);
  }
  if (outputs !== test.bounds.length) fail(`${outputs} outputs, ${test.bounds.length} bounds`);
  return failures;
}
