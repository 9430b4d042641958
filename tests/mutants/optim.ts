/**
 * Faults in the update steps.
 *
 * @module
 */
import { type Mutant, mutantsOf } from "./mutant.ts";

const tests = ["tests/optim/update_rules_test.ts"];

export const optim: readonly Mutant[] = [
  ...mutantsOf("kernels/reference/optimizers.ts", tests, [
    ["sgd climbs", "w[i] -= learningRate * dw[i]", "w[i] += learningRate * dw[i]"],
    [
      "momentum adds the gradient",
      "momentum * v[i] - learningRate",
      "momentum * v[i] + learningRate",
    ],
    [
      "momentum moves by the old velocity",
      "v[i] = velocity;\n    w[i] += velocity;",
      "w[i] += v[i];\n    v[i] = velocity;",
    ],
    ["nesterov does not look ahead", "(1 + momentum) * velocity - momentum * previous", "velocity"],
    ["nesterov forgets the old velocity", " - momentum * previous;", ";"],
    [
      "rmsprop keeps no square",
      "(1 - decayRate) * gradient * gradient",
      "(1 - decayRate) * gradient",
    ],
    ["rmsprop forgets its decay", "decayRate * cache[i] + (1", "cache[i] + (1"],
    ["rmsprop takes no root", "(Math.sqrt(held) + epsilon)", "(held + epsilon)"],
    [
      "rmsprop has epsilon under the root",
      "Math.sqrt(held) + epsilon",
      "Math.sqrt(held + epsilon)",
    ],
    [
      "adam does not correct the first moment",
      "learningRate / (1 - Math.pow(beta1, t))",
      "learningRate",
    ],
    ["adam does not correct the second moment", "1 / (1 - Math.pow(beta2, t))", "1"],
    ["adam keeps no square", "(1 - beta2) * gradient * gradient", "(1 - beta2) * gradient"],
    ["adam confuses its decays", "beta1 * m[i] + (1 - beta1)", "beta2 * m[i] + (1 - beta2)"],
    [
      "adam has epsilon under the root",
      "Math.sqrt(held * correction) + epsilon",
      "Math.sqrt(held * correction + epsilon)",
    ],
  ]),
  ...mutantsOf("optim/_adam.ts", tests, [
    ["adam corrects before it counts", "before.t + 1", "before.t || 1"],
    ["adamw decays nothing", "if (decay > 0)", "if (false)"],
    ["adamw decays by the square", "1 - decay", "1 - decay * decay"],
  ]),
  ...mutantsOf("optim/adamw.ts", tests, [
    ["adamw decays without the learning rate", "rest.learningRate * weightDecay", "weightDecay"],
  ]),
  ...mutantsOf("optim/nesterov.ts", tests, [
    [
      "nesterov forgets its velocity",
      "learningRate, momentum, velocity }",
      "learningRate, momentum }",
    ],
  ]),
  ...mutantsOf("optim/sgd_momentum.ts", tests, [
    [
      "sgdMomentum forgets its velocity",
      "learningRate, momentum, velocity }",
      "learningRate, momentum }",
    ],
  ]),
];
