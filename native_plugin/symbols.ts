/**
 * What the library exports: for every kernel one function for float32 and one for float64.
 *
 * Sizes and flags are `u32` and arrays are `buffer`, which are the cheapest arguments to pass. A
 * kernel returns a status, 0 if all went well.
 *
 * @module
 */

/** The version of the binary interface that this loader speaks. */
export const ABI_VERSION = 2;

/** Arguments of every kernel. A number is a `double`; `result` is an array of one float64. */
const KERNELS = {
  gemm: ["u32", "u32", "u32", "u32", "u32", "buffer", "buffer", "u32", "buffer"],
  affine: ["u32", "u32", "u32", "buffer", "buffer", "buffer", "u32", "buffer"],
  sum_rows: ["u32", "u32", "buffer", "buffer"],
  relu_forward: ["u32", "buffer", "buffer"],
  relu_backward: ["u32", "buffer", "buffer", "buffer"],
  mask_scale: ["u32", "buffer", "buffer", "f64", "buffer"],
  add_scaled: ["u32", "f64", "buffer", "buffer"],
  sum_squares: ["u32", "buffer", "buffer"],
  // deno-fmt-ignore
  batchnorm_forward: [
    "u32", "u32", "u32", "buffer", "buffer", "buffer", "f64", "buffer", "buffer", "buffer",
  ],
  // deno-fmt-ignore
  batchnorm_apply: [
    "u32", "u32", "u32", "buffer", "buffer", "buffer", "buffer", "buffer", "f64", "buffer",
  ],
  // deno-fmt-ignore
  batchnorm_backward: [
    "u32", "u32", "u32", "buffer", "buffer", "buffer", "buffer", "buffer", "f64", "u32",
    "buffer", "buffer", "buffer",
  ],
  // deno-fmt-ignore
  groupnorm_forward: [
    "u32", "u32", "u32", "u32", "buffer", "buffer", "buffer", "f64", "buffer", "buffer", "buffer",
  ],
  // deno-fmt-ignore
  groupnorm_backward: [
    "u32", "u32", "u32", "u32", "buffer", "buffer", "buffer", "buffer", "buffer", "f64",
    "buffer", "buffer", "buffer",
  ],
  softmax_loss: ["u32", "u32", "buffer", "buffer", "buffer", "buffer"],
  svm_loss: ["u32", "u32", "buffer", "buffer", "buffer", "buffer"],
  conv_forward: ["buffer", "buffer", "buffer", "buffer", "u32", "buffer"],
  conv_backward_data: ["buffer", "buffer", "buffer", "buffer"],
  conv_backward_weights: ["buffer", "buffer", "buffer", "buffer", "buffer"],
  max_pool_forward: ["buffer", "buffer", "buffer", "buffer"],
  max_pool_backward: ["buffer", "buffer", "buffer", "buffer"],
  avg_pool_forward: ["buffer", "buffer", "buffer"],
  avg_pool_backward: ["buffer", "buffer", "buffer"],
  sgd_step: ["u32", "buffer", "buffer", "f64"],
  momentum_step: ["u32", "buffer", "buffer", "buffer", "f64", "f64"],
  nesterov_step: ["u32", "buffer", "buffer", "buffer", "f64", "f64"],
  rmsprop_step: ["u32", "buffer", "buffer", "buffer", "f64", "f64", "f64"],
  // deno-fmt-ignore
  adam_step: ["u32", "buffer", "buffer", "buffer", "buffer", "f64", "f64", "f64", "f64", "f64"],
} as const;

/** The exports that are the same for both element types. */
export const CONTROL = {
  nndl_abi_version: { parameters: [], result: "u32" },
  nndl_set_threads: { parameters: ["u32"], result: "u32" },
  nndl_limit_isa: { parameters: ["u32"], result: "u32" },
  nndl_features: { parameters: ["buffer", "u32"], result: "u32" },
  nndl_last_error: { parameters: ["buffer", "u32"], result: "u32" },
  nndl_test_panic: { parameters: [], result: "i32" },
  nndl_keep_mask: {
    parameters: ["buffer", "u32", "f64", "u32", "buffer", "buffer"],
    result: "i32",
  },
} as const;

type Table = typeof KERNELS;
type KernelSymbols = {
  [K in keyof Table as `nndl_${K}_${"f32" | "f64"}`]: {
    readonly parameters: Table[K];
    readonly result: "i32";
  };
};

/** All exports, as `Deno.dlopen` wants them. */
export type LibrarySymbols = typeof CONTROL & KernelSymbols;

/** All exports, as functions. */
export type Library = Deno.DynamicLibrary<LibrarySymbols>["symbols"];

/**
 * Lists all exports for `Deno.dlopen`.
 *
 * @returns Name, arguments and result of each
 */
export function librarySymbols(): LibrarySymbols {
  const symbols: Record<string, unknown> = { ...CONTROL };
  for (const [name, parameters] of Object.entries(KERNELS)) {
    symbols[`nndl_${name}_f32`] = { parameters, result: "i32" };
    symbols[`nndl_${name}_f64`] = { parameters, result: "i32" };
  }
  return symbols as LibrarySymbols;
}
