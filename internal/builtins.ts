/**
 * Node's built-in modules, loaded when they are first needed: at import one costs up to 20 ms, and
 * browsers have none.
 */
interface Builtins {
  readonly "node:crypto": typeof import("node:crypto");
  readonly "node:fs/promises": typeof import("node:fs/promises");
  readonly "node:module": typeof import("node:module");
  readonly "node:sqlite": typeof import("node:sqlite");
  readonly "node:worker_threads": typeof import("node:worker_threads");
  readonly "node:zlib": typeof import("node:zlib");
}

/** The module, or null in a runtime that has none such. */
export function findBuiltin<Name extends keyof Builtins>(name: Name): Builtins[Name] | null {
  const { process } = globalThis as {
    process?: { getBuiltinModule?(name: string): Builtins[Name] | undefined };
  };
  return process?.getBuiltinModule?.(name) ?? null;
}

/**
 * The module.
 *
 * @throws {Error} If the runtime has none such
 */
export function builtin<Name extends keyof Builtins>(name: Name): Builtins[Name] {
  const module = findBuiltin(name);
  if (!module) {
    throw new Error(`this needs ${name}, which the runtime does not have; run it in Deno`);
  }
  return module;
}
