/**
 * Attention among positions and to what is described, and a feed-forward network, each added to its
 * input and then normalised (post-norm).
 *
 * Source: A. Vaswani et al., "Attention Is All You Need", NeurIPS 2017,
 * https://arxiv.org/abs/1706.03762.
 *
 * @module
 */
import { add, type Tensor } from "../autograd/mod.ts";
import type { NDArray } from "../ndarray/mod.ts";
import { Dropout } from "./dropout.ts";
import { FeedForwardNetwork } from "./feed_forward_network.ts";
import { Module } from "./module.ts";
import { MultiHeadAttention } from "./multi_head_attention.ts";
import { LayerNorm } from "./norms.ts";
import { layerSettings, type TransformerLayerOptions } from "./transformer_options.ts";

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
 *
 * @category Modules
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
    const { dimFeedforward, shared } = layerSettings("TransformerDecoderLayer", options);
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
 *
 * @category Modules
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
