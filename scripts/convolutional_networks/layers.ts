/**
 * Convolution and max pooling by loops, and layers put together from them, against the course's
 * digits and centred differences.
 *
 * @module
 */
import { checkGradients } from "../../gradient_check/mod.ts";
import { relError } from "../../gradient_check/mod.ts";
import {
  convBackwardNaive,
  convForwardNaive,
  convReluBackward,
  convReluForward,
  convReluPoolBackward,
  convReluPoolForward,
  maxPoolBackwardNaive,
  maxPoolForwardNaive,
} from "../../layers/mod.ts";
import { linspace, type NDArray } from "../../ndarray/mod.ts";
import { RandomState } from "../../random/mod.ts";
import {
  errorText,
  type GradientErrors,
  type GradientRow,
  printed,
  printGradients,
  worstGradient,
} from "../_checks.ts";
import type { Context, PartResult } from "../_part.ts";
import { printTable } from "../_tables.ts";

const convParam = { stride: 1, pad: 1 };
const poolParam = { poolHeight: 2, poolWidth: 2, stride: 2 };

/** Figures printed by the course's notebook. */
const course = {
  convForward: {
    out: printed(
      `-0.08759809 -0.10987781 -0.18387192 -0.2109216
        0.21027089  0.21661097  0.22847626  0.23004637
        0.50813986  0.54309974  0.64082444  0.67101435
       -0.98053589 -1.03143541 -1.19128892 -1.24695841
        0.69108355  0.66880383  0.59480972  0.56776003
        2.36270298  2.36904306  2.38090835  2.38247847`,
      [2, 3, 2, 2],
    ),
    error: 2.2121476575931688e-8,
  },
  convBackward: {
    dx: 7.990010601910952e-9,
    dw: 2.678293773461729e-10,
    db: 3.8835192329918934e-11,
  },
  poolForward: {
    out: printed(
      `-0.26315789 -0.24842105 -0.20421053 -0.18947368
       -0.14526316 -0.13052632 -0.08631579 -0.07157895
       -0.02736842 -0.01263158  0.03157895  0.04631579
        0.09052632  0.10526316  0.14947368  0.16421053
        0.20842105  0.22315789  0.26736842  0.28210526
        0.32631579  0.34105263  0.38526316  0.4`,
      [2, 3, 2, 2],
    ),
    error: 4.1666665157267834e-8,
  },
  poolBackward: { dx: 3.27562514223145e-12 },
  convReluPool: {
    dx: 9.591132621921372e-9,
    dw: 5.802391137330214e-9,
    db: 1.0146343411762047e-9,
  },
  convRelu: {
    dx: 1.5218619980349303e-9,
    dw: 2.702022646099404e-10,
    db: 1.451272393591721e-10,
  },
};

/** Convolution by loops. */
export function convolutionPart({ flags }: Context): PartResult {
  const [out] = convForwardNaive(
    linspace(-0.1, 0.5, 96).reshape([2, 3, 4, 4]),
    linspace(-0.2, 0.3, 144).reshape([3, 3, 4, 4]),
    linspace(-0.1, 0.2, 3),
    { stride: 2, pad: 1 },
  );
  const forwardError = printForward(out, course.convForward);

  const rng = new RandomState(flags.seed);
  const inputs = { x: rng.randn(4, 3, 5, 5), w: rng.randn(2, 3, 3, 3), b: rng.randn(2) };
  const dout = rng.randn(4, 2, 5, 5);
  const forward = (x: NDArray, w: NDArray, b: NDArray) => convForwardNaive(x, w, b, convParam);
  const { errors } = checkGradients([forward, convBackwardNaive], inputs, { dout });
  return result("Convolution", forwardError, "convolution", errors, course.convBackward);
}

/** Max pooling by loops. */
export function poolingPart({ flags }: Context): PartResult {
  const [out] = maxPoolForwardNaive(linspace(-0.3, 0.4, 96).reshape([2, 3, 4, 4]), poolParam);
  const forwardError = printForward(out, course.poolForward);

  const rng = new RandomState(flags.seed);
  const x = rng.randn(3, 2, 8, 8);
  const dout = rng.randn(3, 2, 4, 4);
  const forward = (x: NDArray) => maxPoolForwardNaive(x, poolParam);
  const { errors } = checkGradients([forward, maxPoolBackwardNaive], { x }, { dout });
  return result("Max pooling", forwardError, "max pooling", errors, course.poolBackward);
}

/** Convolution, ReLU and pooling as one layer. */
export function sandwichPart({ flags }: Context): PartResult {
  let rng = new RandomState(flags.seed);
  const draw = (size: number, outSize: number) => ({
    inputs: { x: rng.randn(2, 3, size, size), w: rng.randn(3, 3, 3, 3), b: rng.randn(3) },
    dout: rng.randn(2, 3, outSize, outSize),
  });
  const pooled = draw(16, 8);
  const convReluPool = (x: NDArray, w: NDArray, b: NDArray) =>
    convReluPoolForward(x, w, b, convParam, poolParam);
  const pooledErrors =
    checkGradients([convReluPool, convReluPoolBackward], pooled.inputs, pooled).errors;
  rng = new RandomState(flags.seed);
  const plain = draw(8, 8);
  const convRelu = (x: NDArray, w: NDArray, b: NDArray) => convReluForward(x, w, b, convParam);
  const plainErrors = checkGradients([convRelu, convReluBackward], plain.inputs, plain).errors;
  const ours: GradientRow[] = [
    { name: "conv - relu - pool", errors: pooledErrors },
    { name: "conv - relu", errors: plainErrors },
  ];
  printGradients("relative error", [
    ours[0],
    { name: "  course", errors: course.convReluPool },
    ours[1],
    { name: "  course", errors: course.convRelu },
  ]);
  return {
    results: { gradients: ours },
    summary: [`Composite layers: largest relative error ${errorText(worstGradient(ours))}`],
  };
}

function printForward(out: NDArray, { out: digits, error }: { out: NDArray; error: number }) {
  const ours = relError(out, digits);
  printTable(["", "ours", "course"], [
    ["relative error of the output, eight decimals", errorText(ours), errorText(error)],
  ]);
  console.log("");
  return ours;
}

function result(
  title: string,
  forwardError: number,
  name: string,
  errors: GradientErrors,
  courseErrors: GradientErrors,
): PartResult {
  const ours = { name, errors };
  printGradients("relative error", [ours, { name: "  course", errors: courseErrors }]);
  return {
    results: { forwardError, gradients: [ours] },
    summary: [
      `${title}: output within ${errorText(forwardError)} of the course's, gradients within ` +
      `${errorText(worstGradient([ours]))} of centred differences`,
    ],
  };
}
