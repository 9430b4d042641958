/**
 * Packages that only some functions need. They are loaded when such a function is called, so that
 * importing this toolkit loads nothing, asks for nothing and works without a network.
 */
import { messageOf } from "./message_of.ts";

/** Imports an npm package. The specifier is not a literal anywhere, or every start would look for it. */
export function importPackage<T>(specifier: string): Promise<T> {
  return import(specifier);
}

/** Compiles a wasm file of an npm package that is loaded already; unlike `fetch` it needs no permission. */
export function importWasm(specifier: string): Promise<WebAssembly.Module> {
  // As text, because neither TypeScript nor bundlers know source-phase imports yet.
  return new Function("specifier", "return import.source(specifier)")(specifier);
}

/** Runs `load`, and says what to do if the package behind it cannot be had. */
export async function onDemand<T>(
  caller: string,
  name: string,
  load: () => Promise<T>,
): Promise<T> {
  try {
    return await load();
  } catch (cause) {
    const reason = messageOf(cause);
    throw new Error(
      `${caller}: cannot load ${name}: ${reason}; run it once with a network, then Deno's cache has it`,
      { cause },
    );
  }
}
