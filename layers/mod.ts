/**
 * Layers as pairs of a forward and a backward pass, loss functions, and composite layers.
 *
 * @module
 */
export * from "./affine.ts";
export * from "./affine_batchnorm_relu.ts";
export * from "./affine_layernorm_relu.ts";
export * from "./affine_relu.ts";
export * from "./backward_options.ts";
export * from "./batchnorm.ts";
export * from "./batchnorm_param.ts";
export * from "./dropout.ts";
export * from "./generic.ts";
export * from "./layernorm.ts";
export * from "./relu.ts";
export * from "./softmax_loss.ts";
export * from "./svm_loss.ts";
