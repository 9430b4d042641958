/**
 * Faults in what convolutional networks are made of: layers, reference kernels, models.
 *
 * @module
 */
import { type Mutant, mutantsOf } from "./mutant.ts";

const naive = "tests/gradients/conv_naive_test.ts";
const fast = "tests/gradients/conv_fast_test.ts";
const conv = "tests/layers/conv_test.ts";
const pool = "tests/gradients/pool_test.ts";
const norms = "tests/gradients/spatial_norm_test.ts";
const composites = "tests/gradients/conv_composites_test.ts";
const networks = "tests/gradients/conv_networks_test.ts";
const convNet = "tests/models/conv_net_test.ts";
const threeLayers = "tests/models/three_layer_conv_net_test.ts";

const layers: readonly Mutant[] = [
  ...mutantsOf("layers/conv_naive.ts", [naive], [
    ["db keeps the last output only", "DB[f] += d;", "DB[f] = d;"],
    ["dx keeps the last product only", "DX[pixel] += d", "DX[pixel] = d"],
    ["dx has the wrong sign", "DX[pixel] += d", "DX[pixel] -= d"],
    ["dw keeps the last product only", "DW[weight] += d", "DW[weight] = d"],
    ["dw does not depend on the input", "d * (pixel < 0 ? 0 : X[pixel])", "d"],
    ["every output has the first gradient", "d = DOUT[at++]", "d = DOUT[at]"],
  ]),
  // What both passes share would be wrong in both alike: only known values tell.
  ...mutantsOf("layers/conv_naive.ts", [conv], [
    ["the pad is ignored", "v * g.dilationW - g.padW", "v * g.dilationW"],
    ["the stride is ignored", "const row = i * g.strideH", "const row = i"],
    ["the dilation is ignored", "u * g.dilationH", "u"],
    ["all groups see the first channels", "firstChannel + c) * g.h", "c) * g.h"],
  ]),
  ...mutantsOf("layers/conv_fast.ts", [fast], [
    [
      "dw is taken with the gradient for the input",
      "floats(upstream), floats(x), ...into",
      "floats(upstream), floats(upstream), ...into",
    ],
    ["db is left out", "db && floats(db)", "null"],
    [
      "dx is taken with the gradient of the weights",
      "floats(upstream), floats(w), floats(dx)",
      "floats(upstream), floats(dw ?? w), floats(dx)",
    ],
    ["dx is left out although it is wanted", "const dx = needs.dx ?", "const dx = !needs.dx ?"],
  ]),
  ...mutantsOf("layers/max_pool_naive.ts", [pool], [
    ["windows that overlap do not add", "argmax.data[at]] += dout", "argmax.data[at]] = dout"],
    ["ties go to the last maximum", "value > largest ||", "value >= largest ||"],
    ["NaN is passed over", "(Number.isNaN(value) && !Number.isNaN(largest))", "false"],
    [
      "all planes have the gradient of the first",
      "const at = plane * windows + window",
      "const at = window",
    ],
  ]),
  ...mutantsOf("layers/max_pool_fast.ts", [pool], [
    [
      "gradient and input are confused",
      "kernels.maxPoolBackward(geometry, floats(dout)",
      "kernels.maxPoolBackward(geometry, floats(x)",
    ],
  ]),
  ...mutantsOf("layers/conv_transpose.ts", ["tests/gradients/conv_transpose_test.ts"], [
    [
      "dw is taken the way of a convolution",
      "floats(x), floats(upstream), floats(dw)",
      "floats(upstream), floats(x), floats(dw)",
    ],
    ["the bias of the first channel is everyone's", "B[plane % c]", "B[0]"],
    ["dx is rectified", "null, false, floats(dx)", "null, true, floats(dx)"],
  ]),
  ...mutantsOf("layers/avg_pool.ts", ["tests/layers/pool_test.ts"], [
    ["the pad counts anyway", "if (!countPad) return", "if (!g) return"],
  ]),
  ...mutantsOf("layers/avg_pool.ts", [pool], [
    ["windows at the edge that overlap do not add", "dx[pixel] += share", "dx[pixel] = share"],
    [
      "gradient and input are confused",
      "kernels.avgPoolBackward(geometry, floats(dout)",
      "kernels.avgPoolBackward(geometry, floats(x)",
    ],
  ]),
  ...mutantsOf("layers/_batchnorm.ts", [norms], [
    [
      "the pixels of a channel count as images",
      "return [n, c, h * w]",
      "return [n * h * w, c, 1]",
    ],
  ]),
  ...mutantsOf("layers/spatial_groupnorm.ts", [norms], [
    ["the groups are forgotten", "const sizes = [n, G, c / G,", "const sizes = [n, 1, c,"],
  ]),
  ...mutantsOf("layers/_groupnorm.ts", [norms], [
    ["dbeta has the shape of gamma", "emptyArray(betaShape,", "emptyArray(gamma.shape,"],
  ]),
  ...mutantsOf("layers/conv_relu.ts", [composites], [
    [
      "ReLU is passed over",
      "convBackwardFast(reluBackward(dout, relu)",
      "convBackwardFast((dout)",
    ],
    ["dx cannot be left out", "conv, options)", "conv)"],
  ]),
  ...mutantsOf("layers/conv_bn_relu.ts", [composites], [
    ["ReLU is passed over", "normNeeds,\n    relu.x,", "normNeeds,"],
    ["the normalisation is passed over", "convBackwardFast(dconvolved,", "convBackwardFast(dout,"],
    [
      "dgamma and dbeta change places",
      "...scaleShift);",
      "...scaleShift.toReversed());",
    ],
    ["dx cannot be left out", "conv, { needs: { dx, dw, db } }", "conv"],
  ]),
  ...mutantsOf("layers/conv_relu_pool.ts", [composites], [
    ["ReLU is missing on the way forward", "convParam, true)", "convParam, false)"],
    ["dx cannot be left out", "convRelu, options)", "convRelu)"],
    [
      "the pooling keeps what it should pass on",
      "maxPoolBackwardFast(dout, pool)",
      "maxPoolBackwardFast(dout, pool).multiply(0)",
    ],
  ]),
];

const kernels: readonly Mutant[] = [
  ...mutantsOf("kernels/reference/convolution.ts", [fast], [
    [
      "dx: the weights are not transposed",
      "firstFilter * depth, rowStep: 1, columnStep: depth",
      "firstFilter * depth, rowStep: depth, columnStep: 1",
    ],
    [
      "dx: all groups have the filters of the first",
      "firstFilter * depth, rowStep: 1",
      "0, rowStep: 1",
    ],
    [
      "dx: patches that overlap do not add",
      "dx[start + j * strideW] +=",
      "dx[start + j * strideW] =",
    ],
    [
      "dx: the pad is ignored",
      "u * dilationH - padH;\n          if (row < 0 || row >= h) continue;",
      "u * dilationH;\n          if (row < 0 || row >= h) continue;",
    ],
    ["dx: rows of the output are not counted on", "i++, q += outW", "i++"],
    [
      "dx: the pieces of an image go to one place",
      "col2im(g, patches, image, group, row, pixels, dx)",
      "col2im(g, patches, image, group, 0, pixels, dx)",
    ],
    [
      "dw: the last image counts alone",
      "          1,\n          { data: dw",
      "          0,\n          { data: dw",
    ],
    [
      "dw: the patches are not transposed",
      "offset: 0, rowStep: 1, columnStep: pixels",
      "offset: 0, rowStep: pixels, columnStep: 1",
    ],
    [
      "dw: the pieces of an image are one",
      "im2col(g, x, image, group, row, pixels, patches);\n        multiply(\n          filters,\n          depth,",
      "im2col(g, x, image, group, 0, pixels, patches);\n        multiply(\n          filters,\n          depth,",
    ],
    [
      "dw: all groups write to the first filters",
      "{ data: dw, offset: firstFilter * depth",
      "{ data: dw, offset: 0",
    ],
    ["db: the last pixel counts alone", "sum += dout[p]", "sum = dout[p]"],
    [
      "db: the filters are mixed up",
      "(image * f + filter) * plane",
      "(filter * n + image) * plane",
    ],
    ["db is left out", "if (db !== null) sumPlanes", "if (db === dw) sumPlanes"],
    [
      "the patches begin a column too late",
      "Math.ceil(-shift / stride)",
      "Math.ceil(1 - shift / stride)",
    ],
    [
      "the patches end a column too early",
      "(size - shift) / stride)",
      "(size - shift) / stride - 1)",
    ],
    ["biases go by image", "b[i % f]", "b[i % n]"],
  ]),
  ...mutantsOf("kernels/reference/convolution.ts", [composites], [
    ["ReLU is left out", "relu && value <= 0 ? 0 : value", "value"],
  ]),
  ...mutantsOf("kernels/reference/convolution.ts", [fast], [
    ["dx is added to what was there", "  dx.fill(0);\n", ""],
    ["dw is added to what was there", "  dw.fill(0);\n", ""],
  ]),
  ...mutantsOf("kernels/reference/pooling.ts", [pool], [
    ["max: windows that overlap do not add", "dx[base + argmax[q]] +=", "dx[base + argmax[q]] ="],
    ["max: ties go to the last maximum", "value > max ||", "value >= max ||"],
    ["max: NaN is passed over", " || (value !== value && max === max)", ""],
    ["max: the last NaN wins", "value !== value && max === max", "value !== value"],
    ["max: planes are mixed up", "const base = plane * size", "const base = 0"],
    ["average: the gradient is not divided", "dout[q++] / area", "dout[q++]"],
    ["average: windows that overlap do not add", "dx[p] += share", "dx[p] = share"],
    ["average: the sum is not divided", "sum / area", "sum"],
  ]),
  ...mutantsOf("kernels/reference/pooling.ts", [pool], [
    [
      "max: dx is added to what was there",
      "dx.fill(0);\n  for (let plane = 0; plane < planes; plane++) {\n    const base",
      "for (let plane = 0; plane < planes; plane++) {\n    const base",
    ],
  ]),
  ...mutantsOf("kernels/reference/batchnorm.ts", [norms], [
    [
      "a channel is its first image",
      "end: n * c * s, runStep: c * s",
      "end: c * s, runStep: c * s",
    ],
    ["a channel is the first of its pixels", "length: s, step: 1", "length: 1, step: 1"],
  ]),
  ...mutantsOf("kernels/reference/groupnorm.ts", [norms], [
    ["every group has the scales of the first", "[firstChannel + j] * inverse", "[j] * inverse"],
    [
      "the groups of an image are one",
      "const firstChannel = (group % g) * cg;\n    const centre",
      "const firstChannel = 0;\n    const centre",
    ],
  ]),
  ...mutantsOf("kernels/reference/gemm.ts", ["tests/gradients/affine_test.ts"], [
    [
      "the first transpose is ignored",
      "transA ? 1 : k, columnStep: transA ? m : 1",
      "k, columnStep: 1",
    ],
    [
      "the second transpose is ignored",
      "transB ? 1 : n, columnStep: transB ? k : 1",
      "n, columnStep: 1",
    ],
    [
      "dots: the first product is left out",
      "let p = aStart; p < end",
      "let p = aStart + columnStep; p < end",
    ],
  ]),
  ...mutantsOf("kernels/reference/gemm.ts", [fast], [
    ["blocked: the sum goes on from what was there", "if (beta === 0) {\n", "if (beta > 1) {\n"],
    ["blocked: beta is ignored", "if (beta === 0) {\n", "if (beta >= 0) {\n"],
    ["by rows: beta is ignored", "row[j] = beta === 0 ? 0 : to[start + j]", "row[j] = 0"],
    ["dots: beta is ignored", "let sum = beta === 0 ? 0 : c.data[cStart + j]", "let sum = 0"],
  ]),
  ...mutantsOf("kernels/reference/_panels.ts", ["tests/gradients/affine_test.ts"], [
    ["a tile forgets its last row", "c[offset] += c30;", ""],
    ["a tile forgets its second column", "if (wide) c[offset + 1] += c11;", ""],
    ["an odd column is written twice", "const wide = columns === 2", "const wide = true"],
    ["the third row is the second", "a2 = row2[p]", "a2 = row1[p]"],
  ]),
];

const models: readonly Mutant[] = [
  ...mutantsOf("models/_layers.ts", [convNet], [
    ["dropout is passed over", "(x) => tensors.dropout(x, moded)", "(x) => x"],
    ["ReLU is passed over", "(x) => tensors.relu(x)", "(x) => x"],
    ["fused ReLU is passed over", "norm === null ? convRelu : tensors.conv2d", "tensors.conv2d"],
    [
      "gamma and beta change places",
      "(...args) => tensors.groupnorm(...args, norm)",
      "(x, gamma, beta) => tensors.groupnorm(x, beta, gamma, norm)",
    ],
  ]),
  ...mutantsOf("models/_layers.ts", [networks], [
    [
      "a fused layer gives the bias the gradient of the weights",
      "convReluBackward, names",
      'convReluBackward, ["dx", "db", "dw"]',
    ],
  ]),
  ...mutantsOf("models/three_layer_conv_net.ts", [networks], [
    ["the gradient of W1 is not regularised", "(W1, dW1, reg)", "(W1, dW1.copy(), reg)"],
    ["the gradient of W2 is not regularised", "(W2, dW2, reg)", "(W2, dW2.copy(), reg)"],
    ["the gradient of W3 is not regularised", "(W3, dW3, reg)", "(W3, dW3.copy(), reg)"],
    ["the gradient of b1 is that of b3", "b1: db1", "b1: db3"],
    ["the gradient of b2 is negated", "b2: db2 }", "b2: db2.negative() }"],
    [
      "scale and shift change places",
      "gamma1: dgamma1, beta1: dbeta1",
      "gamma1: dbeta1, beta1: dgamma1",
    ],
    [
      "the gradient of the second scale is doubled",
      "gamma2: dgamma2",
      "gamma2: dgamma2.multiply(2)",
    ],
    [
      "the gradient of the loss is doubled",
      "affineBackward(dscores,",
      "affineBackward(dscores.add(dscores),",
    ],
    [
      "the filters have no gradient",
      "? convBnReluBackward(dmaps, mapsCache, needs)",
      "? convBnReluBackward(dmaps.multiply(0), mapsCache, needs)",
    ],
  ]),
  ...mutantsOf("models/three_layer_conv_net.ts", [threeLayers], [
    ["the mode stays that of training", 'y ? "train" : "test"', '"train"'],
  ]),
  ...mutantsOf("models/conv_net.ts", [networks], [
    [
      "regularisation does not reach the gradients",
      "[name], grad, this",
      "[name], grad.copy(), this",
    ],
    ["the gradient of the loss is doubled", "(tensors, dscores,", "(tensors, dscores.multiply(2),"],
    [
      "gradients belong to the next parameter",
      "[name, gradients[i]!]",
      "[name, gradients[(i + 1) % names.length]!]",
    ],
  ]),
  ...mutantsOf("models/conv_net.ts", [convNet], [
    [
      "the last layer is not regularised",
      "let i = this.numLayers; i",
      "let i = this.numLayers - 1; i",
    ],
    ["the mode stays that of training", "moded.mode = mode", 'moded.mode = "train"'],
  ]),
];

export const images: readonly Mutant[] = [...layers, ...kernels, ...models];
