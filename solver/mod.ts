/**
 * Training: the loop around a step, its faces for labelled classes and captions, checkpoints, and how
 * a run shows itself.
 *
 * {@linkcode Solver} trains a classifier as the course does. {@linkcode Trainer} is the loop under
 * it, for steps of one's own. Both end cleanly at Ctrl-C with {@linkcode interruptSignal}, and
 * continue from a checkpoint to the bit.
 *
 * @module
 */
export type { AccuracyOptions } from "./_accuracy.ts";
export * from "./captioning_solver.ts";
export {
  type ArrayFingerprint,
  type BestState,
  type Checkpoint,
  readCheckpoint,
} from "./checkpoint.ts";
export * from "./epoch_rows.ts";
export * from "./interrupt.ts";
export * from "./non_finite_loss_error.ts";
export type { CaptioningSolverOptions, SolverOptions } from "./options.ts";
export * from "./progress.ts";
export { Solver } from "./solver.ts";
export * from "./state.ts";
export { Trainer } from "./trainer.ts";
export type {
  BestOption,
  CheckContext,
  Figures,
  StepContext,
  TrainerOptions,
  TrainOptions,
} from "./trainer_options.ts";
