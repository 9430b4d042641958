/**
 * The options of a {@linkcode ConvNet}, checked and with defaults filled in.
 *
 * @module
 */
import { divisors } from "../internal/divisors.ts";
import {
  amount,
  checkValue,
  DescribedOptions,
  flag,
  imageDim,
  oneOf,
  type OptionRule,
  size,
} from "../internal/described_options.ts";
import { planStages, type StagePlan } from "./_conv_net_plan.ts";
import { aliases, dropoutRules, networkRules } from "./_options.ts";
import type { ConvNetOptions } from "./conv_net_options.ts";

const described = new DescribedOptions<ConvNetOptions>("ConvNet", {
  inputDim: imageDim(),
  // Which stages there are is checked where they are planned.
  conv: { must: "a list of stages", fits: () => true, make: () => undefined as never },
  globalAveragePool: flag(false),
  hidden: {
    must: "a list of widths such as [100]",
    fits: Array.isArray,
    make: () => [],
    kind: true,
  },
  normalization: oneOf(["batchnorm", "groupnorm", "layernorm", null], null),
  normGroups: { ...size(), make: () => undefined },
  weightScale: heOr(amount()),
  ...networkRules,
  ...dropoutRules,
}, aliases);

/** A number, or the scale of He et al., which is the default. */
function heOr(rule: OptionRule<number>): OptionRule<number | "he"> {
  return { ...rule, fits: (given) => given === "he" || rule.fits(given), make: () => "he" };
}

/** Options with nothing left open. */
export interface ConvNetSettings
  extends Required<Omit<ConvNetOptions, "conv" | "hidden" | "numClasses" | "normGroups">> {
  readonly stages: readonly StagePlan[];
  /** What enters and leaves the affine layers: features, hidden widths, classes. */
  readonly widths: readonly number[];
  /** Groups that images are normalised in; null for none, or batch normalisation. */
  readonly normGroups: number | null;
}

/** Checks options and fills in defaults. */
export function resolveOptions(options: ConvNetOptions): ConvNetSettings {
  const { conv, hidden, numClasses, normGroups, ...settings } = described.resolve(options);
  const { inputDim, globalAveragePool, normalization } = settings;
  hidden.forEach((width, i) => checkValue("ConvNet", `hidden[${i}]`, width, size()));

  const stages = planStages(conv, inputDim, normalization !== "batchnorm");
  const [c, h, w] = stages[stages.length - 1].out;
  return {
    ...settings,
    stages,
    widths: [globalAveragePool ? c : c * h * w, ...hidden, numClasses],
    normGroups: groupsOf(normalization, normGroups, stages),
  };
}

function groupsOf(
  normalization: ConvNetOptions["normalization"],
  normGroups: number | undefined,
  stages: readonly StagePlan[],
): number | null {
  if (normalization !== "groupnorm") {
    if (normGroups === undefined) return normalization === "layernorm" ? 1 : null;
    throw new RangeError(
      `ConvNet: normGroups goes with normalization "groupnorm", which is ${
        normalization && `"${normalization}"`
      } here; drop one or change the other`,
    );
  }
  const groups = normGroups ?? 8;
  for (const [i, { convolved: [filters] }] of stages.entries()) {
    if (filters % groups === 0) continue;
    throw new RangeError(
      `ConvNet: normGroups must divide the ${filters} filters of conv[${i}], got ${groups}; use ` +
        `one of ${divisors(filters)}, or other filters`,
    );
  }
  return groups;
}
