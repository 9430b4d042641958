/**
 * The kernel table and the choice of backend.
 *
 * @module
 */
import "./wasm/mod.ts";

export * from "./memory.ts";
export * from "./registry.ts";
export type * from "./types.ts";
export { reference } from "./reference/mod.ts";
