/**
 * Modules: networks as objects that own their parameters, initialisers, the optimizer, and what makes
 * a module a model for the Solver.
 *
 * Names, layouts and meanings are PyTorch's: weights are (out, in), `new Dropout(p)` DROPS with
 * probability `p`, and the `momentum` of batch normalisation is the share of the new batch.
 *
 * @example
 * ```ts
 * import { BatchNorm1d, Linear, Optimizer, Sequential } from "@nndl/nndl/nn";
 * import { crossEntropy, noGrad, relu } from "@nndl/nndl/autograd";
 * import { RandomState } from "@nndl/nndl/random";
 * import assert from "node:assert/strict";
 *
 * const rng = new RandomState(231);
 * const X = rng.randn(50, 4);
 * const y = X.argmax(1);
 * const net = new Sequential(
 *   new Linear(4, 20, { rng }),
 *   new BatchNorm1d(20),
 *   relu,
 *   new Linear(20, 4, { rng }),
 * );
 * const optimizer = new Optimizer(net, "adam", { learningRate: 1e-2 });
 * for (let step = 0; step < 100; step++) {
 *   optimizer.zeroGrad();
 *   crossEntropy(net.train().forward(X), y).backward();
 *   optimizer.step();
 * }
 * const scores = noGrad(() => net.eval().forward(X)).value;
 * assert.ok(scores.argmax(1).equal(y).mean() > 0.95);
 * ```
 *
 * @module
 */
export type { FloatType, WeightOptions } from "./_options.ts";
export type { ParameterSource } from "./_parameters.ts";
export * from "./as_model.ts";
export * from "./batch_norm.ts";
export * from "./clip_grad_norm.ts";
export * from "./conv2d.ts";
export * from "./conv_transpose2d.ts";
export * from "./dropout.ts";
export * from "./embedding.ts";
export * from "./feed_forward_network.ts";
export * from "./gan_losses.ts";
export * from "./initializers.ts";
export { Linear, type LinearOptions } from "./linear.ts";
export * from "./model.ts";
export * from "./model_summary.ts";
export * from "./module.ts";
export * from "./multi_head_attention.ts";
export * from "./norms.ts";
export * from "./optimizer.ts";
export * from "./parameter.ts";
export * from "./parameter_average.ts";
export * from "./positional_encoding.ts";
export * from "./recurrent.ts";
export * from "./residual.ts";
export * from "./sequential.ts";
export * from "./shared_training.ts";
export * from "./simclr_losses.ts";
export * from "./summary.ts";
export * from "./transformer_decoder.ts";
export * from "./transformer_encoder.ts";
export type { TransformerLayerOptions } from "./transformer_options.ts";
export * from "./unit.ts";
export * from "./vision_transformer.ts";
