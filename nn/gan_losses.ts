/**
 * What generative adversarial networks are trained with.
 *
 * Source: I. Goodfellow et al., "Generative Adversarial Nets", NeurIPS 2014,
 * https://arxiv.org/abs/1406.2661; X. Mao et al., "Least Squares Generative Adversarial Networks",
 * ICCV 2017, https://arxiv.org/abs/1611.04076.
 *
 * @module
 */
import {
  add,
  bceWithLogits,
  mean,
  multiply,
  square,
  subtract,
  type Tensor,
} from "../autograd/mod.ts";
import { type NDArray, onesLike, zerosLike } from "../ndarray/mod.ts";
import { checkExamples } from "./_inputs.ts";

/**
 * The binary cross-entropy of logits, averaged: `bceWithLogits` under the course's name.
 *
 * @param input Logits, any shape
 * @param target Probabilities to reach, 0 to 1, of the shape of the logits
 * @returns The loss, without axes
 * @throws {RangeError} If the shapes differ, or a target is not a probability
 *
 * @example
 * ```ts
 * import { bceLoss } from "@nndl/nndl/nn";
 * import { array } from "@nndl/nndl/ndarray";
 * import assert from "node:assert/strict";
 *
 * assert.equal(bceLoss(array([0, 1e4]), array([1, 1])).item(), Math.log(2) / 2);
 * ```
 *
 * @category Modules
 */
export function bceLoss(input: Tensor | NDArray, target: NDArray): Tensor {
  return bceWithLogits(input, target);
}

/**
 * The loss of a discriminator: what is real should be called so, and what is not, not.
 *
 * @param logitsReal Logits of real examples
 * @param logitsFake Logits of generated examples
 * @returns `-E log D(x) - E log(1 - D(G(z)))`, without axes
 * @category Modules
 */
export function discriminatorLoss(
  logitsReal: Tensor | NDArray,
  logitsFake: Tensor | NDArray,
): Tensor {
  checkExamples("discriminatorLoss", "logitsReal", logitsReal);
  checkExamples("discriminatorLoss", "logitsFake", logitsFake);
  return add(
    bceLoss(logitsReal, targets(logitsReal, 1)),
    bceLoss(logitsFake, targets(logitsFake, 0)),
  );
}

/**
 * The loss of a generator: what it makes should be called real.
 *
 * @param logitsFake Logits of generated examples
 * @returns `-E log D(G(z))`, without axes
 * @category Modules
 */
export function generatorLoss(logitsFake: Tensor | NDArray): Tensor {
  checkExamples("generatorLoss", "logitsFake", logitsFake);
  return bceLoss(logitsFake, targets(logitsFake, 1));
}

/**
 * The loss of a least-squares discriminator.
 *
 * @param scoresReal Scores of real examples
 * @param scoresFake Scores of generated examples
 * @returns `½E(D(x) - 1)² + ½E D(G(z))²`, without axes
 * @category Modules
 */
export function lsDiscriminatorLoss(
  scoresReal: Tensor | NDArray,
  scoresFake: Tensor | NDArray,
): Tensor {
  checkExamples("lsDiscriminatorLoss", "scoresReal", scoresReal);
  checkExamples("lsDiscriminatorLoss", "scoresFake", scoresFake);
  return multiply(add(mean(square(subtract(scoresReal, 1))), mean(square(scoresFake))), 0.5);
}

/**
 * The loss of a least-squares generator.
 *
 * @param scoresFake Scores of generated examples
 * @returns `½E(D(G(z)) - 1)²`, without axes
 * @category Modules
 */
export function lsGeneratorLoss(scoresFake: Tensor | NDArray): Tensor {
  checkExamples("lsGeneratorLoss", "scoresFake", scoresFake);
  return multiply(mean(square(subtract(scoresFake, 1))), 0.5);
}

function targets(logits: Tensor | NDArray, value: 0 | 1): NDArray {
  const like = "requiresGrad" in logits ? logits.value : logits;
  return value === 1 ? onesLike(like) : zerosLike(like);
}
