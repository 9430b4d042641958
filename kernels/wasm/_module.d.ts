/** The compiled `kernels.wasm`. */
declare const kernels: WebAssembly.Module;
export default kernels;
