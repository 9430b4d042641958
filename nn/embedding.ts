/**
 * Rows looked up by number.
 *
 * @module
 */
import { embedding, type Tensor } from "../autograd/mod.ts";
import type { NDArray } from "../ndarray/mod.ts";
import { RandomState } from "../random/mod.ts";
import { checkWhole } from "../internal/numbers.ts";
import { checkModule, drawn, type WeightOptions } from "./_options.ts";
import { normal } from "./initializers.ts";
import { Module } from "./module.ts";
import type { Parameter } from "./parameter.ts";

/**
 * Options of {@linkcode Embedding}.
 *
 * @category Modules
 */
export interface EmbeddingOptions extends WeightOptions {
  /** The number of a row, such as that of padding, which gets no gradient. Default none. */
  readonly paddingIdx?: number | null;
}

/**
 * A table of vectors, one for each of a number of things such as words. Its rows begin standard
 * normal; that of `paddingIdx` begins at zero and gets no gradient.
 *
 * @example
 * ```ts
 * import { Embedding } from "@nndl/nndl/nn";
 * import { array } from "@nndl/nndl/ndarray";
 * import assert from "node:assert/strict";
 *
 * const words = new Embedding(1000, 8, { paddingIdx: 0 });
 * const out = words.forward(array([[4, 7, 0]], "int32"));
 * assert.deepEqual(out.shape, [1, 3, 8]);
 * assert.equal(out.value.slice(0, 2).sum(), 0);
 * ```
 *
 * @category Modules
 */
export class Embedding extends Module {
  /** The table, (V, D). */
  readonly weight: Parameter;
  readonly #paddingIdx: number | null;

  /**
   * Makes a table.
   *
   * @param numEmbeddings Number of rows, V
   * @param embeddingDim Length of a row, D
   * @param options Padding, type, and initial values
   * @throws {TypeError} If there is no option of a given name
   * @throws {RangeError} If a number is out of range
   */
  constructor(numEmbeddings: number, embeddingDim: number, options: EmbeddingOptions = {}) {
    super();
    const known = ["paddingIdx", "dtype", "rng", "init"];
    checkModule("Embedding", { numEmbeddings, embeddingDim }, options, known);
    const { paddingIdx = null, dtype = "float32", rng = new RandomState(), init } = options;
    if (paddingIdx !== null) {
      checkWhole("Embedding", "paddingIdx", paddingIdx, 0, numEmbeddings - 1);
    }
    this.weight = drawn([numEmbeddings, embeddingDim], init ?? normal, rng, dtype);
    this.#paddingIdx = paddingIdx;
    if (paddingIdx !== null && !init) this.weight.value.setSlice(0, paddingIdx);
  }

  /**
   * Looks rows up.
   *
   * @param x Row numbers, any shape
   * @returns The rows, (..., D)
   * @throws {RangeError} If there is no such row
   */
  forward(x: NDArray): Tensor {
    return embedding(x, this.weight, { paddingIdx: this.#paddingIdx });
  }
}
