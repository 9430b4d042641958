/**
 * What backward passes begin and end with: the check of the cache and of the options, and the tuple
 * of gradients.
 *
 * @module
 */
import { showValue } from "../internal/show.ts";
import { NDArray } from "../ndarray/mod.ts";
import { checkArray } from "./_shapes.ts";
import type { BackwardOptions, Needs } from "./backward_options.ts";

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
  if (typeof cache === "object" && cache !== null && hasAll(cache, parts)) return cache;
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

function hasAll(cache: object, parts: readonly string[]): boolean {
  for (const part of parts) if (!(part in cache)) return false;
  return true;
}

/**
 * Checks the options of a backward pass, and tells for each of its gradients whether it is wanted.
 *
 * @param all True under the name of every gradient; it is changed and returned
 */
export function wanted<Name extends string>(
  caller: string,
  all: Record<Name, boolean>,
  options: BackwardOptions<Needs<Name>>,
): Record<Name, boolean> {
  if (typeof options !== "object" || options === null) {
    throw new TypeError(`${caller}: options must be an object, got ${showValue(options)}`);
  }
  for (const option in options) {
    if (option !== "needs") throw new TypeError(`${caller}: ${noOption(option, all)}`);
  }
  const { needs } = options;
  if (needs === undefined) return all;
  if (typeof needs !== "object" || needs === null) {
    throw new TypeError(
      `${caller}: needs must be an object such as { ${Object.keys(all)[0]}: false }, got ${
        showValue(needs)
      }`,
    );
  }
  for (const name in needs) {
    if (!Object.hasOwn(all, name)) {
      throw new TypeError(
        `${caller}: needs names "${name}", but the gradients are ${Object.keys(all).join(", ")}`,
      );
    }
    const need = needs[name];
    if (need === false) all[name] = false;
    else if (need !== true && need !== undefined) {
      throw new TypeError(`${caller}: needs.${name} must be true or false, got ${showValue(need)}`);
    }
  }
  return all;
}

function noOption(option: string, all: object): string {
  const [first] = Object.keys(all);
  return `there is no option "${option}"; the option is needs, such as { needs: { ${first}: false } }`;
}

/** The tuple that a backward pass returns, in the type that its options lead to. */
export function gradients<Returned>(...list: readonly (NDArray | null)[]): Returned {
  return list as Returned;
}

/** What a layer with weights and bias returns if no gradient below it is wanted. */
export const nothing: readonly null[] = [null, null, null];

/** The gradients of an affine or convolutional layer and the normalisation above it. */
export function compositeGradients(): Record<"dx" | "dw" | "db" | "dgamma" | "dbeta", boolean> {
  return { dx: true, dw: true, db: true, dgamma: true, dbeta: true };
}
