/**
 * Files: safetensors, `.npy`, `.npz`, and writing that leaves nothing half done.
 *
 * @module
 */
export * from "./atomic.ts";
export * from "./errors.ts";
export * from "./npy.ts";
export * from "./npz.ts";
export * from "./safetensors.ts";
