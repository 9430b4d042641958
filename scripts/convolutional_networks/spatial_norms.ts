/**
 * Batch and group normalisation of images, against the course's digits and centred differences.
 *
 * @module
 */
import { checkGradients } from "../../gradient_check/mod.ts";
import {
  type BatchnormParam,
  spatialBatchnormBackward,
  spatialBatchnormForward,
  spatialGroupnormBackward,
  spatialGroupnormForward,
} from "../../layers/mod.ts";
import { array, type NDArray, ones, zeros } from "../../ndarray/mod.ts";
import { RandomState } from "../../random/mod.ts";
import {
  compared,
  errorText,
  type GradientErrors,
  type GradientRow,
  printGradients,
  statistics,
  worstGradient,
} from "../_checks.ts";
import type { Context, PartResult } from "../_part.ts";
import { type Comparison, printComparison } from "../_tables.ts";

/** Figures printed by the course's notebook, with eight decimals. */
const course = {
  batchnorm: {
    before: {
      means: [9.33463814, 8.90909116, 9.11056338],
      stds: [3.61447857, 3.19347686, 3.5168142],
    },
    unit: { means: [0, 0, 0], stds: [0.99999962, 0.99999951, 0.9999996] },
    scaled: { means: [6, 7, 8], stds: [2.99999885, 3.99999804, 4.99999798] },
    test: {
      means: [-0.08034406, 0.07562881, 0.05716371, 0.04378383],
      stds: [0.96718744, 1.0299714, 1.02887624, 1.00585577],
    },
    errors: {
      dx: 3.0838468285639314e-7,
      dgamma: 7.09738489671469e-12,
      dbeta: 3.275608725278405e-12,
    },
  },
  groupnorm: {
    before: {
      means: [9.72505327, 8.51114185, 8.9147544, 9.43448077],
      stds: [3.67070958, 3.09892597, 4.27043622, 3.97521327],
    },
    unit: { means: [0, 0, 0, 0], stds: [0.99999963, 0.99999948, 0.99999973, 0.99999968] },
    errors: {
      dx: 7.413109437563619e-8,
      dgamma: 9.468195772749234e-12,
      dbeta: 3.354494437653335e-12,
    },
  },
};

/** Groups of group normalisation. */
const G = 2;

/** Spatial batch normalisation. */
export function batchnormPart(context: Context): PartResult {
  const { seed } = context.flags;
  const perChannel = [0, 2, 3];
  const x = new RandomState(seed).randn(2, 3, 4, 5).multiply(4).add(10);
  const [unit] = spatialBatchnormForward(x, ones([3]), zeros([3]), { mode: "train" });
  const [scaled] = spatialBatchnormForward(x, array([3, 4, 5]), array([6, 7, 8]), {
    mode: "train",
  });
  const rng = new RandomState(seed);
  const draw = () => rng.randn(10, 4, 11, 12).multiply(2.3).add(13);
  const bnParam: BatchnormParam = { mode: "train" };
  for (let i = 0; i < 50; i++) spatialBatchnormForward(draw(), ones([4]), zeros([4]), bnParam);
  bnParam.mode = "test";
  const [test] = spatialBatchnormForward(draw(), ones([4]), zeros([4]), bnParam);
  const { before, errors, ...after } = course.batchnorm;
  const rows = [
    ...statistics("before", x, perChannel, before),
    ...statistics("gamma 1, beta 0", unit, perChannel, after.unit),
    ...statistics("gamma 3 4 5, beta 6 7 8", scaled, perChannel, after.scaled),
    ...statistics("test time", test, perChannel, after.test),
  ];
  const draws = drawGradientInputs(seed, 3, [3]);
  const forward = (x: NDArray, gamma: NDArray, beta: NDArray) =>
    spatialBatchnormForward(x, gamma, beta, { mode: "train" });
  return report(context, "Spatial batch norm", rows, errors, {
    name: "spatial batch norm",
    errors: checkGradients([forward, spatialBatchnormBackward], draws.inputs, draws).errors,
  });
}

/** Spatial group normalisation. */
export function groupnormPart(context: Context): PartResult {
  const { seed } = context.flags;
  const x = new RandomState(seed).randn(2, 6, 4, 5).multiply(4).add(10);
  const scale = [1, 6, 1, 1];
  const [unit] = spatialGroupnormForward(x, ones(scale), zeros(scale), G);
  const groups = (images: NDArray) => images.reshape([2 * G, -1]);
  const { before, unit: courseUnit, errors } = course.groupnorm;
  const rows = [
    ...statistics("before", groups(x), [1], before),
    ...statistics("gamma 1, beta 0", groups(unit), [1], courseUnit),
  ];
  const draws = drawGradientInputs(seed, 6, scale);
  const forward = (x: NDArray, gamma: NDArray, beta: NDArray) =>
    spatialGroupnormForward(x, gamma, beta, G);
  return report(context, "Spatial group norm", rows, errors, {
    name: "spatial group norm",
    errors: checkGradients([forward, spatialGroupnormBackward], draws.inputs, draws).errors,
  });
}

function drawGradientInputs(seed: number, channels: number, scale: readonly number[]) {
  const rng = new RandomState(seed);
  const x = rng.randn(2, channels, 4, 5).multiply(5).add(12);
  const [gamma, beta] = [rng.randn(...scale), rng.randn(...scale)];
  return { inputs: { x, gamma, beta }, dout: rng.randn(2, channels, 4, 5) };
}

function report(
  { courseSeed }: Context,
  title: string,
  rows: readonly Comparison[],
  courseErrors: GradientErrors,
  ours: GradientRow,
): PartResult {
  printComparison(rows, courseSeed);
  console.log("");
  printGradients("relative error", [ours, { name: "  course", errors: courseErrors }]);
  return {
    results: { rows, gradients: [ours] },
    summary: [
      compared(`${title}, eight decimals`, rows, courseSeed),
      `${title}: gradients within ${errorText(worstGradient([ours]))} of centred differences`,
    ],
  };
}
