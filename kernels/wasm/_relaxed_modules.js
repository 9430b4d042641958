// @ts-self-types="./_modules.d.ts"
// Plain JavaScript, because TypeScript has no source phase imports.
import source elements from "./elements.wasm";
import source products from "./products_relaxed.wasm";

export { elements, products };
