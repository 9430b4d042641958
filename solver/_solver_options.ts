/** The options of Solvers, described once. */
import {
  callable,
  DescribedOptions,
  flag,
  generator,
  type OptionRules,
  orNull,
  positive,
  type Resolved,
  size,
  whole,
} from "../internal/described_options.ts";
import type { Aliases } from "../internal/options.ts";
import type { SharedTraining } from "../models/mod.ts";
import type { NDArray } from "../ndarray/mod.ts";
import { resolveUpdateRule, Updater } from "../optim/mod.ts";
import { RandomState } from "../random/mod.ts";
import { checkpointRules, progressRule, signalRule } from "./_trainer_options.ts";
import type { CaptioningSolverOptions, SolverOptions } from "./options.ts";
import { lineProgress } from "./progress.ts";
import type { ModelLike, State } from "./state.ts";
import type { TrainerOptions } from "./trainer_options.ts";

/** Options with nothing left open, and the update rule with its state. */
export type Settled<O> = Omit<Resolved<O>, "updateRule" | "signal"> & {
  readonly signal: AbortSignal | undefined;
  readonly updater: Updater;
};

const rules: OptionRules<CaptioningSolverOptions> = {
  updateRule: {
    must: "a name or a function",
    fits: (given) => typeof given === "string" || typeof given === "function",
    value: "sgd",
    kind: true,
  },
  optimConfig: {
    must: "an object",
    fits: (given) => typeof given === "object" && given !== null,
    make: () => ({}),
    kind: true,
  },
  lrDecay: positive(1),
  schedule: callable("a function of the step"),
  batchSize: size(100),
  ...checkpointRules,
  numEpochs: whole(0, 10),
  printEvery: size(10),
  verbose: flag(true),
  progress: progressRule,
  rng: generator(RandomState),
  signal: signalRule,
};

/** What other libraries call the options, or where else the thing is said. */
const aliases: Aliases = {
  lr: "the learning rate is set in optimConfig: { learningRate }",
  learningrate: "the learning rate is set in optimConfig: { learningRate }",
  momentum: "it is set in optimConfig: { momentum }, of the rules sgdMomentum and nesterov",
  betas: "they are set in optimConfig: { beta1, beta2 }",
  eps: "it is set in optimConfig: { epsilon }",
  weightdecay:
    "regularisation is reg of the model, or optimConfig: { weightDecay } of the rule adamw",
  reg: "regularisation is reg of the model, set when it is made",
  optimizer: "updateRule",
  optim: "updateRule",
  rule: "updateRule",
  optimizerconfig: "optimConfig",
  optimconf: "optimConfig",
  gamma: "lrDecay",
  scheduler: "schedule",
  lrscheduler: "schedule",
  learningrateschedule: "schedule",
  epochs: "numEpochs",
  nepochs: "numEpochs",
  nbepoch: "numEpochs",
  maxepochs: "numEpochs",
  iterations: "training is counted in epochs: numEpochs",
  numiters: "training is counted in epochs: numEpochs",
  batch: "batchSize",
  minibatchsize: "batchSize",
  callbacks: "progress",
  logevery: "printEvery",
  loginterval: "printEvery",
  checkpoint: "checkpointName",
  checkpointpath: "checkpointName",
  seed: "a seed goes into rng: new RandomState(seed)",
  randomstate: "a seed goes into rng: new RandomState(seed)",
  generator: "rng",
  validationdata: "validation data are XVal and yVal of the data",
  valdata: "validation data are XVal and yVal of the data",
  validationsplit: "validation data are XVal and yVal of the data; splitValidation() makes some",
  shuffle: "minibatches are always drawn at random",
  transform: "augment",
  device: "the kernels are chosen with useBackend()",
  loss: "the loss is that of the model",
  criterion: "the loss is that of the model",
};

const solver = new DescribedOptions<SolverOptions>("Solver", {
  ...rules,
  augment: callable("a function of a batch and a generator", "randomCropAndFlip() makes one"),
  numTrainSamples: orNull(size(), 1000),
  numValSamples: orNull(size()),
}, aliases);

const captioning = new DescribedOptions<CaptioningSolverOptions>(
  "CaptioningSolver",
  rules,
  aliases,
);

/** What the options are for. */
interface Trained {
  readonly params: Record<string, NDArray>;
  readonly rng?: RandomState;
  readonly shared?: SharedTraining;
}

/** Checks options of a Solver and fills in defaults. */
export function settleSolver(options: SolverOptions, model: Trained): Settled<SolverOptions> {
  return settle("Solver", solver.resolve(options), options, model);
}

/** Checks options of a CaptioningSolver and fills in defaults. */
export function settleCaptioning(
  options: CaptioningSolverOptions,
  model: Trained,
): Settled<CaptioningSolverOptions> {
  return settle("CaptioningSolver", captioning.resolve(options), options, model);
}

function settle<O extends CaptioningSolverOptions>(
  caller: string,
  resolved: Resolved<CaptioningSolverOptions>,
  given: O,
  model: Trained,
): Settled<O> {
  const { updateRule, optimConfig, schedule, lrDecay, verbose, printEvery, signal } = resolved;
  if (schedule !== null && lrDecay !== 1) {
    throw new RangeError(
      `${caller}: schedule and lrDecay cannot both set the learning rate; drop one`,
    );
  }
  return {
    ...resolved,
    updater: new Updater(model, resolveUpdateRule(updateRule, caller), optimConfig, "train"),
    progress: given.progress ?? (verbose && isFirst(model) ? lineProgress({ printEvery }) : []),
    rng: given.rng ?? model.rng ?? resolved.rng,
    signal: signal as AbortSignal | undefined,
  } as unknown as Settled<O>;
}

/** Whether this process is the only one that trains the model, or the first of them. */
function isFirst({ shared }: { readonly shared?: SharedTraining }): boolean {
  return !shared || shared.rank === 0;
}

/** The part of a Trainer's options that is the same for all Solvers. */
export function loopOptions(
  options: Settled<CaptioningSolverOptions>,
  model: ModelLike & { readonly shared?: SharedTraining },
): Omit<TrainerOptions, "step" | "stepsPerEpoch"> {
  const { updater, rng, lrDecay, numEpochs, progress, signal } = options;
  const { checkpointName, checkpointEvery, checkpointEverySteps } = options;
  return {
    numEpochs,
    state: { model, updater, rng },
    epochEnd: () => updater.scaleLearningRate(lrDecay),
    checkpointName: isFirst(model) ? checkpointName : null,
    checkpointEvery,
    checkpointEverySteps,
    progress,
    signal,
  };
}

/** What makes a run what it is, for its checkpoint. */
export function settingsOf(
  { updater, optimConfig, schedule, lrDecay, batchSize }: Settled<CaptioningSolverOptions>,
): Record<string, State> {
  return {
    updateRule: updater.ruleName,
    optimConfig: Object.fromEntries(
      Object.entries(optimConfig).filter(([, value]) => typeof value !== "object"),
    ),
    schedule: schedule !== null,
    lrDecay,
    batchSize,
  };
}
