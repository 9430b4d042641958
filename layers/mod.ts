/**
 * Layers as pairs of a forward and a backward pass, loss functions, and composite layers.
 *
 * @module
 */
export * from "./affine.ts";
export * from "./affine_batchnorm_relu.ts";
export * from "./affine_layernorm_relu.ts";
export * from "./affine_relu.ts";
export * from "./avg_pool.ts";
export * from "./backward_options.ts";
export * from "./batchnorm.ts";
export * from "./batchnorm_param.ts";
export * from "./bce_with_logits_loss.ts";
export * from "./conv_bn_relu.ts";
export * from "./conv_fast.ts";
export * from "./conv_naive.ts";
export * from "./conv_param.ts";
export * from "./conv_relu.ts";
export * from "./conv_relu_pool.ts";
export * from "./conv_transpose.ts";
export * from "./dropout.ts";
export * from "./gelu.ts";
export * from "./generic.ts";
export * from "./layernorm.ts";
export * from "./leaky_relu.ts";
export * from "./linear.ts";
export * from "./lstm.ts";
export * from "./lstm_step.ts";
export * from "./max_pool_fast.ts";
export * from "./max_pool_naive.ts";
export * from "./relu.ts";
export * from "./rnn.ts";
export * from "./rnn_step.ts";
export * from "./sigmoid.ts";
export * from "./softmax.ts";
export * from "./softmax_loss.ts";
export * from "./spatial_batchnorm.ts";
export * from "./spatial_groupnorm.ts";
export * from "./svm_loss.ts";
export * from "./tanh.ts";
export * from "./temporal_affine.ts";
export * from "./temporal_softmax_loss.ts";
export * from "./upsample.ts";
export * from "./word_embedding.ts";
