/** Uses a file as the native library, and says which table serves: `deno run -A loading.ts FILE`. */
import { activeBackend, kernels } from "../../kernels/mod.ts";
import { loadNativePlugin } from "../../native_plugin/mod.ts";

loadNativePlugin({ path: Deno.args[0] });
const out = new Float32Array(4);
kernels.gemm(false, false, 2, 2, 1, Float32Array.of(1, 2), Float32Array.of(3, 4), 0, out);
if (out.join() !== "3,4,6,8") throw new Error(`the product is ${out}`);
console.log(activeBackend().name, activeBackend().reason);
