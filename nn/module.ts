/**
 * The module: parameters, what is done with them, and other modules.
 *
 * @module
 */
import { NDArray } from "../ndarray/mod.ts";
import { loadState, stateOf } from "./_state.ts";
import { walk } from "./_walk.ts";
import { Parameter } from "./parameter.ts";

/**
 * Options of {@linkcode Module.stateDict}.
 *
 * @category Modules
 */
export interface StateDictOptions {
  /** Whether batch normalisation's `num_batches_tracked` is among the arrays. Default false. */
  readonly numBatchesTracked?: boolean;
}

/**
 * Options of {@linkcode Module.loadStateDict}.
 *
 * @category Modules
 */
export interface LoadStateDictOptions {
  /** Whether a name that is missing, or one too many, is an error. Default true. */
  readonly strict?: boolean;
}

/**
 * A part of a network: a class whose fields are its parameters, its buffers and its parts.
 *
 * Fields that are a {@linkcode Parameter} are learnt; those that are an NDArray are buffers, state
 * that is kept and saved but not learnt, such as running statistics; those that are modules are its
 * parts. Lists of any of these count too, private `#fields` do not. What it holds is named by path:
 * `conv1.weight`, `layers.0.bias`. Two paths to one module share it, and the first names it.
 *
 * A module starts in train mode, as in PyTorch. {@linkcode Module.eval} and
 * {@linkcode Module.train} switch it and all its parts; dropout and batch normalisation do something
 * else in each mode. If `eval()` is forgotten, scores of an example depend on its neighbours in the
 * batch and on the random stream, a batch of one is refused by batch normalisation, and as long as
 * the pass runs under `noGrad` the running statistics stay as they are.
 *
 * @example
 * ```ts
 * import { Linear, Module } from "@nndl/nndl/nn";
 * import { flatten, relu, type Tensor } from "@nndl/nndl/autograd";
 * import { type NDArray, zeros } from "@nndl/nndl/ndarray";
 * import { RandomState } from "@nndl/nndl/random";
 * import assert from "node:assert/strict";
 *
 * class TwoLayerFC extends Module {
 *   fc1: Linear;
 *   fc2: Linear;
 *   constructor(inputSize: number, hiddenSize: number, numClasses: number, rng: RandomState) {
 *     super();
 *     this.fc1 = new Linear(inputSize, hiddenSize, { rng });
 *     this.fc2 = new Linear(hiddenSize, numClasses, { rng });
 *   }
 *   forward(x: Tensor | NDArray): Tensor {
 *     return this.fc2.forward(relu(this.fc1.forward(flatten(x))));
 *   }
 * }
 * const net = new TwoLayerFC(12, 5, 3, new RandomState(0));
 * assert.deepEqual(net.forward(zeros([2, 3, 2, 2])).shape, [2, 3]);
 * assert.deepEqual(Object.keys(net.parameters()), [
 *   "fc1.weight",
 *   "fc1.bias",
 *   "fc2.weight",
 *   "fc2.bias",
 * ]);
 * ```
 *
 * @category Modules
 */
export abstract class Module {
  /** Whether it is in train mode. Set it by {@linkcode Module.train} and {@linkcode Module.eval}. */
  training = true;

  /**
   * Computes what the module is for.
   *
   * @param inputs Tensors, or arrays without a gradient
   * @returns A tensor, or several
   */
  // What comes in and goes out differs from module to module.
  // deno-lint-ignore no-explicit-any
  abstract forward(...inputs: any[]): any;

  /** What the module is made of, by name: its own fields. */
  protected fields(): Iterable<[string, unknown]> {
    return Object.entries(this);
  }

  /** The parameters by path, those of its parts included. */
  parameters(): Record<string, Parameter> {
    return this.#collect((part) => part instanceof Parameter);
  }

  /** The buffers by path, those of its parts included: the arrays themselves, no copies. */
  buffers(): Record<string, NDArray> {
    return this.#collect((part) => part instanceof NDArray);
  }

  /** The module itself, under the path `""`, and its parts by path, to any depth. */
  modules(): Record<string, Module> {
    return this.#collect((part) => part instanceof Module);
  }

  /**
   * Puts the module and all its parts into train mode.
   *
   * @param on Whether into train mode, or else into eval mode
   * @returns The module
   */
  train(on = true): this {
    for (const module of Object.values(this.modules())) module.training = on;
    return this;
  }

  /**
   * Puts the module and all its parts into eval mode, for predictions: nothing is dropped, and batch
   * normalisation uses its running statistics.
   *
   * @returns The module
   */
  eval(): this {
    return this.train(false);
  }

  /**
   * Freezes the parameters, or thaws them: no gradient is computed for what is frozen.
   *
   * @param frozen Whether they are frozen from now on
   * @returns The module
   */
  freeze(frozen = true): this {
    for (const parameter of Object.values(this.parameters())) parameter.requiresGrad = !frozen;
    return this;
  }

  /** Forgets the gradients of all parameters. */
  zeroGrad(): void {
    for (const parameter of Object.values(this.parameters())) parameter.grad = null;
  }

  /**
   * All parameters and buffers under the names that PyTorch gives them, `self_attn.running_mean` for
   * `selfAttn.runningMean`: what a safetensors file is to hold. With PyTorch's layouts of weights
   * that file loads there.
   *
   * @param options Whether to add `num_batches_tracked`
   * @returns The arrays themselves, no copies
   *
   * @example
   * ```ts
   * import { BatchNorm1d, Sequential } from "@nndl/nndl/nn";
   * import assert from "node:assert/strict";
   *
   * assert.deepEqual(Object.keys(new Sequential(new BatchNorm1d(3)).stateDict()), [
   *   "0.weight",
   *   "0.bias",
   *   "0.running_mean",
   *   "0.running_var",
   * ]);
   * ```
   */
  stateDict({ numBatchesTracked = false }: StateDictOptions = {}): Record<string, NDArray> {
    return stateOf(this, numBatchesTracked);
  }

  /**
   * Copies arrays into the parameters and buffers. Names may be those of files or of memory; where
   * several paths share a parameter, each will do. `num_batches_tracked` is passed over. If anything
   * does not fit, nothing is changed.
   *
   * @param state The arrays by name, such as the `tensors` of a safetensors file
   * @param options `strict: false` passes over names that are missing or too many
   * @throws {RangeError} If names are missing, too many, or of another shape; it names them all
   *
   * @example
   * ```ts
   * import { Linear } from "@nndl/nndl/nn";
   * import { array } from "@nndl/nndl/ndarray";
   * import assert from "node:assert/strict";
   *
   * const layer = new Linear(2, 1);
   * layer.loadStateDict({ weight: array([[1, 2]]), bias: array([3]) });
   * assert.deepEqual(layer.forward(array([[1, 1]])).toArray(), [[6]]);
   * assert.throws(() => layer.loadStateDict({ weight: array([1, 2]) }), /bias/);
   * ```
   */
  loadStateDict(
    state: Readonly<Record<string, NDArray>>,
    { strict = true }: LoadStateDictOptions = {},
  ): void {
    loadState(this, state, strict);
  }

  /** The name of the class, the number of parameters and the mode. */
  toString(): string {
    const count = Object.values(this.parameters()).reduce((sum, { size }) => sum + size, 0);
    const mode = this.training ? "train" : "eval";
    return `${this.constructor.name} (${count.toLocaleString("en-US")} parameters, ${mode} mode)`;
  }

  /** What `console.log` shows in Deno: the same as {@linkcode Module.toString}. */
  [Symbol.for("Deno.customInspect")](): string {
    return this.toString();
  }

  #collect<T>(wanted: (part: unknown) => part is T): Record<string, T> {
    const found: Record<string, T> = {};
    const isModule = (value: unknown) => value instanceof Module;
    for (const [path, part] of walk(this, isModule, (module) => module.fields())) {
      if (wanted(part)) found[path] = part;
    }
    return found;
  }
}
