/**
 * Packages that only some functions need. They are loaded when such a function is called, so that
 * importing this toolkit loads nothing, asks for nothing and works without a network.
 */
import { builtin } from "./builtins.ts";
import { messageOf } from "./message_of.ts";

/**
 * Whether packages are found by their plain names: outside of Deno, and in Deno where this toolkit
 * is itself an npm package.
 */
const installed = !("Deno" in globalThis) || import.meta.url.includes("/node_modules/");

/**
 * Imports an npm package. The specifier is not a literal anywhere, or every start would look for it.
 *
 * @param specifier As in `npm:vega@^6.4.0`, with a file of the package if need be
 */
export function importPackage<T>(specifier: string): Promise<T> {
  return import(installed ? plainName(specifier) : specifier);
}

/** Compiles a wasm file of an npm package that is loaded already; unlike `fetch` it needs no permission. */
export async function importWasm(specifier: string): Promise<WebAssembly.Module> {
  if (installed) {
    const { createRequire } = builtin("node:module");
    const path = createRequire(import.meta.url).resolve(plainName(specifier));
    return await WebAssembly.compile(
      new Uint8Array(await builtin("node:fs/promises").readFile(path)),
    );
  }
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
    const remedy = installed
      ? "install the packages it needs beside this one, see the README"
      : "run it once with a network, then Deno's cache has it";
    throw new Error(`${caller}: cannot load ${name}: ${messageOf(cause)}; ${remedy}`, { cause });
  }
}

/** "vega" of "npm:vega@^6.4.0". */
export function plainName(specifier: string): string {
  return specifier.replace(/^npm:(@?[^@/]+(?:\/[^@/]+)?)@[^/]+/, "$1");
}
