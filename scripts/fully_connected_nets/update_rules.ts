/**
 * Update rules: one step of each against the course's digits, and a six-layer net trained with
 * each.
 *
 * @module
 */
import { subset } from "../../data/mod.ts";
import { relError } from "../../gradient_check/mod.ts";
import { FullyConnectedNet } from "../../models/mod.ts";
import { linspace, type NDArray } from "../../ndarray/mod.ts";
import { adam, type OptimConfig, rmsprop, sgdMomentum, type UpdateRule } from "../../optim/mod.ts";
import { RandomState } from "../../random/mod.ts";
import { errorText, printed } from "../_checks.ts";
import type { Context, PartResult } from "../_part.ts";
import { type CourseRun, printRuns, runText, saveComparison } from "../_results.ts";
import { printTable } from "../_tables.ts";
import { type Run, train } from "../_training.ts";

/** One step: what the rule starts from, what the course says comes out, and how far off it was. */
interface Step {
  readonly name: string;
  readonly rule: UpdateRule;
  readonly config: OptimConfig;
  readonly expected: Readonly<Record<string, { values: string; courseError: number }>>;
}

const grid = (from: number, to: number) => linspace(from, to, 20).reshape([4, 5]);

const steps: readonly Step[] = [
  {
    name: "SGD with momentum",
    rule: sgdMomentum,
    config: { learningRate: 1e-3, velocity: grid(0.6, 0.9) },
    expected: {
      w: {
        values: `0.1406     0.20738947 0.27417895 0.34096842 0.40775789
                 0.47454737 0.54133684 0.60812632 0.67491579 0.74170526
                 0.80849474 0.87528421 0.94207368 1.00886316 1.07565263
                 1.14244211 1.20923158 1.27602105 1.34281053 1.4096`,
        courseError: 8.882347033505819e-9,
      },
      velocity: {
        values: `0.5406     0.55475789 0.56891579 0.58307368 0.59723158
                 0.61138947 0.62554737 0.63970526 0.65386316 0.66802105
                 0.68217895 0.69633684 0.71049474 0.72465263 0.73881053
                 0.75296842 0.76712632 0.78128421 0.79544211 0.8096`,
        courseError: 4.269287743278663e-9,
      },
    },
  },
  {
    name: "RMSProp",
    rule: rmsprop,
    config: { learningRate: 1e-2, cache: grid(0.6, 0.9) },
    expected: {
      w: {
        values: `-0.39223849 -0.34037513 -0.28849239 -0.23659121 -0.18467247
                 -0.132737   -0.08078555 -0.02881884  0.02316247  0.07515774
                  0.12716641  0.17918792  0.23122175  0.28326742  0.33532447
                  0.38739248  0.43947102  0.49155973  0.54365823  0.59576619`,
        courseError: 9.524687511038133e-8,
      },
      cache: {
        values: `0.5976     0.6126277  0.6277108  0.64284931 0.65804321
                 0.67329252 0.68859723 0.70395734 0.71937285 0.73484377
                 0.75037008 0.7659518  0.78158892 0.79728144 0.81302936
                 0.82883269 0.84469141 0.86060554 0.87657507 0.8926`,
        courseError: 2.6477955807156126e-9,
      },
    },
  },
  {
    name: "Adam",
    rule: adam,
    config: { learningRate: 1e-2, m: grid(0.6, 0.9), v: grid(0.7, 0.5), t: 5 },
    expected: {
      w: {
        values: `-0.40094747 -0.34836187 -0.29577703 -0.24319299 -0.19060977
                 -0.1380274  -0.08544591 -0.03286534  0.01971428  0.0722929
                  0.1248705   0.17744702  0.23002243  0.28259667  0.33516969
                  0.38774145  0.44031188  0.49288093  0.54544852  0.59801459`,
        courseError: 1.1395691798535431e-7,
      },
      v: {
        values: `0.69966    0.68908382 0.67851319 0.66794809 0.65738853
                 0.64683452 0.63628604 0.6257431  0.61520571 0.60467385
                 0.59414753 0.58362676 0.57311152 0.56260183 0.55209767
                 0.54159906 0.53110598 0.52061845 0.51013645 0.49966`,
        courseError: 4.208314038113071e-9,
      },
      m: {
        values: `0.48       0.49947368 0.51894737 0.53842105 0.55789474
                 0.57736842 0.59684211 0.61631579 0.63578947 0.65526316
                 0.67473684 0.69421053 0.71368421 0.73315789 0.75263158
                 0.77210526 0.79157895 0.81105263 0.83052632 0.85`,
        courseError: 4.214963193114416e-9,
      },
    },
  },
];

/** Makes one step with each rule, and compares with the course's digits. */
export function updateRulesPart(): PartResult {
  const rows = steps.flatMap(({ name, rule, config, expected }) => {
    const [w, next] = rule(grid(-0.4, 0.6), grid(-0.6, 0.4), config);
    const results: Record<string, NDArray> = { ...next as Record<string, NDArray>, w };
    return Object.entries(expected).map(([key, { values, courseError }]) => {
      const digits = printed(values, [4, 5]);
      return { name: `${name}: ${key}`, error: relError(results[key], digits), courseError };
    });
  });
  console.log("Relative error against the course's arrays of eight decimals\n");
  printTable(
    ["", "ours", "course"],
    rows.map((row) => [row.name, errorText(row.error), errorText(row.courseError)]),
  );
  const worst = Math.max(...rows.map(({ error }) => error));
  return {
    results: { rows },
    summary: [`Update rules: largest relative error ${errorText(worst)}`],
  };
}

/** The rules in the course's comparison, and what it printed. */
const rules = [
  {
    updateRule: "sgd",
    learningRate: 5e-3,
    course: {
      printEvery: 190,
      losses: [2.559978, 1.909494],
      trainAcc: [0.104, 0.225, 0.298, 0.343, 0.322, 0.372],
      valAcc: [0.107, 0.193, 0.26, 0.287, 0.305, 0.319],
    },
  },
  {
    updateRule: "sgdMomentum",
    learningRate: 5e-3,
    course: {
      printEvery: 190,
      losses: [3.153778, 1.305934],
      trainAcc: [0.099, 0.307, 0.382, 0.458, 0.49, 0.536],
      valAcc: [0.088, 0.26, 0.322, 0.338, 0.327, 0.368],
    },
  },
  {
    updateRule: "rmsprop",
    learningRate: 1e-4,
    course: {
      printEvery: 190,
      losses: [2.589166, 1.365772],
      trainAcc: [0.119, 0.381, 0.429, 0.492, 0.53, 0.531],
      valAcc: [0.146, 0.32, 0.35, 0.361, 0.361, 0.369],
    },
  },
  {
    updateRule: "adam",
    learningRate: 1e-3,
    course: {
      printEvery: 190,
      losses: [3.476928, 1.209479],
      trainAcc: [0.126, 0.363, 0.419, 0.497, 0.543, 0.619],
      valAcc: [0.11, 0.33, 0.362, 0.368, 0.347, 0.374],
    },
  },
] as const satisfies readonly { course: CourseRun; [key: string]: unknown }[];

/** Trains a six-layer net on 4000 images with each rule. */
export async function comparisonPart(context: Context): Promise<PartResult> {
  const { flags, signal } = context;
  const data = subset(await context.data(), flags.quick ? 1000 : 4000);
  const rng = new RandomState(flags.seed);
  const runs: Run[] = [];
  for (const { updateRule, learningRate } of rules) {
    if (signal.aborted) break;
    console.log(`\n${updateRule}`);
    const model = new FullyConnectedNet([100, 100, 100, 100, 100], {
      weightScale: 5e-2,
      dtype: flags.dtype,
      rng,
    });
    runs.push(
      await train(context, updateRule, model, data, {
        numEpochs: flags.quick ? 3 : 5,
        batchSize: 100,
        updateRule,
        optimConfig: { learningRate },
        numValSamples: flags.quick ? 200 : null,
        printEvery: 50,
        rng,
      }),
    );
  }
  console.log("\nThe course's runs are unseeded; compare levels, not digits\n");
  printRuns(context, "update rule", runs, rules.map(({ course }) => course));
  await saveComparison(context, "update_rules", "Update rules on a six-layer net", runs);
  return { results: { runs }, summary: runs.map(runText) };
}
