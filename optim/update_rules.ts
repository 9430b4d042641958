/**
 * Update rules by name.
 *
 * @module
 */
import { suggestion } from "../internal/options.ts";
import { adam } from "./adam.ts";
import { adamw } from "./adamw.ts";
import { nesterov } from "./nesterov.ts";
import { rmsprop } from "./rmsprop.ts";
import { sgd } from "./sgd.ts";
import { sgdMomentum } from "./sgd_momentum.ts";
import type { UpdateRule } from "./types.ts";

/**
 * The names of the update rules; `sgd_momentum` is how the course spells `sgdMomentum`.
 *
 * @category Optimization
 */
export type UpdateRuleName =
  | "sgd"
  | "sgdMomentum"
  | "sgd_momentum"
  | "nesterov"
  | "rmsprop"
  | "adam"
  | "adamw";

/**
 * The update rules by name.
 *
 * @example
 * ```ts
 * import { adam, updateRules } from "@nndl/nndl/optim";
 * import assert from "node:assert/strict";
 *
 * assert.equal(updateRules.adam, adam);
 * ```
 *
 * @category Optimization
 */
export const updateRules: Readonly<Record<UpdateRuleName, UpdateRule>> = {
  sgd,
  sgdMomentum,
  sgd_momentum: sgdMomentum,
  nesterov,
  rmsprop,
  adam,
  adamw,
};

/**
 * Finds an update rule.
 *
 * @param rule Its name, or a rule of one's own, which is returned as it is
 * @param caller What errors begin with
 * @returns The rule
 * @throws {TypeError} If `rule` is neither a name nor a function
 * @throws {RangeError} If there is no rule of that name
 *
 * @example
 * ```ts
 * import { resolveUpdateRule, sgdMomentum } from "@nndl/nndl/optim";
 * import assert from "node:assert/strict";
 *
 * assert.equal(resolveUpdateRule("sgd_momentum"), sgdMomentum);
 * assert.throws(() => resolveUpdateRule("adm" as "adam"), /did you mean "adam"\?/);
 * ```
 *
 * @category Optimization
 */
export function resolveUpdateRule(
  rule: UpdateRuleName | UpdateRule,
  caller: string = "resolveUpdateRule",
): UpdateRule {
  if (typeof rule === "function") return rule;
  if (typeof rule !== "string") {
    throw new TypeError(
      `${caller}: an update rule must be a name or a function, got ${typeof rule}`,
    );
  }
  if (!Object.hasOwn(updateRules, rule)) {
    throw new RangeError(
      `${caller}: there is no update rule "${rule}"; ` +
        suggestion(rule, Object.keys(updateRules), "the rules are"),
    );
  }
  return updateRules[rule];
}
