/**
 * Gradients of programs: tensors, the operations on them, and `lift`, which makes an operation of any
 * pair of a forward and a backward pass.
 *
 * @example
 * ```ts
 * import { crossEntropy, matmul, relu, Tensor } from "@nndl/nndl/autograd";
 * import { array } from "@nndl/nndl/ndarray";
 * import { RandomState } from "@nndl/nndl/random";
 * import assert from "node:assert/strict";
 *
 * const rng = new RandomState(231);
 * const X = rng.randn(8, 4);
 * const y = X.argmax(1);
 * const [w1, w2] = [new Tensor(rng.randn(4, 16)), new Tensor(rng.randn(16, 4))];
 * for (let step = 0; step < 100; step++) {
 *   crossEntropy(matmul(relu(matmul(X, w1)), w2), y).backward();
 *   for (const w of [w1, w2]) {
 *     w.value = w.value.subtract(w.grad!.multiply(0.1));
 *     w.grad = null;
 *   }
 * }
 * assert.deepEqual(matmul(relu(matmul(X, w1)), w2).value.argmax(1).toArray(), y.toArray());
 * ```
 *
 * @module
 */
export * from "./arithmetic.ts";
export * from "./joining.ts";
export * from "./layers.ts";
export * from "./lift.ts";
export * from "./losses.ts";
export * from "./no_grad.ts";
export * from "./shaping.ts";
export {
  type BackwardPassOptions,
  Tensor,
  type TensorLike,
  type TensorOperand,
  type TensorOptions,
} from "./tensor.ts";
