/**
 * Classifiers and networks.
 *
 * @module
 */
export * from "./caption_feature_net.ts";
export * from "./caption_features.ts";
export * from "./captioning_rnn.ts";
export * from "./captioning_transformer.ts";
export * from "./conv_net.ts";
export * from "./fully_connected_net.ts";
export * from "./gan.ts";
export * from "./k_nearest_neighbor.ts";
export * from "./linear_classifier.ts";
export * from "./linear_losses.ts";
export * from "./model_file.ts";
export * from "./network.ts";
export * from "./network_options.ts";
export * from "./predict.ts";
export * from "./sample_options.ts";
export * from "./simclr.ts";
export * from "./three_layer_conv_net.ts";
export * from "./two_layer_net.ts";
export type {
  LayerDescription,
  LayerSummary,
  Model,
  OnGradient,
  Rows,
  SharedBatch,
  SharedLoss,
  SharedNormalization,
  SharedTraining,
  TrainableModel,
} from "../nn/mod.ts";
export { ModelSummary } from "../nn/mod.ts";
