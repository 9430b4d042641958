/** The compiled `elements.wasm`. */
export const elements: WebAssembly.Module;
/** The compiled `products.wasm`. */
export const products: WebAssembly.Module;
