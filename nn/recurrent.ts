/**
 * Recurrent networks as modules, with PyTorch's parameters.
 *
 * Source: S. Hochreiter and J. Schmidhuber, "Long Short-Term Memory", Neural Computation 1997; K. Cho
 * et al., "Learning Phrase Representations using RNN Encoder-Decoder", EMNLP 2014, in the variant of
 * PyTorch, which multiplies the reset gate in behind the product.
 *
 * @module
 */
import {
  add,
  linear,
  lstm,
  lstmStep,
  multiply,
  sigmoid,
  split,
  stack,
  subtract,
  take,
  tanh,
  type Tensor,
  type TensorLike,
  transpose,
  unstack,
} from "../autograd/mod.ts";
import { sameShape, showShape } from "../internal/shapes.ts";
import { type NDArray, zeros } from "../ndarray/mod.ts";
import { RandomState } from "../random/mod.ts";
import { checkModule, drawn, type FloatType } from "./_options.ts";
import { Module } from "./module.ts";
import type { Parameter } from "./parameter.ts";

/**
 * Options of {@linkcode LSTM} and {@linkcode GRU}.
 *
 * @category Modules
 */
export interface RecurrentOptions {
  /** Type of the parameters, `"float32"` if not given. */
  readonly dtype?: FloatType;
  /** Draws the initial weights; a fresh, unseeded generator if not given. */
  readonly rng?: RandomState;
}

/**
 * What {@linkcode LSTM} and {@linkcode GRU} have in common: weights and biases of the input and of the state, for each gate.
 *
 * @category Modules
 */
export abstract class Recurrent extends Module {
  /** Weights of the input, (gates·H, D). */
  readonly weightIhL0: Parameter;
  /** Weights of the state, (gates·H, H). */
  readonly weightHhL0: Parameter;
  /** Biases of the input, (gates·H,). */
  readonly biasIhL0: Parameter;
  /** Biases of the state, (gates·H,). */
  readonly biasHhL0: Parameter;

  /**
   * Draws the parameters.
   *
   * @param name What errors call it
   * @param gates Sums that a state is made from
   * @param inputSize Features of the input, D
   * @param hiddenSize Features of the state, H
   * @param options Type, and where the numbers come from
   */
  constructor(
    name: string,
    gates: number,
    inputSize: number,
    hiddenSize: number,
    options: RecurrentOptions,
  ) {
    super();
    checkModule(name, { inputSize, hiddenSize }, options, ["dtype", "rng"]);
    const { dtype = "float32", rng = new RandomState() } = options;
    const bound = 1 / Math.sqrt(hiddenSize);
    const uniform = (...shape: number[]) =>
      drawn(shape, (shape, rng) => rng.uniform(-bound, bound, shape), rng, dtype);
    this.weightIhL0 = uniform(gates * hiddenSize, inputSize);
    this.weightHhL0 = uniform(gates * hiddenSize, hiddenSize);
    this.biasIhL0 = uniform(gates * hiddenSize);
    this.biasHhL0 = uniform(gates * hiddenSize);
  }

  /** Throws unless `x` is (N, D), or with `ndim` 3 (N, T, D). */
  protected check(x: TensorLike, ndim: 2 | 3): void {
    const d = this.weightIhL0.shape[1];
    if (x.ndim === ndim && x.shape[ndim - 1] === d && x.size > 0) return;
    throw new RangeError(
      `${this.constructor.name}: x must have shape (${
        ndim === 3 ? "N, T" : "N"
      }, ${d}) and not be ` +
        `empty, got ${showShape(x.shape)}`,
    );
  }

  /** The state if there is one for each example of `x`; without one it is zeros. */
  protected begin(x: TensorLike, h?: TensorLike): TensorLike {
    if (h === undefined) return this.rest(x);
    const shape = [x.shape[0], this.weightHhL0.shape[1]];
    if (sameShape(h.shape, shape)) return h;
    throw new RangeError(
      `${this.constructor.name}: the state must have shape ${showShape(shape)}, a row for each ` +
        `example of x, got ${showShape(h.shape)}`,
    );
  }

  /** A state of zeros for the examples of `x`. */
  protected rest(x: TensorLike): NDArray {
    return zeros([x.shape[0], this.weightHhL0.shape[1]], this.weightHhL0.dtype);
  }
}

/**
 * A long short-term memory over sequences. Parameters, names and the order of the gates (i, f, g, o)
 * are those of PyTorch's `nn.LSTM` with one layer and `batch_first=True`. They begin uniform within
 * ±1/√H.
 *
 * @example
 * ```ts
 * import { LSTM } from "@nndl/nndl/nn";
 * import { RandomState } from "@nndl/nndl/random";
 * import assert from "node:assert/strict";
 *
 * const net = new LSTM(4, 5, { rng: new RandomState(0) });
 * const x = new RandomState(1).randn(2, 3, 4);
 * const all = net.forward(x);
 * assert.deepEqual(all.shape, [2, 3, 5]);
 *
 * let [h, c] = net.step(x.slice(":", 0));
 * for (const t of [1, 2]) [h, c] = net.step(x.slice(":", t), [h, c]);
 * const error = Math.max(...h.value.subtract(all.value.slice(":", -1)).abs().data);
 * assert.ok(error < 1e-6);
 * ```
 *
 * @category Modules
 */
export class LSTM extends Recurrent {
  /**
   * Makes a network.
   *
   * @param inputSize Features of the input, D
   * @param hiddenSize Features of the state, H
   * @param options Type, and where the numbers come from
   * @throws {TypeError} If there is no option of a given name
   * @throws {RangeError} If a size is not a whole number from 1 up
   */
  constructor(inputSize: number, hiddenSize: number, options: RecurrentOptions = {}) {
    super("LSTM", 4, inputSize, hiddenSize, options);
  }

  /**
   * Computes the states of all time steps, starting from a cell state of zeros.
   *
   * @param x Sequences, (N, T, D)
   * @param h0 State at the start, (N, H); zeros if not given
   * @returns States, (N, T, H)
   * @throws {RangeError} If a shape does not fit
   */
  forward(x: TensorLike, h0?: TensorLike): Tensor {
    this.check(x, 3);
    const [Wx, Wh, b] = this.#courseWeights();
    return lstm(x, this.begin(x, h0), Wx, Wh, b);
  }

  /**
   * Makes one time step, such as to sample.
   *
   * @param x Input, (N, D)
   * @param state State and cell state before, (N, H); zeros if not given
   * @returns State and cell state after
   * @throws {RangeError} If a shape does not fit
   */
  step(x: TensorLike, state?: readonly [h: TensorLike, c: TensorLike]): [h: Tensor, c: Tensor] {
    this.check(x, 2);
    const [h, c] = [0, 1].map((i) => this.begin(x, state?.[i]));
    const [Wx, Wh, b] = this.#courseWeights();
    return lstmStep(x, h, c, Wx, Wh, b);
  }

  /** The weights as the pairs take them: (in, out), gates in the order i, f, o, g. */
  #courseWeights(): [Wx: Tensor, Wh: Tensor, b: Tensor] {
    const h = this.weightHhL0.shape[1];
    const order = Int32Array.from(
      { length: 4 * h },
      (_, i) => i < 2 * h ? i : i < 3 * h ? i + h : i - h,
    );
    const turned = (w: Tensor) => take(w, order, 0);
    return [
      transpose(turned(this.weightIhL0)),
      transpose(turned(this.weightHhL0)),
      turned(add(this.biasIhL0, this.biasHhL0)),
    ];
  }
}

/**
 * A gated recurrent unit over sequences. Parameters, names and the order of the gates (r, z, n) are
 * those of PyTorch's `nn.GRU` with one layer and `batch_first=True`. They begin uniform within ±1/√H.
 *
 * @example
 * ```ts
 * import { GRU } from "@nndl/nndl/nn";
 * import { zeros } from "@nndl/nndl/ndarray";
 * import assert from "node:assert/strict";
 *
 * assert.deepEqual(new GRU(4, 5).forward(zeros([2, 3, 4])).shape, [2, 3, 5]);
 * ```
 *
 * @category Modules
 */
export class GRU extends Recurrent {
  /**
   * Makes a network.
   *
   * @param inputSize Features of the input, D
   * @param hiddenSize Features of the state, H
   * @param options Type, and where the numbers come from
   * @throws {TypeError} If there is no option of a given name
   * @throws {RangeError} If a size is not a whole number from 1 up
   */
  constructor(inputSize: number, hiddenSize: number, options: RecurrentOptions = {}) {
    super("GRU", 3, inputSize, hiddenSize, options);
  }

  /**
   * Computes the states of all time steps.
   *
   * @param x Sequences, (N, T, D)
   * @param h0 State at the start, (N, H); zeros if not given
   * @returns States, (N, T, H)
   * @throws {RangeError} If a shape does not fit
   */
  forward(x: TensorLike, h0?: TensorLike): Tensor {
    this.check(x, 3);
    let h = this.begin(x, h0);
    const inputs = unstack(linear(x, this.weightIhL0, this.biasIhL0), 1);
    return stack(inputs.map((input) => h = this.#cell(input, h)), 1);
  }

  /**
   * Makes one time step, such as to sample.
   *
   * @param x Input, (N, D)
   * @param h State before, (N, H); zeros if not given
   * @returns State after
   * @throws {RangeError} If a shape does not fit
   */
  step(x: TensorLike, h?: TensorLike): Tensor {
    this.check(x, 2);
    return this.#cell(linear(x, this.weightIhL0, this.biasIhL0), this.begin(x, h));
  }

  /** One step from the sums of the input, (N, 3·H). */
  #cell(input: Tensor, h: TensorLike): Tensor {
    const [ri, zi, ni] = split(input, 3, 1);
    const [rh, zh, nh] = split(linear(h, this.weightHhL0, this.biasHhL0), 3, 1);
    const r = sigmoid(add(ri, rh));
    const z = sigmoid(add(zi, zh));
    const n = tanh(add(ni, multiply(r, nh)));
    return add(n, multiply(z, subtract(h, n)));
  }
}
