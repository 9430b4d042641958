/**
 * Registers the wasm kernels.
 *
 * @module
 */
import { registerBackend } from "../registry.ts";
import { createLoader } from "./overlay.ts";
import { hex as products } from "./products_wasm.ts";

registerBackend("wasm", createLoader(products));
