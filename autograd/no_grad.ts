/**
 * Computing without recording.
 *
 * @module
 */
import { kindOf } from "./_checks.ts";
import { withRecording } from "./recording.ts";

/**
 * Runs work whose operations are not recorded: their results have no gradient, and what a backward
 * pass would need is not kept. Batch normalisation in train mode leaves its running statistics
 * alone.
 *
 * @param work What to run; it must not be asynchronous
 * @returns What `work` returns
 * @throws {TypeError} If `work` is no function, or returns a promise, because what it awaits would be
 * recorded
 *
 * @example
 * ```ts
 * import { noGrad, Tensor } from "@nndl/nndl/autograd";
 * import { ones } from "@nndl/nndl/ndarray";
 * import assert from "node:assert/strict";
 *
 * const x = new Tensor(ones([3]));
 * assert.ok(x.multiply(2).requiresGrad);
 * assert.ok(!noGrad(() => x.multiply(2)).requiresGrad);
 * ```
 *
 * @category Autograd
 */
export function noGrad<T>(work: () => T): T {
  if (typeof work !== "function") {
    throw new TypeError(
      `noGrad: work must be a function, got ${kindOf(work)}; wrap it: noGrad(() => ...)`,
    );
  }
  const result = withRecording(false, work);
  if (result instanceof Promise) {
    throw new TypeError(
      "noGrad: work must be synchronous, got a function that returns a promise; await first, and " +
        "run what computes",
    );
  }
  return result;
}
