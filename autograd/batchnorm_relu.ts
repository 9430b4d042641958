/**
 * Batch normalisation and ReLU as one operation, for layers that are put together.
 *
 * @module
 */
import { batchnormReluBackward, batchnormReluForward } from "../layers/batchnorm_relu.ts";
import type { BatchnormParam } from "../layers/mod.ts";
import { lift } from "./lift.ts";
import type { Tensor, TensorLike } from "./tensor.ts";

/** `batchnormReluForward` and `batchnormReluBackward`, lifted: rows (N, D) or images (N, C, H, W). */
export const batchnormRelu: (
  x: TensorLike,
  gamma: TensorLike,
  beta: TensorLike,
  bnParam: BatchnormParam,
) => Tensor = lift(batchnormReluForward, batchnormReluBackward, ["dx", "dgamma", "dbeta"]);
