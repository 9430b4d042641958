/**
 * Attention among positions and a feed-forward network, each added to its input and then normalised
 * (post-norm).
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
 *
 * @category Modules
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
    const { dimFeedforward, shared } = layerSettings("TransformerEncoderLayer", options);
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
 *
 * @category Modules
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
