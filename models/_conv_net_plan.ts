/**
 * Works out the shapes of convolutional stages from their options, and checks them.
 *
 * @module
 */
import { divisors } from "../internal/divisors.ts";
import {
  checkValue,
  DescribedOptions,
  flag,
  keepRatio,
  oneOf,
  type OptionRule,
  size,
} from "../internal/described_options.ts";
import type { Aliases } from "../internal/options.ts";
import { perAxis } from "../internal/per_axis.ts";
import type { ConvParam, PoolParam } from "../layers/mod.ts";
import type { ConvNetPool, ConvNetStage } from "./conv_net_options.ts";

/** A convolutional stage with all sizes worked out. */
export interface StagePlan {
  /** Shape of the filters, (F, C / groups, HH, WW). */
  readonly filterShape: readonly [number, number, number, number];
  readonly bias: boolean;
  readonly convParam: ConvParam;
  readonly pool: { readonly kind: "max" | "average"; readonly param: PoolParam } | null;
  readonly keep: number;
  /** Shape of what the convolution puts out, (F, H', W'). */
  readonly convolved: readonly [number, number, number];
  /** Shape of what the stage puts out. */
  readonly out: readonly [number, number, number];
}

/** Sizes of each axis, which are checked where they are used. */
function eachAxis<T>(value: T): OptionRule<T> {
  return { must: "sizes", fits: () => true, make: () => value };
}

const aliases: Aliases = {
  outchannels: "filters",
  numfilters: "filters",
  channels: "filters",
  kernelsize: "size",
  filtersize: "size",
  padding: "pad",
  strides: "stride",
  pooling: "pool",
  maxpool: "pool",
  dropout: "dropoutKeepRatio, the probability to KEEP a value, is the option; 1 is no dropout",
};

const stageOptions = new DescribedOptions<ConvNetStage>("ConvNet", {
  filters: size(),
  size: eachAxis(3),
  stride: eachAxis(1),
  pad: eachAxis("same"),
  dilation: eachAxis(1),
  groups: size(1),
  bias: { ...flag(true), make: () => undefined },
  pool: { ...eachAxis(false), must: "true, a number, or { size, stride, kind }" },
  dropoutKeepRatio: keepRatio("dropoutKeepRatio"),
}, aliases);

const poolOptions = new DescribedOptions<ConvNetPool>("ConvNet", {
  size: eachAxis(undefined as never),
  stride: eachAxis(undefined),
  kind: { ...oneOf(["max", "average"], "max"), subject: "pool.kind" },
}, aliases);

/** Works out all stages of a ConvNet. `bias` is whether they have biases if they do not say. */
export function planStages(
  stages: readonly (ConvNetStage | number)[],
  inputDim: readonly [number, number, number],
  bias: boolean,
): StagePlan[] {
  if (!Array.isArray(stages) || stages.length === 0) {
    throw new TypeError(
      "ConvNet: conv must be a list of at least one stage, such as [{ filters: 32, pool: true }]" +
        (stages?.length === 0 ? "; without convolution use FullyConnectedNet" : ""),
    );
  }
  const plans: StagePlan[] = [];
  for (const [i, stage] of stages.entries()) {
    const settings = typeof stage === "number" ? { filters: stage } : stage;
    plans.push(planStage(`ConvNet: conv[${i}]`, settings, plans.at(-1)?.out ?? inputDim, bias));
  }
  return plans;
}

/** Works out a stage that images (C, H, W) enter. */
export function planStage(
  caller: string,
  stage: ConvNetStage,
  [c, h, w]: readonly [number, number, number],
  defaultBias: boolean,
): StagePlan {
  const settings = stageOptions.resolve(stage, caller);
  const { filters, groups, bias = defaultBias, dropoutKeepRatio: keep } = settings;
  const size = perAxis(caller, "size", settings.size, 1);
  const stride = perAxis(caller, "stride", settings.stride, 1);
  const dilation = perAxis(caller, "dilation", settings.dilation, 1);
  const span = [0, 1].map((axis) => dilation[axis] * (size[axis] - 1) + 1);
  const pad = settings.pad === "same"
    ? samePad(caller, size, span)
    : perAxis(caller, "pad", settings.pad, 0);
  for (const [what, channels] of [["channels that come in", c], ["filters", filters]] as const) {
    if (channels % groups === 0) continue;
    throw new RangeError(
      `${caller}: groups must divide the ${channels} ${what}, got ${groups}; use one of ` +
        divisors(channels),
    );
  }
  const convolved = [h, w].map((length, axis) => {
    const out = 1 + Math.floor((length + 2 * pad[axis] - span[axis]) / stride[axis]);
    if (out >= 1) return out;
    throw new RangeError(
      `${caller}: the filter covers ${span[0]}×${span[1]} pixels, more than the padded image of ` +
        `${h + 2 * pad[0]}×${w + 2 * pad[1]}; use a smaller size, a larger pad or fewer stages`,
    );
  });
  const pool = planPool(caller, settings.pool, convolved);
  const [outH, outW] = pool ? pooledSize(pool.param, convolved) : convolved;
  return {
    filterShape: [filters, c / groups, size[0], size[1]],
    bias,
    convParam: { stride, pad, dilation, groups },
    pool,
    keep,
    convolved: [filters, convolved[0], convolved[1]],
    out: [filters, outH, outW],
  };
}

function samePad(
  caller: string,
  size: readonly number[],
  span: readonly number[],
): [number, number] {
  if (span.every((length) => length % 2 === 1)) return [(span[0] - 1) / 2, (span[1] - 1) / 2];
  throw new RangeError(
    `${caller}: size must be odd for the pad "same", got ${size[0]}×${
      size[1]
    }; give pad as a number`,
  );
}

function planPool(
  caller: string,
  pool: boolean | number | ConvNetPool,
  [h, w]: readonly number[],
): StagePlan["pool"] {
  if (pool === false) return null;
  if (typeof pool === "object" && pool !== null) {
    const { size, stride: step = size, kind } = poolOptions.resolve(pool, `${caller}.pool`);
    const [poolHeight, poolWidth] = perAxis(caller, "pool.size", size, 1);
    const stride = perAxis(caller, "pool.stride", step, 1);
    if (poolHeight <= h && poolWidth <= w) {
      return { kind, param: { poolHeight, poolWidth, stride } };
    }
    throw new RangeError(
      `${caller}: the pooling window of ${poolHeight}×${poolWidth} pixels is larger than the ` +
        `image of ${h}×${w} there; use a smaller one, or fewer stages`,
    );
  }
  const side = pool === true ? 2 : pool;
  checkValue(caller, "pool", side, size());
  if (h % side === 0 && w % side === 0) {
    return { kind: "max", param: { poolHeight: side, poolWidth: side, stride: side } };
  }
  throw new RangeError(
    `${caller}: pool must divide the image of ${h}×${w} there, got ${side}; pool fewer times, change ` +
      `inputDim, or give { size: ${side} } to leave out the rest of the pixels`,
  );
}

function pooledSize(
  { poolHeight, poolWidth, stride }: PoolParam,
  [h, w]: readonly number[],
): [number, number] {
  const [strideH, strideW] = typeof stride === "number" ? [stride, stride] : stride;
  return [
    1 + Math.floor((h - poolHeight) / strideH),
    1 + Math.floor((w - poolWidth) / strideW),
  ];
}
