/**
 * Registers the wasm kernels.
 *
 * @module
 */
import { registerBackend } from "../registry.ts";
import { createLoader, defaultThreads, importModules } from "./overlay.ts";

registerBackend("wasm", await createLoader(importModules, defaultThreads()));
