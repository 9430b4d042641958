/**
 * The options of a {@linkcode ConvNet}, checked and with defaults filled in.
 *
 * @module
 */
import { divisors } from "../internal/divisors.ts";
import { checkOptionNames } from "../internal/options.ts";
import { RandomState } from "../random/mod.ts";
import { planStages, type StagePlan } from "./_conv_net_plan.ts";
import {
  checkAmount,
  checkFloatType,
  checkImageDim,
  checkKeepRatio,
  checkNormalization,
  checkSize,
} from "./_options.ts";
import type { ConvNetOptions } from "./conv_net_options.ts";

const optionNames = [
  "inputDim",
  "conv",
  "globalAveragePool",
  "hidden",
  "numClasses",
  "normalization",
  "normGroups",
  "dropoutKeepRatio",
  "reg",
  "weightScale",
  "dtype",
  "seed",
  "rng",
] as const satisfies readonly (keyof ConvNetOptions)[];

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
  checkOptionNames("ConvNet", options, optionNames);
  const {
    inputDim = [3, 32, 32],
    conv,
    globalAveragePool = false,
    hidden = [],
    numClasses = 10,
    normalization = null,
    normGroups,
    dropoutKeepRatio = 1,
    reg = 0,
    weightScale = "he",
    dtype = "float32",
    seed = null,
    rng = new RandomState(),
  } = options;
  checkImageDim("ConvNet", inputDim);
  if (!Array.isArray(hidden)) {
    throw new TypeError(`ConvNet: hidden must be a list of widths such as [100], got ${hidden}`);
  }
  hidden.forEach((width, i) => checkSize("ConvNet", `hidden[${i}]`, width));
  checkSize("ConvNet", "numClasses", numClasses);
  checkNormalization("ConvNet", normalization, ["batchnorm", "groupnorm", "layernorm"]);
  checkKeepRatio("ConvNet", dropoutKeepRatio);
  checkAmount("ConvNet", "reg", reg);
  if (weightScale !== "he") checkAmount("ConvNet", "weightScale", weightScale);
  checkFloatType("ConvNet", dtype);

  const stages = planStages(conv, inputDim, normalization !== "batchnorm");
  const [c, h, w] = stages[stages.length - 1].out;
  return {
    inputDim,
    stages,
    globalAveragePool,
    widths: [globalAveragePool ? c : c * h * w, ...hidden, numClasses],
    normalization,
    normGroups: groupsOf(normalization, normGroups, stages),
    dropoutKeepRatio,
    reg,
    weightScale,
    dtype,
    seed,
    rng,
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
  checkSize("ConvNet", "normGroups", groups);
  for (const [i, { convolved: [filters] }] of stages.entries()) {
    if (filters % groups === 0) continue;
    throw new RangeError(
      `ConvNet: normGroups must divide the ${filters} filters of conv[${i}], got ${groups}; use ` +
        `one of ${divisors(filters)}, or other filters`,
    );
  }
  return groups;
}
