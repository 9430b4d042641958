/**
 * The gradient suite: what every backward pass is held against.
 *
 * @module
 */
import assert from "node:assert/strict";
import { evalNumericalGradientArray } from "../../gradient_check/mod.ts";
import { array, NDArray } from "../../ndarray/mod.ts";
import { RandomState } from "../../random/mod.ts";
import { testOnBackends } from "./_backends.ts";

/** The arrays that a layer is differentiated by, in the order of its gradients. */
export type Inputs = Record<string, NDArray>;

/** Shapes to draw arrays of, or the arrays themselves. */
export type Case = Record<string, readonly number[] | NDArray>;

/** A layer and the cases to check it on. */
export interface GradientSuite<Cache> {
  /** The inputs of each case, in the order in which the backward pass returns their gradients. */
  readonly cases: readonly Case[];
  /** Runs the layer; called many times, so it makes its settings anew at every call. */
  readonly forward: (inputs: Inputs) => [out: NDArray, cache: Cache];
  /** Returns a gradient for every input; nulls are passed over. */
  readonly backward: (dout: NDArray, cache: Cache) => NDArray | readonly (NDArray | null)[];
  /** Largest error in float64, see {@linkcode assertClose}. */
  readonly tolerance: number;
  /** Largest error in float32 against float64, by default 1e-5; null where float32 is no use. */
  readonly float32Tolerance?: number | null;
}

/**
 * Checks a backward pass on every kernel table present: in float64 against centred differences,
 * and in float32 against its own float64 result. A failure names the case, the input and the entry
 * that is furthest off.
 */
export function gradientSuite<Cache>(name: string, suite: GradientSuite<Cache>): void {
  testOnBackends(`${name} has the gradient of centred differences`, () => {
    suite.cases.forEach((shapes, index) => {
      const inputs = draw(shapes, index);
      const description = `${name}, case ${index} ${describe(inputs)}`;
      const before = clone(inputs);
      const [out, cache] = suite.forward(inputs);
      const dout = new RandomState(1000 + index).normal(0, 1, out.shape);
      const gradients = named(inputs, suite.backward(dout, cache), description);
      assert.deepEqual(inputs, before, `${description}: an input was changed`);

      for (const input of Object.keys(inputs)) {
        const numerical = numericalGradient(suite, inputs, input, dout);
        const where = `${description}: d${input}, analytic against numerical`;
        assertClose(where, gradients[input], numerical, suite.tolerance);
      }
      if (suite.float32Tolerance === null) return;
      const [, cache32] = suite.forward(toFloat32(inputs));
      const gradients32 = named(inputs, suite.backward(dout.astype("float32"), cache32), name);
      for (const input of Object.keys(inputs)) {
        const where = `${description}: d${input}, float32 against float64`;
        assert.equal(gradients32[input].dtype, "float32", where);
        const tolerance = suite.float32Tolerance ?? 1e-5;
        assertClose(where, gradients32[input], gradients[input], tolerance, 1);
      }
    });
  });
}

/** Draws normal values, none so near to 0 that a step crosses it, where ReLU has its kink. */
function draw(shapes: Case, seed: number): Inputs {
  const rng = new RandomState(seed);
  return mapValues(shapes, (given) => {
    if (given instanceof NDArray) return given;
    const x = rng.normal(0, 1, given);
    x.data.forEach((value, i) => x.data[i] = value + Math.sign(value) * 1e-3);
    return x;
  });
}

function clone(inputs: Inputs): Inputs {
  return mapValues(inputs, (x) => x.copy());
}

function toFloat32(inputs: Inputs): Inputs {
  return mapValues(inputs, (x) => x.astype("float32"));
}

function mapValues<From>(
  record: Record<string, From>,
  change: (value: From) => NDArray,
): Inputs {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, change(value)]));
}

function describe(inputs: Inputs): string {
  const shapes = Object.entries(inputs).map(([name, x]) => `${name} (${x.shape.join(", ")})`);
  return `{ ${shapes.join(", ")} }`;
}

/** The gradients by the name of their input. */
function named(
  inputs: Inputs,
  returned: NDArray | readonly (NDArray | null)[],
  description: string,
): Inputs {
  const list = returned instanceof NDArray ? [returned] : returned.filter((d) => d !== null);
  const names = Object.keys(inputs);
  assert.equal(list.length, names.length, `${description}: number of gradients`);
  return Object.fromEntries(names.map((name, i) => [name, list[i]]));
}

/**
 * The derivative of `Σ out·dout` by one input: centred differences at two step widths, combined so
 * that their error falls with the fourth power of the step (Richardson's extrapolation).
 */
function numericalGradient<Cache>(
  suite: GradientSuite<Cache>,
  inputs: Inputs,
  name: string,
  dout: NDArray,
): NDArray {
  const f = (x: NDArray) => suite.forward({ ...inputs, [name]: x })[0];
  const step = 2e-4;
  const wide = evalNumericalGradientArray(f, inputs[name].copy(), dout, step);
  const narrow = evalNumericalGradientArray(f, inputs[name].copy(), dout, step / 2);
  return narrow.multiply(4).subtract(wide).divide(3);
}

/**
 * Throws unless two arrays have one shape and every pair of entries is close: their difference is
 * held against their size, but at least against `floor` times the largest entry expected, so that
 * the rounding of an entry that nearly cancels does not count.
 */
export function assertClose(
  where: string,
  actual: NDArray,
  expected: NDArray,
  tolerance: number,
  floor = 0.01,
): void {
  assert.deepEqual(actual.shape, expected.shape, `${where}: shape`);
  const largest = expected.size === 0 ? 0 : Math.max(expected.max(), -expected.min());
  let worst = -1;
  let worstError = 0;
  for (let i = 0; i < expected.size; i++) {
    const [a, b] = [actual.data[i], expected.data[i]];
    const size = Math.max(Math.abs(a), Math.abs(b), floor * Math.max(largest, 0.1));
    const error = Math.abs(a - b) / size;
    if (error <= worstError) continue;
    worst = i;
    worstError = error;
    if (Number.isNaN(error)) break;
  }
  assert.ok(
    worstError <= tolerance,
    `${where}: error ${worstError.toExponential(2)} above ${tolerance} at ` +
      `[${indexOf(worst, expected.shape)}]: ${actual.data[worst]}, ${expected.data[worst]}`,
  );
}

function indexOf(place: number, shape: readonly number[]): string {
  const index: number[] = [];
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    index.unshift(place % shape[axis]);
    place = Math.floor(place / shape[axis]);
  }
  return index.join(", ");
}

/** Wraps a loss, which returns its value and its gradient at once, as a forward and backward pass. */
export function lossPasses(
  loss: (x: NDArray, y: NDArray) => [loss: number, dx: NDArray],
): Pick<GradientSuite<NDArray>, "forward" | "backward"> {
  return {
    forward: ({ x }) => {
      const labels = Int32Array.from({ length: x.shape[0] }, (_, i) => (i * 7) % x.shape[1]);
      const [value, dx] = loss(x, new NDArray(labels, [x.shape[0]]));
      return [array([value]), dx];
    },
    backward: (dout, dx) => dx.multiply(dout.astype(dx.dtype)),
  };
}
