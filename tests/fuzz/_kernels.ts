/**
 * Kernels of every table with sizes, lengths and element types that do not fit.
 *
 * @module
 */
import { type BackendName, type Kernels, kernels, useBackend } from "../../kernels/mod.ts";
import { contracts } from "../../kernels/contracts.ts";
import { type ArrayArgument, geometries, lengthOf, parseContract } from "../../kernels/notation.ts";
import { reference } from "../../kernels/reference/mod.ts";
import type { RandomState } from "../../random/mod.ts";
import { backends } from "../kernels/_backends.ts";
import { below, expect, oneOf, type Target } from "./_target.ts";

const names = Object.keys(contracts) as (keyof Kernels)[];
const classes = [
  ...[Float32Array, Float64Array, Int32Array, Uint8Array, Uint8ClampedArray, Int8Array, Int16Array],
  ...[Uint16Array, Uint32Array, Float16Array],
];
const right = { float: Float32Array, int32: Int32Array, uint8: Uint8Array };
const guard = 0xa5;
const guardBytes = 64;

/** An array between guards. */
function guarded(rng: RandomState, Type: typeof classes[number], length: number) {
  const size = Type.BYTES_PER_ELEMENT;
  const buffer = new ArrayBuffer(2 * guardBytes + length * size);
  new Uint8Array(buffer).fill(guard);
  const view = new Type(buffer, guardBytes, length);
  for (let i = 0; i < length; i++) view[i] = below(rng, 5) - (i % 3 ? 0 : 1);
  return view;
}

function intact({ buffer, byteLength }: { buffer: ArrayBufferLike; byteLength: number }): boolean {
  const bytes = new Uint8Array(buffer);
  const after = bytes.subarray(guardBytes + byteLength);
  return [...bytes.subarray(0, guardBytes), ...after].every((byte) => byte === guard);
}

/** Mostly small sizes; of the library, which checks them, any: the reference would count to them. */
function size(rng: RandomState, checked: boolean): unknown {
  const small = [0, 1, 1, 2, 3, 4, 5, 7, 8, 17];
  if (!checked || rng.rand() as number < 0.93) return oneOf(rng, small);
  return oneOf(rng, [-1, 1.5, NaN, 2 ** 31, 2 ** 32 - 1, 2 ** 32, "3", null, undefined, 1e9]);
}

function callOne(rng: RandomState, table: BackendName): void {
  const name = oneOf(rng, names);
  const { args } = parseContract(contracts[name]);
  const double = rng.rand() as number < 0.3;
  const values: Record<string, unknown> = {};
  useBackend(table);
  const checked = table === "native" && kernels[name] !== reference[name];
  for (const arg of args) {
    const fields = geometries[arg.kind as keyof typeof geometries];
    if (fields) {
      values[arg.name] = Object.fromEntries(fields.map((field) => [field, size(rng, checked)]));
    } else if (arg.kind === "size" || arg.kind === "length") values[arg.name] = size(rng, checked);
    else if (arg.kind === "flag") values[arg.name] = rng.rand() as number < 0.5;
    else if (arg.kind === "bit") values[arg.name] = below(rng, 2);
    else if (arg.kind === "number") {
      values[arg.name] = oneOf(rng, [0, 1e-5, 0.5, 1, 2, NaN, Infinity, -1]);
    }
  }
  const arrays: ReturnType<typeof guarded>[] = [];
  const odd = below(rng, 4) === 0 ? below(rng, args.length) : -1;
  const given = args.filter(({ kind }) => kind !== "length").map((arg, i) => {
    if (arg.kind !== "array") return values[arg.name];
    const { type, length, optional, alias } = arg as ArrayArgument;
    if (optional && below(rng, 3) === 0) return values[arg.name] = null;
    if (alias && below(rng, 3) === 0) return values[alias];
    const wanted = lengthOf(length, values);
    const count = Number.isInteger(wanted) && wanted >= 0 && wanted < 20_000 ? wanted : 16;
    const Type = i === odd
      ? oneOf(rng, classes)
      : type === "float" && double
      ? Float64Array
      : right[type];
    const off = below(rng, 6) === 0 ? oneOf(rng, [-1, -3, 1, -count]) : 0;
    const made = guarded(rng, Type, Math.max(0, count + off));
    arrays.push(made);
    return values[arg.name] = made;
  });
  // What sizes that contradict each other mean is nobody's promise, only that no harm is done.
  try {
    (kernels[name] as (...given: unknown[]) => unknown)(...given);
  } catch (error) {
    expect(error instanceof Error, `${name} threw ${typeof error}`);
  } finally {
    useBackend("auto");
  }
  expect(arrays.every(intact), `${name} wrote outside of its arrays`);
}

/** The targets, by name: one for each table that is there. */
export const kernelTargets: Record<string, Target> = Object.fromEntries(
  (await backends()).filter(({ missing }) => missing === "")
    .map(({ name }) => [`kernels of ${name}`, { run: (rng) => callOne(rng, name) }]),
);
