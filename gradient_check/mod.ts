/**
 * Gradient checks: numerical gradients to hold against those of a backward pass.
 *
 * @module
 */
export * from "./as_function_of.ts";
export * from "./check_gradients.ts";
export * from "./grad_check_sparse.ts";
export * from "./numerical_gradient.ts";
export * from "./rel_error.ts";
