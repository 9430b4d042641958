/** What a checkpoint says about the Solver that continues it. */
import { activeBackend } from "../kernels/mod.ts";
import type { Model } from "../models/mod.ts";
import { RandomState } from "../random/mod.ts";
import { checkFingerprint } from "./_fingerprint.ts";
import { checkModel, checkStateFits } from "./_model_state.ts";
import type { ResolvedOptions } from "./_resolve_options.ts";
import type { Checkpoint, CheckpointOptions } from "./checkpoint.ts";
import { checkData, type SolverData } from "./data.ts";
import type { SolverOptions } from "./options.ts";

/** The options that a checkpoint remembers. */
export function storedOptions(options: ResolvedOptions): CheckpointOptions {
  return {
    updateRule: options.updateRuleName,
    optimConfig: Object.fromEntries(
      Object.entries(options.optimConfig).filter(([, value]) => typeof value !== "object"),
    ),
    schedule: options.schedule !== null,
    augment: options.augment !== null,
    lrDecay: options.lrDecay,
    batchSize: options.batchSize,
    numEpochs: options.numEpochs,
    numTrainSamples: options.numTrainSamples,
    numValSamples: options.numValSamples,
  };
}

/**
 * Checks that model, data and options are those of the checkpoint, and completes the options.
 *
 * @returns The options of the Solver that continues the run
 */
export function resumedOptions(
  file: string,
  checkpoint: Checkpoint,
  model: Model,
  data: SolverData,
  options: SolverOptions,
): SolverOptions {
  checkModel(model);
  checkData(data);
  checkFingerprint(data, checkpoint.data, file);
  checkStateFits(model, checkpoint.model, file);
  const { updateRule, schedule, augment, ...numbers } = checkpoint.options;
  if (updateRule === null && typeof options.updateRule !== "function") {
    throw new TypeError(
      `Solver.resume: ${file} was trained with an update rule of its own; give it as updateRule`,
    );
  }
  if (schedule && !options.schedule) {
    throw new TypeError(
      `Solver.resume: ${file} was trained with a schedule; give it as schedule`,
    );
  }
  if (augment && !options.augment) {
    throw new TypeError(
      `Solver.resume: ${file} was trained with augmented examples; give the function as augment`,
    );
  }
  const given = Object.entries(options).filter(([, value]) => value !== undefined);
  return {
    ...numbers,
    updateRule: updateRule ?? undefined,
    checkpointName: file.replace(/\.safetensors$/, ""),
    rng: resumedGenerator(file, checkpoint, model, options.rng),
    ...Object.fromEntries(given),
  };
}

/** Throws if an option that makes the run what it is has another value than in the checkpoint. */
export function checkSameRun(file: string, now: ResolvedOptions, checkpoint: Checkpoint): void {
  const before = checkpoint.options;
  const after = storedOptions(now);
  for (const name of Object.keys(before) as (keyof CheckpointOptions)[]) {
    if (name === "numEpochs") continue;
    const [was, is] = [before[name], after[name]].map((value) => showValue(value));
    if (was === is) continue;
    throw new RangeError(
      `Solver.resume: ${name} was ${was} in the run of ${file}, got ${is}; leave it out, or begin ` +
        "a new run",
    );
  }
  if (now.numEpochs < checkpoint.epoch) {
    throw new RangeError(
      `Solver.resume: ${file} has done ${checkpoint.epoch} epochs, got numEpochs ${now.numEpochs}; ` +
        "give a larger number",
    );
  }
}

/** What to say if the run goes on with other kernels. */
export function backendNote(before: string): string | undefined {
  const { name } = activeBackend();
  if (name === before) return undefined;
  return `The run began with the ${before} kernels and goes on with ${name}: last digits may differ`;
}

/** One generator must stay one, and two must stay two, or the draws would come in another order. */
function resumedGenerator(
  file: string,
  { modelRng }: Checkpoint,
  model: Model,
  given: RandomState | undefined,
): RandomState {
  const rng = given ?? (modelRng === "shared" ? model.rng : undefined) ?? new RandomState();
  const now = !model.rng ? "no" : model.rng === rng ? "the Solver's" : "its own";
  const before = !modelRng ? "no" : modelRng === "shared" ? "the Solver's" : "its own";
  if (now === before) return rng;
  throw new RangeError(
    `Solver.resume: in the run of ${file} the model had ${before} generator, and now has ${now} ` +
      "generator; make the model and the options as they were made there",
  );
}

function showValue(value: unknown): string {
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  return JSON.stringify(Object.fromEntries(Object.entries(value).sort()));
}
