/**
 * Options and flags that nobody means.
 *
 * @module
 */
import { decodeImage, encodeJpeg, encodeNpz } from "../../io/mod.ts";
import {
  batchnormForward,
  convForwardFast,
  dropoutForward,
  layernormForward,
  maxPoolForwardFast,
  spatialGroupnormForward,
} from "../../layers/mod.ts";
import { ConvNet, FullyConnectedNet, ThreeLayerConvNet, TwoLayerNet } from "../../models/mod.ts";
import { array, full, type NDArray, ones, zeros } from "../../ndarray/mod.ts";
import { adam, rmsprop, sgd, sgdMomentum } from "../../optim/mod.ts";
import { RandomState } from "../../random/mod.ts";
import { parseFlags } from "../../scripts/_flags.ts";
import type { Program } from "../../scripts/_part.ts";
import { Solver } from "../../solver/mod.ts";
import { below, mayRefuse, oneOf, type Target } from "./_target.ts";

const odd: readonly unknown[] = [
  ...[
    undefined,
    null,
    true,
    false,
    0,
    -0,
    1,
    2,
    -1,
    0.5,
    1.5,
    NaN,
    Infinity,
    -Infinity,
    2 ** 53,
    1e-300,
  ],
  ...[
    "",
    "1",
    "0.1",
    "adam",
    "sgd",
    "train",
    "test",
    "batchnorm",
    "layernorm",
    "float32",
    "int32",
    "x\0",
  ],
  ...[1n, Symbol("s"), [], [1], [3, 2], [[1]], [NaN], {}, { rng: 1 }, () => 1, new Date(0)],
  ...[
    new RandomState(1),
    Object.create(null),
    new Uint8Array(2),
    Float32Array.of(1),
    ones([2]),
    new Map(),
  ],
];

/** Options of these names, each odd or left out. */
function options(rng: RandomState, base: object, names: readonly string[]): never {
  const made: Record<PropertyKey, unknown> = { ...base };
  const count = 1 + below(rng, 3);
  for (let i = 0; i < count; i++) made[oneOf(rng, names)] = oneOf(rng, odd);
  if (rng.rand() as number < 0.05) made[Symbol("option")] = 1;
  if (rng.rand() as number < 0.05) return oneOf(rng, odd) as never;
  return made as never;
}

const refusals = ["TypeError", "RangeError", "NonFiniteLossError", "FileFormatError"];
const x = array([[1, 2, 3], [4, 5, 6]]);
const images = ones([1, 2, 4, 4]);
const [two, three] = [ones([2]), ones([3])];
const png = await encodeNpz({}); // No image at all: options are checked before content.
const y = array([0, 1, 2, 0], "int32");
const X = full([4, 6], 0.5);
const data = { XTrain: X, yTrain: y, XVal: X, yVal: y };
const rngOf = () => new RandomState(1);
const small = { inputDim: 6, hiddenDim: 4, numClasses: 3 };

const netNames = [
  ...["inputDim", "hiddenDim", "numClasses", "weightScale", "reg", "dtype", "rng", "seed"],
  ...["normalization", "dropoutKeepRatio", "numFilters", "filterSize", "conv", "hidden", "lr"],
];
const solverNames = [
  ...["updateRule", "optimConfig", "lrDecay", "batchSize", "numEpochs", "numTrainSamples", "rng"],
  ...["numValSamples", "checkpointName", "printEvery", "verbose", "signal", "augment", "epochs"],
];
const ruleNames = [
  "learningRate",
  "momentum",
  "velocity",
  "decayRate",
  "epsilon",
  "cache",
  "beta1",
  "beta2",
  "m",
  "v",
  "t",
];

const calls: readonly ((rng: RandomState) => unknown)[] = [
  (rng) => new TwoLayerNet(options(rng, { ...small, rng: rngOf() }, netNames)).loss(X, y),
  (rng) => {
    const sizes = rng.rand() as number < 0.2 ? oneOf(rng, odd) : [4];
    return new FullyConnectedNet(
      sizes as never,
      options(rng, { inputDim: 6, numClasses: 3, rng: rngOf() }, netNames),
    ).loss(X, y);
  },
  (rng) =>
    new ThreeLayerConvNet(
      options(rng, {
        inputDim: [1, 4, 4],
        numFilters: 2,
        filterSize: 3,
        hiddenDim: 3,
        numClasses: 3,
        rng: rngOf(),
      }, netNames),
    )
      .loss(ones([4, 1, 4, 4]), y),
  (rng) =>
    new ConvNet(
      options(
        rng,
        { inputDim: [1, 4, 4], conv: [2], hidden: [3], numClasses: 3, rng: rngOf() },
        netNames,
      ),
    )
      .loss(ones([4, 1, 4, 4]), y),
  (rng) => {
    const base = { numEpochs: 1, batchSize: 2, verbose: false, rng: rngOf() };
    // Runs of any length and files anywhere are what those options mean.
    const names = solverNames.filter((name) => name !== "checkpointName" && name !== "numEpochs");
    return new Solver(new TwoLayerNet({ ...small, rng: rngOf() }), data, options(rng, base, names))
      .train();
  },
  (rng) =>
    dropoutForward(
      x,
      options(rng, { p: 0.5, mode: "train", seed: 1 }, ["p", "mode", "seed", "rng"]),
    ),
  (rng) =>
    batchnormForward(
      x,
      three,
      three,
      options(rng, { mode: "train" }, ["mode", "eps", "momentum", "runningMean", "runningVar"]),
    ),
  (rng) => layernormForward(x, three, three, options(rng, {}, ["eps"])),
  (rng) =>
    spatialGroupnormForward(
      images,
      ones([1, 2, 1, 1]),
      ones([1, 2, 1, 1]),
      oneOf(rng, odd) as never,
      options(rng, {}, ["eps"]),
    ),
  (rng) =>
    convForwardFast(
      images,
      ones([2, 2, 3, 3]),
      two,
      options(rng, { stride: 1, pad: 1 }, ["stride", "pad"]),
    ),
  (rng) =>
    maxPoolForwardFast(
      images,
      options(rng, { poolHeight: 2, poolWidth: 2, stride: 2 }, [
        "poolHeight",
        "poolWidth",
        "stride",
      ]),
    ),
  (rng) => oneOf(rng, [sgd, sgdMomentum, rmsprop, adam])(x, x, options(rng, {}, ruleNames)),
  (rng) => decodeImage(png, options(rng, {}, ["file", "maxPixels", "upright", "acceptDamage"])),
  (rng) => encodeJpeg(zeros([8, 8, 3], "uint8"), options(rng, {}, ["quality"])),
  (rng) =>
    new RandomState(oneOf(rng, odd) as never).choice(
      oneOf(rng, odd) as never,
      oneOf(rng, odd) as never,
    ),
  (rng) => {
    const parts = [
      ":",
      "::",
      "-1",
      "0",
      "3",
      "9",
      "x",
      "",
      " ",
      "1:",
      ":1",
      "::-1",
      "::0",
      "1e9",
      "...",
      "2:1",
      "\0",
    ];
    const index = () => rng.rand() as number < 0.8 ? oneOf(rng, parts) : oneOf(rng, odd);
    return x.slice(...Array.from({ length: below(rng, 4) }, index) as never[]);
  },
  (rng) => {
    const method = oneOf(
      rng,
      [
        "reshape",
        "transpose",
        "take",
        "sum",
        "mean",
        "argmax",
        "astype",
        "add",
        "at",
        "max",
      ] as const,
    );
    return (x[method] as (...args: unknown[]) => NDArray)(oneOf(rng, odd), oneOf(rng, odd));
  },
];

const program: Program = {
  file: "nets.ts",
  title: "Nets",
  description: "Trains nets.",
  duration: "a minute",
  uses: ["images", "dtype", "plots"],
  parts: ["check", "train"].map((name) => ({
    name,
    title: name,
    resumable: name === "train",
    run: () => ({ results: {}, summary: [] }),
  })),
};

const flagTexts = [
  ...[
    "--data",
    "--synthetic",
    "--quick",
    "--parts",
    "--epochs",
    "--seed",
    "--backend",
    "--dtype",
    "--json",
    "--plots",
    "--resume",
    "--checkpoint",
  ],
  ...[
    "-",
    "--",
    "---",
    "-h",
    "--seed=1",
    "--seed=",
    "--epochs=1e3",
    "--quick=1",
    "--constructor",
    "--__proto__",
    "--parts=train,,check",
  ],
  ...[
    "1",
    "-1",
    "1e99",
    "NaN",
    "train",
    "x\0y",
    "wasm",
    "ä".repeat(200),
    "a".repeat(5000),
    "/".repeat(5000),
    "",
    " ",
    "\n",
    "../..",
    "--no-quick",
  ],
];

/** The targets, by name. */
export const callTargets: Record<string, Target> = {
  options: { run: (rng) => mayRefuse(refusals, () => oneOf(rng, calls)(rng)) },
  flags: {
    run: (rng) => {
      const args = Array.from({ length: below(rng, 6) }, () => oneOf(rng, flagTexts));
      return mayRefuse(["UsageError"], () => parseFlags(program, args));
    },
  },
};
