/**
 * Compiles the wasm modules, whose bytes come as TypeScript so that every runtime and bundler takes
 * them.
 *
 * @module
 */
import { fromBase64 } from "../../internal/base64.ts";
import type { Modules } from "./_machine.ts";
import { base64 as elements } from "./elements_wasm.ts";

/**
 * Compiles the modules. They are small enough for browsers to allow it on the main thread.
 *
 * @param products The products, strict or relaxed, in base64
 * @throws {Error} If the runtime refuses
 */
export function compileModules(products: string): Modules {
  return {
    products: new WebAssembly.Module(fromBase64(products)),
    elements: new WebAssembly.Module(fromBase64(elements)),
  };
}
