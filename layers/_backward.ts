/**
 * What backward passes begin and end with: the check of the cache and of the options, and the tuple
 * of gradients.
 *
 * @module
 */
import { NDArray } from "../ndarray/mod.ts";
import { checkArray } from "./_shapes.ts";

/** Throws unless `cache` has the parts that the forward pass of `caller` puts into it. */
export function checkCache<Cache extends object>(
  caller: string,
  dout: unknown,
  cache: Cache,
  parts: readonly (keyof Cache & string)[],
  first = "dout",
): Cache {
  if (cache instanceof NDArray && !(dout instanceof NDArray)) {
    throw new TypeError(
      `${caller}: ${first} must be an NDArray and cache what the forward pass returned, got them ` +
        `the other way round; call ${caller}(${first}, cache)`,
    );
  }
  checkArray(caller, first, dout);
  if (typeof cache === "object" && cache !== null && parts.every((part) => part in cache)) {
    return cache;
  }
  const got = typeof cache !== "object" || cache === null
    ? String(cache)
    : Array.isArray(cache)
    ? "a list; take the cache out of the list that the forward pass returns"
    : cache instanceof NDArray
    ? "an NDArray"
    : `an object with ${Object.keys(cache).join(", ") || "nothing"}; is it that of another layer?`;
  const forward = caller.replace(/Backward.*/, "Forward");
  throw new TypeError(`${caller}: cache must be the cache of ${forward}, got ${got}`);
}

/** Checks the options of a backward pass, and tells for each of its gradients whether it is wanted. */
export function wanted<Name extends string>(
  caller: string,
  names: readonly Name[],
  options: { readonly needs?: { readonly [K in Name]?: boolean } },
): Record<Name, boolean> {
  if (typeof options !== "object" || options === null) {
    throw new TypeError(`${caller}: options must be an object, got ${options}`);
  }
  for (const option in options) {
    if (option === "needs") continue;
    throw new TypeError(
      `${caller}: there is no option "${option}"; the option is needs, such as ` +
        `{ needs: { ${names[0]}: false } }`,
    );
  }
  const needs: { readonly [K in Name]?: boolean } = options.needs ?? {};
  if (typeof needs !== "object") {
    throw new TypeError(
      `${caller}: needs must be an object such as { ${names[0]}: false }, got ${needs}`,
    );
  }
  for (const [name, need] of Object.entries(needs)) {
    if (!names.includes(name as Name)) {
      throw new TypeError(
        `${caller}: needs names "${name}", but the gradients are ${names.join(", ")}`,
      );
    }
    if (typeof need === "boolean" || need === undefined) continue;
    throw new TypeError(`${caller}: needs.${name} must be true or false, got ${need}`);
  }
  const result = {} as Record<Name, boolean>;
  for (const name of names) result[name] = needs[name] ?? true;
  return result;
}

/** Whether any of these gradients is wanted. */
export function any(needs: Readonly<Record<string, boolean>>): boolean {
  return Object.values(needs).includes(true);
}

/** The tuple that a backward pass returns, in the type that its options lead to. */
export function gradients<Returned>(...list: readonly (NDArray | null)[]): Returned {
  return list as Returned;
}

/** What a layer with weights and bias returns if no gradient below it is wanted. */
export const nothing: readonly null[] = [null, null, null];
