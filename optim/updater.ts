/**
 * An update rule at work on all parameters of a model, with what it remembers of each.
 *
 * @module
 */
import { sameShape, showShape } from "../internal/shapes.ts";
import { NDArray } from "../ndarray/mod.ts";
import type { OptimConfig, UpdateRule } from "./types.ts";
import { resolveUpdateRule, type UpdateRuleName, updateRules } from "./update_rules.ts";

/**
 * What can be updated: an object whose parameters are replaced or changed.
 *
 * @category Optimization
 */
export interface Updatable {
  /** The arrays by name. */
  readonly params: Record<string, NDArray>;
}

/**
 * Follows the gradients of a model by an update rule. It keeps a configuration for each parameter,
 * and is part of the state of a run: a `Trainer` takes it as it is.
 *
 * @example
 * ```ts
 * import { TwoLayerNet } from "@nndl/nndl/models";
 * import { Updater } from "@nndl/nndl/optim";
 * import { RandomState } from "@nndl/nndl/random";
 * import assert from "node:assert/strict";
 *
 * const rng = new RandomState(231);
 * const model = new TwoLayerNet({ inputDim: 4, hiddenDim: 8, numClasses: 4, rng });
 * const X = rng.randn(30, 4);
 * const updater = new Updater(model, "adam", { learningRate: 1e-2 });
 * const losses = Array.from({ length: 50 }, () => {
 *   const [loss, grads] = model.loss(X, X.argmax(1));
 *   updater.update(grads);
 *   return loss;
 * });
 * assert.ok(losses[49] < losses[0] / 2);
 * ```
 *
 * @category Optimization
 */
export class Updater {
  /** The name of the rule; null if it is one's own. */
  readonly ruleName: UpdateRuleName | null;
  readonly #model: Updatable;
  readonly #rule: UpdateRule;
  readonly #caller: string;
  #configs: Record<string, OptimConfig>;

  /**
   * Prepares the updates of a model.
   *
   * @param model What has the parameters; they are updated in place where the rule can
   * @param rule A name, or a function
   * @param config What the rule starts with, for every parameter
   * @param caller What errors of {@linkcode Updater.update} begin with
   * @throws {TypeError} If the rule is neither a name nor a function
   * @throws {RangeError} If there is no such rule, or it does not take the configuration
   */
  constructor(
    model: Updatable,
    rule: UpdateRuleName | UpdateRule = "sgd",
    config: OptimConfig = {},
    caller: string = "Updater.update",
  ) {
    this.#model = model;
    this.#rule = resolveUpdateRule(rule);
    this.#caller = caller;
    const names = Object.keys(updateRules) as UpdateRuleName[];
    this.ruleName = names.find((name) => updateRules[name] === this.#rule) ?? null;
    if (this.ruleName) tryConfig(this.#rule, config);
    this.#configs = Object.fromEntries(
      Object.keys(model.params).map((name) => [name, copyConfig(config)]),
    );
  }

  /** The learning rate of the first parameter; undefined if the rule has none, or not yet. */
  get learningRate(): number | undefined {
    for (const name in this.#configs) return this.#configs[name].learningRate;
    return undefined;
  }

  /**
   * Updates all parameters.
   *
   * @param grads The gradient of each, under its name
   * @param learningRate The rate of this step, instead of that of the configuration
   * @throws {TypeError} If a gradient or what the rule returns is of another kind than the parameter
   * @throws {RangeError} If a gradient is missing, or a shape is not that of the parameter
   */
  update(grads: Readonly<Record<string, NDArray>>, learningRate?: number): void {
    const { params } = this.#model;
    for (const [name, w] of Object.entries(params)) {
      const dw = grads[name];
      checkGradient(this.#caller, name, w, dw, grads);
      const config = learningRate === undefined
        ? this.#configs[name]
        : { ...this.#configs[name], learningRate };
      // A rule of the user's own may keep the gradient, whose memory the next step overwrites.
      const returned = this.#rule(w, this.ruleName ? dw : dw.copy(), config, w);
      if (!this.ruleName) checkReturned(this.#caller, name, w, returned);
      const [next, nextConfig] = returned;
      if (next !== w) params[name] = next;
      this.#configs[name] = nextConfig;
    }
  }

  /**
   * Multiplies all learning rates.
   *
   * @param factor By what
   * @throws {TypeError} If a configuration has no learning rate
   */
  scaleLearningRate(factor: number): void {
    if (factor === 1) return;
    for (const [name, config] of Object.entries(this.#configs)) {
      if (config.learningRate === undefined) {
        throw new TypeError(
          `${this.#caller}: lrDecay needs a learningRate in the state of the update rule, got none ` +
            `for ${name}; set it in optimConfig and return it from the rule`,
        );
      }
      this.#configs[name] = { ...config, learningRate: config.learningRate * factor };
    }
  }

  /**
   * What the rule remembers, for a checkpoint.
   *
   * @returns The configuration of each parameter, under its name; it shares the arrays
   * @throws {TypeError} If a rule of one's own keeps what a checkpoint cannot hold
   */
  getState(): Record<string, OptimConfig> {
    for (const [name, config] of Object.entries(this.#configs)) {
      for (const [key, value] of Object.entries(config)) {
        if (value instanceof NDArray || value === null) continue;
        if (["number", "string", "boolean", "undefined"].includes(typeof value)) continue;
        throw new TypeError(
          `Solver: a checkpoint cannot hold "${key}" of the update rule's state for ${name}; ` +
            "keep numbers, strings, booleans and NDArrays there, or train without checkpointName",
        );
      }
    }
    return { ...this.#configs };
  }

  /**
   * Goes on from what {@linkcode Updater.getState} returned.
   *
   * @param state The configuration of each parameter, under its name
   * @throws {TypeError} If it is no such thing
   * @throws {RangeError} If it belongs to other parameters, or the rule does not take it
   */
  setState(state: Record<string, OptimConfig>): void {
    const names = Object.keys(this.#model.params);
    if (typeof state !== "object" || state === null) {
      throw new TypeError(`Updater.setState: state must be an object, got ${state}`);
    }
    if (Object.keys(state).sort().join() !== names.sort().join()) {
      throw new RangeError(
        `Updater.setState: the state must be that of ${names.join(", ")}, got that of ` +
          `${Object.keys(state).join(", ") || "nothing"}`,
      );
    }
    for (const name of names) {
      const config = state[name];
      if (typeof config !== "object" || config === null) {
        throw new TypeError(`Updater.setState: state.${name} must be an object, got ${config}`);
      }
      if (!this.ruleName) continue;
      const w = this.#model.params[name];
      this.#rule(w, w, copyConfig(config));
    }
    this.#configs = { ...state };
  }
}

/** A rule of the library is tried on one number, so that it complains before training starts. */
function tryConfig(rule: UpdateRule, config: OptimConfig): void {
  if (typeof config !== "object" || config === null) return;
  const settings = Object.entries(config).filter(([, value]) => !(value instanceof NDArray));
  const zero = new NDArray(new Float64Array(1), [1]);
  rule(zero, zero, Object.fromEntries(settings));
}

function checkGradient(
  caller: string,
  name: string,
  w: NDArray,
  dw: unknown,
  grads: object,
): void {
  if (!(dw instanceof NDArray)) {
    const names = Object.keys(grads).join(", ") || "none";
    throw new RangeError(
      `${caller}: model.loss must return a gradient for each parameter, ` +
        (dw === undefined
          ? `got none for ${name}; its gradients are ${names}`
          : `an NDArray, got ${typeof dw} for ${name}`),
    );
  }
  if (!sameShape(dw.shape, w.shape)) {
    throw new RangeError(
      `${caller}: the gradient of ${name} must have the shape of the parameter, ` +
        `${showShape(w.shape)}, got ${showShape(dw.shape)}`,
    );
  }
  if (dw.dtype !== w.dtype) {
    throw new TypeError(
      `${caller}: the gradient of ${name} must be ${w.dtype} as the parameter is, got ${dw.dtype}; ` +
        `return it with astype("${w.dtype}")`,
    );
  }
}

function checkReturned(caller: string, name: string, w: NDArray, returned: unknown): void {
  const [next, config] = Array.isArray(returned) ? returned : [];
  if (!(next instanceof NDArray) || typeof config !== "object" || config === null) {
    const got = returned instanceof NDArray
      ? "an NDArray alone"
      : returned instanceof Promise
      ? "a promise"
      : Array.isArray(returned)
      ? `a list of ${returned.length}`
      : typeof returned;
    throw new TypeError(
      `${caller}: the update rule must return [nextW, config], got ${got} for ${name}`,
    );
  }
  if (!sameShape(next.shape, w.shape)) {
    throw new RangeError(
      `${caller}: the update rule must return ${name} in its shape ${showShape(w.shape)}, got ` +
        showShape(next.shape),
    );
  }
  if (next.dtype === w.dtype) return;
  throw new TypeError(
    `${caller}: the update rule must return ${name} as ${w.dtype}, got ${next.dtype}; use ` +
      `astype("${w.dtype}")`,
  );
}

function copyConfig(config: OptimConfig): OptimConfig {
  return Object.fromEntries(
    Object.entries(config).map((
      [key, value],
    ) => [key, value instanceof NDArray ? value.copy() : value]),
  );
}
