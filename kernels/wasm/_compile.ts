/**
 * Compiles the wasm modules, whose bytes come as TypeScript so that every runtime and bundler takes
 * them.
 *
 * @module
 */
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

function fromBase64(text: string): Uint8Array<ArrayBuffer> {
  // Node 20 has no faster way than `atob`, which takes milliseconds where this takes 15 µs.
  if (Uint8Array.fromBase64) return Uint8Array.fromBase64(text);
  return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
}
