/**
 * The layers of a Transformer: attention and a feed-forward network, each added to its input and
 * then normalised (post-norm).
 *
 * Source: A. Vaswani et al., "Attention Is All You Need", NeurIPS 2017,
 * https://arxiv.org/abs/1706.03762; D. Hendrycks and K. Gimpel, "Gaussian Error Linear Units", 2016.
 *
 * @module
 */
import { add, gelu, type Tensor } from "../autograd/mod.ts";
import type { NDArray } from "../ndarray/mod.ts";
import { RandomState } from "../random/mod.ts";
import { checkModule } from "./_options.ts";
import { Dropout } from "./dropout.ts";
import { Linear } from "./linear.ts";
import { Module } from "./module.ts";
import { type AttentionOptions, MultiHeadAttention } from "./multi_head_attention.ts";
import { LayerNorm } from "./norms.ts";

/**
 * Linear, exact GELU, dropout, linear, over the last axis.
 *
 * @example
 * ```ts
 * import { FeedForwardNetwork } from "@nndl/nndl/nn";
 * import { zeros } from "@nndl/nndl/ndarray";
 * import assert from "node:assert/strict";
 *
 * assert.deepEqual(new FeedForwardNetwork(4, 16).forward(zeros([2, 3, 4])).shape, [2, 3, 4]);
 * ```
 */
export class FeedForwardNetwork extends Module {
  /** Into the inner features. */
  readonly fc1: Linear;
  /** Drops inner features. */
  readonly drop: Dropout;
  /** Out of the inner features. */
  readonly fc2: Linear;

  /**
   * Makes a network.
   *
   * @param embedDim Number of features that come in and go out
   * @param ffnDim Number of inner features
   * @param options Dropout, type, and where the numbers come from
   * @throws {TypeError} If there is no option of a given name
   * @throws {RangeError} If a number is out of range
   */
  constructor(embedDim: number, ffnDim: number, options: AttentionOptions = {}) {
    super();
    const known = ["dropout", "dtype", "rng"];
    checkModule("FeedForwardNetwork", { embedDim, ffnDim }, options, known);
    const { dropout = 0.1, dtype = "float32", rng = new RandomState() } = options;
    this.fc1 = new Linear(embedDim, ffnDim, { dtype, rng });
    this.drop = new Dropout(dropout, { rng });
    this.fc2 = new Linear(ffnDim, embedDim, { dtype, rng });
  }

  /**
   * Computes.
   *
   * @param x Input, (..., E)
   * @returns A tensor of the shape of `x`
   * @throws {RangeError} If the last axis has another length
   */
  forward(x: Tensor | NDArray): Tensor {
    return this.fc2.forward(this.drop.forward(gelu(this.fc1.forward(x))));
  }
}

/** Options of the layers of a Transformer. */
export interface TransformerLayerOptions extends AttentionOptions {
  /** Number of inner features of the feed-forward network. Default 2048. */
  readonly dimFeedforward?: number;
}

function settings(caller: string, options: TransformerLayerOptions) {
  checkModule(caller, {}, options, ["dimFeedforward", "dropout", "dtype", "rng"]);
  const { dimFeedforward = 2048, dropout = 0.1, dtype = "float32", rng } = options;
  return { dimFeedforward, shared: { dropout, dtype, rng: rng ?? new RandomState() } };
}

/**
 * A layer of an encoder: self-attention and a feed-forward network.
 *
 * @example
 * ```ts
 * import { TransformerEncoderLayer } from "@nndl/nndl/nn";
 * import { zeros } from "@nndl/nndl/ndarray";
 * import assert from "node:assert/strict";
 *
 * const layer = new TransformerEncoderLayer(8, 2, { dimFeedforward: 16 });
 * assert.deepEqual(layer.forward(zeros([2, 3, 8])).shape, [2, 3, 8]);
 * ```
 */
export class TransformerEncoderLayer extends Module {
  /** Positions look at each other. */
  readonly selfAttn: MultiHeadAttention;
  /** What is computed at each position. */
  readonly ffn: FeedForwardNetwork;
  /** Normalises after the attention. */
  readonly normSelf: LayerNorm;
  /** Normalises after the feed-forward network. */
  readonly normFfn: LayerNorm;
  /** Drops what the attention found. */
  readonly dropSelf: Dropout;
  /** Drops what the feed-forward network computed. */
  readonly dropFfn: Dropout;

  /**
   * Makes a layer.
   *
   * @param inputDim Number of features
   * @param numHeads Number of heads of the attention
   * @param options Inner features, dropout, type, and where the numbers come from
   * @throws {TypeError} If there is no option of a given name
   * @throws {RangeError} If a number is out of range
   */
  constructor(inputDim: number, numHeads: number, options: TransformerLayerOptions = {}) {
    super();
    const { dimFeedforward, shared } = settings("TransformerEncoderLayer", options);
    const { dropout, dtype, rng } = shared;
    this.selfAttn = new MultiHeadAttention(inputDim, numHeads, shared);
    this.ffn = new FeedForwardNetwork(inputDim, dimFeedforward, shared);
    this.normSelf = new LayerNorm(inputDim, { dtype });
    this.normFfn = new LayerNorm(inputDim, { dtype });
    this.dropSelf = new Dropout(dropout, { rng });
    this.dropFfn = new Dropout(dropout, { rng });
  }

  /**
   * Computes the layer.
   *
   * @param src Sequences, (N, S, E)
   * @param srcMask Where it is 0 or false, a position does not see another: (S, S) or (N, S, S)
   * @returns Sequences, (N, S, E)
   * @throws {RangeError} If the shapes do not fit
   */
  forward(src: Tensor | NDArray, srcMask?: NDArray | null): Tensor {
    const seen = this.dropSelf.forward(this.selfAttn.forward(src, src, src, srcMask));
    const x = this.normSelf.forward(add(src, seen));
    return this.normFfn.forward(add(x, this.dropFfn.forward(this.ffn.forward(x))));
  }
}

/**
 * A layer of a decoder: self-attention, attention to what is described, and a feed-forward network.
 *
 * @example
 * ```ts
 * import { causalMask, TransformerDecoderLayer } from "@nndl/nndl/nn";
 * import { zeros } from "@nndl/nndl/ndarray";
 * import assert from "node:assert/strict";
 *
 * const layer = new TransformerDecoderLayer(8, 2, { dimFeedforward: 16 });
 * const out = layer.forward(zeros([2, 3, 8]), zeros([2, 5, 8]), causalMask(3));
 * assert.deepEqual(out.shape, [2, 3, 8]);
 * ```
 */
export class TransformerDecoderLayer extends Module {
  /** Positions look at each other. */
  readonly selfAttn: MultiHeadAttention;
  /** Positions look at the memory. */
  readonly crossAttn: MultiHeadAttention;
  /** What is computed at each position. */
  readonly ffn: FeedForwardNetwork;
  /** Normalises after the self-attention. */
  readonly normSelf: LayerNorm;
  /** Normalises after the attention to the memory. */
  readonly normCross: LayerNorm;
  /** Normalises after the feed-forward network. */
  readonly normFfn: LayerNorm;
  /** Drops what the self-attention found. */
  readonly dropSelf: Dropout;
  /** Drops what was found in the memory. */
  readonly dropCross: Dropout;
  /** Drops what the feed-forward network computed. */
  readonly dropFfn: Dropout;

  /**
   * Makes a layer.
   *
   * @param inputDim Number of features
   * @param numHeads Number of heads of each attention
   * @param options Inner features, dropout, type, and where the numbers come from
   * @throws {TypeError} If there is no option of a given name
   * @throws {RangeError} If a number is out of range
   */
  constructor(inputDim: number, numHeads: number, options: TransformerLayerOptions = {}) {
    super();
    const { dimFeedforward, shared } = settings("TransformerDecoderLayer", options);
    const { dropout, dtype, rng } = shared;
    this.selfAttn = new MultiHeadAttention(inputDim, numHeads, shared);
    this.crossAttn = new MultiHeadAttention(inputDim, numHeads, shared);
    this.ffn = new FeedForwardNetwork(inputDim, dimFeedforward, shared);
    this.normSelf = new LayerNorm(inputDim, { dtype });
    this.normCross = new LayerNorm(inputDim, { dtype });
    this.normFfn = new LayerNorm(inputDim, { dtype });
    this.dropSelf = new Dropout(dropout, { rng });
    this.dropCross = new Dropout(dropout, { rng });
    this.dropFfn = new Dropout(dropout, { rng });
  }

  /**
   * Computes the layer.
   *
   * @param tgt What has been written, (N, T, E)
   * @param memory What is described, (N, S, E)
   * @param tgtMask Where it is 0 or false, a position does not see another: (T, T) or (N, T, T)
   * @returns Sequences, (N, T, E)
   * @throws {RangeError} If the shapes do not fit
   */
  forward(tgt: Tensor | NDArray, memory: Tensor | NDArray, tgtMask?: NDArray | null): Tensor {
    const seen = this.dropSelf.forward(this.selfAttn.forward(tgt, tgt, tgt, tgtMask));
    let x = this.normSelf.forward(add(tgt, seen));
    const found = this.dropCross.forward(this.crossAttn.forward(x, memory, memory));
    x = this.normCross.forward(add(x, found));
    return this.normFfn.forward(add(x, this.dropFfn.forward(this.ffn.forward(x))));
  }
}

/**
 * Layers of an encoder one after the other.
 *
 * @example
 * ```ts
 * import { TransformerEncoder, TransformerEncoderLayer } from "@nndl/nndl/nn";
 * import { zeros } from "@nndl/nndl/ndarray";
 * import assert from "node:assert/strict";
 *
 * const layer = () => new TransformerEncoderLayer(8, 2, { dimFeedforward: 16 });
 * const encoder = new TransformerEncoder([layer(), layer()]);
 * assert.deepEqual(encoder.forward(zeros([2, 3, 8])).shape, [2, 3, 8]);
 * ```
 */
export class TransformerEncoder extends Module {
  /** The layers in order. */
  readonly layers: readonly TransformerEncoderLayer[];

  /**
   * Puts layers together.
   *
   * @param layers The layers, at least one
   * @throws {RangeError} If there is none
   */
  constructor(layers: readonly TransformerEncoderLayer[]) {
    super();
    if (layers.length === 0) throw new RangeError("TransformerEncoder: there are no layers");
    this.layers = [...layers];
  }

  /**
   * Applies the layers.
   *
   * @param src Sequences, (N, S, E)
   * @param srcMask Where it is 0 or false, a position does not see another: (S, S) or (N, S, S)
   * @returns Sequences, (N, S, E)
   * @throws {RangeError} If the shapes do not fit
   */
  forward(src: Tensor | NDArray, srcMask?: NDArray | null): Tensor {
    const [first, ...others] = this.layers;
    return others.reduce((x, layer) => layer.forward(x, srcMask), first.forward(src, srcMask));
  }
}

/**
 * Layers of a decoder one after the other, all of which see the same memory.
 *
 * @example
 * ```ts
 * import { TransformerDecoder, TransformerDecoderLayer } from "@nndl/nndl/nn";
 * import { zeros } from "@nndl/nndl/ndarray";
 * import assert from "node:assert/strict";
 *
 * const decoder = new TransformerDecoder([new TransformerDecoderLayer(8, 2)]);
 * assert.deepEqual(decoder.forward(zeros([2, 3, 8]), zeros([2, 1, 8])).shape, [2, 3, 8]);
 * ```
 */
export class TransformerDecoder extends Module {
  /** The layers in order. */
  readonly layers: readonly TransformerDecoderLayer[];

  /**
   * Puts layers together.
   *
   * @param layers The layers, at least one
   * @throws {RangeError} If there is none
   */
  constructor(layers: readonly TransformerDecoderLayer[]) {
    super();
    if (layers.length === 0) throw new RangeError("TransformerDecoder: there are no layers");
    this.layers = [...layers];
  }

  /**
   * Applies the layers.
   *
   * @param tgt What has been written, (N, T, E)
   * @param memory What is described, (N, S, E)
   * @param tgtMask Where it is 0 or false, a position does not see another: (T, T) or (N, T, T)
   * @returns Sequences, (N, T, E)
   * @throws {RangeError} If the shapes do not fit
   */
  forward(tgt: Tensor | NDArray, memory: Tensor | NDArray, tgtMask?: NDArray | null): Tensor {
    const [first, ...others] = this.layers;
    return others.reduce(
      (x, layer) => layer.forward(x, memory, tgtMask),
      first.forward(tgt, memory, tgtMask),
    );
  }
}
