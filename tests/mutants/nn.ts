/**
 * Faults in modules and in what trains them.
 *
 * @module
 */
import { type Mutant, mutantsOf } from "./mutant.ts";

const layers = ["tests/nn/layers_test.ts"];
const gradients = ["tests/gradients/modules_test.ts"];
const transformer = ["tests/nn/course_transformer_test.ts", "tests/nn/transformer_test.ts"];

export const nn: readonly Mutant[] = [
  ...mutantsOf("nn/batch_norm.ts", layers, [
    ["momentum is the share of the old", "1 - this.#momentum", "this.#momentum"],
    ["statistics move under noGrad", "if (!isRecording()) {", "if (!settings) {"],
    [
      "variances begin at 0",
      "this.runningVar = filledArray([numFeatures], 1",
      "this.runningVar = filledArray([numFeatures], 0",
    ],
    ["eval mode does as train mode", "if (!this.training) return", "if (!this) return"],
  ]),
  ...mutantsOf("nn/batch_norm.ts", ["tests/nn/batch_norm_relu_test.ts"], [
    ["rows are taken for images", "x.ndim === 4 && this.", "this."],
  ]),
  ...mutantsOf("nn/sequential.ts", ["tests/nn/batch_norm_relu_test.ts"], [
    [
      "what follows batch norm is taken for ReLU",
      "this.layers[i + 1] === relu",
      "this.layers[i + 1]",
    ],
  ]),
  ...mutantsOf("nn/dropout.ts", layers, [
    ["p is the probability to keep", "p: 1 - this.p", "p: this.p"],
    ["eval mode drops", "if (!this.training || this.p === 0)", "if (this.p === 0)"],
  ]),
  ...mutantsOf("nn/initializers.ts", layers, [
    ["fan in and fan out change places", "shape.slice(1).reduce", "shape.slice(0, 1).reduce"],
    ["Xavier forgets the fan out", "6 / (fanIn(shape) + fanOut(shape))", "6 / fanIn(shape)"],
  ]),
  ...mutantsOf("nn/residual.ts", ["tests/nn/module_test.ts"], [
    ["the shortcut is not taken", "this.shortcut ? applied(this.shortcut, x) : x", "x"],
  ]),
  ...mutantsOf("nn/multi_head_attention.ts", transformer, [
    ["scores are divided by the root of the whole length", "Math.sqrt(width))", "Math.sqrt(e))"],
    [
      "the mask hides what it should show",
      "return attnMask.logicalNot();",
      'return attnMask.astype("bool");',
    ],
    [
      "values are projected as keys",
      "split(this.value.forward(value))",
      "split(this.key.forward(value))",
    ],
    ["nothing is dropped", "matmul(this.drop.forward(weights), v)", "matmul(weights, v)"],
  ]),
  ...mutantsOf("nn/positional_encoding.ts", transformer, [
    ["cosines are sines", "= Math.cos(angle)", "= Math.sin(angle)"],
    ["frequencies grow", "10000 ** (-j / width)", "10000 ** (j / width)"],
  ]),
  ...mutantsOf("nn/transformer_decoder.ts", transformer, [
    [
      "the decoder does not look at the memory",
      "this.crossAttn.forward(x, memory, memory)",
      "this.crossAttn.forward(x, x, x)",
    ],
  ]),
  ...mutantsOf("nn/feed_forward_network.ts", transformer, [
    [
      "another function takes GELU's place",
      "gelu(this.fc1.forward(x))",
      "this.fc1.forward(x).abs()",
    ],
  ]),
  ...mutantsOf("nn/vision_transformer.ts", transformer, [
    [
      "patches are flattened by row, column and channel",
      "[0, 2, 4, 1, 3, 5]",
      "[0, 2, 4, 3, 5, 1]",
    ],
  ]),
  ...mutantsOf("nn/recurrent.ts", ["tests/nn/recurrent_test.ts", ...gradients], [
    [
      "the LSTM has no order of gates for steps",
      "return lstmStep(x, h, c, Wx, Wh, b);",
      "return lstmStep(x, c, h, Wx, Wh, b);",
    ],
  ]),
  ...mutantsOf("nn/gan_losses.ts", ["tests/nn/course_gan_test.ts"], [
    ["what is generated should be called real", "targets(logitsFake, 0)", "targets(logitsFake, 1)"],
    [
      "the generator is to be found out",
      "bceLoss(logitsFake, targets(logitsFake, 1))",
      "bceLoss(logitsFake, targets(logitsFake, 0))",
    ],
  ]),
  ...mutantsOf("nn/simclr_losses.ts", ["tests/nn/course_simclr_test.ts"], [
    ["a view is compared with itself", "if (k !== i) similar.push", "similar.push"],
    ["the partner is the view itself", "(_, i) => (i + n) % (2 * n)", "(_, i) => i % (2 * n)"],
  ]),
  ...mutantsOf("nn/unit.ts", ["tests/nn/course_simclr_test.ts"], [
    [
      "zeros are divided by zero",
      "maskedFill(squares, squares.value.equal(0), 1)",
      "squares",
    ],
  ]),
  ...mutantsOf("nn/optimizer.ts", ["tests/nn/optimizer_test.ts"], [
    ["groups lose their settings", "group: { ...config, ...own }", "group: { ...own, ...config }"],
    [
      "frozen parameters move",
      "filter(({ parameter }) => parameter.requiresGrad)",
      "filter(({ parameter }) => parameter)",
    ],
    ["a change in place is not noted", "      touch(parameter);\n", ""],
  ]),
  ...mutantsOf("nn/clip_grad_norm.ts", ["tests/nn/optimizer_test.ts"], [
    ["each gradient is clipped for itself", "squares += square;", "squares = square;"],
    ["short gradients grow", "if (scale < 1) {", "if (scale > 0) {"],
  ]),
  ...mutantsOf("nn/parameter_average.ts", ["tests/nn/optimizer_test.ts"], [
    [
      "the average follows at once",
      "this.#decay * average[i] + (1 - this.#decay) * data[i]",
      "data[i]",
    ],
  ]),
  ...mutantsOf("nn/as_model.ts", ["tests/nn/as_model_test.ts"], [
    ["scores are computed in train mode", "module.eval().forward(x)", "module.train().forward(x)"],
    ["the loss is computed in eval mode", "module.train().forward(x)", "module.eval().forward(x)"],
  ]),
  ...mutantsOf(
    "models/captioning_transformer.ts",
    ["tests/models/captioning_transformer_test.ts"],
    [
      ["the loss is a sum over time", "targets.shape[1]);", "1);"],
      [
        "words see those behind them",
        "causalMask(captions.shape[1])",
        "causalMask(captions.shape[1]).equal(causalMask(captions.shape[1]))",
      ],
    ],
  ),
];
