/** The settings of update rules: what each key may be, described once for all rules that have it. */
import {
  amount,
  DescribedOptions,
  fraction,
  type OptionRule,
  type OptionRules,
} from "../internal/described_options.ts";
import type { Aliases } from "../internal/options.ts";
import { NDArray } from "../ndarray/mod.ts";
import type { OptimConfig } from "./types.ts";

/** A number of at least 0. */
function atLeastZero(value: number): OptionRule<number> {
  return { ...amount(value), must: "a finite number of at least 0" };
}

/** An array that a rule remembers; none at first. */
const remembered: OptionRule<NDArray | undefined> = {
  must: "an NDArray",
  fits: (given) => given instanceof NDArray,
  value: undefined,
  kind: true,
};

/** All keys but the learning rate, whose default is not the same for all rules. */
const keys = {
  momentum: fraction(0.9),
  velocity: remembered,
  decayRate: fraction(0.99),
  epsilon: atLeastZero(1e-8),
  cache: remembered,
  beta1: fraction(0.9),
  beta2: fraction(0.999),
  weightDecay: atLeastZero(1e-2),
  m: remembered,
  v: remembered,
  t: {
    must: "the whole number of steps made so far",
    fits: (given) => Number.isSafeInteger(given) && (given as number) >= 0,
    value: 0,
  } as OptionRule<number>,
} as const;

/** What other libraries call the keys, and where those belong that a rule has not. */
const aliases: Aliases = {
  lr: "learningRate",
  stepsize: "learningRate",
  eps: "epsilon",
  rho: "decayRate",
  alpha: "decayRate",
  decay: "decayRate",
  betas: "betas are given one by one, as beta1 and beta2",
  momentum: "it is a setting of sgdMomentum and nesterov",
  velocity: "it is what sgdMomentum and nesterov remember",
  decayrate: "it is a setting of rmsprop",
  cache: "it is what rmsprop remembers",
  epsilon: "it is a setting of rmsprop, adam and adamw",
  beta1: "it is a setting of adam and adamw",
  beta2: "it is a setting of adam and adamw",
  weightdecay: "it is a setting of adamw; other rules leave regularisation to reg of the model",
  l2: "it is weightDecay of adamw; other rules leave regularisation to reg of the model",
  nesterov: 'it is a rule of its own, "nesterov"',
  dampening: "there is none",
  amsgrad: "there is none",
};

/**
 * Describes the settings of a rule.
 *
 * @param rule Its name
 * @param learningRate Its default learning rate
 * @param names Its other keys
 */
export function settingsOf<K extends keyof typeof keys>(
  rule: string,
  learningRate: number,
  names: readonly K[],
): DescribedOptions<Pick<OptimConfig, K | "learningRate">> {
  const rules = {
    learningRate: atLeastZero(learningRate),
    ...Object.fromEntries(names.map((name) => [name, keys[name]])),
  };
  return new DescribedOptions(
    rule,
    rules as unknown as OptionRules<Pick<OptimConfig, K | "learningRate">>,
    aliases,
    RangeError,
  );
}
