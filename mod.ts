/**
 * nndl: a toolkit to learn, check and run the neural networks of the CS231n course.
 *
 * Everything public is here; each room is also an entry of its own, such as `@nndl/nndl/layers`.
 *
 * @example A network, trained
 * ```ts
 * import { FullyConnectedNet, RandomState, Solver, syntheticCifar10 } from "@nndl/nndl";
 * import assert from "node:assert/strict";
 *
 * const data = syntheticCifar10({ numTraining: 500, numValidation: 100, numTest: 0 });
 * const rng = new RandomState(231);
 * const model = new FullyConnectedNet([50], { normalization: "batchnorm", rng });
 * const solver = new Solver(model, data, {
 *   updateRule: "adam",
 *   optimConfig: { learningRate: 1e-3 },
 *   numEpochs: 3,
 *   verbose: false,
 *   rng,
 * });
 * await solver.train();
 * assert.ok(solver.bestValAcc > 0.15);
 * ```
 *
 * @module
 */
export * as autograd from "./autograd/mod.ts";
export * from "./cache/mod.ts";
export * from "./data/mod.ts";
export * from "./gradient_check/mod.ts";
export * from "./io/mod.ts";
export * from "./kernels/mod.ts";
export * from "./layers/mod.ts";
export * from "./metrics/mod.ts";
export * from "./models/mod.ts";
export * from "./native_plugin/mod.ts";
export * from "./ndarray/mod.ts";
export * as nn from "./nn/mod.ts";
export * from "./optim/mod.ts";
export * from "./plot/mod.ts";
export * from "./random/mod.ts";
export * from "./selection/mod.ts";
export * from "./solver/mod.ts";
