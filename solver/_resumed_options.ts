/** The options of a Solver that continues the run of a checkpoint. */
import { messageOf } from "../internal/message_of.ts";
import { FileFormatError } from "../io/errors.ts";
import { RandomState } from "../random/mod.ts";
import { settleSolver } from "./_solver_options.ts";
import type { Checkpoint } from "./checkpoint.ts";
import type { SolverOptions } from "./options.ts";
import type { State } from "./state.ts";

/** What of a model the options depend on. */
interface Trained {
  readonly params: Parameters<typeof settleSolver>[1]["params"];
  readonly rng?: RandomState;
}

/**
 * Completes options with those that a checkpoint remembers.
 *
 * @returns The options of the Solver that continues the run
 * @throws {FileFormatError} If what the checkpoint remembers are no options
 * @throws {TypeError} If a function of the user's own is missing
 * @throws {RangeError} If there are other generators than in the run
 */
export function resumedOptions<O extends SolverOptions>(
  caller: string,
  file: string,
  checkpoint: Checkpoint,
  model: Trained,
  options: O,
): O {
  const { updateRule, schedule, augment, ...rest } = checkpoint.settings;
  const { stepsPerEpoch: _, ...numbers } = rest;
  checkRemembered(caller, file, { updateRule, ...numbers });
  if (updateRule === null && typeof options.updateRule !== "function") {
    throw new TypeError(
      `${caller}.resume: ${file} was trained with an update rule of its own; give it as updateRule`,
    );
  }
  if (schedule && !options.schedule) {
    throw new TypeError(
      `${caller}.resume: ${file} was trained with a schedule; give it as schedule`,
    );
  }
  if (augment && !options.augment) {
    throw new TypeError(
      `${caller}.resume: ${file} was trained with augmented examples; give the function as augment`,
    );
  }
  const given = Object.entries(options).filter(([, value]) => value !== undefined);
  return {
    ...numbers,
    updateRule: updateRule ?? undefined,
    checkpointName: file.replace(/\.safetensors$/, ""),
    rng: resumedGenerator(caller, file, checkpoint, model, options.rng),
    ...Object.fromEntries(given),
  } as O;
}

/** Throws unless a Solver could have been made with the options that a checkpoint remembers. */
function checkRemembered(
  caller: string,
  file: string,
  { updateRule, ...numbers }: Readonly<Record<string, State>>,
): void {
  try {
    const options = { ...numbers, updateRule: updateRule ?? undefined } as SolverOptions;
    settleSolver(options, { params: {} });
  } catch (error) {
    const problem = `what it says of the run makes no sense: ${messageOf(error)}`;
    throw new FileFormatError(`${caller}.resume`, file, 8, problem);
  }
}

/** One generator must stay one, and two must stay two, or the draws would come in another order. */
function resumedGenerator(
  caller: string,
  file: string,
  { shared, state }: Checkpoint,
  model: Trained,
  given: RandomState | undefined,
): RandomState {
  const wasShared = shared["model.rng"] === "rng";
  const rng = given ?? (wasShared ? model.rng : undefined) ?? new RandomState();
  const now = !model.rng ? "no" : model.rng === rng ? "the Solver's" : "its own";
  const before = wasShared ? "the Solver's" : Object.hasOwn(state, "model.rng") ? "its own" : "no";
  if (now === before) return rng;
  throw new RangeError(
    `${caller}.resume: in the run of ${file} the model had ${before} generator, and now has ${now} ` +
      "generator; make the model and the options as they were made there",
  );
}
