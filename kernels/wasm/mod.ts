/**
 * Registers the wasm kernels.
 *
 * @module
 */
import { registerBackend } from "../registry.ts";
import { createLoader, defaultThreads, importModule } from "./overlay.ts";

registerBackend("wasm", await createLoader(importModule, defaultThreads()));
