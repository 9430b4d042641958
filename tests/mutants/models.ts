/**
 * Faults in how the networks put their gradients together.
 *
 * @module
 */
import { type Mutant, mutantsOf } from "./mutant.ts";

const tests = ["tests/gradients/networks_test.ts"];

export const models: readonly Mutant[] = [
  ...mutantsOf("models/_network.ts", tests, [
    [
      "the gradient of the regularisation is dropped",
      "  kernels.addScaled(reg, weights, dW.data as FloatArray);\n",
      "",
    ],
    ["the gradient of the regularisation is doubled", "addScaled(reg, ", "addScaled(2 * reg, "],
    ["the regularisation lacks its factor 1/2", "return 0.5 * reg *", "return reg *"],
  ]),
  ...mutantsOf("models/two_layer_net.ts", tests, [
    ["the gradient of W1 is not regularised", "W1, dW1, reg", "W1, dW1.copy(), reg"],
    ["the gradient of W2 is not regularised", "W2, dW2, reg", "W2, dW2.copy(), reg"],
    ["the gradient of b1 is negated", "b1: db1", "b1: db1.negative()"],
    [
      "the gradient of the loss is doubled",
      "affineBackward(dscores,",
      "affineBackward(dscores.add(dscores),",
    ],
  ]),
  ...mutantsOf("models/fully_connected_net.ts", tests, [
    [
      "the last layer's gradient is not regularised",
      "`], dW, reg)",
      "`], i < numLayers ? dW : dW.copy(), reg)",
    ],
    ["the gradient of the biases is dropped", "] = db;", "] = db.multiply(0);"],
    ["scale and shift change places", "] = dgamma;", "] = dbeta;"],
    ["the gradient of the shift is negated", "] = dbeta;", "] = dbeta.negative();"],
    [
      "the gradient of the scores skips every layer but the last",
      "upstream = dx;",
      "upstream = dx && dx.multiply(0);",
    ],
  ]),
];
