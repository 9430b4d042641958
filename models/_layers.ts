/**
 * The layers of networks: what each is called in a summary, and what it computes.
 *
 * @module
 */
import {
  avgPool,
  batchnorm,
  conv2d,
  dropout,
  groupnorm,
  layernorm,
  lift,
  maxPool,
  relu,
  spatialBatchnorm,
  type Tensor,
} from "../autograd/mod.ts";
import {
  affineBackward,
  affineForward,
  affineReluBackward,
  affineReluForward,
  type BatchnormParam,
  convReluBackward,
  convReluForward,
  type DropoutParam,
  type LayernormParam,
  type PerAxis,
  type PoolParam,
} from "../layers/mod.ts";
import type { NDArray } from "../ndarray/mod.ts";
import type { LayerDescription } from "../nn/model_summary.ts";
import type { StagePlan } from "./_conv_net_plan.ts";

/** Examples on their way through a network, or parameters: with a gradient or without. */
export type X = Tensor | NDArray;

/** A layer as a network of any shape has it; without `forward` the one before has done its work. */
export interface NetLayer extends LayerDescription {
  readonly forward?: (x: X, params: Readonly<Record<string, X>>) => X;
}

/** What normalises: the channels' statistics, or so many groups of channels, or each row. */
export type Norm = BatchnormParam | number | LayernormParam;

const names = ["dx", "dw", "db"];
const affine = lift(affineForward, affineBackward, names);
const affineRelu = lift(affineReluForward, affineReluBackward, names);
const convRelu = lift(convReluForward, convReluBackward, names);

/** What enters a network. */
export function inputLayer(outputShape: readonly number[]): NetLayer {
  return { name: "input", description: "", outputShape };
}

/** An affine layer of weights `[from, to]`, and unless it is the last one what follows it. */
export function affineLayers(
  i: number,
  [from, to]: readonly number[],
  last: boolean,
  norm: Norm | null = null,
  dropoutParam: DropoutParam | null = null,
): NetLayer[] {
  const product = last || norm !== null ? affine : affineRelu;
  const layer: NetLayer = {
    name: `affine${i}`,
    description: `${from} to ${to}`,
    outputShape: [to],
    params: [`W${i}`, `b${i}`],
    forward: (x, params) => product(x, params[`W${i}`], params[`b${i}`]),
  };
  return last ? [layer] : [layer, ...activation(i, [to], norm, dropoutParam)];
}

/** The layers of a convolutional stage. */
export function stageLayers(
  i: number,
  { filterShape: [f, , kh, kw], bias, convParam, pool, convolved, out }: StagePlan,
  norm: BatchnormParam | number | null,
  dropoutParam: DropoutParam | null = null,
): NetLayer[] {
  const { stride, pad, dilation = 1, groups = 1 } = convParam;
  const description = [
    `${f} filters ${kh}×${kw}`,
    ...unusual("stride", stride, 1),
    ...unusual("pad", pad, 0),
    ...unusual("dilation", dilation, 1),
    ...(groups > 1 ? [`${groups} groups`] : []),
    ...(bias ? [] : ["no bias"]),
  ].join(", ");
  const convolve = norm === null ? convRelu : conv2d;
  return [
    {
      name: `conv${i}`,
      description,
      outputShape: convolved,
      params: bias ? [`W${i}`, `b${i}`] : [`W${i}`],
      forward: (x, params) => convolve(x, params[`W${i}`], params[`b${i}`] ?? null, convParam),
    },
    ...activation(i, convolved, norm, null),
    ...(pool ? [poolLayer(`${pool.kind === "max" ? "max" : "avg"}pool${i}`, pool, out)] : []),
    ...dropoutLayers(`dropout${i}`, out, dropoutParam),
  ];
}

/** Pooling. */
export function poolLayer(
  name: string,
  { kind, param }: { readonly kind: "max" | "average"; readonly param: PoolParam },
  outputShape: readonly number[],
  stride: PerAxis = param.stride,
): NetLayer {
  const pool = kind === "max" ? maxPool : avgPool;
  const description = `${param.poolHeight}×${param.poolWidth}`;
  return {
    name,
    description: [description, ...unusual("stride", stride, 1)].join(", "),
    outputShape,
    forward: (x) => pool(x, param),
  };
}

/** Dropout, or nothing. */
export function dropoutLayers(
  name: string,
  outputShape: readonly number[],
  dropoutParam: DropoutParam | null,
): NetLayer[] {
  if (dropoutParam === null) return [];
  const description = `keep ${dropoutParam.p}`;
  return [{ name, description, outputShape, forward: (x) => dropout(x, dropoutParam) }];
}

/** [Normalisation] - ReLU - [dropout]. */
function activation(
  i: number,
  outputShape: readonly number[],
  norm: Norm | null,
  dropoutParam: DropoutParam | null,
): NetLayer[] {
  const reluLayer = { name: `relu${i}`, description: "", outputShape };
  const rest = dropoutLayers(`dropout${i}`, outputShape, dropoutParam);
  if (norm === null) return [reluLayer, ...rest];
  const params = [`gamma${i}`, `beta${i}`];
  const forward: NetLayer["forward"] = (x, { [params[0]]: gamma, [params[1]]: beta }) =>
    typeof norm === "number"
      ? groupnorm(x, gamma, beta, norm)
      : !("mode" in norm)
      ? layernorm(x, gamma, beta, norm)
      : outputShape.length === 3
      ? spatialBatchnorm(x, gamma, beta, norm)
      : batchnorm(x, gamma, beta, norm);
  const kind = typeof norm === "number" ? norm === 1 ? "ln" : "gn" : "mode" in norm ? "bn" : "ln";
  const description = kind === "gn" ? `${norm} groups` : "";
  return [
    { name: `${kind}${i}`, description, outputShape, params, forward },
    { ...reluLayer, forward: (x) => relu(x) },
    ...rest,
  ];
}

function unusual(name: string, value: PerAxis, usual: number): string[] {
  const [vertical, horizontal] = typeof value === "number" ? [value, value] : value;
  if (vertical === usual && horizontal === usual) return [];
  return [`${name} ${vertical === horizontal ? vertical : `${vertical}×${horizontal}`}`];
}
