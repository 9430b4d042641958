/**
 * The contrastive loss beside the notebook's digits, and by loops beside all at once.
 *
 * @module
 */
import { concatenate } from "../../ndarray/mod.ts";
import { computeSimMatrix, sim, simclrLossNaive, simclrLossVectorized } from "../../nn/mod.ts";
import { RandomState } from "../../random/mod.ts";
import { compared, errorText, printed } from "../_checks.ts";
import type { Context, PartResult } from "../_part.ts";
import { type Comparison, printComparison, printTable } from "../_tables.ts";

/** The vectors of the notebook's check, two views of two examples, and what it prints for them. */
function courseChecks(): Comparison[] {
  const left = printed("1 2 3 4 5 6", [2, 3]);
  const right = printed("0 8 3 10 4 9", [2, 3]);
  const matrix = computeSimMatrix(concatenate([left, right])).value;
  return [
    { name: "sim, first pair", ours: sim(left.slice(0), right.slice(0)).item(), course: 0.782014 },
    {
      name: "sim, second pair",
      ours: sim(left.slice(1), right.slice(1)).item(),
      course: 0.9256065,
    },
    { name: "sim matrix, views 2 and 3", ours: matrix.at(1, 2), course: 0.77360845 },
    ...[[5, 1.0883455], [1, 1.0537996]].flatMap(([tau, course]) => [
      { name: `by loops, tau ${tau}`, ours: simclrLossNaive(left, right, tau).item(), course },
      {
        name: `vectorised, tau ${tau}`,
        ours: simclrLossVectorized(left, right, tau).item(),
        course,
      },
    ]),
  ];
}

/** Losses of given vectors, and of random ones at some temperatures. */
export function lossPart({ flags }: Context): PartResult {
  const checks = courseChecks();
  printComparison(checks, true);
  const rng = new RandomState(flags.seed);
  const [left, right] = [rng.randn(8, 16), rng.randn(8, 16)];
  const rows = [0.1, 0.5, 1, 5].map((tau) => {
    const naive = simclrLossNaive(left, right, tau).item();
    const vectorized = simclrLossVectorized(left, right, tau).item();
    return { tau, naive, vectorized, difference: Math.abs(naive - vectorized) };
  });
  console.log("");
  printTable(
    ["temperature", "loss by loops", "vectorised", "difference"],
    rows.map(({ tau, naive, vectorized, difference }) => [
      tau,
      naive.toFixed(12),
      vectorized.toFixed(12),
      errorText(difference),
    ]),
  );
  const chance = Math.log(15);
  console.log(
    `\nOf 16 views each has 15 others: a net that sees no difference has a loss of ln 15 = ` +
      `${chance.toFixed(4)}.`,
  );
  const worst = Math.max(...rows.map(({ difference }) => difference));
  return {
    results: { checks, rows },
    summary: [
      compared("SimCLR loss", checks, true),
      `SimCLR loss: by loops and vectorised differ by ${errorText(worst)} at most`,
    ],
  };
}
