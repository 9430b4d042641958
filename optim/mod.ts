/**
 * Update rules and learning-rate schedules.
 *
 * @module
 */
export * from "./adam.ts";
export * from "./adamw.ts";
export * from "./nesterov.ts";
export * from "./rmsprop.ts";
export * from "./schedules.ts";
export * from "./sgd.ts";
export * from "./sgd_momentum.ts";
export * from "./types.ts";
export * from "./update_rules.ts";
export * from "./updater.ts";
