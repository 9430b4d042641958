/**
 * A Transformer that looks at images.
 *
 * Source: A. Dosovitskiy et al., "An Image is Worth 16x16 Words: Transformers for Image Recognition
 * at Scale", ICLR 2021, https://arxiv.org/abs/2010.11929.
 *
 * @module
 */
import { mean, reshape, type Tensor, transpose } from "../autograd/mod.ts";
import { showShape } from "../internal/shapes.ts";
import type { NDArray } from "../ndarray/mod.ts";
import { RandomState } from "../random/mod.ts";
import { checkModule, type FloatType } from "./_options.ts";
import { Linear } from "./linear.ts";
import { Module } from "./module.ts";
import { PositionalEncoding } from "./positional_encoding.ts";
import { TransformerEncoder, TransformerEncoderLayer } from "./transformer_encoder.ts";

/**
 * Options of {@linkcode PatchEmbedding}.
 *
 * @category Modules
 */
export interface PatchEmbeddingOptions {
  /** Channels of an image. Default 3. */
  readonly inChannels?: number;
  /** Features of a patch, E. Default 128. */
  readonly embedDim?: number;
  /** Type of the parameters, `"float32"` if not given. */
  readonly dtype?: FloatType;
  /** Draws the initial weights; a fresh, unseeded generator if not given. */
  readonly rng?: RandomState;
}

/**
 * Cuts square images into square patches, row by row, and projects each, flattened by channel, row
 * and column.
 *
 * @example
 * ```ts
 * import { PatchEmbedding } from "@nndl/nndl/nn";
 * import { zeros } from "@nndl/nndl/ndarray";
 * import assert from "node:assert/strict";
 *
 * const patches = new PatchEmbedding(16, 8, { embedDim: 10 });
 * assert.deepEqual(patches.forward(zeros([2, 3, 16, 16])).shape, [2, 4, 10]);
 * ```
 *
 * @category Modules
 */
export class PatchEmbedding extends Module {
  /** Projects a patch. */
  readonly proj: Linear;
  /** Patches of an image. */
  readonly numPatches: number;
  readonly #image: readonly [channels: number, size: number];
  readonly #patchSize: number;

  /**
   * Makes the layer.
   *
   * @param imgSize Height and width of an image, pixels
   * @param patchSize Height and width of a patch, pixels, which divides it
   * @param options Channels, features, type, and where the numbers come from
   * @throws {TypeError} If there is no option of a given name
   * @throws {RangeError} If a size is out of range, or patches do not divide the image
   */
  constructor(imgSize: number, patchSize: number, options: PatchEmbeddingOptions = {}) {
    super();
    const { inChannels = 3, embedDim = 128, dtype = "float32", rng = new RandomState() } = options;
    const sizes = { imgSize, patchSize, inChannels, embedDim };
    checkModule("PatchEmbedding", sizes, options, ["inChannels", "embedDim", "dtype", "rng"]);
    if (imgSize % patchSize !== 0) {
      throw new RangeError(
        `PatchEmbedding: patchSize must divide the ${imgSize} pixels of an image, got ${patchSize}`,
      );
    }
    this.numPatches = (imgSize / patchSize) ** 2;
    this.proj = new Linear(inChannels * patchSize ** 2, embedDim, { dtype, rng });
    this.#image = [inChannels, imgSize];
    this.#patchSize = patchSize;
  }

  /**
   * Cuts and projects.
   *
   * @param x Images, (N, C, H, W)
   * @returns Patches, (N, P, E)
   * @throws {RangeError} If images are of another shape
   */
  forward(x: Tensor | NDArray): Tensor {
    const [c, size] = this.#image;
    if (x.ndim !== 4 || x.shape[1] !== c || x.shape[2] !== size || x.shape[3] !== size) {
      throw new RangeError(
        `PatchEmbedding: x must have shape (N, ${c}, ${size}, ${size}), got ${showShape(x.shape)}`,
      );
    }
    const p = this.#patchSize;
    const [n, across] = [x.shape[0], size / p];
    const cut = transpose(reshape(x, [n, c, across, p, across, p]), [0, 2, 4, 1, 3, 5]);
    return this.proj.forward(reshape(cut, [n, across * across, c * p * p]));
  }
}

/**
 * Options of {@linkcode VisionTransformer}.
 *
 * @category Modules
 */
export interface VisionTransformerOptions extends PatchEmbeddingOptions {
  /** Height and width of an image, pixels. Default 32. */
  readonly imgSize?: number;
  /** Height and width of a patch, pixels. Default 8. */
  readonly patchSize?: number;
  /** Layers of the encoder. Default 6. */
  readonly numLayers?: number;
  /** Heads of the attention. Default 4. */
  readonly numHeads?: number;
  /** Inner features of the feed-forward networks. Default 256. */
  readonly dimFeedforward?: number;
  /** Classes. Default 10. */
  readonly numClasses?: number;
  /** Probability to DROP a value in train mode. Default 0.1. */
  readonly dropout?: number;
}

/**
 * Classifies images: patches, sinusoidal positions, encoder layers, the mean over the patches, and a
 * linear layer.
 *
 * @example
 * ```ts
 * import { VisionTransformer } from "@nndl/nndl/nn";
 * import { zeros } from "@nndl/nndl/ndarray";
 * import assert from "node:assert/strict";
 *
 * const net = new VisionTransformer({ embedDim: 16, numLayers: 1, dimFeedforward: 32 });
 * assert.deepEqual(net.forward(zeros([2, 3, 32, 32])).shape, [2, 10]);
 * ```
 *
 * @category Modules
 */
export class VisionTransformer extends Module {
  /** Makes patches. */
  readonly patchEmbed: PatchEmbedding;
  /** Adds positions. */
  readonly positionalEncoding: PositionalEncoding;
  /** The encoder. */
  readonly transformer: TransformerEncoder;
  /** Scores of classes. */
  readonly head: Linear;

  /**
   * Makes a network.
   *
   * @param options Sizes, dropout, type, and where the numbers come from
   * @throws {TypeError} If there is no option of a given name
   * @throws {RangeError} If a size is out of range
   */
  constructor(options: VisionTransformerOptions = {}) {
    super();
    const { imgSize = 32, patchSize = 8, inChannels = 3, embedDim = 128, numLayers = 6 } = options;
    const { numHeads = 4, dimFeedforward = 256, numClasses = 10, dropout = 0.1 } = options;
    const { dtype = "float32", rng = new RandomState() } = options;
    checkModule("VisionTransformer", { numLayers, numClasses }, options, [
      "imgSize",
      "patchSize",
      "inChannels",
      "embedDim",
      "numLayers",
      "numHeads",
      "dimFeedforward",
      "numClasses",
      "dropout",
      "dtype",
      "rng",
    ]);
    this.patchEmbed = new PatchEmbedding(imgSize, patchSize, { inChannels, embedDim, dtype, rng });
    const maxLen = this.patchEmbed.numPatches;
    this.positionalEncoding = new PositionalEncoding(embedDim, { dropout, maxLen, rng });
    const layer = { dimFeedforward, dropout, dtype, rng };
    this.transformer = new TransformerEncoder(
      Array.from(
        { length: numLayers },
        () => new TransformerEncoderLayer(embedDim, numHeads, layer),
      ),
    );
    this.head = new Linear(embedDim, numClasses, { dtype, rng });
  }

  /**
   * Computes class scores.
   *
   * @param x Images, (N, C, H, W)
   * @returns Scores, (N, K)
   * @throws {RangeError} If images are of another shape
   */
  forward(x: Tensor | NDArray): Tensor {
    const tokens = this.positionalEncoding.forward(this.patchEmbed.forward(x));
    return this.head.forward(mean(this.transformer.forward(tokens), 1));
  }
}
