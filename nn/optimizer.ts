/**
 * The optimizer: an update rule at work on parameters.
 *
 * @module
 */
import type { Tensor } from "../autograd/mod.ts";
import { zeros } from "../ndarray/mod.ts";
import { touch } from "../autograd/tensor.ts";
import {
  type OptimConfig,
  resolveUpdateRule,
  type Schedule,
  type UpdateRule,
  type UpdateRuleName,
} from "../optim/mod.ts";
import { Module } from "./module.ts";
import { namedParameters, type ParameterSource } from "./_parameters.ts";

/**
 * Settings of an update rule; the learning rate may follow a schedule.
 *
 * @category Modules
 */
export interface OptimizerConfig extends Omit<OptimConfig, "learningRate"> {
  /** Step size: a number, or a schedule over the steps of the optimizer, counted from 0. */
  readonly learningRate?: number | Schedule;
}

/**
 * Parameters with settings of their own, which come before those of the optimizer.
 *
 * @category Modules
 */
export interface ParameterGroup extends OptimizerConfig {
  /** The parameters. */
  readonly parameters: ParameterSource;
}

/**
 * Options of {@linkcode Optimizer.step}.
 *
 * @category Modules
 */
export interface StepOptions {
  /** Whether parameters without a gradient are passed over. Default false. */
  readonly allowUnused?: boolean;
}

/**
 * What an optimizer remembers.
 *
 * @category Modules
 */
export interface OptimizerState {
  /** Steps made. */
  readonly steps: number;
  /** What the rule remembers, by the name of the parameter. */
  readonly configs: Readonly<Record<string, OptimConfig>>;
}

interface Entry {
  readonly name: string;
  readonly parameter: Tensor;
  readonly group: OptimizerConfig;
}

/**
 * Updates parameters by their gradients, in place.
 *
 * @example
 * ```ts
 * import { Linear, Optimizer } from "@nndl/nndl/nn";
 * import { mse } from "@nndl/nndl/autograd";
 * import { array } from "@nndl/nndl/ndarray";
 * import { RandomState } from "@nndl/nndl/random";
 * import assert from "node:assert/strict";
 *
 * const layer = new Linear(1, 1, { rng: new RandomState(0) });
 * const optimizer = new Optimizer(layer, "adam", { learningRate: 0.1 });
 * const [x, y] = [array([[0], [1], [2]]), array([[1], [3], [5]])];
 * for (let step = 0; step < 300; step++) {
 *   optimizer.zeroGrad();
 *   mse(layer.forward(x), y).backward();
 *   optimizer.step();
 * }
 * assert.equal(layer.weight.item().toFixed(2), "2.00");
 * ```
 *
 * @category Modules
 */
export class Optimizer {
  /** Steps made. */
  steps = 0;
  #configs: Record<string, OptimConfig>;
  readonly #rule: UpdateRule;
  readonly #entries: readonly Entry[];

  /**
   * Makes an optimizer.
   *
   * @param parameters A module, its `parameters()`, a list of tensors, or a list of groups with
   * settings of their own
   * @param rule An update rule or its name
   * @param config Settings of the rule; what is not given has the rule's default
   * @throws {TypeError} If something is no parameter
   * @throws {RangeError} If there are none, one is given twice, or there is no such rule
   */
  constructor(
    parameters: ParameterSource | readonly ParameterGroup[],
    rule: UpdateRuleName | UpdateRule = "sgd",
    config: OptimizerConfig = {},
  ) {
    this.#rule = resolveUpdateRule(rule);
    const groups = isGroups(parameters) ? parameters : [{ parameters }];
    this.#entries = groups.flatMap(({ parameters, ...own }, i) =>
      namedParameters("Optimizer", parameters).map(([name, parameter]): Entry => ({
        name: groups.length > 1 ? `${i}.${name}` : name,
        parameter,
        group: { ...config, ...own },
      }))
    );
    const names = new Map<Tensor, string>();
    for (const { name, parameter } of this.#entries) {
      const other = names.get(parameter);
      if (other !== undefined) {
        throw new RangeError(
          `Optimizer: ${name} and ${other} are the same parameter, which would be updated twice; ` +
            `give it once`,
        );
      }
      names.set(parameter, name);
    }
    this.#configs = Object.fromEntries(this.#entries.map(({ name, group }) => {
      const { learningRate, ...rest } = group;
      return [name, typeof learningRate === "function" ? rest : group as OptimConfig];
    }));
    // A rule of the library is tried on one number, so that it complains before training starts.
    if (typeof rule === "function") return;
    for (const config of Object.values(this.#configs)) this.#rule(zeros([1]), zeros([1]), config);
  }

  /** Forgets the gradients of all parameters. */
  zeroGrad(): void {
    for (const { parameter } of this.#entries) parameter.grad = null;
  }

  /**
   * Updates every parameter that is not frozen by its gradient.
   *
   * @param options `allowUnused: true` passes over parameters without a gradient
   * @throws {Error} If a parameter has no gradient; it names them all
   */
  step({ allowUnused = false }: StepOptions = {}): void {
    const live = this.#entries.filter(({ parameter }) => parameter.requiresGrad);
    const unused = live.filter(({ parameter }) => parameter.grad === null);
    if (unused.length > 0 && (!allowUnused || unused.length === live.length)) {
      throw new Error(
        unused.length === live.length
          ? "Optimizer.step: no parameter has a gradient; call backward() on the loss first"
          : `Optimizer.step: there is no gradient for ${
            unused.map(({ name }) => name).join(", ")
          }` +
            `: the loss does not depend on them; freeze them, or pass { allowUnused: true }`,
      );
    }
    for (const { name, parameter, group } of live) {
      if (parameter.grad === null) continue;
      const learningRate = typeof group.learningRate === "function"
        ? { learningRate: group.learningRate(this.steps) }
        : {};
      const w = parameter.value;
      const [next, config] = this.#rule(w, parameter.grad, {
        ...this.#configs[name],
        ...learningRate,
      }, w);
      if (next !== w) parameter.value = next;
      touch(parameter);
      this.#configs[name] = config;
    }
    this.steps++;
  }

  /**
   * What a run needs to go on from here, for a checkpoint.
   *
   * @returns The steps made, and by the name of the parameter what the rule remembers; it shares the
   * arrays
   */
  getState(): OptimizerState {
    return { steps: this.steps, configs: { ...this.#configs } };
  }

  /**
   * Goes on from what {@linkcode Optimizer.getState} returned.
   *
   * @param state The state of an optimizer of the same parameters
   * @throws {RangeError} If it belongs to other parameters
   */
  setState({ steps, configs }: OptimizerState): void {
    const names = this.#entries.map(({ name }) => name);
    const given = Object.keys(configs ?? {});
    if (!Number.isInteger(steps) || [...names].sort().join() !== [...given].sort().join()) {
      throw new RangeError(
        `Optimizer.setState: the state must be that of ${names.join(", ")}, got that of ` +
          (given.join(", ") || "nothing"),
      );
    }
    this.steps = steps;
    this.#configs = { ...configs };
  }

  /**
   * Multiplies the learning rates, such as at the end of an epoch.
   *
   * @param factor What to multiply by
   * @throws {Error} If a learning rate follows a schedule, or was never given nor used
   */
  scaleLearningRate(factor: number): void {
    for (const { name, group } of this.#entries) {
      const { learningRate } = this.#configs[name];
      const isScheduled = typeof group.learningRate === "function";
      if (isScheduled || learningRate === undefined) {
        throw new Error(
          `Optimizer.scaleLearningRate: the learning rate of ${name} ` +
            (isScheduled ? "follows a schedule" : "was not given; set learningRate"),
        );
      }
      this.#configs[name] = { ...this.#configs[name], learningRate: learningRate * factor };
    }
  }
}

function isGroups(
  parameters: ParameterSource | readonly ParameterGroup[],
): parameters is readonly ParameterGroup[] {
  return Array.isArray(parameters) && parameters.length > 0 &&
    typeof parameters[0] === "object" && parameters[0] !== null && "parameters" in parameters[0] &&
    !(parameters[0] instanceof Module);
}
