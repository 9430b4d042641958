/**
 * Files: safetensors, `.npy`, `.npz`, images, and writing that leaves nothing half done.
 *
 * @module
 */
export * from "./atomic.ts";
export * from "./errors.ts";
export * from "./image_codecs.ts";
export * from "./image_files.ts";
export * from "./image_ops.ts";
export * from "./npy.ts";
export * from "./npz.ts";
export * from "./resize_image.ts";
export * from "./safetensors.ts";
export * from "./safetensors_options.ts";
