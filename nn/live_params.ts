/**
 * The parameters of a module as the `params` of a model.
 *
 * @module
 */
import type { NDArray } from "../ndarray/mod.ts";
import type { Parameter } from "./parameter.ts";

/** An object that reads and writes the arrays of parameters, by name. */
export function liveParams(
  parameters: Readonly<Record<string, Parameter>>,
): Record<string, NDArray> {
  const accessors = Object.entries(parameters).map((
    [name, parameter],
  ): [string, PropertyDescriptor] => [name, {
    enumerable: true,
    get: () => parameter.value,
    set: (value: NDArray) => parameter.value = value,
  }]);
  return Object.defineProperties({}, Object.fromEntries(accessors));
}
