/**
 * Training: the Solver, its checkpoints, and how a run shows itself.
 *
 * @module
 */
export type { AccuracyOptions } from "./_accuracy.ts";
export {
  type ArrayFingerprint,
  type Checkpoint,
  type CheckpointOptions,
  type ModelState,
  readCheckpoint,
} from "./checkpoint.ts";
export type { SolverData } from "./data.ts";
export * from "./interrupt.ts";
export * from "./non_finite_loss_error.ts";
export type { SolverOptions, TrainOptions } from "./options.ts";
export * from "./progress.ts";
export { Solver } from "./solver.ts";
