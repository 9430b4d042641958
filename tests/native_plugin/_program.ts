/**
 * Loads the native kernels as its argument says, multiplies two matrices, and prints what came of
 * it as JSON: a library that broke something would end this process, not the test.
 *
 * @module
 */
import { activeBackend, kernels, useBackend } from "../../kernels/mod.ts";
import { loadNativePlugin, type NativePluginOptions } from "../../native_plugin/mod.ts";
import { array, matmul } from "../../ndarray/mod.ts";

const options: NativePluginOptions = JSON.parse(Deno.args[0]);
const status = loadNativePlugin(options);
const product = matmul(array([[1, 2], [3, 4]]), array([[1, 0], [1, 1]])).toArray();
const { name, reason } = activeBackend();
const table = { ...kernels };
useBackend("wasm");
const borrowed = Object.keys(table).filter((key) => {
  const entry = key as keyof typeof table;
  return table[entry] === kernels[entry];
}).sort();
console.log(JSON.stringify({ status, name, reason, product, borrowed }));
