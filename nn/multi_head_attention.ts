/**
 * Attention: each query gathers values, by how well their keys fit it.
 *
 * Source: A. Vaswani et al., "Attention Is All You Need", NeurIPS 2017,
 * https://arxiv.org/abs/1706.03762.
 *
 * @module
 */
import {
  divide,
  maskedFill,
  matmul,
  reshape,
  softmax,
  type Tensor,
  transpose,
} from "../autograd/mod.ts";
import { showShape } from "../internal/shapes.ts";
import { NDArray } from "../ndarray/mod.ts";
import { RandomState } from "../random/mod.ts";
import { checkModule, type FloatType } from "./_options.ts";
import { Dropout } from "./dropout.ts";
import { Linear } from "./linear.ts";
import { Module } from "./module.ts";

/**
 * Options of modules with attention.
 *
 * @category Modules
 */
export interface AttentionOptions {
  /** Probability to DROP an attention weight in train mode. Default 0.1. */
  readonly dropout?: number;
  /** Type of the parameters, `"float32"` if not given. */
  readonly dtype?: FloatType;
  /** Draws initial weights and masks; a fresh, unseeded generator if not given. */
  readonly rng?: RandomState;
}

/** Stands for a score of minus infinity, but leaves a row that hides everything defined. */
const HIDDEN = -1e30;

/**
 * Multi-head attention: queries, keys and values are projected, split into heads, and each head
 * computes `softmax(QKᵀ / √(E / H))·V`; the heads are put together and projected.
 *
 * @example
 * ```ts
 * import { causalMask, MultiHeadAttention } from "@nndl/nndl/nn";
 * import { RandomState } from "@nndl/nndl/random";
 * import assert from "node:assert/strict";
 *
 * const rng = new RandomState(231);
 * const attention = new MultiHeadAttention(8, 2, { dropout: 0, rng });
 * const x = rng.randn(1, 3, 8);
 * assert.deepEqual(attention.forward(x, x, x, causalMask(3)).shape, [1, 3, 8]);
 * assert.deepEqual(attention.weights!.slice(0, 0, 0).toArray(), [1, 0, 0]);
 * ```
 *
 * @category Modules
 */
export class MultiHeadAttention extends Module {
  /** Projects keys. */
  readonly key: Linear;
  /** Projects queries. */
  readonly query: Linear;
  /** Projects values. */
  readonly value: Linear;
  /** Projects what the heads found. */
  readonly proj: Linear;
  /** Drops attention weights. */
  readonly drop: Dropout;
  readonly #numHeads: number;
  #weights: Tensor | null = null;

  /**
   * Makes the layer; key, query, value and proj are drawn in this order.
   *
   * @param embedDim Length of what comes in and goes out, E
   * @param numHeads Number of heads, H, which divides it
   * @param options Dropout, type, and where the numbers come from
   * @throws {TypeError} If there is no option of a given name
   * @throws {RangeError} If a size is out of range, or the heads do not divide the length
   */
  constructor(embedDim: number, numHeads: number, options: AttentionOptions = {}) {
    super();
    const known = ["dropout", "dtype", "rng"];
    checkModule("MultiHeadAttention", { embedDim, numHeads }, options, known);
    if (embedDim % numHeads !== 0) {
      throw new RangeError(
        `MultiHeadAttention: numHeads must divide embedDim = ${embedDim}, got ${numHeads}`,
      );
    }
    const { dropout = 0.1, dtype = "float32", rng = new RandomState() } = options;
    const linear = () => new Linear(embedDim, embedDim, { dtype, rng });
    this.key = linear();
    this.query = linear();
    this.value = linear();
    this.proj = linear();
    this.drop = new Dropout(dropout, { rng });
    this.#numHeads = numHeads;
  }

  /** The attention weights of the last pass, (N, H, S, T), before dropout; null before any. */
  get weights(): NDArray | null {
    return this.#weights && this.#weights.value;
  }

  /**
   * Gathers values.
   *
   * @param query What asks, (N, S, E)
   * @param key What is compared, (N, T, E)
   * @param value What is gathered, (N, T, E)
   * @param attnMask Where it is 0 or false, a query does not see a value: (S, T), or (N, S, T) for
   * masks of each example; a query that sees nothing gathers all alike
   * @returns What was found, (N, S, E)
   * @throws {RangeError} If the shapes do not fit together
   */
  forward(
    query: Tensor | NDArray,
    key: Tensor | NDArray,
    value: Tensor | NDArray,
    attnMask?: NDArray | null,
  ): Tensor {
    this.#check(query, key, value);
    const [n, s, e] = query.shape;
    const width = e / this.#numHeads;
    const split = (x: Tensor) =>
      transpose(reshape(x, [n, x.shape[1], this.#numHeads, width]), [0, 2, 1, 3]);
    const q = split(this.query.forward(query));
    const k = split(this.key.forward(key));
    const v = split(this.value.forward(value));
    let scores = divide(matmul(q, k, { transposeB: true }), Math.sqrt(width));
    if (attnMask) scores = maskedFill(scores, hidden(attnMask, n, s, key.shape[1]), HIDDEN);
    const weights = softmax(scores);
    this.#weights = weights.detach();
    const found = matmul(this.drop.forward(weights), v);
    return this.proj.forward(reshape(transpose(found, [0, 2, 1, 3]), [n, s, e]));
  }

  #check(query: Tensor | NDArray, key: Tensor | NDArray, value: Tensor | NDArray): void {
    const e = this.query.weight.shape[0];
    for (const [name, { shape }] of Object.entries({ query, key, value })) {
      if (shape.length === 3 && shape[2] === e && !shape.includes(0)) continue;
      throw new RangeError(
        `MultiHeadAttention: ${name} must have shape (N, T, ${e}) and not be empty, got ` +
          showShape(shape),
      );
    }
    const sizes = [query, key, value].map(({ shape }) => shape.slice(0, 2));
    if (sizes.every(([n]) => n === sizes[0][0]) && sizes[1][1] === sizes[2][1]) return;
    throw new RangeError(
      `MultiHeadAttention: query, key and value must be of one batch, and keys and values as many, ` +
        `got ${[query, key, value].map(({ shape }) => showShape(shape)).join(", ")}`,
    );
  }
}

/** What a mask hides, to be broadcast over the heads. */
function hidden(attnMask: NDArray, n: number, s: number, t: number): NDArray {
  if (!(attnMask instanceof NDArray)) {
    throw new TypeError(`MultiHeadAttention: attnMask must be an NDArray, got ${attnMask}`);
  }
  const { shape } = attnMask;
  if (shape.join() === [s, t].join()) return attnMask.logicalNot();
  if (shape.join() === [n, s, t].join()) return attnMask.logicalNot().reshape([n, 1, s, t]);
  throw new RangeError(
    `MultiHeadAttention: attnMask must have shape (${s}, ${t}) or (${n}, ${s}, ${t}), queries by ` +
      `keys, got ${showShape(shape)}`,
  );
}

/**
 * The mask of text that is written from left to right: each position sees itself and those before.
 *
 * @param length Number of positions, T
 * @returns Bool array, (T, T), true on and below the diagonal
 *
 * @example
 * ```ts
 * import { causalMask } from "@nndl/nndl/nn";
 * import assert from "node:assert/strict";
 *
 * assert.deepEqual(causalMask(2).toArray(), [[true, false], [true, true]]);
 * ```
 *
 * @category Modules
 */
export function causalMask(length: number): NDArray {
  const data = new Uint8Array(length * length);
  for (let i = 0; i < length; i++) data.fill(1, i * length, i * length + i + 1);
  return new NDArray(data, [length, length], "bool");
}
