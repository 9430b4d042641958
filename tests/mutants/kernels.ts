/**
 * Faults in the backward entries of the reference kernels.
 *
 * @module
 */
import { type Mutant, mutantsOf } from "./mutant.ts";

const affine = "tests/gradients/affine_test.ts";
const relu = "tests/gradients/relu_test.ts";
const activations = "tests/gradients/activations_test.ts";
const embedding = "tests/gradients/word_embedding_test.ts";
const recurrent = "tests/gradients/recurrent_test.ts";
const upsample = "tests/gradients/upsample_test.ts";
const losses = "tests/gradients/losses_test.ts";

export const kernels: readonly Mutant[] = [
  ...mutantsOf("kernels/reference/affine.ts", [affine], [
    [
      "sumRows misses the first row",
      "sums.fill(0, 0, m);\n  for (let i = 0;",
      "sums.fill(0, 0, m);\n  for (let i = 1;",
    ],
  ]),
  ...mutantsOf("kernels/reference/elementwise.ts", [relu], [
    ["reluBackward passes at exactly 0", "x[i] > 0 ? dout[i] : 0", "x[i] >= 0 ? dout[i] : 0"],
    ["reluBackward passes everywhere", "x[i] > 0 ? dout[i] : 0", "dout[i]"],
  ]),
  ...mutantsOf("kernels/reference/elementwise.ts", ["tests/gradients/dropout_test.ts"], [
    ["maskScale does not scale", "? x[i] * scale : 0", "? x[i] : 0"],
    ["maskScale keeps what it should drop", "mask[i] === 1 ?", "mask[i] === 0 ?"],
  ]),
  ...mutantsOf("kernels/reference/elementwise.ts", ["tests/gradients/networks_test.ts"], [
    ["addScaled subtracts", "y[i] += alpha * x[i]", "y[i] -= alpha * x[i]"],
    [
      "sumSquares forgets the first entry",
      "let i = start; i < end; i++) sum +=",
      "let i = start + 1; i < end; i++) sum +=",
    ],
  ]),
  ...mutantsOf("kernels/reference/batchnorm.ts", ["tests/gradients/batchnorm_test.ts"], [
    ["eps is forgotten", "1 / Math.sqrt(variance[j] + eps)", "1 / Math.sqrt(variance[j])"],
    ["dgamma is not normalised", "    products *= inverse;\n", ""],
    ["dbeta is averaged", "dbeta[j] = sum;", "dbeta[j] = sum / count;"],
    ["gamma is forgotten", "gamma[j] * inverse;", "inverse;"],
    ["the mean counts as constant", "train ? sum / count : 0", "0"],
    ["the variance counts as constant", "train ? products * inverse / count : 0", "0"],
    ["the running mean counts as the batch's", "train ? sum / count : 0", "sum / count"],
    ["the variance term is not normalised", "products * inverse / count", "products / count"],
    ["the mean term is a sum", "train ? sum / count", "train ? sum"],
  ]),
  ...mutantsOf("kernels/reference/groupnorm.ts", ["tests/gradients/layernorm_test.ts"], [
    ["eps is forgotten", "1 / Math.sqrt(variance[group] + eps)", "1 / Math.sqrt(variance[group])"],
    ["dgamma is not normalised", "      channelProducts *= inverse;\n", ""],
    [
      "dbeta keeps the last row only",
      "betaSums[firstChannel + j] += channelSum",
      "betaSums[firstChannel + j] = channelSum",
    ],
    [
      "dgamma keeps the last row only",
      "gammaSums[firstChannel + j] +=",
      "gammaSums[firstChannel + j] =",
    ],
    [
      "gamma is missing from the mean term",
      "sum += channelSum * gamma[firstChannel + j]",
      "sum += channelSum",
    ],
    [
      "gamma is missing from the variance term",
      "products += channelProducts * gamma[firstChannel + j]",
      "products += channelProducts",
    ],
    ["the mean counts as constant", "meanTerm = sum / count", "meanTerm = 0"],
    [
      "the variance counts as constant",
      "varianceTerm = products * inverse / count",
      "varianceTerm = 0",
    ],
    ["gamma is missing from the direct term", "dout[p] * scale - meanTerm", "dout[p] - meanTerm"],
  ]),
  ...mutantsOf("kernels/reference/losses.ts", [losses], [
    ["softmax is not averaged", "1 / (sum * n)", "1 / sum"],
    ["softmax does not take off the label", "* scale - 1 / n;", "* scale;"],
    ["softmax takes off 1 instead of 1/N", "* scale - 1 / n;", "* scale - 1;"],
    ["the hinge is not averaged", "const share = 1 / n;", "const share = 1;"],
    ["the hinge has a gradient at a margin of 0", "if (margin <= 0 ||", "if (margin < 0 ||"],
    ["the hinge counts every class for the label", "violations++;", "violations = c - 1;"],
    ["the label's own score has no gradient", "dx[target] = 0 - violations * share;", ""],
    ["the label's own score is pushed down", "0 - violations * share", "violations * share"],
  ]),
  ...mutantsOf("kernels/reference/activations.ts", [activations], [
    ["the slope of tanh lacks its square", "1 - out * out", "1 - out"],
    ["the output of sigmoid is forgotten", "dout * out * (1 - out)", "dout * (1 - out)"],
    ["the slope of leaky ReLU at 0 is 1", "x[i] > 0 ? dout[i]", "x[i] >= 0 ? dout[i]"],
    ["the slope of leaky ReLU is forgotten", ": alpha * dout[i]", ": dout[i]"],
    ["the density of GELU is forgotten", "normal(x) + x * density)", "normal(x))"],
    ["the density of GELU is too wide", "-0.5 * x * x", "-0.25 * x * x"],
  ]),
  ...mutantsOf("kernels/reference/activations.ts", [activations], [
    ["the other probabilities are forgotten", "(dout[i] - mean)", "dout[i]"],
    ["the mean is not weighted", "mean += dout[i] * out[i]", "mean += dout[i]"],
    ["the logarithm's gradient is not shared", "Math.exp(out[i]) * sum", "sum"],
  ]),
  ...mutantsOf("kernels/reference/lstm.ts", [recurrent], [
    ["nothing comes back from later steps", "wh, 1, current", "wh, 0, current"],
    ["dh0 is that of the last step", "stepOf(da, 0, 4", "stepOf(da, t - 1, 4"],
    ["the cell does not come back", "dc[at] + d * o", "d * o"],
    ["the forget gate sees the wrong cell", "dcell * prevC[at]", "dcell * t"],
    ["the candidate is taken for a gate", "dcell * i * (1 - g * g)", "dcell * i * g * (1 - g)"],
    ["the output gate is fed by the cell", "d * t * o * (1 - o)", "dcell * t * o * (1 - o)"],
    ["nothing is forgotten", "dc[at] = dcell * f", "dc[at] = dcell"],
  ]),
  ...mutantsOf("kernels/reference/sequences.ts", [embedding], [
    ["the last place of a word alone counts", "dw[to + j] += dout", "dw[to + j] = dout"],
    ["the first gradient goes to all", "+= dout[from + j]", "+= dout[j]"],
  ]),
  ...mutantsOf("kernels/reference/upsampling.ts", [upsample], [
    ["the right neighbour has nothing", "dx[above + right] += up * share", "0"],
    ["pixels that share an output do not add", "dx[above + left] += up", "dx[above + left] = up"],
    ["rows have the shares of columns", "down] = [d * (1 - lower)", "down] = [d * (1 - 0.5)"],
  ]),
];
