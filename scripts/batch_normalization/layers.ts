/**
 * Batch and layer normalisation as layers, against the course's digits and centred differences.
 *
 * @module
 */
import { checkGradients } from "../../gradient_check/mod.ts";
import { relError } from "../../gradient_check/mod.ts";
import {
  batchnormBackward,
  batchnormBackwardAlt,
  batchnormForward,
  type BatchnormParam,
  layernormBackward,
  layernormForward,
} from "../../layers/mod.ts";
import { FullyConnectedNet } from "../../models/mod.ts";
import { array, matmul, maximum, type NDArray, ones, zeros } from "../../ndarray/mod.ts";
import { RandomState } from "../../random/mod.ts";
import {
  compared,
  errorText,
  type GradientErrors,
  type GradientRow,
  modelGradientErrors,
  printGradients,
  shortestMilliseconds,
  statistics,
  worstGradient,
} from "../_checks.ts";
import type { Context, PartResult } from "../_part.ts";
import { type Comparison, printComparison, printTable } from "../_tables.ts";

/** Figures printed by the course's notebook, statistics with eight decimals. */
const course = {
  batchnorm: {
    before: {
      means: [-2.3814598, -13.18038246, 1.91780462],
      stds: [27.18502186, 34.21455511, 37.68611762],
    },
    unit: { means: [0, 0, 0], stds: [0.99999999, 1, 1] },
    scaled: { means: [11, 12, 13], stds: [0.99999999, 1.99999999, 2.99999999] },
    test: {
      means: [-0.03927354, -0.04349152, -0.10452688],
      stds: [1.01531428, 1.01238373, 0.97819988],
    },
    errors: {
      dx: 1.7029235612572515e-9,
      dgamma: 7.420414216247087e-13,
      dbeta: 2.8795057655839487e-12,
    },
  },
  alt: { differences: [5.344522019088175e-13, 0, 0], speedup: 1.34 },
  layernorm: {
    before: {
      means: [-59.06673243, -47.60782686, -43.31137368, -26.40991744],
      stds: [10.07429373, 28.39478981, 35.28360729, 4.01831507],
    },
    unit: { means: [0, 0, 0, 0], stds: [0.99999995, 0.99999999, 1, 0.99999969] },
    scaled: { means: [5, 5, 5, 5], stds: [2.99999985, 2.99999998, 2.99999999, 2.99999907] },
    errors: {
      dx: 2.1072779340780797e-9,
      dgamma: 4.519489546032799e-12,
      dbeta: 2.5842537629899423e-12,
    },
  },
  nets: [
    {
      reg: 0,
      loss: 2.2611955101340957,
      errors: {
        W1: 1.1e-4,
        W2: 5.65e-6,
        W3: 4.14e-10,
        b3: 1.02e-10,
        beta1: 6.94e-9,
        beta2: 1.89e-9,
        gamma1: 7.47e-9,
        gamma2: 3.35e-9,
      },
    },
    {
      reg: 3.14,
      loss: 6.996533220108303,
      errors: {
        W1: 1.98e-6,
        W2: 2.29e-6,
        W3: 2.79e-8,
        b3: 2.1e-10,
        beta1: 6.32e-9,
        beta2: 3.39e-9,
        gamma1: 6.27e-9,
        gamma2: 4.14e-9,
      },
    },
  ],
};

/** What a two-layer net puts out for n random examples, and its weights for more. */
function randomNet(rng: RandomState) {
  const [W1, W2] = [rng.randn(50, 60), rng.randn(60, 3)];
  return (X: NDArray) => matmul(maximum(0, matmul(X, W1)), W2);
}

/** Examples first, then the weights, which is the course's order. */
function preActivation(seed: number, n: number): NDArray {
  const rng = new RandomState(seed);
  const X = rng.randn(n, 50);
  return randomNet(rng)(X);
}

/** Batch normalisation forward, in training and at test time. */
export function forwardPart({ flags, courseSeed }: Context): PartResult {
  const a = preActivation(flags.seed, 200);
  const train = { mode: "train" } as const;
  const [unit] = batchnormForward(a, ones([3]), zeros([3]), train);
  const [scaled] = batchnormForward(a, array([1, 2, 3]), array([11, 12, 13]), { ...train });

  const rng = new RandomState(flags.seed);
  const net = randomNet(rng);
  const bnParam: BatchnormParam = { mode: "train" };
  for (let i = 0; i < 50; i++) {
    batchnormForward(net(rng.randn(200, 50)), ones([3]), zeros([3]), bnParam);
  }
  bnParam.mode = "test";
  const [test] = batchnormForward(net(rng.randn(200, 50)), ones([3]), zeros([3]), bnParam);

  const { batchnorm } = course;
  const rows = [
    ...statistics("before", a, [0], batchnorm.before),
    ...statistics("gamma 1, beta 0", unit, [0], batchnorm.unit),
    ...statistics("gamma 1 2 3, beta 11 12 13", scaled, [0], batchnorm.scaled),
    ...statistics("test time", test, [0], batchnorm.test),
  ];
  printComparison(rows, courseSeed);
  return {
    results: { rows },
    summary: [compared("Batch norm, eight decimals", rows, courseSeed)],
  };
}

type Forward<Cache> = (x: NDArray, gamma: NDArray, beta: NDArray) => [out: NDArray, cache: Cache];
type Gradients = [dx: NDArray, dgamma: NDArray, dbeta: NDArray];

function gradients<Cache>(
  seed: number,
  forward: Forward<Cache>,
  backward: (dout: NDArray, cache: Cache) => Gradients,
): GradientErrors {
  const { inputs, dout } = drawLayer(seed, 4, 5);
  return checkGradients([forward, backward], inputs, { dout }).errors;
}

function drawLayer(seed: number, n: number, d: number) {
  const rng = new RandomState(seed);
  const inputs = {
    x: rng.randn(n, d).multiply(5).add(12),
    gamma: rng.randn(d),
    beta: rng.randn(d),
  };
  return { inputs, dout: rng.randn(n, d) };
}

const inTraining = (x: NDArray, gamma: NDArray, beta: NDArray) =>
  batchnormForward(x, gamma, beta, { mode: "train" });

/** Batch normalisation backward, step by step and in closed form. */
export function backwardPart({ flags, courseSeed }: Context): PartResult {
  const ours: GradientRow[] = [
    { name: "step by step", errors: gradients(flags.seed, inTraining, batchnormBackward) },
    { name: "closed form", errors: gradients(flags.seed, inTraining, batchnormBackwardAlt) },
  ];
  printGradients("relative error", [
    ...ours,
    { name: "  course", errors: course.batchnorm.errors },
  ]);

  const { inputs: { x, gamma, beta }, dout } = drawLayer(flags.seed, 100, 500);
  const [, cache] = inTraining(x, gamma, beta);
  const closed = batchnormBackwardAlt(dout, cache);
  const differences = batchnormBackward(dout, cache).map((stepwise, i) =>
    relError(stepwise, closed[i])
  );
  const stepwiseMs = shortestMilliseconds(20, () => batchnormBackward(dout, cache));
  const closedMs = shortestMilliseconds(20, () => batchnormBackwardAlt(dout, cache));
  const speedup = stepwiseMs / closedMs;
  console.log("\nClosed form beside step by step, x (100, 500), float64\n");
  printTable(["", "ours", "course"], [
    ...["dx", "dgamma", "dbeta"].map((name, i) => [
      `${name}: relative difference`,
      errorText(differences[i]),
      courseSeed ? errorText(course.alt.differences[i]) : "other seed",
    ]),
    ["step by step, ms", stepwiseMs.toFixed(3), "-"],
    ["closed form, ms", closedMs.toFixed(3), "-"],
    ["factor", `${speedup.toFixed(2)}×`, `${course.alt.speedup}×`],
  ]);
  return {
    results: { gradients: ours, differences, stepwiseMs, closedMs, speedup },
    summary: [
      `Batch norm: gradients within ${errorText(worstGradient(ours))} of centred differences`,
      `Batch norm backward in closed form: ${speedup.toFixed(1)}× as fast as step by step`,
    ],
  };
}

/** Fully connected nets with batch normalisation. */
export function netsPart({ flags, courseSeed }: Context): PartResult {
  const rng = new RandomState(flags.seed);
  const X = rng.randn(2, 15);
  const y = rng.randint(10, undefined, 2);
  const rows: Comparison[] = [];
  const gradients: GradientRow[] = [];
  for (const { reg, loss, errors } of course.nets) {
    const model = new FullyConnectedNet([20, 30], {
      inputDim: 15,
      numClasses: 10,
      weightScale: 5e-2,
      normalization: "batchnorm",
      dtype: "float64",
      reg,
      rng,
    });
    rows.push({ name: `reg ${reg}: initial loss`, ours: model.loss(X, y)[0], course: loss });
    gradients.push(
      { name: String(reg), errors: modelGradientErrors(model, X, y) },
      { name: "  course", errors },
    );
  }
  printComparison(rows, courseSeed);
  console.log("\nRelative error of the gradients against centred differences (h = 1e-5);");
  console.log("b1 and b2 have gradient 0, for batch norm takes them off again with the mean\n");
  printGradients("reg", gradients);
  const ours = gradients.filter((_, i) => i % 2 === 0);
  return {
    results: { rows, gradients: ours },
    summary: [
      compared("Initial losses", rows, courseSeed),
      `Gradients of the nets: largest relative error ${errorText(worstGradient(ours))}`,
    ],
  };
}

/** Layer normalisation, forward and backward. */
export function layernormPart({ flags, courseSeed }: Context): PartResult {
  const a = preActivation(flags.seed, 4);
  const [unit] = layernormForward(a, ones([3]), zeros([3]));
  const [scaled] = layernormForward(a, array([3, 3, 3]), array([5, 5, 5]));
  const { before, errors, ...after } = course.layernorm;
  const rows = [
    ...statistics("before", a, [1], before),
    ...statistics("gamma 1, beta 0", unit, [1], after.unit),
    ...statistics("gamma 3, beta 5", scaled, [1], after.scaled),
  ];
  printComparison(rows, courseSeed);
  const ours = {
    name: "layer norm",
    errors: gradients(
      flags.seed,
      (x, gamma, beta) => layernormForward(x, gamma, beta),
      layernormBackward,
    ),
  };
  console.log("");
  printGradients("relative error", [ours, { name: "  course", errors }]);
  return {
    results: { rows, gradients: [ours] },
    summary: [
      compared("Layer norm, eight decimals", rows, courseSeed),
      `Layer norm: gradients within ${errorText(worstGradient([ours]))} of centred differences`,
    ],
  };
}
