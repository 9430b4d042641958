/**
 * Faults in the backward passes of the fully connected layers.
 *
 * @module
 */
import { type Mutant, mutantsOf } from "./mutant.ts";

const batchnorm = "tests/gradients/batchnorm_test.ts";
const batchnormRelu = "tests/gradients/batchnorm_relu_test.ts";
const layernorm = "tests/gradients/layernorm_test.ts";
const generic = "tests/gradients/generic_test.ts";
const needs = "tests/gradients/needs_test.ts";
const relu = "tests/gradients/relu_test.ts";

const recurrent = "tests/gradients/recurrent_test.ts";

export const layers: readonly Mutant[] = [
  ...mutantsOf("layers/rnn_step.ts", [recurrent], [
    ["dx goes through the weights of the state", "matmul(da, Wx,", "matmul(da, Wh,"],
    ["dWh is taken with the state after the step", "matmul(prevH, da,", "matmul(nextH, da,"],
  ]),
  ...mutantsOf("layers/rnn.ts", [recurrent], [
    ["nothing comes back from later steps", "later, floats(Wh), 1,", "later, floats(Wh), 0,"],
    ["dWh is taken with the states after the steps", "H.subarray(0, t * step)", "H.subarray(step)"],
    ["dh0 is that of the last step", "DA.subarray(0, step), floats", "DA.subarray(-step), floats"],
    ["dx is not brought back to examples first", "needs.dx ? byTime(", "needs.dx ? ("],
  ]),
  ...mutantsOf("layers/lstm_step.ts", [recurrent], [
    ["the cell state has no gradient of its own", "set(floats(dc))", "fill(0)"],
    ["db is averaged", "sumRows(da)", "sumRows(da).divide(2)"],
  ]),
  ...mutantsOf("layers/lstm.ts", [recurrent], [
    ["dWh is taken with the states after the steps", "(states), 0, t", "(states), step, t"],
    ["dh0 is not computed", "dh0 && floats(dh0)", "null"],
  ]),
  ...mutantsOf("layers/temporal_affine.ts", [recurrent], [
    [
      "examples and steps change places",
      "reshape([n * t, m])",
      "reshape([t, n, m]).transpose([1, 0, 2]).reshape([n * t, m])",
    ],
  ]),
  ...mutantsOf("layers/temporal_softmax_loss.ts", [recurrent], [
    ["the gradient is averaged over steps", "rows / n, DX", "1, DX"],
    ["all steps have the gradient of the first", "from++ * v", "from * v"],
  ]),
  ...mutantsOf("layers/affine.ts", ["tests/gradients/affine_test.ts"], [
    [
      "dx has the wrong sign",
      "matmul(dout, w, { transposeB: true }) : null",
      "matmul(dout, w, { transposeB: true }).negative() : null",
    ],
    [
      "dw is averaged over the batch",
      "matmul(rows, dout, { transposeA: true })",
      "matmul(rows, dout, { transposeA: true }).divide(rows.shape[0])",
    ],
    ["db is averaged over the batch", "sumRows(dout)", "sumRows(dout).divide(dout.shape[0])"],
    [
      "dx is left out although it is wanted",
      "const drows = needs.dx ?",
      "const drows = !needs.dx ?",
    ],
  ]),
  ...mutantsOf("layers/_range.ts", ["tests/layers/extremes_test.ts"], [
    ["variances that overflow are taken as they are", "value < Infinity", "true"],
    ["variances that underflow are taken as they are", "value >= SMALLEST", "true"],
    ["gradients keep the type of the statistics", "castTo(gradient, dtype)", "gradient"],
  ]),
  ...mutantsOf("layers/conv_naive.ts", ["tests/layers/extremes_test.ts"], [
    ["the pad is passed over", "visit(within ? pixel : -1,", "if (within) visit(pixel,"],
  ]),
  ...mutantsOf("layers/linear.ts", ["tests/gradients/linear_test.ts"], [
    ["the bias is forgotten", "b ? 1 : 0", "0"],
    [
      "dx is taken with the transposed weights",
      "gemm(false, false, n, d, m",
      "gemm(false, true, n, d, m",
    ],
    ["dweight is taken with the gradient", "DOUT, floats(x), 0", "DOUT, DOUT, 0"],
    ["dbias is averaged", "sumRows(upstream)", "sumRows(upstream).divide(2)"],
  ]),
  ...mutantsOf("layers/relu.ts", [relu], [
    [
      "gradient and input are confused",
      "kernels.reluBackward(floats(dout), floats(x), floats(dx))",
      "kernels.reluBackward(floats(x), floats(dout), floats(dx))",
    ],
  ]),
  ...mutantsOf("layers/batchnorm.ts", [batchnorm], [
    ["staged: eps is forgotten", "sqrt(variance.add(eps))", "sqrt(variance)"],
    ["staged: dbeta is scaled by gamma", "sum(dout, 0)", "sum(dout.multiply(gamma), 0)"],
    [
      "staged: dgamma is taken with the centred input",
      "sum(dout.multiply(normalized), 0)",
      "sum(dout.multiply(centred), 0)",
    ],
    ["staged: gamma is forgotten", "dnormalized = dout.multiply(gamma)", "dnormalized = dout"],
    [
      "staged: test mode goes the way of train mode",
      'if (mode === "test") return',
      "if (!mode) return",
    ],
    [
      "staged: train mode goes the way of test mode",
      'if (mode === "test") return',
      "if (mode) return",
    ],
    ["staged: the deviation has the wrong sign", "0).divide(std).negative()", "0).divide(std)"],
    ["staged: the root loses its factor 1/2", "dstd.divide(std.multiply(2))", "dstd.divide(std)"],
    ["staged: the square loses its factor 2", ".multiply(2 / n)", ".multiply(1 / n)"],
    ["staged: the way through the mean is forgotten", "dcentred.add(dmean.divide(n))", "dcentred"],
    ["staged: the mean is a sum", "dcentred.add(dmean.divide(n))", "dcentred.add(dmean)"],
  ]),
  ...mutantsOf("layers/_batchnorm.ts", [batchnorm], [
    ["eps is forgotten", "const { eps } = cache", "const eps = 0"],
    ["statistics count as constants", 'cache.mode === "train" &&', "false &&"],
    ["running statistics count as the batch's", 'cache.mode === "train" &&', "true &&"],
    [
      "dgamma and dbeta change places",
      "    floats(dgamma),\n    floats(dbeta),",
      "    floats(dbeta),\n    floats(dgamma),",
    ],
    [
      "gradient and input are confused",
      "[upstream, x, gamma, mean, variance].map",
      "[x, x, gamma, mean, variance].map",
    ],
  ]),
  ...mutantsOf("layers/_batchnorm.ts", [needs], [
    ["dgamma cannot be left out", "needs.dgamma ? dgamma : null", "dgamma"],
  ]),
  ...mutantsOf("layers/_groupnorm.ts", [layernorm], [
    ["eps is forgotten", "    cache.eps,\n    floats(dx)", "    0,\n    floats(dx)"],
    [
      "dgamma and dbeta change places",
      "    floats(dgamma),\n    floats(dbeta),",
      "    floats(dbeta),\n    floats(dgamma),",
    ],
  ]),
  ...mutantsOf("layers/_scale_shift.ts", [needs], [
    ["the deviation is forgotten", " / Math.sqrt(VARIANCE[statistic] + eps)", ""],
    ["eps is forgotten", "VARIANCE[statistic] + eps", "VARIANCE[statistic]"],
    ["the mean is not taken off", "(X[at] - centre)", "X[at]"],
    ["only the last example counts", "shifts[channel] += sum", "shifts[channel] = sum"],
  ]),
  ...mutantsOf("layers/_backward.ts", [needs], [
    ["what is not wanted is wanted", "all[name] = false", "all[name] = true"],
    [
      "of several gradients the first cannot be left out",
      "  return all;\n}",
      "  return { ...all, [Object.keys(all)[0]]: true };\n}",
    ],
  ]),
  ...mutantsOf("layers/dropout.ts", ["tests/gradients/dropout_test.ts"], [
    [
      "the gradient is not scaled",
      "return maskScale(dout, mask, p)",
      "return maskScale(dout, mask, 1)",
    ],
    [
      "the gradient passes everywhere",
      "return maskScale(dout, mask, p)",
      "return maskScale(dout, null, p)",
    ],
  ]),
  ...mutantsOf("layers/affine_relu.ts", [relu], [
    [
      "ReLU is passed over",
      "affineBackward(reluBackward(dout, relu)",
      "affineBackward((dout)",
    ],
  ]),
  ...mutantsOf("layers/affine_batchnorm_relu.ts", [batchnorm], [
    ["ReLU is passed over", "normNeeds, relu.x)", "normNeeds)"],
    [
      "the normalisation is passed over",
      "affineBackward(dscores, affine",
      "affineBackward(dout, affine",
    ],
    [
      "dgamma and dbeta change places",
      "...scaleShift);",
      "...scaleShift.toReversed());",
    ],
  ]),
  ...mutantsOf("layers/affine_layernorm_relu.ts", [layernorm], [
    ["ReLU is passed over", "reluBackward(dout, relu)", "dout"],
    [
      "the normalisation is passed over",
      "affineBackward(dscores, affine",
      "affineBackward(dnormalized, affine",
    ],
    [
      "dgamma and dbeta change places",
      "...scaleShift);",
      "...scaleShift.toReversed());",
    ],
  ]),
  ...mutantsOf("layers/generic.ts", [generic], [
    ["dropout is passed over", "if (dropout) dscores", "if (!dropout && dropout) dscores"],
    ["ReLU is passed over", "if (relu) dscores", "if (relu && !relu.x) dscores"],
    ["ReLU after batch normalisation is passed over", "normNeeds,\n      relu?.x,", "normNeeds,"],
    [
      "normalisation does not reach the affine layer",
      "[dscores, dgamma, dbeta] = batchnorm",
      "[, dgamma, dbeta] = batchnorm",
    ],
    [
      "dgamma and dbeta change places",
      "[dscores, dgamma, dbeta] = batchnorm",
      "[dscores, dbeta, dgamma] = batchnorm",
    ],
  ]),
  ...mutantsOf("layers/batchnorm_relu.ts", [batchnormRelu], [
    ["ReLU is passed over", "batchnorm, options, out)", "batchnorm, options)"],
    ["statistics count as constants", 'mode === "train"', "false"],
    ["pooling after running statistics takes another ReLU", "out: active }", "out: dactive }"],
    ["ReLU is passed over where dx is left out", "reluBackward(dout, { x: out })", "dout"],
  ]),
];
