/** What constructors of modules have in common. */
import { type Aliases, checkOptionNames } from "../internal/options.ts";
import { showValue } from "../internal/show.ts";
import { checkWhole } from "../internal/numbers.ts";
import { NDArray } from "../ndarray/mod.ts";
import { RandomState } from "../random/mod.ts";
import type { Initializer } from "./initializers.ts";
import { Module } from "./module.ts";
import { Parameter } from "./parameter.ts";

/**
 * The float types.
 *
 * @category Modules
 */
export type FloatType = "float32" | "float64";

/**
 * Options of modules with weights.
 *
 * @category Modules
 */
export interface WeightOptions {
  /** Type of the parameters, `"float32"` if not given. */
  readonly dtype?: FloatType;
  /** Where the initial weights come from; a fresh, unseeded generator if not given. */
  readonly rng?: RandomState;
  /** How the weights begin. */
  readonly init?: Initializer;
}

/** What other libraries call the options of modules, or where else the thing is said. */
const aliases: Aliases = {
  padding: "pad",
  strides: "stride",
  usebias: "bias",
  epsilon: "eps",
  generator: "rng",
  randomstate: "rng",
  seed: "a seed goes into rng: new RandomState(seed)",
  initializer: "init",
  kernelinitializer: "init",
  device: "the kernels are chosen with useBackend()",
};

/** Throws if what must be a module is a class of modules. */
export function checkNoClass(what: string, of: string, given: unknown): void {
  if (typeof given !== "function" || !(given.prototype instanceof Module)) return;
  throw new TypeError(
    `${what} is the class ${given.name}; make ${of} with new ${given.name}(...)`,
  );
}

/** Throws unless something is a module. */
export function checkIsModule(caller: string, given: unknown): asserts given is Module {
  if (given instanceof Module) return;
  const isClass = typeof given === "function" && given.prototype instanceof Module;
  throw new TypeError(
    `${caller}: module must be a Module, got ` +
      (isClass
        ? `the class ${given.name}; make one with new ${given.name}(...)`
        : showValue(given)),
  );
}

/** Checks that sizes are whole numbers from 1 up, and that all options are known. */
export function checkModule(
  caller: string,
  sizes: Readonly<Record<string, number>>,
  options: object,
  known: readonly string[],
): void {
  for (const [name, size] of Object.entries(sizes)) checkWhole(caller, name, size, 1);
  checkOptionNames(caller, options, known, aliases);
  const { dtype, rng } = options as WeightOptions;
  if (dtype !== undefined && dtype !== "float32" && dtype !== "float64") {
    throw new RangeError(`${caller}: dtype must be "float32" or "float64", got "${dtype}"`);
  }
  if (rng !== undefined && !(rng instanceof RandomState)) {
    throw new TypeError(`${caller}: rng must be a RandomState, got ${typeof rng}`);
  }
}

/** A parameter of drawn values. */
export function drawn(
  shape: readonly number[],
  init: Initializer,
  rng: RandomState,
  dtype: FloatType,
): Parameter {
  const values = init(shape, rng);
  return new Parameter(values.dtype === dtype ? values : values.astype(dtype));
}

/** A parameter of one value. */
export function filled(shape: readonly number[], value: number, dtype: FloatType): Parameter {
  return new Parameter(filledArray(shape, value, dtype));
}

/** An array of one value, in memory of its own. */
export function filledArray(shape: readonly number[], value: number, dtype: FloatType): NDArray {
  const size = shape.reduce((n, length) => n * length, 1);
  const data = dtype === "float32" ? new Float32Array(size) : new Float64Array(size);
  return new NDArray(data.fill(value), shape);
}
