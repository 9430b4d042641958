import {
  abs,
  add,
  astype,
  avgPool,
  batchnorm,
  bceWithLogits,
  clip,
  concatenate,
  conv2d,
  convTranspose2d,
  crossEntropy,
  divide,
  dropout,
  embedding,
  exp,
  flatten,
  gelu,
  groupnorm,
  layernorm,
  leakyRelu,
  linear,
  log,
  logSoftmax,
  lstm,
  lstmStep,
  maskedFill,
  matmul,
  maximum,
  maxPool,
  mean,
  minimum,
  mse,
  multiply,
  negative,
  power,
  relu,
  reshape,
  rnn,
  rnnStep,
  sigmoid,
  slice,
  softmax,
  spatialBatchnorm,
  split,
  sqrt,
  square,
  stack,
  subtract,
  sum,
  take,
  tanh,
  temporalSoftmaxLoss,
  transpose,
  unstack,
  upsample,
  where,
} from "../../autograd/mod.ts";
import { arange, array } from "../../ndarray/mod.ts";
import {
  discriminatorLoss,
  generatorLoss,
  lsDiscriminatorLoss,
  lsGeneratorLoss,
  simclrLossNaive,
  simclrLossVectorized,
} from "../../nn/mod.ts";
import { RandomState } from "../../random/mod.ts";
import { operationSuite } from "./_operations.ts";

const broadcast = [
  { a: [3, 4], b: [3, 4] },
  { a: [3, 4], b: [4] },
  { a: [3, 1], b: [2, 1, 4] },
  { a: [1], b: [2, 3] },
  { a: [], b: [2, 3] },
  { a: [2, 3], b: [] },
];
/** Values from 0.5 up, of a shape. */
const positive = (seed: number, ...shape: number[]) =>
  new RandomState(seed).rand(...shape).add(0.5);

operationSuite("add", { cases: broadcast, run: ({ a, b }) => add(a, b) });
operationSuite("subtract", { cases: broadcast, run: ({ a, b }) => subtract(a, b) });
operationSuite("multiply", { cases: broadcast, run: ({ a, b }) => multiply(a, b) });
operationSuite("divide", {
  cases: broadcast.map(({ a, b }, i) => ({ a, b: positive(i, ...b, 1).reshape(b) })),
  run: ({ a, b }) => divide(a, b),
});
operationSuite("maximum", { cases: broadcast, run: ({ a, b }) => maximum(a, b) });
operationSuite("minimum", { cases: broadcast, run: ({ a, b }) => minimum(a, b) });
operationSuite("where", {
  cases: broadcast.slice(0, 3),
  run: ({ a, b }) => where(array([[1, 0, 0, 1]], "bool"), a, b),
});
operationSuite("arithmetic with numbers and arrays", {
  cases: [{ x: [2, 3] }],
  run: ({ x }) => subtract(1, divide(multiply(add(x, array([1, 2, 3])), 3), 2)),
});
operationSuite("one over x", { cases: [{ x: positive(1, 2, 3) }], run: ({ x }) => divide(1, x) });
operationSuite("a tensor used several times", {
  cases: [{ x: [3, 2], y: [3, 2] }],
  run: ({ x, y }) => {
    const product = multiply(x, y);
    return add(multiply(product, product), subtract(multiply(product, x), x));
  },
});

const any = [{ x: [3, 4] }, { x: [2, 1, 3] }, { x: [] }];
operationSuite("negative", { cases: any, run: ({ x }) => negative(x) });
operationSuite("abs", { cases: any, run: ({ x }) => abs(x) });
operationSuite("square", { cases: any, run: ({ x }) => square(x) });
operationSuite("exp", { cases: any, run: ({ x }) => exp(x) });
operationSuite("power", { cases: any, run: ({ x }) => power(x, 3) });
operationSuite("clip", { cases: any, run: ({ x }) => clip(x, -0.5, 0.7) });
operationSuite("clip from one side", {
  cases: any,
  run: ({ x }) => add(clip(x, 0.1, null), clip(x, null, 0.3)),
});
operationSuite("sqrt", { cases: [{ x: positive(2, 3, 4) }], run: ({ x }) => sqrt(x) });
operationSuite("log", { cases: [{ x: positive(3, 3, 4) }], run: ({ x }) => log(x) });
operationSuite("astype", {
  cases: [{ x: [3, 4] }],
  run: ({ x }) => astype(multiply(astype(x, "float64"), 2), "float64"),
});

for (const [name, reduce] of [["sum", sum], ["mean", mean]] as const) {
  const cases = [{ x: [2, 3, 4] }];
  operationSuite(`${name} of all`, { cases: any, run: ({ x }) => reduce(x) });
  operationSuite(`${name} of all, axes kept`, {
    cases,
    run: ({ x }) => reduce(x, null, { keepdims: true }),
  });
  operationSuite(`${name} over an axis`, { cases, run: ({ x }) => reduce(x, 1) });
  operationSuite(`${name} over two axes`, { cases, run: ({ x }) => reduce(x, [0, -1]) });
  operationSuite(`${name} over an axis that is kept`, {
    cases,
    run: ({ x }) => reduce(x, -1, { keepdims: true }),
  });
  operationSuite(`${name} of all, multiplied into an array`, {
    cases,
    run: ({ x }) => multiply(x, reduce(x)),
  });
}

operationSuite("reshape", {
  cases: [{ x: [2, 6] }],
  run: ({ x }) => multiply(reshape(x, [3, -1]), arange(12).reshape([3, 4])),
});
operationSuite("flatten", { cases: [{ x: [2, 3, 2] }, { x: [3] }], run: ({ x }) => flatten(x) });
operationSuite("transpose", { cases: [{ x: [2, 3, 4] }], run: ({ x }) => transpose(x) });
operationSuite("transpose with axes", {
  cases: [{ x: [2, 3, 4] }],
  run: ({ x }) => add(transpose(x, [1, 2, 0]), transpose(x, [-2, -1, 0])),
});
operationSuite("slice", {
  cases: [{ x: [4, 5] }],
  run: ({ x }) => multiply(slice(x, "1:", "::-2"), slice(x, ":3", null, 2)),
});
operationSuite("take", {
  cases: [{ x: [4, 3] }],
  run: ({ x }) => multiply(take(x, [1, 1, -1], 0), take(x, array([[0], [5], [5]], "int32"))),
});
operationSuite("take along the last axis", {
  cases: [{ x: [4, 3] }],
  run: ({ x }) => take(x, [2, 0, 2, 2], -1),
});
operationSuite("concatenate", {
  cases: [{ a: [2, 3], b: [2, 1], c: [2, 2] }],
  run: ({ a, b, c }) => multiply(concatenate([a, b, c, a], -1), arange(9)),
});
operationSuite("concatenate along the first axis", {
  cases: [{ a: [2, 3], b: [1, 3] }],
  run: ({ a, b }) => concatenate([a, b]),
});
operationSuite("stack", {
  cases: [{ a: [2, 3], b: [2, 3] }],
  run: ({ a, b }) => multiply(stack([a, b, a], 1), stack([b, a, a], -2)),
});
operationSuite("unstack", {
  cases: [{ x: [2, 3, 2] }],
  run: ({ x }) => {
    const [first, , last] = unstack(x, 1);
    return multiply(first, last);
  },
});
operationSuite("split", {
  cases: [{ x: [2, 6] }],
  run: ({ x }) => {
    const [a, b, c] = split(x, 3, -1);
    const [left, right] = split(x, [1], 0);
    return add(multiply(multiply(a, b), c), multiply(slice(left, ":", ":2"), slice(right, 0, 2)));
  },
});
operationSuite("maskedFill", {
  cases: [{ x: [2, 3, 4] }],
  run: ({ x }) => maskedFill(x, array([[1, 0, 1, 0]], "bool"), 5),
});

for (const transposeA of [false, true]) {
  for (const transposeB of [false, true]) {
    const flip = (shape: number[], turned: boolean) =>
      turned ? [...shape.slice(0, -2), shape[shape.length - 1], shape[shape.length - 2]] : shape;
    const shapes = [
      [[3, 4], [4, 2]],
      [[5, 3, 4], [5, 4, 2]],
      [[5, 3, 4], [4, 2]],
      [[3, 4], [5, 4, 2]],
      [[2, 1, 3, 4], [5, 4, 2]],
    ];
    operationSuite(`matmul, transposed ${transposeA} and ${transposeB}`, {
      cases: shapes.map(([a, b]) => ({ a: flip(a, transposeA), b: flip(b, transposeB) })),
      run: ({ a, b }) => matmul(a, b, { transposeA, transposeB }),
    });
  }
}
operationSuite("matmul of vectors", {
  cases: [{ a: [4], b: [4] }, { a: [4], b: [4, 3] }, { a: [2, 4], b: [4] }, {
    a: [5, 2, 4],
    b: [4],
  }, {
    a: [4],
    b: [5, 4, 2],
  }],
  run: ({ a, b }) => matmul(a, b),
});

operationSuite("relu", { cases: [{ x: [3, 4] }], run: ({ x }) => relu(x) });
operationSuite("logSoftmax", {
  cases: [{ x: [3, 4] }, { x: [2, 3, 5] }, { x: [4] }],
  run: ({ x }) => logSoftmax(x),
});
operationSuite("softmax", {
  cases: [{ x: [3, 4] }, { x: [2, 3, 5] }, { x: [4] }],
  run: ({ x }) => softmax(x),
});
for (const [name, f] of Object.entries({ leakyRelu, gelu, tanh, sigmoid })) {
  operationSuite(name, { cases: [{ x: [3, 4] }, { x: [2, 2, 3] }], run: ({ x }) => f(x) });
}
operationSuite("leakyRelu with a slope", {
  cases: [{ x: [3, 4] }],
  run: ({ x }) => leakyRelu(x, 0.3),
});
operationSuite("linear", {
  cases: [
    { x: [3, 4], weight: [2, 4], bias: [2] },
    { x: [2, 3, 4], weight: [5, 4], bias: [5] },
  ],
  run: ({ x, weight, bias }) => linear(x, weight, bias),
});
operationSuite("linear without bias", {
  cases: [{ x: [3, 4], weight: [2, 4] }],
  run: ({ x, weight }) => linear(x, weight, null),
});
operationSuite("embedding", {
  cases: [{ W: [4, 3] }],
  run: ({ W }) => embedding(array([[0, 3], [3, 1]], "int32"), W),
});
const recurrent = { x: [2, 3, 4], h0: [2, 3], Wx: [4, 3], Wh: [3, 3], b: [3] };
const gated = { ...recurrent, Wx: [4, 12], Wh: [3, 12], b: [12] };
operationSuite("rnn", {
  cases: [recurrent],
  run: ({ x, h0, Wx, Wh, b }) => rnn(x, h0, Wx, Wh, b),
});
operationSuite("lstm", { cases: [gated], run: ({ x, h0, Wx, Wh, b }) => lstm(x, h0, Wx, Wh, b) });
operationSuite("rnnStep", {
  cases: [{ ...recurrent, x: [2, 4] }],
  run: ({ x, h0, Wx, Wh, b }) => rnnStep(x, h0, Wx, Wh, b),
});
operationSuite("lstmStep", {
  cases: [{ ...gated, x: [2, 4], c0: [2, 3] }],
  run: ({ x, h0, c0, Wx, Wh, b }) => multiply(...lstmStep(x, h0, c0, Wx, Wh, b)),
});
operationSuite("lstmStep of which the cell state is not used", {
  cases: [{ ...gated, x: [2, 4], c0: [2, 3] }],
  run: ({ x, h0, c0, Wx, Wh, b }) => lstmStep(x, h0, c0, Wx, Wh, b)[0],
});
operationSuite("temporalSoftmaxLoss", {
  cases: [{ x: [2, 2, 4] }],
  run: ({ x }) => {
    const mask = array([[1, 0], [1, 1]], "bool");
    return temporalSoftmaxLoss(x, array([[0, 1], [2, 3]], "int32"), mask);
  },
});
operationSuite("convTranspose2d", {
  cases: [{ x: [2, 3, 3, 2], w: [3, 2, 4, 4], b: [2] }],
  run: ({ x, w, b }) => convTranspose2d(x, w, b, { stride: 2, pad: 1 }),
});
operationSuite("convTranspose2d without bias", {
  cases: [{ x: [2, 3, 3, 2], w: [3, 2, 3, 3] }],
  run: ({ x, w }) => convTranspose2d(x, w, null, { stride: 1, pad: 1 }),
});
for (const mode of ["nearest", "bilinear"] as const) {
  operationSuite(`upsample, ${mode}`, {
    cases: [{ x: [2, 2, 3, 2] }],
    run: ({ x }) => upsample(x, { scale: 2, mode }),
  });
}
operationSuite("dropout", {
  cases: [{ x: [3, 4] }],
  run: ({ x }) => dropout(x, { p: 0.6, mode: "train", seed: 3 }),
});
operationSuite("conv2d", {
  cases: [{ x: [2, 3, 5, 4], w: [2, 3, 3, 3], b: [2] }],
  run: ({ x, w, b }) => conv2d(x, w, b, { stride: 1, pad: 1 }),
});
operationSuite("conv2d without bias", {
  cases: [{ x: [2, 3, 5, 4], w: [2, 3, 3, 3] }],
  run: ({ x, w }) => conv2d(x, w, null, { stride: 2, pad: 1 }),
});
const pool = { poolHeight: 2, poolWidth: 2, stride: 2 };
operationSuite("maxPool", { cases: [{ x: [2, 2, 4, 4] }], run: ({ x }) => maxPool(x, pool) });
operationSuite("avgPool", { cases: [{ x: [2, 2, 4, 4] }], run: ({ x }) => avgPool(x, pool) });
operationSuite("batchnorm", {
  cases: [{ x: [5, 3], gamma: [3], beta: [3] }],
  run: ({ x, gamma, beta }) => batchnorm(x, gamma, beta, { mode: "train" }),
});
operationSuite("spatialBatchnorm", {
  cases: [{ x: [2, 3, 2, 2], gamma: [3], beta: [3] }],
  run: ({ x, gamma, beta }) => spatialBatchnorm(x, gamma, beta, { mode: "train" }),
});
operationSuite("layernorm", {
  cases: [{ x: [5, 3], gamma: [3], beta: [3] }],
  run: ({ x, gamma, beta }) => layernorm(x, gamma, beta, {}),
});
operationSuite("groupnorm", {
  cases: [{ x: [2, 4, 2, 3], gamma: [4], beta: [4] }],
  run: ({ x, gamma, beta }) => groupnorm(x, gamma, beta, 2, {}),
});

const labels = array([0, 2, 1], "int32");
operationSuite("crossEntropy", { cases: [{ x: [3, 4] }], run: ({ x }) => crossEntropy(x, labels) });
operationSuite("crossEntropy of a sequence", {
  cases: [{ x: [3, 2, 4] }],
  run: ({ x }) => crossEntropy(x, array([[0, 1], [2, 3], [3, 0]], "int32")),
});
operationSuite("crossEntropy with smoothed labels", {
  cases: [{ x: [3, 4] }],
  run: ({ x }) => crossEntropy(x, labels, { labelSmoothing: 0.2 }),
});
operationSuite("crossEntropy with a label that is ignored", {
  cases: [{ x: [3, 4] }],
  run: ({ x }) => crossEntropy(x, labels, { ignoreIndex: 2 }),
});
operationSuite("mse", { cases: [{ x: [3, 4], y: [3, 4] }], run: ({ x, y }) => mse(x, y) });
operationSuite("bceWithLogits", {
  cases: [{ x: [3, 2] }],
  run: ({ x }) => bceWithLogits(x, array([[0, 1], [0.3, 1], [0, 0.9]])),
});

for (const loss of [simclrLossNaive, simclrLossVectorized]) {
  operationSuite(loss.name, {
    cases: [{ left: [3, 4], right: [3, 4] }],
    run: ({ left, right }) => loss(left, right, 0.5),
  });
}
for (const loss of [discriminatorLoss, lsDiscriminatorLoss]) {
  operationSuite(loss.name, {
    cases: [{ real: [4, 1], fake: [3, 1] }],
    run: ({ real, fake }) => loss(real, fake),
  });
}
for (const loss of [generatorLoss, lsGeneratorLoss]) {
  operationSuite(loss.name, { cases: [{ fake: [3, 1] }], run: ({ fake }) => loss(fake) });
}
