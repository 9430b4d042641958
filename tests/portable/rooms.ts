/** The rooms that run in every runtime, for a bundler. */
export * as ndarray from "../../ndarray/mod.ts";
export * as random from "../../random/mod.ts";
export * as layers from "../../layers/mod.ts";
export * as models from "../../models/mod.ts";
export * as optim from "../../optim/mod.ts";
export * as solver from "../../solver/mod.ts";
export * as kernels from "../../kernels/mod.ts";
