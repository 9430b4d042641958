/**
 * Replaces the wasm kernels by ones that multiply and add in one instruction where the processor
 * can: importing this module is all there is to do.
 *
 * Matrix products and convolutions get faster, and round less. The last digits then depend on the
 * machine: without this module the wasm kernels give the same bits everywhere. A runtime that has no
 * relaxed SIMD keeps the strict kernels; the features of `activeBackend()` tell which are in use.
 *
 * @example
 * ```ts
 * import { useBackend } from "@nndl/nndl/kernels";
 * import "@nndl/nndl/kernels/relaxed";
 * import assert from "node:assert/strict";
 *
 * assert.ok(useBackend("wasm").features.includes("relaxed-simd"));
 * useBackend("auto");
 * ```
 *
 * @module
 */
import { registerBackend } from "../registry.ts";
// The strict kernels must be registered before, not after.
import "./mod.ts";
import { createLoader } from "./overlay.ts";
import { hex as products } from "./products_relaxed_wasm.ts";

const load = createLoader(products, { relaxed: true });
if (typeof load() !== "string") registerBackend("wasm", load);
