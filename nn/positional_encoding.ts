/**
 * Positions made visible to attention, which does not see them by itself.
 *
 * Source: A. Vaswani et al., "Attention Is All You Need", NeurIPS 2017, section 3.5,
 * https://arxiv.org/abs/1706.03762.
 *
 * @module
 */
import { add, type Tensor } from "../autograd/mod.ts";
import { showShape } from "../internal/shapes.ts";
import { checkWhole } from "../internal/numbers.ts";
import { NDArray } from "../ndarray/mod.ts";
import { checkModule } from "./_options.ts";
import { Dropout } from "./dropout.ts";
import { Module } from "./module.ts";
import type { AttentionOptions } from "./multi_head_attention.ts";

/**
 * Options of {@linkcode PositionalEncoding}.
 *
 * @category Modules
 */
export interface PositionalEncodingOptions extends Pick<AttentionOptions, "dropout" | "rng"> {
  /** The longest sequence. Default 5000. */
  readonly maxLen?: number;
}

/**
 * Adds sines to the even features of position i, and cosines to the odd ones: of
 * `i·10000^(-j/E)` for the even feature j and the odd one behind it. Then drops some.
 *
 * @example
 * ```ts
 * import { PositionalEncoding } from "@nndl/nndl/nn";
 * import { zeros } from "@nndl/nndl/ndarray";
 * import assert from "node:assert/strict";
 *
 * const encoding = new PositionalEncoding(4, { dropout: 0 });
 * assert.deepEqual(encoding.forward(zeros([1, 2, 4])).value.slice(0, 1).toArray(), [
 *   Math.sin(1),
 *   Math.cos(1),
 *   Math.sin(0.01),
 *   Math.cos(0.01),
 * ]);
 * ```
 *
 * @category Modules
 */
export class PositionalEncoding extends Module {
  /** Drops what was added to. */
  readonly drop: Dropout;
  readonly #table: NDArray;

  /**
   * Computes the table.
   *
   * @param embedDim Number of features, E, even
   * @param options Dropout, and the longest sequence
   * @throws {TypeError} If there is no option of a given name
   * @throws {RangeError} If a size is out of range, or the number of features odd
   */
  constructor(embedDim: number, options: PositionalEncodingOptions = {}) {
    super();
    checkModule("PositionalEncoding", { embedDim }, options, ["dropout", "maxLen", "rng"]);
    const { dropout = 0.1, maxLen = 5000, rng } = options;
    checkWhole("PositionalEncoding", "maxLen", maxLen, 1);
    if (embedDim % 2 !== 0) {
      throw new RangeError(
        `PositionalEncoding: embedDim must be even, a sine and a cosine each, got ${embedDim}`,
      );
    }
    this.drop = new Dropout(dropout, rng ? { rng } : {});
    this.#table = encodingTable(maxLen, embedDim);
  }

  /**
   * Adds the encoding.
   *
   * @param x Sequences, (N, T, E)
   * @returns A tensor of the shape of `x`
   * @throws {RangeError} If the shape does not fit, or a sequence is longer than `maxLen`
   */
  forward(x: Tensor | NDArray): Tensor {
    const [maxLen, embedDim] = this.#table.shape;
    if (x.ndim !== 3 || x.shape[2] !== embedDim) {
      throw new RangeError(
        `PositionalEncoding: x must have shape (N, T, ${embedDim}), got ${showShape(x.shape)}`,
      );
    }
    const length = x.shape[1];
    if (length > maxLen) {
      throw new RangeError(
        `PositionalEncoding: a sequence may have ${maxLen} positions, got ${length}; maxLen is set ` +
          `when the module is made`,
      );
    }
    const table = this.#table.slice(`:${length}`);
    return this.drop.forward(add(x, x.dtype === "float32" ? table.astype("float32") : table));
  }
}

function encodingTable(length: number, width: number): NDArray {
  const data = new Float64Array(length * width);
  for (let i = 0; i < length; i++) {
    for (let j = 0; j < width; j += 2) {
      const angle = i * 10000 ** (-j / width);
      data[i * width + j] = Math.sin(angle);
      data[i * width + j + 1] = Math.cos(angle);
    }
  }
  return new NDArray(data, [length, width]);
}
