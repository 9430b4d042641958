/**
 * Running statistics of batch normalisation, plain and spatial.
 *
 * @module
 */
import { showValue } from "../internal/show.ts";
import { type DType, isFloat } from "../ndarray/dtypes.ts";
import { NDArray } from "../ndarray/mod.ts";
import { checkArray, checkEps, checkMode, checkVector } from "./_shapes.ts";
import type { BatchnormParam } from "./batchnorm_param.ts";

/** Settings with defaults filled in, and the live running statistics. */
export interface ResolvedBatchnormParam {
  readonly mode: "train" | "test";
  readonly eps: number;
  readonly momentum: number;
  readonly runningMean: NDArray;
  readonly runningVar: NDArray;
}

/**
 * Checks a bnParam for `d` features, fills in the defaults, and gives it running statistics of
 * zeros if it has none. They outlive the step, so they are never taken from a workspace.
 */
export function resolveBatchnormParam(
  caller: string,
  bnParam: BatchnormParam,
  d: number,
  dtype: DType,
): ResolvedBatchnormParam {
  checkMode(caller, "bnParam", bnParam);
  const { mode, eps = 1e-5, momentum = 0.9 } = bnParam;
  checkEps(caller, "bnParam", eps);
  if (typeof momentum !== "number" || !(momentum >= 0 && momentum <= 1)) {
    throw new RangeError(
      `${caller}: bnParam.momentum must be from 0 to 1, got ${showValue(momentum)}; usual is 0.9`,
    );
  }
  for (const name of ["runningMean", "runningVar"] as const) {
    const statistics = bnParam[name];
    if (statistics === undefined) continue;
    checkArray(caller, `bnParam.${name}`, statistics);
    checkVector(caller, `bnParam.${name}`, statistics, d, "one entry for each feature of x");
    if (!isFloat(statistics.dtype)) {
      throw new TypeError(
        `${caller}: bnParam.${name} must be float32 or float64 to be averaged, got ` +
          `${statistics.dtype}; use astype("float64")`,
      );
    }
  }
  bnParam.runningMean ??= zeros(d, dtype);
  bnParam.runningVar ??= zeros(d, dtype);
  return { mode, eps, momentum, runningMean: bnParam.runningMean, runningVar: bnParam.runningVar };
}

function zeros(d: number, dtype: DType): NDArray {
  return new NDArray(dtype === "float32" ? new Float32Array(d) : new Float64Array(d), [d]);
}

/** Moves running statistics towards those of a batch: `momentum·running + (1 - momentum)·batch`. */
export function updateRunning(running: NDArray, batch: NDArray, momentum: number): void {
  const [to, from] = [running.data, batch.data];
  for (let j = 0; j < to.length; j++) to[j] = momentum * to[j] + (1 - momentum) * from[j];
}
