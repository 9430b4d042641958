/**
 * Compiles the wasm modules, whose bytes come as TypeScript so that every runtime and bundler takes
 * them: in hexadecimal, which gzip packs better than base64.
 *
 * @module
 */
import type { Modules } from "./_machine.ts";
import { hex as elements } from "./elements_wasm.ts";

/**
 * Compiles the modules. They are small enough for browsers to allow it on the main thread.
 *
 * @param products The products, strict or relaxed, in hexadecimal
 * @throws {Error} If the runtime refuses
 */
export function compileModules(products: string): Modules {
  return {
    products: new WebAssembly.Module(fromHex(products)),
    elements: new WebAssembly.Module(fromHex(elements)),
  };
}

/** The bytes of a text, also where the runtime, such as Node 20, has no method for it. */
function fromHex(text: string): Uint8Array<ArrayBuffer> {
  if (Uint8Array.fromHex) return Uint8Array.fromHex(text);
  return Uint8Array.from(text.match(/../g) ?? [], (byte) => parseInt(byte, 16));
}
