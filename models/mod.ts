/**
 * Classifiers and networks.
 *
 * @module
 */
export * from "./fully_connected_net.ts";
export * from "./model.ts";
export * from "./two_layer_net.ts";
