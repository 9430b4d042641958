// @ts-self-types="./_module.d.ts"
// Plain JavaScript, because TypeScript has no source phase imports.
import source kernels from "./kernels.wasm";

export default kernels;
