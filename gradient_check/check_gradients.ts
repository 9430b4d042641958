/**
 * One check for anything that has a gradient: a pair of a forward and a backward pass, a function of
 * tensors, or a module.
 *
 * @module
 */
import { Tensor } from "../autograd/mod.ts";
import { textTable } from "../internal/text_table.ts";
import { NDArray } from "../ndarray/mod.ts";
import { Module } from "../nn/mod.ts";
import { RandomState } from "../random/mod.ts";
import { evalNumericalGradientArray } from "./numerical_gradient.ts";
import { relError } from "./rel_error.ts";

/**
 * A forward pass, which returns its outputs and a cache, and the backward pass that takes them.
 *
 * @category Gradient checks
 */
export type Pair = readonly [
  // deno-lint-ignore no-explicit-any
  forward: (...inputs: any[]) => readonly unknown[],
  // deno-lint-ignore no-explicit-any
  backward: (...args: any[]) => NDArray | readonly (NDArray | null)[],
];

/**
 * A function of tensors that returns one, or several.
 *
 * @category Gradient checks
 */
export type TensorFunction = (...inputs: Tensor[]) => Tensor | readonly Tensor[];

/**
 * Options of {@linkcode checkGradients}.
 *
 * @category Gradient checks
 */
export interface CheckGradientsOptions {
  /** Upstream gradient of the output, or of each output. Default: drawn from `rng`. */
  readonly dout?: NDArray | readonly NDArray[];
  /** Step of the centred differences. Default 1e-5. */
  readonly h?: number;
  /** Draws upstream gradients; by default always the same numbers. */
  readonly rng?: RandomState;
}

/**
 * The relative errors of gradients. `String(check)`, or `console.log(check)` in Deno, is a table.
 *
 * @category Gradient checks
 */
export class GradientCheck {
  /** The relative error of each gradient: `dx`, or the name of a parameter. */
  readonly errors: Readonly<Record<string, number>>;

  /** Keeps errors by name. */
  constructor(errors: Readonly<Record<string, number>>) {
    this.errors = errors;
  }

  /** The largest error. */
  get worst(): number {
    return Math.max(...Object.values(this.errors));
  }

  /** The table. */
  toString(): string {
    const rows = Object.entries(this.errors).map(([name, error]) => [name, error.toExponential(1)]);
    return textTable([["gradient", "relative error"], ...rows]).join("\n");
  }

  /** What `console.log` shows in Deno: the table. */
  [Symbol.for("Deno.customInspect")](): string {
    return this.toString();
  }
}

/** What is compared: outputs of arrays, and gradients of the inputs and parameters by name. */
interface Subject {
  readonly outputs: (inputs: readonly NDArray[]) => readonly NDArray[];
  readonly gradients: (douts: readonly NDArray[]) => Readonly<Record<string, NDArray | null>>;
  /** The arrays to move, by the name of their gradient: an input's number, or a parameter. */
  readonly places: Readonly<Record<string, number | Tensor>>;
}

/**
 * Compares gradients with centred differences in float64. As many inputs are moved as there are
 * gradients: a few entries each are enough, since each costs two passes.
 *
 * @param target `[forward, backward]`, a function of tensors, or a module in float64, whose parameters
 * are checked as well. It must compute the same at every call: a dropout layer needs a seed
 * @param inputs Its inputs by name, in order; integer arrays have no gradient
 * @param options Upstream gradients, step, generator
 * @returns The relative error of each gradient, as a table if it is printed; about 1e-8 or less
 * where they are right
 * @throws {TypeError} If the target is none of these, or a float input is not float64
 * @throws {RangeError} If there are not as many gradients as float inputs
 *
 * @example A pair
 * ```ts
 * import { affineBackward, affineForward } from "@nndl/nndl/layers";
 * import { checkGradients } from "@nndl/nndl/gradient-check";
 * import { RandomState } from "@nndl/nndl/random";
 * import assert from "node:assert/strict";
 *
 * const rng = new RandomState(231);
 * const inputs = { x: rng.randn(3, 4), w: rng.randn(4, 2), b: rng.randn(2) };
 * const check = checkGradients([affineForward, affineBackward], inputs);
 * assert.deepEqual(Object.keys(check.errors), ["dx", "dw", "db"]);
 * assert.ok(check.worst < 1e-8);
 * ```
 *
 * @example A function of tensors, and a module
 * ```ts
 * import { matmul, tanh, type Tensor } from "@nndl/nndl/autograd";
 * import { checkGradients } from "@nndl/nndl/gradient-check";
 * import { Linear } from "@nndl/nndl/nn";
 * import { RandomState } from "@nndl/nndl/random";
 * import assert from "node:assert/strict";
 *
 * const rng = new RandomState(231);
 * const x = rng.randn(3, 4);
 * const layer = (x: Tensor, w: Tensor) => tanh(matmul(x, w));
 * assert.ok(checkGradients(layer, { x, w: rng.randn(4, 2) }).worst < 1e-8);
 *
 * const check = checkGradients(new Linear(4, 2, { dtype: "float64", rng }), { x });
 * assert.deepEqual(Object.keys(check.errors), ["dx", "weight", "bias"]);
 * assert.ok(check.worst < 1e-8);
 * ```
 *
 * @category Gradient checks
 */
export function checkGradients(
  target: Pair | TensorFunction | Module,
  inputs: Readonly<Record<string, NDArray>>,
  { dout, h = 1e-5, rng = new RandomState(0) }: CheckGradientsOptions = {},
): GradientCheck {
  checkInputs(inputs);
  const subject = subjectOf(target, inputs);
  const values = Object.values(inputs);
  const outs = subject.outputs(values);
  const given = dout instanceof NDArray ? [dout] : dout;
  const douts = outs.map((out, i) => given?.[i] ?? rng.randn(...out.shape).reshape(out.shape));
  const gradients = subject.gradients(douts);
  const errors: Record<string, number> = {};
  for (const [name, place] of Object.entries(subject.places)) {
    const gradient = gradients[name];
    if (!gradient) continue;
    const start = typeof place === "number" ? values[place] : place.value;
    // One output at a time: their gradients add.
    const numerical = outs.map((_, i) =>
      evalNumericalGradientArray(
        (x) => {
          if (typeof place === "number") return subject.outputs(values.with(place, x))[i];
          place.value = x.copy();
          const out = subject.outputs(values)[i];
          place.value = start;
          return out;
        },
        start,
        douts[i],
        h,
      )
    ).reduce((sum, next) => sum.add(next));
    errors[name] = relError(gradient, numerical);
  }
  return new GradientCheck(errors);
}

function checkInputs(inputs: Readonly<Record<string, NDArray>>): void {
  for (const [name, x] of Object.entries(inputs)) {
    if (!(x instanceof NDArray)) {
      throw new TypeError(`checkGradients: ${name} must be an NDArray, got ${typeof x}`);
    }
    if (x.dtype !== "float32") continue;
    throw new TypeError(
      `checkGradients: ${name} must be float64, got float32, in which differences are mostly ` +
        `rounding; use ${name}.astype("float64")`,
    );
  }
}

function subjectOf(
  target: Pair | TensorFunction | Module,
  inputs: Readonly<Record<string, NDArray>>,
): Subject {
  const names = Object.keys(inputs);
  const isFloat = (name: string) => inputs[name].dtype === "float64";
  const floats = names.filter(isFloat);
  const places = Object.fromEntries(floats.map((name) => [`d${name}`, names.indexOf(name)]));
  if (Array.isArray(target) && target.length === 2) {
    return pairSubject(target as Pair, inputs, floats, places);
  }
  if (target instanceof Module) {
    const parameters = target.parameters();
    const wrong = Object.entries(parameters).find(([, { dtype }]) => dtype !== "float64");
    if (wrong) {
      throw new TypeError(
        `checkGradients: the module must be float64, but ${wrong[0]} is ${
          wrong[1].dtype
        }; make it ` +
          `with { dtype: "float64" }`,
      );
    }
    return tensorSubject((...x) => target.forward(...x), inputs, { ...places, ...parameters });
  }
  if (typeof target === "function") return tensorSubject(target, inputs, places);
  throw new TypeError(
    "checkGradients: target must be [forward, backward], a function of tensors, or a module, got " +
      (target === null ? "null" : typeof target),
  );
}

function pairSubject(
  [forward, backward]: Pair,
  inputs: Readonly<Record<string, NDArray>>,
  floats: readonly string[],
  places: Readonly<Record<string, number>>,
): Subject {
  const outputs = (values: readonly NDArray[]) => forward(...values).slice(0, -1) as NDArray[];
  return {
    places,
    outputs,
    gradients(douts) {
      const cache = forward(...Object.values(inputs)).at(-1);
      const returned = backward(...douts, cache);
      const gradients = returned instanceof NDArray ? [returned] : returned;
      if (gradients.length !== floats.length) {
        throw new RangeError(
          `checkGradients: the backward pass must return a gradient for each of ${
            floats.join(", ")
          }, got ${gradients.length}`,
        );
      }
      return Object.fromEntries(floats.map((name, i) => [`d${name}`, gradients[i]]));
    },
  };
}

function tensorSubject(
  f: TensorFunction,
  inputs: Readonly<Record<string, NDArray>>,
  places: Readonly<Record<string, number | Tensor>>,
): Subject {
  const list = (out: Tensor | readonly Tensor[]) => out instanceof Tensor ? [out] : out;
  const enter = (values: readonly NDArray[]) =>
    values.map((x) => x.dtype === "float64" ? new Tensor(x) : x as unknown as Tensor);
  return {
    places,
    outputs: (values) => list(f(...enter(values))).map(({ value }) => value),
    gradients(douts) {
      const entered = enter(Object.values(inputs));
      const outs = list(f(...entered));
      const names = Object.keys(places);
      const wanted = Object.values(places).map((place) =>
        typeof place === "number" ? entered[place] : place
      );
      const sums: (NDArray | null)[] = wanted.map(() => null);
      outs.forEach((out, i) =>
        out.gradients(wanted, douts[i]).forEach((gradient, j) => {
          if (gradient) sums[j] = sums[j]?.add(gradient) ?? gradient;
        })
      );
      return Object.fromEntries(names.map((name, i) => [name, sums[i]]));
    },
  };
}
