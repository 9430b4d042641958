/** The update rule at work on all parameters, with the state it keeps for each. */
import { NDArray } from "../ndarray/mod.ts";
import type { OptimConfig } from "../optim/mod.ts";
import type { ResolvedOptions } from "./_resolve_options.ts";

/** Updates parameters, and holds what the rule remembers. */
export class Optimizer {
  /** The rule's state, by the name of the parameter. */
  configs: Record<string, OptimConfig>;
  readonly #options: ResolvedOptions;

  constructor(names: readonly string[], options: ResolvedOptions) {
    this.#options = options;
    this.configs = Object.fromEntries(
      names.map((name) => [name, copyConfig(options.optimConfig)]),
    );
  }

  /**
   * Updates all parameters, in place where the rule can.
   *
   * @param step The number of the step, counted from 0
   */
  update(
    params: Record<string, NDArray>,
    grads: Readonly<Record<string, NDArray>>,
    step: number,
  ): void {
    const { updateRule, updateRuleName, schedule } = this.#options;
    const learningRate = schedule?.(step);
    for (const [name, w] of Object.entries(params)) {
      const dw = grads[name];
      if (!(dw instanceof NDArray)) {
        throw new RangeError(
          `train: model.loss must return a gradient for each parameter, got none for ${name}; ` +
            `its gradients are ${Object.keys(grads).join(", ") || "none"}`,
        );
      }
      const config = learningRate === undefined
        ? this.configs[name]
        : { ...this.configs[name], learningRate };
      // A rule of the user's own may keep the gradient, whose memory the next step overwrites.
      const [next, nextConfig] = updateRule(w, updateRuleName ? dw : dw.copy(), config, w);
      if (next !== w) params[name] = next;
      this.configs[name] = nextConfig;
    }
  }

  /** Ends an epoch: every learning rate shrinks. */
  decay(): void {
    const { lrDecay } = this.#options;
    if (lrDecay === 1) return;
    for (const [name, config] of Object.entries(this.configs)) {
      if (config.learningRate === undefined) {
        throw new TypeError(
          `train: lrDecay needs a learningRate in the state of the update rule, got none for ` +
            `${name}; set it in optimConfig and return it from the rule`,
        );
      }
      this.configs[name] = { ...config, learningRate: config.learningRate * lrDecay };
    }
  }
}

function copyConfig(config: OptimConfig): OptimConfig {
  return Object.fromEntries(
    Object.entries(config).map((
      [key, value],
    ) => [key, value instanceof NDArray ? value.copy() : value]),
  );
}
