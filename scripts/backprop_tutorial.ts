/**
 * Backpropagation by hand: circuits of a few gates, what each kind of gate does with a gradient, and
 * how exact numerical gradients are.
 *
 * Source: CS231n notes, "Backpropagation, intuitions" and "Neural networks, part 3".
 *
 * @module
 */
import { relError } from "../gradient_check/mod.ts";
import { linePlot } from "../plot/mod.ts";
import { errorText } from "./_checks.ts";
import { savePlot } from "./_outputs.ts";
import type { Context, PartResult } from "./_part.ts";
import { runProgram } from "./_program.ts";
import { printTable } from "./_tables.ts";

/** A circuit run forwards and backwards at given inputs. */
interface Circuit {
  readonly name: string;
  /** The inputs by name. */
  readonly inputs: Readonly<Record<string, number>>;
  /** The output alone, for numerical gradients. */
  readonly forward: (...inputs: number[]) => number;
  /** The values inside and the gradient of the output by input. */
  readonly run: (...inputs: number[]) => {
    readonly stages: Readonly<Record<string, number>>;
    readonly gradient: readonly number[];
  };
}

const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));

const sumTimes: Circuit = {
  name: "f = (x + y) z",
  inputs: { x: -2, y: 5, z: -4 },
  forward: (x, y, z) => (x + y) * z,
  run(x, y, z) {
    const q = x + y;
    const f = q * z;
    // A product passes the other factor back, a sum passes the gradient on as it is.
    const dq = z;
    const dz = q;
    return { stages: { "q = x + y": q, "f = q z": f }, gradient: [dq, dq, dz] };
  },
};

const neuron: Circuit = {
  name: "f = sigmoid(w0 x0 + w1 x1 + w2)",
  inputs: { w0: 2, x0: -1, w1: -3, x1: -2, w2: -3 },
  forward: (w0, x0, w1, x1, w2) => sigmoid(w0 * x0 + w1 * x1 + w2),
  run(w0, x0, w1, x1, w2) {
    const dot = w0 * x0 + w1 * x1 + w2;
    const f = sigmoid(dot);
    const ddot = (1 - f) * f;
    return {
      stages: { "dot = w0 x0 + w1 x1 + w2": dot, "f = sigmoid(dot)": f, "(1 - f) f": ddot },
      gradient: [x0 * ddot, w0 * ddot, x1 * ddot, w1 * ddot, ddot],
    };
  },
};

const staged: Circuit = {
  name: "f = (x + sigmoid(y)) / (sigmoid(x) + (x + y)²)",
  inputs: { x: 3, y: -4 },
  forward: (x, y) => (x + sigmoid(y)) / (sigmoid(x) + (x + y) ** 2),
  run(x, y) {
    const sigmoidY = sigmoid(y);
    const numerator = x + sigmoidY;
    const sigmoidX = sigmoid(x);
    const sum = x + y;
    const square = sum ** 2;
    const denominator = sigmoidX + square;
    const inverse = 1 / denominator;
    const f = numerator * inverse;

    const dnumerator = inverse;
    const dinverse = numerator;
    const ddenominator = -dinverse * inverse ** 2;
    const dsum = 2 * sum * ddenominator;
    // x and y reach the output along several paths, whose gradients add up.
    const dx = dnumerator + dsum + (1 - sigmoidX) * sigmoidX * ddenominator;
    const dy = (1 - sigmoidY) * sigmoidY * dnumerator + dsum;
    return {
      stages: {
        "numerator = x + sigmoid(y)": numerator,
        "square = (x + y)²": square,
        "denominator = sigmoid(x) + square": denominator,
        "inverse = 1 / denominator": inverse,
        "f = numerator · inverse": f,
      },
      gradient: [dx, dy],
    };
  },
};

/** The gates, each alone and with a gradient of 2 arriving at its output. */
const gates = [
  {
    name: "add",
    pattern: "passes the gradient on to all inputs alike",
    forward: (x: number, y: number) => x + y,
    local: () => [1, 1],
  },
  {
    name: "max",
    pattern: "passes it on to the larger input, and nothing to the other",
    forward: Math.max,
    local: (x: number, y: number) => x > y ? [1, 0] : [0, 1],
  },
  {
    name: "multiply",
    pattern: "passes it on times the other input",
    forward: (x: number, y: number) => x * y,
    local: (x: number, y: number) => [y, x],
  },
];

function centred(f: (x: number) => number, x: number, h: number): number {
  return (f(x + h) - f(x - h)) / (2 * h);
}

function oneSided(f: (x: number) => number, x: number, h: number): number {
  return (f(x + h) - f(x)) / h;
}

/** Runs a circuit and compares its gradient with centred differences. */
function circuitPart({ name, inputs, forward, run }: Circuit): PartResult {
  const values = Object.values(inputs);
  const { stages, gradient } = run(...values);
  console.log(`${name} at ${Object.entries(inputs).map(([key, x]) => `${key} = ${x}`).join(", ")}`);
  console.log("\nForwards\n");
  printTable(["value", ""], Object.entries(stages));
  const rows = Object.keys(inputs).map((input, i) => {
    const f = (x: number) => forward(...values.with(i, x));
    const numerical = centred(f, values[i], 1e-5);
    const error = relError(gradient[i], numerical);
    return { input, analytic: gradient[i], numerical, error };
  });
  console.log("\nBackwards\n");
  printTable(
    ["gradient", "analytic", "numerical", "relative error"],
    rows.map(({ input, analytic, numerical, error }) => [
      `df/d${input}`,
      analytic.toFixed(8),
      numerical.toFixed(8),
      errorText(error),
    ]),
  );
  const worst = Math.max(...rows.map(({ error }) => error));
  return {
    results: { inputs, stages, gradient: rows },
    summary: [`${name}: largest relative error ${errorText(worst)}`],
  };
}

function gatesPart(): PartResult {
  const [x, y, upstream] = [3, -4, 2];
  console.log(`Inputs ${x} and ${y}; the gradient that arrives at the output is ${upstream}\n`);
  const rows = gates.map(({ name, pattern, forward, local }) => {
    const gradient = local(x, y).map((value) => value * upstream);
    const numerical = [
      upstream * centred((x) => forward(x, y), x, 1e-5),
      upstream * centred((y) => forward(x, y), y, 1e-5),
    ];
    const error = Math.max(...gradient.map((value, i) => relError(value, numerical[i])));
    return { name, pattern, output: forward(x, y), gradient, numerical, error };
  });
  printTable(
    ["gate", "output", "dx", "dy", "relative error"],
    rows.map(({ name, output, gradient: [dx, dy], error }) => [
      name,
      output,
      dx,
      dy,
      errorText(error),
    ]),
  );
  console.log("");
  for (const { name, pattern } of rows) console.log(`${name}: ${pattern}`);
  const worst = Math.max(...rows.map(({ error }) => error));
  return {
    results: { rows },
    summary: [`Gates: largest relative error ${errorText(worst)}`],
  };
}

async function differencesPart(context: Context): Promise<PartResult> {
  const { forward, run, inputs: { x, y } } = staged;
  const [analytic] = run(x, y).gradient;
  const f = (x: number) => forward(x, y);
  const rows = Array.from({ length: 14 }, (_, i) => 10 ** -(i + 1)).map((h) => ({
    h,
    oneSided: relError(analytic, oneSided(f, x, h)),
    centred: relError(analytic, centred(f, x, h)),
  }));
  console.log("Relative error of df/dx of the staged function, by step\n");
  printTable(
    ["h", "one-sided", "centred"],
    rows.map(({ h, oneSided, centred }) => [
      h.toExponential(),
      errorText(oneSided),
      errorText(centred),
    ]),
  );
  const best = (kind: "oneSided" | "centred") => rows.reduce((a, b) => b[kind] < a[kind] ? b : a);
  const [bestOneSided, bestCentred] = [best("oneSided"), best("centred")];
  console.log(
    "\nWith h the error falls like h on one side and like h² on both, until the rounding of f,\n" +
      "divided by h, outweighs it.",
  );
  await savePlot(context, "backprop_differences", () =>
    linePlot({
      title: "Error of numerical gradients",
      xLabel: "step h",
      yLabel: "relative error",
      xScale: "log",
      yScale: "log",
      series: [
        {
          name: "one-sided",
          x: rows.map(({ h }) => h),
          y: rows.map(({ oneSided }) => oneSided),
          points: true,
        },
        {
          name: "centred",
          x: rows.map(({ h }) => h),
          y: rows.map(({ centred }) => centred),
          points: true,
        },
      ],
    }));
  return {
    results: { rows },
    summary: [
      `Best step: one-sided ${bestOneSided.h.toExponential()} (error ${
        errorText(bestOneSided.oneSided)
      }), centred ${bestCentred.h.toExponential()} (error ${errorText(bestCentred.centred)})`,
    ],
  };
}

await runProgram({
  file: "backprop_tutorial.ts",
  title: "Backpropagation by hand",
  description:
    "Runs small circuits forwards and backwards, compares their gradients with numerical ones, and\n" +
    "shows how the error of numerical gradients depends on the step. It needs no data.",
  duration: "a second",
  uses: ["plots"],
  parts: [
    { name: "sum", title: "A sum and a product", run: () => circuitPart(sumTimes) },
    { name: "neuron", title: "A sigmoid neuron", run: () => circuitPart(neuron) },
    { name: "staged", title: "A function in stages", run: () => circuitPart(staged) },
    { name: "gates", title: "What gates do with a gradient", run: gatesPart },
    { name: "differences", title: "One-sided and centred differences", run: differencesPart },
  ],
}, Deno.args);
