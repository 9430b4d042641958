/** The options of a Trainer, described once. */
import {
  DescribedOptions,
  type OptionRule,
  orNull,
  path,
  type Resolved,
  size,
  whole,
} from "../internal/described_options.ts";
import { NDArray } from "../ndarray/mod.ts";
import { isRecord } from "./_tree.ts";
import { lineProgress, type Progress } from "./progress.ts";
import type { BestOption, TrainerOptions } from "./trainer_options.ts";

/** Options with nothing left open. */
export interface ResolvedTrainerOptions
  extends Omit<Resolved<TrainerOptions>, "best" | "signal" | "epochEnd" | "diagnose" | "check"> {
  readonly best: Required<Pick<BestOption, "figure" | "goal">> & BestOption | null;
  readonly signal: AbortSignal | undefined;
  readonly epochEnd: TrainerOptions["epochEnd"];
  readonly diagnose: TrainerOptions["diagnose"];
  readonly check: TrainerOptions["check"];
}

/** A function that may be left out. */
function hook<T>(): OptionRule<T | undefined> {
  const fits = (given: unknown) => typeof given === "function";
  return { must: "a function", fits, value: undefined, kind: true };
}

/** Signals that end training. */
export const signalRule: OptionRule<AbortSignal | undefined> = {
  must: "an AbortSignal",
  fits: (given) => given instanceof AbortSignal,
  value: undefined,
  kind: true,
  advice: (given) => given instanceof AbortController ? "pass controller.signal" : "",
};

/** One face or a list of them. */
export const progressRule: OptionRule<Progress | readonly Progress[]> = {
  must: "an object with methods such as step() and check(), or a list of such objects",
  fits: (given) => [given].flat().every((face) => typeof face === "object" && face !== null),
  make: () => lineProgress(),
  kind: true,
};

/** When checkpoints are written. */
export const checkpointRules = {
  numEpochs: whole(0, 1),
  checkpointName: path(),
  checkpointEvery: size(1),
  checkpointEverySteps: orNull(size()),
} as const;

const described = new DescribedOptions<TrainerOptions>("Trainer", {
  ...checkpointRules,
  step: {
    must: "a function that makes one step and returns its loss",
    fits: (given) => typeof given === "function",
    kind: true,
  },
  stepsPerEpoch: size(),
  state: {
    must: "an object of models, optimizers, generators and arrays by name",
    fits: isRecord,
    make: () => ({}),
    kind: true,
  },
  check: hook(),
  best: {
    must: "the name of a figure, or { figure, goal, from }",
    fits: (given) => typeof given === "string" || isBestOption(given),
    value: undefined,
  },
  epochEnd: hook(),
  diagnose: hook(),
  settings: { must: "an object", fits: isRecord, make: () => ({}), kind: true },
  data: {
    must: "an object of NDArrays by name",
    fits: (given) => isRecord(given) && Object.values(given).every((x) => x instanceof NDArray),
    make: () => ({}),
    kind: true,
  },
  progress: progressRule,
  signal: signalRule,
  name: {
    must: "a word or two",
    fits: (given) => typeof given === "string" && given !== "",
    value: "Trainer",
  },
}, {
  epochs: "numEpochs",
  nepochs: "numEpochs",
  maxepochs: "numEpochs",
  numsteps: "the number of steps is stepsPerEpoch times numEpochs",
  maxsteps: "the number of steps is stepsPerEpoch times numEpochs",
  callbacks: "progress",
  model: "declare models in state: { model }",
  optimizer: "declare optimizers in state: { optimizer }",
  rng: "declare generators in state: { rng }",
});

/** Checks options and fills in defaults. */
export function resolveTrainerOptions(options: TrainerOptions): ResolvedTrainerOptions {
  const name: unknown = options?.name;
  const resolved = described.resolve(options, typeof name === "string" && name ? name : "Trainer");
  const { best } = options;
  return {
    ...resolved,
    best: best === undefined
      ? null
      : { goal: "max", ...(typeof best === "string" ? { figure: best } : best) },
  };
}

function isBestOption(given: unknown): boolean {
  if (!isRecord(given) || typeof given.figure !== "string") return false;
  const { goal = "max", from = 0 } = given;
  return (goal === "max" || goal === "min") && typeof from === "number" && !Number.isNaN(from);
}
