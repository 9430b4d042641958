/**
 * The layers of networks in words, for their summaries.
 *
 * @module
 */
import type { PerAxis } from "../layers/mod.ts";
import type { NDArray } from "../ndarray/mod.ts";
import type { StagePlan } from "./_conv_net_plan.ts";
import type { LayerDescription } from "../nn/model_summary.ts";

/** What enters a network. */
export function inputLayer(outputShape: readonly number[]): LayerDescription {
  return { name: "input", description: "", outputShape };
}

/** An affine layer, and unless it is the last one what follows it. */
export function affineLayers(
  i: number,
  w: NDArray,
  last: boolean,
  norm: "bn" | "ln" | null = null,
  keep: number = 1,
): LayerDescription[] {
  const [from, to] = w.shape;
  const outputShape = [to];
  const layers: LayerDescription[] = [
    {
      name: `affine${i}`,
      description: `${from} to ${to}`,
      outputShape,
      params: [`W${i}`, `b${i}`],
    },
  ];
  if (last) return layers;
  if (norm) layers.push(normLayer(i, norm, outputShape));
  layers.push({ name: `relu${i}`, description: "", outputShape });
  if (keep < 1) layers.push(dropoutLayer(`dropout${i}`, keep, outputShape));
  return layers;
}

function normLayer(
  i: number,
  kind: "bn" | "ln" | "gn",
  outputShape: readonly number[],
  description: string = "",
): LayerDescription {
  return { name: `${kind}${i}`, description, outputShape, params: [`gamma${i}`, `beta${i}`] };
}

/** A dropout layer. */
export function dropoutLayer(
  name: string,
  keep: number,
  outputShape: readonly number[],
): LayerDescription {
  return { name, description: `keep ${keep}`, outputShape };
}

/** The layers of a convolutional stage. */
export function stageLayers(
  i: number,
  { filterShape: [f, , kh, kw], bias, convParam, pool, keep, convolved, out }: StagePlan,
  norm: "bn" | "ln" | "gn" | null,
  normDescription: string = "",
): LayerDescription[] {
  const { stride, pad, dilation = 1, groups = 1 } = convParam;
  const description = [
    `${f} filters ${kh}×${kw}`,
    ...unusual("stride", stride, 1),
    ...unusual("pad", pad, 0),
    ...unusual("dilation", dilation, 1),
    ...(groups > 1 ? [`${groups} groups`] : []),
    ...(bias ? [] : ["no bias"]),
  ].join(", ");
  const params = bias ? [`W${i}`, `b${i}`] : [`W${i}`];
  const layers: LayerDescription[] = [
    { name: `conv${i}`, description, outputShape: convolved, params },
  ];
  if (norm) layers.push(normLayer(i, norm, convolved, normDescription));
  layers.push({ name: `relu${i}`, description: "", outputShape: convolved });
  if (pool) {
    const { poolHeight, poolWidth, stride } = pool.param;
    layers.push({
      name: `${pool.kind === "max" ? "max" : "avg"}pool${i}`,
      description: [`${poolHeight}×${poolWidth}`, ...unusual("stride", stride, 1)].join(", "),
      outputShape: out,
    });
  }
  if (keep < 1) layers.push(dropoutLayer(`dropout${i}`, keep, out));
  return layers;
}

function unusual(name: string, value: PerAxis, usual: number): string[] {
  const [vertical, horizontal] = typeof value === "number" ? [value, value] : value;
  if (vertical === usual && horizontal === usual) return [];
  return [`${name} ${vertical === horizontal ? vertical : `${vertical}×${horizontal}`}`];
}
