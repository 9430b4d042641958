/** What modules are made of. */
import { NDArray } from "../ndarray/mod.ts";
import type { Module } from "./module.ts";
import { Parameter } from "./parameter.ts";

/** Something of a module: its path, such as `layers.0.weight`, and what it is. */
export type Part = [path: string, part: Module | Parameter | NDArray];

/**
 * Everything that a module holds, depth first, each thing once, under the first path that leads to
 * it. The module itself comes first, under the path `""`.
 */
export function* walk(
  root: Module,
  isModule: (value: unknown) => value is Module,
  fieldsOf: (module: Module) => Iterable<[string, unknown]>,
): Generator<Part> {
  const seen = new Set<unknown>();
  yield* visit("", root);

  function* visit(path: string, value: unknown): Generator<Part> {
    if (Array.isArray(value)) {
      for (const [i, item] of value.entries()) yield* visit(`${path}.${i}`, item);
      return;
    }
    if (isModule(value)) {
      if (seen.has(value)) return;
      seen.add(value);
      yield [path, value];
      for (const [name, field] of fieldsOf(value)) {
        yield* visit(path === "" ? name : `${path}.${name}`, field);
      }
    } else if ((value instanceof Parameter || value instanceof NDArray) && !seen.has(value)) {
      seen.add(value);
      yield [path, value];
    }
  }
}
