/**
 * Classifiers and networks.
 *
 * @module
 */
export * from "./fully_connected_net.ts";
export * from "./k_nearest_neighbor.ts";
export * from "./linear_classifier.ts";
export * from "./linear_losses.ts";
export * from "./model.ts";
export * from "./two_layer_net.ts";
