/**
 * The layers of networks: what each is called in a summary, and what it computes.
 *
 * @module
 */
import { batchnormRelu } from "../autograd/batchnorm_relu.ts";
import * as tensors from "../autograd/mod.ts";
import * as fused from "../layers/batchnorm_relu.ts";
import * as pairs from "../layers/mod.ts";
import type { NDArray } from "../ndarray/mod.ts";
import type { LayerDescription } from "../nn/model_summary.ts";

/** Examples on their way through a network, or parameters: with a gradient or without. */
export type X = tensors.Tensor | NDArray;

/** A layer of a network. */
export interface NetLayer extends LayerDescription {
  /** Computes it from what enters and its parameters; if null, the layer before has done its work. */
  readonly op: ((x: X, first: X, second: X) => X) | null;
  /** Shape of its weights, the first of its parameters; all others are as long as it is wide. */
  readonly weights?: readonly number[];
  /** The settings of a layer that does something else in training. */
  readonly moded?: pairs.BatchnormParam | pairs.DropoutParam;
}

/** What normalises: the channels' statistics, or so many groups of channels, or each row. */
export type Norm = pairs.BatchnormParam | number | pairs.LayernormParam;

/** Shape of the filters, whether they have biases, and the height and width that come out. */
export type Convolution = readonly [
  weights: readonly number[],
  bias: boolean,
  out: readonly number[],
];

const names = ["dx", "dw", "db"];
const affine = tensors.lift(pairs.affineForward, pairs.affineBackward, names);
const affineRelu = tensors.lift(pairs.affineReluForward, pairs.affineReluBackward, names);
const convRelu = tensors.lift(pairs.convReluForward, pairs.convReluBackward, names);

const batchnormReluPool = tensors.lift(
  fused.batchnormReluPoolForward,
  fused.batchnormReluPoolBackward,
  ["dx", "dgamma", "dbeta"],
);

/**
 * Layers one after the other. ReLU is computed with the product before it where nothing is between,
 * and ReLU and max pooling with the batch normalisation before them.
 */
export class Layers {
  readonly all: NetLayer[];

  constructor(outputShape: readonly number[]) {
    this.all = [{ name: "input", description: "", outputShape, op: null }];
  }

  /** What comes out for one example. */
  get shape(): readonly number[] {
    return this.all[this.all.length - 1].outputShape;
  }

  /** Adds an affine layer; unless it is the last one, [normalisation] and ReLU come with it. */
  affine(i: number, width: number, last: boolean, norm: Norm | null = null): void {
    const weights = [this.shape.reduce((a, b) => a * b), width];
    this.#add(`affine${i}`, last || norm !== null ? affine : affineRelu, {
      description: weights.join(" to "),
      outputShape: [width],
      weights,
      params: [`W${i}`, `b${i}`],
    });
    if (!last) this.#activation(i, norm);
  }

  /** Adds a convolution, and with it [normalisation] and ReLU. */
  conv(
    i: number,
    [weights, bias, out]: Convolution,
    param: pairs.ConvParam,
    norm: Norm | null,
  ): void {
    const { stride, pad, dilation = 1, groups = 1 } = param;
    const settings = [
      `${weights[0]} filters ${weights[2]}×${weights[3]}`,
      ...unusual("stride", stride, 1),
      ...unusual("pad", pad, 0),
      ...unusual("dilation", dilation, 1),
      ...(groups > 1 ? [`${groups} groups`] : []),
      ...(bias ? [] : ["no bias"]),
    ];
    const product = norm === null ? convRelu : tensors.conv2d;
    this.#add(`conv${i}`, (x, w, b) => product(x, w, b ?? null, param), {
      description: settings.join(", "),
      outputShape: [weights[0], ...out],
      weights,
      params: bias ? [`W${i}`, `b${i}`] : [`W${i}`],
    });
    this.#activation(i, norm);
  }

  /** Adds pooling that leaves images of a height and a width, or numbers. */
  pool(
    name: string,
    kind: "max" | "average",
    param: pairs.PoolParam,
    out: readonly number[],
  ): void {
    const pool = kind === "max" ? tensors.maxPool : tensors.avgPool;
    const window = `${param.poolHeight}×${param.poolWidth}`;
    const taken = kind === "max" && this.#takeAlong(param);
    this.#add(name, taken ? null : (x) => pool(x, param), {
      description: [window, ...unusual("stride", param.stride, 1)].join(", "),
      outputShape: [this.shape[0], ...out],
    });
  }

  /** Adds dropout, unless there is to be none. */
  dropout(name: string, moded: pairs.DropoutParam | null): void {
    if (!moded) return;
    this.#add(name, (x) => tensors.dropout(x, moded), { description: `keep ${moded.p}`, moded });
  }

  /** Lets batch normalisation take max pooling along, if it is what comes before. */
  #takeAlong(param: pairs.PoolParam): boolean {
    const [norm, relu] = this.all.slice(-2);
    const { moded } = norm;
    if (relu?.op !== null || !moded || "p" in moded) return false;
    const op: NetLayer["op"] = (...args) => batchnormReluPool(...args, moded, param);
    this.all.splice(-2, 1, { ...norm, op });
    return true;
  }

  #activation(i: number, norm: Norm | null): void {
    const params = [`gamma${i}`, `beta${i}`];
    if (norm === null) return this.#add(`relu${i}`, null);
    if (typeof norm === "number") {
      const [name, description] = norm === 1 ? [`ln${i}`, ""] : [`gn${i}`, `${norm} groups`];
      this.#add(name, (...args) => tensors.groupnorm(...args, norm), { description, params });
    } else if ("mode" in norm) {
      this.#add(`bn${i}`, (...args) => batchnormRelu(...args, norm), { params, moded: norm });
      return this.#add(`relu${i}`, null);
    } else {
      this.#add(`ln${i}`, (...args) => tensors.layernorm(...args, norm), { params });
    }
    this.#add(`relu${i}`, (x) => tensors.relu(x));
  }

  /** Adds a layer; unless it says more, it has no settings and no parameters, and keeps the shape. */
  #add(name: string, op: NetLayer["op"], more: Partial<NetLayer> = {}): void {
    this.all.push({ name, description: "", outputShape: this.shape, op, ...more });
  }
}

function unusual(name: string, value: pairs.PerAxis, usual: number): string[] {
  const [vertical, horizontal] = typeof value === "number" ? [value, value] : value;
  if (vertical === usual && horizontal === usual) return [];
  return [`${name} ${vertical === horizontal ? vertical : `${vertical}×${horizontal}`}`];
}
