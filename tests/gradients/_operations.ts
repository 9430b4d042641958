/**
 * The gradient suite of operations on tensors.
 *
 * @module
 */
import { Tensor } from "../../autograd/mod.ts";
import { type Case, type GradientSuite, gradientSuite } from "./_suite.ts";

/** An operation and the cases to check it on. */
export interface OperationSuite {
  /** The tensors of each case. */
  readonly cases: readonly Case[];
  /** Computes the result; called many times, so it makes its settings anew at every call. */
  readonly run: (tensors: Record<string, Tensor>) => Tensor;
  /** Largest error in float64, by default 1e-8. */
  readonly tolerance?: number;
  /** Largest error in float32 against float64, by default 1e-5; null where float32 is no use. */
  readonly float32Tolerance?: number | null;
}

/** Checks the gradients of an operation with respect to all its tensors. */
export function operationSuite(name: string, suite: OperationSuite): void {
  const pair: GradientSuite<{ result: Tensor; tensors: Tensor[] }> = {
    cases: suite.cases,
    forward: (inputs) => {
      const tensors = Object.entries(inputs).map(([key, x]) => [key, new Tensor(x)] as const);
      const result = suite.run(Object.fromEntries(tensors));
      return [result.value, { result, tensors: tensors.map(([, tensor]) => tensor) }];
    },
    backward: (dout, { result, tensors }) => result.gradients(tensors, dout),
    tolerance: suite.tolerance ?? 1e-8,
    float32Tolerance: suite.float32Tolerance,
  };
  gradientSuite(name, pair);
}
