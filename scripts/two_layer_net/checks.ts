/**
 * The checks of the two-layer net and what it is made of: layers, losses, scores, gradients.
 *
 * @module
 */
import { checkGradients } from "../../gradient_check/mod.ts";
import { evalNumericalGradient, relError } from "../../gradient_check/mod.ts";
import {
  affineBackward,
  affineForward,
  affineReluBackward,
  affineReluForward,
  reluBackward,
  reluForward,
  softmaxLoss,
  svmLoss,
} from "../../layers/mod.ts";
import { TwoLayerNet } from "../../models/mod.ts";
import { array, linspace } from "../../ndarray/mod.ts";
import { RandomState } from "../../random/mod.ts";
import {
  compared,
  errorText,
  modelGradientErrors,
  printed,
  printGradients,
  worstGradient,
} from "../_checks.ts";
import type { Context, PartResult } from "../_part.ts";
import { type Comparison, printComparison, printTable } from "../_tables.ts";

/** Figures printed by the course's notebook. */
const course = {
  affine: printed("1.49834967 1.70660132 1.91485297 3.25553199 3.5141327 3.77273342", [2, 3]),
  affineError: 9.769849468192957e-10,
  relu: printed(
    `0          0          0          0          0          0
     0.04545455 0.13636364 0.22727273 0.31818182 0.40909091 0.5`,
    [3, 4],
  ),
  reluError: 4.999999798022158e-8,
  gradients: {
    affine: { dx: 5.399100368651805e-11, dw: 9.904211865398145e-11, db: 2.4122867568119087e-11 },
    sandwich: { dx: 2.299579177309368e-11, dw: 8.162011105764925e-11, db: 7.826724021458994e-12 },
    relu: { dx: 3.2756349136310288e-12 },
  },
  svm: { loss: 8.999602749096233, error: 1.4021566006651672e-9 },
  softmax: { loss: 2.3025458445007376, error: 8.234144091578429e-9 },
  scores: printed(
    `11.53165108 12.2917344  13.05181771 13.81190102 14.57198434 15.33206765 16.09215096
     12.05769098 12.74614105 13.43459113 14.1230412  14.81149128 15.49994135 16.18839143
     12.58373087 13.20054771 13.81736455 14.43418138 15.05099822 15.66781506 16.2846319`,
    [3, 7],
  ),
  losses: [{ reg: 0, loss: 3.4702243556 }, { reg: 1, loss: 26.5948426952 }],
  netGradients: [
    { reg: 0, errors: { W1: 1.83e-8, W2: 3.31e-10, b1: 9.83e-9, b2: 4.33e-10 } },
    { reg: 0.7, errors: { W1: 2.53e-7, W2: 2.85e-8, b1: 1.56e-8, b2: 7.76e-10 } },
  ],
};

/** Affine and ReLU layers, one after the other and together. */
export function layersPart({ flags }: Context): PartResult {
  const [out] = affineForward(
    linspace(-0.1, 0.5, 240).reshape([2, 4, 5, 6]),
    linspace(-0.2, 0.3, 360).reshape([120, 3]),
    linspace(-0.3, 0.1, 3),
  );
  const [active] = reluForward(linspace(-0.5, 0.5, 12).reshape([3, 4]));
  const forward = [
    { name: "affine", ours: relError(out, course.affine), course: course.affineError },
    { name: "ReLU", ours: relError(active, course.relu), course: course.reluError },
  ];
  console.log("Outputs: relative error against the course's arrays of eight decimals\n");
  printTable(
    ["layer", "ours", "course"],
    forward.map((row) => [row.name, errorText(row.ours), errorText(row.course)]),
  );

  const gradients = [
    { name: "affine", errors: affineErrors(new RandomState(flags.seed)) },
    { name: "  course", errors: course.gradients.affine },
    { name: "affine and ReLU", errors: sandwichErrors(new RandomState(flags.seed)) },
    { name: "  course", errors: course.gradients.sandwich },
  ];
  const relu = [
    { name: "ReLU", errors: reluErrors(new RandomState(flags.seed)) },
    { name: "  course", errors: course.gradients.relu },
  ];
  console.log("\nGradients: relative error against centred differences\n");
  printGradients("layer", gradients);
  console.log("");
  printGradients("layer", relu);
  const ours = [gradients[0], gradients[2], relu[0]];
  return {
    results: { forward, gradients: ours },
    summary: [
      `Layers: largest relative error of the outputs ${
        errorText(Math.max(...forward.map((row) => row.ours)))
      }, of the gradients ${errorText(worstGradient(ours))}`,
    ],
  };
}

function affineErrors(rng: RandomState) {
  const inputs = { x: rng.randn(10, 2, 3), w: rng.randn(6, 5), b: rng.randn(5) };
  const dout = rng.randn(10, 5);
  return checkGradients([affineForward, affineBackward], inputs, { dout }).errors;
}

function reluErrors(rng: RandomState) {
  const x = rng.randn(10, 10);
  const dout = rng.randn(10, 10);
  return checkGradients([reluForward, reluBackward], { x }, { dout }).errors;
}

function sandwichErrors(rng: RandomState) {
  const inputs = { x: rng.randn(2, 3, 4), w: rng.randn(12, 10), b: rng.randn(10) };
  const dout = rng.randn(2, 10);
  return checkGradients([affineReluForward, affineReluBackward], inputs, { dout }).errors;
}

/** The hinge loss and the softmax loss. */
export function lossesPart({ flags, courseSeed }: Context): PartResult {
  const rng = new RandomState(flags.seed);
  const x = rng.randn(50, 10).multiply(0.001);
  const y = rng.randint(10, undefined, 50);
  const losses = [
    { name: "SVM", of: svmLoss, course: course.svm },
    { name: "softmax", of: softmaxLoss, course: course.softmax },
  ].map(({ name, of, course }) => {
    const [loss, dx] = of(x, y);
    const error = relError(dx, evalNumericalGradient((x) => of(x, y)[0], x));
    return {
      error,
      rows: [
        { name: `${name}: loss`, ours: loss, course: course.loss },
        { name: `${name}: relative error of dx`, ours: error, course: course.error },
      ],
    };
  });
  printComparison(losses.flatMap(({ rows }) => rows), courseSeed);
  const rows = losses.map(({ rows: [loss] }) => loss);
  const worst = Math.max(...losses.map(({ error }) => error));
  return {
    results: { rows, errors: losses.map(({ error }) => error) },
    summary: [
      compared("Losses", rows, courseSeed),
      `Gradients of the losses: largest relative error ${errorText(worst)}`,
    ],
  };
}

/** Initial weights, then scores, losses and gradients of a net with given weights. */
export function netPart({ flags }: Context): PartResult {
  const rng = new RandomState(flags.seed);
  // The course draws examples and labels before the net, and does not use the examples.
  rng.randn(3, 5);
  rng.randint(7, undefined, 3);
  const model = new TwoLayerNet({
    inputDim: 5,
    hiddenDim: 50,
    numClasses: 7,
    dtype: "float64",
    rng,
  });
  const weights = (["W1", "W2"] as const).map((name) => ({
    name: `deviation of ${name}`,
    ours: model.params[name].std(),
    wanted: 1e-3,
  }));
  console.log("Initial weights; the course asks for a deviation of 1e-3 within 1e-4\n");
  printTable(
    ["", "ours", "asked for"],
    weights.map(({ name, ours, wanted }) => [name, ours, wanted]),
  );

  model.params = {
    W1: linspace(-0.7, 0.3, 250).reshape([5, 50]),
    b1: linspace(-0.1, 0.9, 50),
    W2: linspace(-0.3, 0.4, 350).reshape([50, 7]),
    b2: linspace(-0.9, 0.1, 7),
  };
  const X = linspace(-5.5, 4.5, 15).reshape([5, 3]).T;
  const y = array([0, 5, 1], "int32");
  const scoresError = model.loss(X).subtract(course.scores).abs().sum();
  const rows: Comparison[] = [];
  for (const { reg, loss } of course.losses) {
    model.reg = reg;
    rows.push({ name: `reg ${reg}: loss`, ours: model.loss(X, y)[0], course: loss });
  }
  console.log("\nA net with given weights\n");
  // The weights are given, so the digits are comparable whatever the seed is.
  printComparison(rows, true);
  console.log(`\nScores: the differences from the course's add up to ${errorText(scoresError)}`);

  const gradients = course.netGradients.flatMap(({ reg, errors }) => {
    model.reg = reg;
    return [
      { name: String(reg), errors: modelGradientErrors(model, X, y) },
      { name: "  course", errors },
    ];
  });
  console.log("\nRelative error of the gradients against centred differences (h = 1e-5)\n");
  printGradients("reg", gradients);
  const ours = gradients.filter((_, i) => i % 2 === 0);
  const deviates = weights.some((row) => Math.abs(row.ours - row.wanted) >= 1e-4);
  return {
    results: { weights, scoresError, rows, gradients: ours },
    summary: [
      `Initial weights: deviations ${deviates ? "not " : ""}within 1e-4 of 1e-3`,
      compared("Scores and losses", [
        ...rows,
        { name: "scores", ours: scoresError, course: 0 },
      ], true),
      `Gradients of the net: largest relative error ${errorText(worstGradient(ours))}`,
    ],
  };
}
