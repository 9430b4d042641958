/** The step that Adam and AdamW share. */
import { type FloatArray, kernels } from "../kernels/mod.ts";
import type { NDArray } from "../ndarray/mod.ts";
import { beginStep, remembered } from "./_step.ts";
import type { OptimConfig } from "./types.ts";

/** Settings with nothing left open, and what was remembered. */
type AdamSettings =
  & Required<Pick<OptimConfig, "learningRate" | "beta1" | "beta2" | "epsilon" | "t">>
  & Pick<OptimConfig, "m" | "v">;

/** Makes a step; the weights decay by `decay`, a share of them, before. */
export function stepAdam(
  caller: string,
  w: NDArray,
  dw: NDArray,
  before: AdamSettings,
  out: NDArray | undefined,
  decay: number = 0,
): [nextW: NDArray, config: OptimConfig] {
  const { learningRate, beta1, beta2, epsilon } = before;
  const step = beginStep(caller, w, dw, out);
  const t = before.t + 1;
  const m = remembered(caller, "m", before.m, step);
  const v = remembered(caller, "v", before.v, step);
  if (decay > 0) kernels.scale(1 - decay, step.w);
  kernels.adamStep(
    step.w,
    step.dw,
    m.data as FloatArray,
    v.data as FloatArray,
    learningRate,
    beta1,
    beta2,
    epsilon,
    t,
  );
  return [step.next, { learningRate, beta1, beta2, epsilon, m, v, t }];
}
