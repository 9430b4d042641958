/** Checking options and filling in defaults. */
import { checkOptionNames, suggestion } from "../internal/options.ts";
import type { Model } from "../models/mod.ts";
import { asNDArray, NDArray } from "../ndarray/mod.ts";
import { type UpdateRule, type UpdateRuleName, updateRules } from "../optim/mod.ts";
import { RandomState } from "../random/mod.ts";
import type { SolverOptions } from "./options.ts";
import { lineProgress } from "./progress.ts";

/** Options with nothing left open. */
export interface ResolvedOptions extends Required<Omit<SolverOptions, "signal" | "updateRule">> {
  readonly updateRule: UpdateRule;
  /** Null if the rule is the user's own. */
  readonly updateRuleName: UpdateRuleName | null;
  readonly signal: AbortSignal | undefined;
}

/** Checks options and fills in defaults. */
export function resolveOptions(options: SolverOptions, model: Model): ResolvedOptions {
  if (typeof options !== "object" || options === null) {
    throw new TypeError(`Solver: options must be an object, got ${options}`);
  }
  const printEvery = options.printEvery ?? 10;
  const verbose = options.verbose ?? true;
  const resolved = {
    ...resolveRule(options.updateRule ?? "sgd"),
    optimConfig: options.optimConfig ?? {},
    lrDecay: options.lrDecay ?? 1,
    schedule: options.schedule ?? null,
    augment: options.augment ?? null,
    batchSize: options.batchSize ?? 100,
    numEpochs: options.numEpochs ?? 10,
    numTrainSamples: options.numTrainSamples === undefined ? 1000 : options.numTrainSamples,
    numValSamples: options.numValSamples ?? null,
    checkpointName: options.checkpointName ?? null,
    checkpointEvery: options.checkpointEvery ?? 1,
    checkpointEverySteps: options.checkpointEverySteps ?? null,
    printEvery,
    verbose,
    progress: options.progress ?? (verbose ? lineProgress({ printEvery }) : {}),
    rng: options.rng ?? model.rng ?? new RandomState(),
    signal: options.signal,
  } satisfies ResolvedOptions;
  checkOptionNames(
    "Solver",
    options,
    Object.keys(resolved).filter((name) => name !== "updateRuleName"),
  );
  checkValues(resolved);
  return resolved;
}

function resolveRule(
  rule: unknown,
): { updateRule: UpdateRule; updateRuleName: UpdateRuleName | null } {
  const names = Object.keys(updateRules) as UpdateRuleName[];
  if (typeof rule === "string" && !names.includes(rule as UpdateRuleName)) {
    throw new RangeError(
      `Solver: there is no update rule "${rule}"; ${suggestion(rule, names, "the rules are")}`,
    );
  }
  const updateRule = typeof rule === "string" ? updateRules[rule as UpdateRuleName] : rule;
  if (typeof updateRule !== "function") {
    throw new TypeError(`Solver: updateRule must be a name or a function, got ${typeof rule}`);
  }
  const known = names.find((name) => updateRules[name] === updateRule);
  return { updateRule: updateRule as UpdateRule, updateRuleName: known ?? null };
}

function checkValues(options: ResolvedOptions): void {
  const whole = (name: keyof ResolvedOptions, least: number, orNull = false) => {
    const value = options[name];
    if (orNull && value === null) return;
    if (Number.isSafeInteger(value) && (value as number) >= least) return;
    throw new RangeError(
      `Solver: ${name} must be a whole number from ${least} up${
        orNull ? ", or null" : ""
      }, got ${value}`,
    );
  };
  whole("batchSize", 1);
  whole("numEpochs", 0);
  whole("numTrainSamples", 1, true);
  whole("numValSamples", 1, true);
  whole("checkpointEvery", 1);
  whole("checkpointEverySteps", 1, true);
  whole("printEvery", 1);
  const { lrDecay, schedule, augment, checkpointName, signal, rng } = options;
  if (!(Number.isFinite(lrDecay) && lrDecay > 0)) {
    throw new RangeError(`Solver: lrDecay must be a number above 0, got ${lrDecay}`);
  }
  if (schedule !== null && typeof schedule !== "function") {
    throw new TypeError(`Solver: schedule must be a function of the step, got ${typeof schedule}`);
  }
  if (schedule !== null && lrDecay !== 1) {
    throw new RangeError(
      "Solver: schedule and lrDecay cannot both set the learning rate; drop one",
    );
  }
  if (augment !== null && typeof augment !== "function") {
    throw new TypeError(
      `Solver: augment must be a function of a batch and a generator, got ${typeof augment}; ` +
        "randomCropAndFlip() makes one",
    );
  }
  if (checkpointName !== null && (typeof checkpointName !== "string" || checkpointName === "")) {
    throw new TypeError(`Solver: checkpointName must be a path or null, got "${checkpointName}"`);
  }
  if (signal !== undefined && !(signal instanceof AbortSignal)) {
    throw new TypeError("Solver: signal must be an AbortSignal; pass controller.signal");
  }
  if (!(rng instanceof RandomState)) {
    throw new TypeError(`Solver: rng must be a RandomState, got ${typeof rng}`);
  }
  checkConfig(options);
}

/** A rule of the library is tried on one number, so that it complains before training starts. */
function checkConfig({ optimConfig, updateRule, updateRuleName }: ResolvedOptions): void {
  if (typeof optimConfig !== "object" || optimConfig === null) {
    throw new TypeError(`Solver: optimConfig must be an object, got ${optimConfig}`);
  }
  if (updateRuleName === null) return;
  const settings = Object.entries(optimConfig).filter(([, value]) => !(value instanceof NDArray));
  const zero = asNDArray(new Float64Array(1), [1]);
  updateRule(zero, zero, Object.fromEntries(settings));
}
