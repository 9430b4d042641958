import assert from "node:assert/strict";
import { type DType, NDArray, type TypedArray } from "../../ndarray/mod.ts";
import fixture from "../fixtures/numpy_ops.json" with { type: "json" };
import { type Argument, calls, type Keywords } from "./_calls.ts";

interface RecordedArray {
  readonly dtype: DType;
  readonly shape: readonly number[];
  readonly data: readonly (number | string)[];
}

interface Case {
  readonly f: string;
  readonly args: readonly Argument[];
  readonly kwargs?: Keywords;
  readonly result?: unknown;
  readonly error?: boolean;
  readonly rtol?: number;
}

const types = {
  float64: Float64Array,
  float32: Float32Array,
  int32: Int32Array,
  uint8: Uint8Array,
  bool: Uint8Array,
};

function toNumber(value: unknown): number {
  return Number(typeof value === "string" ? value.replace("inf", "Infinity") : value);
}

function isArray(value: unknown): value is RecordedArray {
  return typeof value === "object" && value !== null && "dtype" in value;
}

function decode(value: unknown): Argument {
  if (isArray(value)) {
    const data: TypedArray = types[value.dtype].from(value.data.map(toNumber));
    return new NDArray(data, value.shape, value.dtype);
  }
  if (Array.isArray(value)) return value.map(decode);
  if (typeof value === "string" && /^-?(nan|inf)$/.test(value)) return toNumber(value);
  return value;
}

/** The largest relative difference, infinite if NaN, infinities or zeros stand elsewhere. */
function distance(got: ArrayLike<number>, wanted: ArrayLike<number>): number {
  let worst = 0;
  for (let i = 0; i < wanted.length; i++) {
    if (Object.is(got[i], wanted[i]) || got[i] === wanted[i]) continue;
    const difference = Math.abs(got[i] - wanted[i]) / Math.abs(wanted[i]);
    worst = Math.max(worst, Number.isFinite(difference) ? difference : Infinity);
  }
  return worst;
}

function check(got: unknown, wanted: unknown, rtol: number): void {
  if (Array.isArray(wanted)) {
    assert.ok(Array.isArray(got), "a list was wanted");
    assert.equal(got.length, wanted.length);
    wanted.forEach((item, i) => check(got[i], item, rtol));
  } else if (wanted instanceof NDArray) {
    assert.ok(got instanceof NDArray, `an array was wanted, got ${got}`);
    assert.equal(got.dtype, wanted.dtype);
    assert.deepEqual(got.shape, wanted.shape);
    assert.equal(got.size, wanted.size);
    const off = distance(got.data, wanted.data);
    assert.ok(off <= rtol, `off by ${off}: wanted ${wanted}, got ${got}`);
  } else if (typeof wanted === "boolean") {
    const value = got instanceof NDArray ? got.toArray() : got;
    assert.ok(value === wanted || value === Number(wanted), `wanted ${wanted}, got ${got}`);
  } else {
    const value = got instanceof NDArray ? got.item() : got;
    assert.equal(typeof value, "number");
    const off = distance([value as number], [wanted as number]);
    assert.ok(off <= rtol, `off by ${off}: wanted ${wanted}, got ${value}`);
  }
}

const groups = Map.groupBy(fixture.cases as readonly Case[], (given) => given.f);

for (const [name, cases] of groups) {
  Deno.test(`${name} gives what NumPy gives in ${cases.length} calls`, () => {
    const call = calls.get(name);
    assert.ok(call, `no call is known for ${name}`);
    for (const given of cases) {
      const run = () => call(given.args.map(decode), decodeAll(given.kwargs ?? {}));
      const text = JSON.stringify({ ...given, result: undefined });
      if (given.error) {
        assert.throws(run, (error: unknown) => {
          assert.ok(error instanceof RangeError || error instanceof TypeError, text);
          assert.match(error.message, /^[a-zA-Z]+: .*[^.]$/s, text);
          return true;
        }, text);
        continue;
      }
      try {
        check(run(), decode(given.result), given.rtol ?? 0);
      } catch (error) {
        throw new Error(`${text}\n${(error as Error).message}`, { cause: error });
      }
    }
  });
}

function decodeAll(keywords: Keywords): Keywords {
  return Object.fromEntries(
    Object.entries(keywords).map(([name, value]) => [name, decode(value)]),
  );
}
