/**
 * Model selection: cross-validation, and searches for good hyper-parameters.
 *
 * @module
 */
export * from "./cross_validate.ts";
export * from "./grid_search.ts";
export * from "./random_search.ts";
export * from "./ranges.ts";
export * from "./runner.ts";
export * from "./search_options.ts";
export * from "./search_result.ts";
export * from "./trial.ts";
export * from "./trial_files.ts";
