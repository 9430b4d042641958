/** Parameters given in any form. */
import { Tensor } from "../autograd/mod.ts";
import { Module } from "./module.ts";

/**
 * Parameters: a module's, by name, or a list.
 *
 * @category Modules
 */
export type ParameterSource = Module | Readonly<Record<string, Tensor>> | Iterable<Tensor>;

/** Parameters by name; those of a list are called by their place. */
export function namedParameters(caller: string, given: ParameterSource): [name: string, Tensor][] {
  if (typeof given !== "object" || given === null || given instanceof Tensor) {
    throw new TypeError(
      `${caller}: parameters must be a module, its parameters() or a list of tensors, got ` +
        (given instanceof Tensor ? "one tensor; wrap it in a list" : String(given)),
    );
  }
  const found = given instanceof Module
    ? Object.entries(given.parameters())
    : Symbol.iterator in given
    ? Array.from(given as Iterable<Tensor>, (tensor, i): [string, Tensor] => [String(i), tensor])
    : Object.entries(given as Record<string, Tensor>);
  for (const [name, tensor] of found) {
    if (tensor instanceof Tensor) continue;
    throw new TypeError(
      `${caller}: parameters must be tensors, got ${
        (tensor as object | undefined)?.constructor?.name ?? tensor
      } at ${name}`,
    );
  }
  if (found.length === 0) throw new RangeError(`${caller}: there are no parameters`);
  return found;
}
