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
  ...mutantsOf("models/captioning_rnn.ts", ["tests/gradients/captioning_test.ts"], [
    [
      "the words go in as vectors of no weight",
      "W_embed: dW_embed",
      "W_embed: dW_embed.multiply(0)",
    ],
    ["the first state has no gradient", "affineBackward(dh0,", "affineBackward(dh0.multiply(0),"],
    ["the gradient of the loss is doubled", "Backward(dscores,", "Backward(dscores.add(dscores),"],
  ]),
  ...mutantsOf("models/_captions.ts", ["tests/models/course_captioning_test.ts"], [
    ["the filling counts as words", "targets[to] === nothing ? 0 : 1", "1"],
    ["what comes out is what went in", "captions.data[from + 1]", "captions.data[from]"],
  ]),
  ...mutantsOf("models/_sampling.ts", ["tests/models/captioning_rnn_test.ts"], [
    ["the temperature is forgotten", ".divide(temperature)", ""],
    ["beams forget what came before", "score: score + own[word]", "score: own[word]"],
    ["ended captions go on", "done: word === end", "done: false"],
    [
      "all beams have the state of the first",
      "open.map(({ row }) => row)",
      "open.map(() => open[0].row)",
    ],
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
    [
      "the gradient of the shift is dropped",
      "] = dbeta;",
      "] = dbeta.multiply(0);",
    ],
    [
      "the gradient of the scores skips every layer but the last",
      "upstream = dx!;",
      "upstream = dx ? dx.multiply(0) : upstream;",
    ],
  ]),
  ...mutantsOf("models/linear_losses.ts", ["tests/gradients/linear_losses_test.ts"], [
    ["the gradient of the regularisation lacks its 2", "addScaled(2 * reg, ", "addScaled(reg, "],
    ["the regularisation of vectorised losses is halved", "loss + reg *", "loss + 0.5 * reg *"],
    ["the regularisation of naive losses is halved", "n + reg *", "n + 0.5 * reg *"],
    ["the naive gradient of the regularisation lacks its 2", "+ 2 * reg *", "+ reg *"],
    ["the naive gradient is not averaged", "sums[i] / n", "sums[i]"],
    [
      "the naive hinge pushes the right class too little",
      "labels[i]] -= X",
      "labels[i]] -= 0.5 * X",
    ],
    ["the naive hinge forgets the wrong class", "c + j] += X", "c + j] += 0 * X"],
    ["the naive softmax forgets the right class", "(j === labels[i] ? 1 : 0)", "0"],
    ["the naive softmax is not normalised", "largest) / sum -", "largest) -"],
    [
      "the vectorised gradient is negated",
      "kernels.addScaled(2",
      "dW.data.forEach((v, i) => dW.data[i] = -v);\n  kernels.addScaled(2",
    ],
  ]),
  ...mutantsOf("models/linear_classifier.ts", ["tests/models/linear_classifier_test.ts"], [
    ["the step goes uphill", "learningRate);\n        return", "-learningRate);\n        return"],
    ["the weights start too large", "multiply(0.001)", "multiply(0.01)"],
  ]),
  ...mutantsOf("models/k_nearest_neighbor.ts", ["tests/models/k_nearest_neighbor_test.ts"], [
    ["ties go to the larger label", "label < best", "label > best"],
    [
      "of equal distances the last one is nearest",
      "value < values[at - 1]",
      "value <= values[at - 1]",
    ],
  ]),
  ...mutantsOf("models/_distances.ts", ["tests/models/k_nearest_neighbor_test.ts"], [
    ["near rows lose their digits", "NEAR = 1e-6", "NEAR = 0"],
    ["blocks of pixels are too wide to be exact", "EXACT_COLUMNS = 1024", "EXACT_COLUMNS = 4096"],
  ]),
];
