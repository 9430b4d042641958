/**
 * The native kernel table: a Rust library that uses all cores and the processor's vector
 * instructions, opened with `Deno.dlopen`.
 *
 * Importing this room registers it. It comes to use where `--allow-ffi` and `--allow-read` were
 * granted and the library is there: built by `deno task native`, or downloaded by
 * {@linkcode downloadNativePlugin}. It never asks for a permission and never fails; without it the
 * other tables serve, and `activeBackend()` says why.
 *
 * @module
 */
export * from "./download.ts";
export * from "./loader.ts";
