/**
 * Pairs of a forward and a backward pass made operations on tensors.
 *
 * @module
 */
import { isFloat } from "../ndarray/dtypes.ts";
import { NDArray } from "../ndarray/mod.ts";
import { kindOf } from "./_checks.ts";
import { floatTypeOf, record, Tensor } from "./tensor.ts";

/**
 * An argument of a lifted function: where the pair takes an array, a tensor will do.
 *
 * @category Autograd
 */
export type Lifted<T> = T extends NDArray ? T | Tensor : T;

/**
 * The arguments of a lifted function.
 *
 * @category Autograd
 */
export type LiftedAll<Arguments extends unknown[]> = {
  [Place in keyof Arguments]: Lifted<Arguments[Place]>;
};

/**
 * What a backward pass may return: one gradient, or a list with one for each float array.
 *
 * @category Autograd
 */
export type Gradients = NDArray | readonly (NDArray | null)[];

/**
 * Makes an operation on tensors of a pair with one output. Its derivative stands in the backward
 * pass, and nowhere else.
 *
 * The gradients that `backward` returns belong to the float arrays among the arguments, in order;
 * integer and bool arrays (indices, labels, masks) have none, and all else is passed through. An
 * argument may be a plain array, which then gets no gradient; where it meets tensors of the other
 * float type that do, it is converted.
 *
 * @param forward Returns `[out, cache]`
 * @param backward Returns the gradients from `(dout, cache)`
 * @param names The gradients by name, such as `["dx", "dw", "db"]`, if `backward` takes
 * `{ needs: { dx: false } }` as a third argument and then leaves out what is not wanted
 * @returns The operation
 *
 * @example
 * ```ts
 * import { lift, Tensor } from "@nndl/nndl/autograd";
 * import { array, type NDArray, square } from "@nndl/nndl/ndarray";
 * import assert from "node:assert/strict";
 *
 * const squareForward = (x: NDArray): [NDArray, NDArray] => [square(x), x];
 * const squareBackward = (dout: NDArray, x: NDArray) => dout.multiply(x).multiply(2);
 * const squared = lift(squareForward, squareBackward);
 *
 * const x = new Tensor(array([1, 2, 3]));
 * squared(x).sum().backward();
 * assert.deepEqual(x.grad!.toArray(), [2, 4, 6]);
 * ```
 *
 * @category Autograd
 */
export function lift<Arguments extends unknown[], Cache>(
  forward: (...args: Arguments) => [out: NDArray, cache: Cache],
  backward: (dout: NDArray, cache: Cache, options?: never) => Gradients,
  names?: readonly string[],
): (...args: LiftedAll<Arguments>) => Tensor;
/**
 * Makes an operation on tensors of a pair with two outputs, such as a step of an LSTM. An output
 * that nothing uses has an upstream gradient of zeros.
 *
 * @param forward Returns `[out1, out2, cache]`
 * @param backward Returns the gradients from `(dout1, dout2, cache)`
 * @param names The gradients by name, if `backward` takes `{ needs }` as a last argument
 * @returns The operation
 * @category Autograd
 */
export function lift<Arguments extends unknown[], Cache>(
  forward: (...args: Arguments) => [out1: NDArray, out2: NDArray, cache: Cache],
  backward: (dout1: NDArray, dout2: NDArray, cache: Cache, options?: never) => Gradients,
  names?: readonly string[],
): (...args: LiftedAll<Arguments>) => [Tensor, Tensor];
/**
 * Makes an operation on tensors of a pair with any number of outputs.
 *
 * @param forward Returns the outputs, and behind them the cache
 * @param backward Returns the gradients from the upstream gradients and the cache
 * @param names The gradients by name, if `backward` takes `{ needs }` as a last argument
 * @returns The operation
 * @category Autograd
 */
export function lift<Arguments extends unknown[]>(
  forward: (...args: Arguments) => readonly [...outs: NDArray[], cache: unknown],
  // deno-lint-ignore no-explicit-any
  backward: (...args: any[]) => Gradients,
  names?: readonly string[],
): (...args: LiftedAll<Arguments>) => Tensor[];
export function lift(
  // deno-lint-ignore no-explicit-any
  forward: (...args: any[]) => readonly unknown[],
  // deno-lint-ignore no-explicit-any
  backward: (...args: any[]) => Gradients,
  names?: readonly string[],
): (...args: unknown[]) => Tensor | Tensor[] {
  const name = operationName(forward, backward);
  return named(name, (...args: unknown[]) => {
    const values = valuesOf(name, args);
    const returned = forward(...values);
    const outs = checkResult(name, returned);
    const cache = returned[returned.length - 1];
    const tensors = record(name, inputsOf(args), outs, (douts, needs) => {
      const options = names && needs.includes(false)
        ? [{ needs: namedNeeds(names, needs, values) }]
        : [];
      const gradients = backward(...douts, cache, ...options);
      return inPlaces(name, values, gradients instanceof NDArray ? [gradients] : gradients);
    });
    return tensors.length === 1 ? tensors[0] : tensors;
  });
}

/**
 * Makes an operation on tensors of a loss that returns its value and its gradients at once.
 *
 * @param loss Returns `[value, dx, ...]`: the loss as a number, then the gradients of the first
 * float arrays among the arguments; further float arrays, such as targets, have none
 * @returns The operation; its result has no axes, and is float64
 *
 * @example
 * ```ts
 * import { liftLoss, Tensor } from "@nndl/nndl/autograd";
 * import { svmLoss } from "@nndl/nndl/layers";
 * import { array } from "@nndl/nndl/ndarray";
 * import assert from "node:assert/strict";
 *
 * const hinge = liftLoss(svmLoss);
 * const scores = new Tensor(array([[1, 2, 0]]));
 * const loss = hinge(scores, array([0], "int32"));
 * loss.backward();
 * assert.equal(loss.item(), 2);
 * assert.deepEqual(scores.grad!.toArray(), [[-1, 1, 0]]);
 * ```
 *
 * @category Autograd
 */
export function liftLoss<Arguments extends unknown[]>(
  loss: (...args: Arguments) => readonly [loss: number, ...gradients: NDArray[]],
): (...args: LiftedAll<Arguments>) => Tensor {
  const name = loss.name.replace(/Loss$/, "") || "loss";
  return named(name, (...args: LiftedAll<Arguments>) => {
    const values = valuesOf(name, args);
    const [value, ...gradients] = loss(...values as Arguments);
    if (typeof value !== "number" || !gradients.every((gradient) => gradient instanceof NDArray)) {
      throw new TypeError(
        `${name}: the loss must return [value, ...gradients], got ` +
          `[${[value, ...gradients].map(kindOf).join(", ")}]`,
      );
    }
    const out = new NDArray(Float64Array.of(value), []);
    return record(name, inputsOf(args), [out], ([dout], needs) => {
      const floats = values.flatMap((x, i) => isFloatArray(x) ? [i] : []);
      return needs.map((needed, i) => {
        const gradient = gradients[floats.indexOf(i)];
        return needed && gradient ? gradient.multiply(dout.item()) : null;
      });
    })[0];
  });
}

function named<F>(name: string, operation: F): F {
  return Object.defineProperty(operation, "name", { value: name });
}

/** `convForwardFast` and `convBackwardFast` are called conv. */
function operationName(forward: unknown, backward: unknown): string {
  for (const f of [forward, backward]) {
    if (typeof f === "function") continue;
    throw new TypeError(`lift: forward and backward must be functions, got ${kindOf(f)}`);
  }
  return (forward as () => void).name.replace(/Forward.*$/, "") || "lifted operation";
}

function isFloatArray(x: unknown): x is NDArray {
  return x instanceof NDArray && isFloat(x.dtype);
}

/** The arguments with arrays for tensors, plain float arrays in the type of the tensors they meet. */
function valuesOf(name: string, args: readonly unknown[]): unknown[] {
  const dtype = floatTypeOf(name, args);
  return args.map((arg) => {
    const value = arg instanceof Tensor ? arg.value : arg;
    return dtype && isFloatArray(value) && value.dtype !== dtype ? value.astype(dtype) : value;
  });
}

function inputsOf(args: readonly unknown[]): (Tensor | null)[] {
  return args.map((arg) => arg instanceof Tensor ? arg : null);
}

/** The outputs of a forward pass. */
function checkResult(name: string, returned: readonly unknown[]): NDArray[] {
  const outs = Array.isArray(returned) ? returned.slice(0, -1) : [];
  if (outs.length > 0 && outs.every((out) => out instanceof NDArray)) return outs;
  throw new TypeError(
    `${name}: the forward pass must return [out, cache], got ` +
      (Array.isArray(returned) ? `[${returned.map(kindOf).join(", ")}]` : kindOf(returned)),
  );
}

/**
 * The places of the arguments that `count` gradients belong to: the float arrays, or the float
 * arrays and the nulls that stand for one that is left out.
 */
function owners(values: readonly unknown[], count: number): number[] | undefined {
  const [floats, optional]: [number[], number[]] = [[], []];
  for (let i = 0; i < values.length; i++) {
    const isFloat = isFloatArray(values[i]);
    if (isFloat) floats.push(i);
    if (isFloat || values[i] === null) optional.push(i);
  }
  return floats.length === count ? floats : optional.length === count ? optional : undefined;
}

function namedNeeds(
  names: readonly string[],
  needs: readonly boolean[],
  values: readonly unknown[],
): Record<string, boolean> {
  const places = owners(values, names.length) ?? [];
  return Object.fromEntries(places.map((place, i) => [names[i], needs[place]]));
}

/** Puts gradients at the places of the arguments that they belong to. */
function inPlaces(
  name: string,
  values: readonly unknown[],
  gradients: readonly (NDArray | null)[],
): (NDArray | null)[] {
  const all: (NDArray | null)[] = values.map(() => null);
  const places = Array.isArray(gradients) ? owners(values, gradients.length) : undefined;
  if (!places) {
    throw new RangeError(
      `${name}: the backward pass must return a gradient for each of the ` +
        `${values.filter(isFloatArray).length} float arrays among the arguments, got ` +
        (Array.isArray(gradients) ? gradients.length : kindOf(gradients)),
    );
  }
  places.forEach((place, i) => all[place] = gradients[i]);
  return all;
}
