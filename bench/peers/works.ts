/** What is timed: every work, its arithmetic and its traffic, and what it must reach. */

/** A product of matrices, `C = op(A)·op(B)`, with op(A) (m, k) and op(B) (k, n). */
export interface GemmSpec {
  readonly kind: "gemm";
  readonly m: number;
  readonly n: number;
  readonly k: number;
  readonly transA: boolean;
  readonly transB: boolean;
}

/** `y += alpha·x` over vectors of `size`. */
export interface AxpySpec {
  readonly kind: "axpy";
  readonly size: number;
}

/** A training step: loss, gradients, update, on a batch that is already gathered. */
export interface NetSpec {
  readonly kind: "net";
  readonly net: "fully-connected" | "two-layer" | "conv" | "conv-net";
  readonly batch: number;
  readonly hiddenDims: readonly number[];
  readonly batchnorm: boolean;
  /** Probability with which dropout keeps a value. */
  readonly keep: number;
  readonly rule: "adam" | "sgd";
  /** Whether nndl composes it of modules instead of taking the model of that name. */
  readonly modules?: boolean;
  /** Whether the gradient of the images is computed too, as the course's own layers do. */
  readonly imageGradient?: boolean;
  /** Learning rate of the steps that the peers' losses are compared over. */
  readonly checkRate: number;
  /**
   * Learning rate of the timed steps: so small that the network stays where it began, and no peer
   * is slowed by the tiny numbers of a network that has learnt its batch by heart.
   */
  readonly rate: number;
}

/** A network of modules whose weights all peers know by the same names. */
export type ModelName =
  | "rnn-captioning"
  | "lstm-captioning"
  | "transformer-captioning"
  | "vit"
  | "gan"
  | "dcgan"
  | "simclr";

/** A training step, with Adam, of such a network on a batch that is already gathered. */
export interface ModelSpec extends Pick<NetSpec, "batch" | "keep" | "checkRate" | "rate"> {
  readonly kind: "model";
  readonly model: ModelName;
}

/** What a peer is asked to do. */
export type WorkSpec = GemmSpec | AxpySpec | NetSpec | ModelSpec;

/** A figure to reach. */
export interface Target {
  /** Whose figure. */
  readonly peer: string;
  /** Limit of its time, as a part of the time of the peer `than`. */
  readonly ratio?: number;
  readonly than?: string;
  /** The work in which `than` took that time; by default the target's own. */
  readonly at?: string;
  /** Limit of its time, milliseconds. */
  readonly milliseconds?: number;
  /** Least throughput of one thread, GFLOP/s. */
  readonly gflopsPerThread?: number;
}

/** One row of the table. */
export interface Work {
  readonly name: string;
  readonly title: string;
  readonly unit: "ms" | "MB";
  /**
   * How it is timed: `run` in the peers that run all the time, `start` as a fresh program,
   * `memory` as the largest resident set of a fresh peer after training.
   */
  readonly how: "run" | "start" | "memory";
  readonly spec?: WorkSpec;
  /** Peers that alone take part; by default all but `nndl-empty`. */
  readonly only?: readonly string[];
  /** Multiplications and additions of one run. */
  readonly flops?: number;
  /** Bytes that must move at least: every array of each kernel read or written once. */
  readonly bytes?: number;
  readonly targets: readonly Target[];
}

const [native, wasm, relaxed] = ["nndl-native", "nndl-wasm", "nndl-relaxed"];

/** Who takes part in the steps of networks of modules. */
const MODEL_PEERS = [native, wasm, relaxed, "nndl-reference", "torch", "torch-compile"];

function gemm(
  name: string,
  title: string,
  [m, k, n]: readonly [number, number, number],
  targets: readonly Target[] = [],
  transposed: { transA?: boolean; transB?: boolean } = {},
): Work {
  return {
    name,
    title,
    unit: "ms",
    how: "run",
    spec: { kind: "gemm", m, n, k, transA: false, transB: false, ...transposed },
    flops: 2 * m * n * k,
    bytes: 4 * (m * k + k * n + m * n),
    targets,
  };
}

const fullyConnected: NetSpec = {
  kind: "net",
  net: "fully-connected",
  batch: 100,
  hiddenDims: [100, 100, 100],
  batchnorm: true,
  keep: 0.9,
  rule: "adam",
  checkRate: 1e-3,
  rate: 1e-7,
};

const twoLayer: NetSpec = {
  ...fullyConnected,
  net: "two-layer",
  batch: 200,
  hiddenDims: [50],
  batchnorm: false,
  keep: 1,
  rule: "sgd",
  checkRate: 1e-2,
};

const conv: NetSpec = {
  ...fullyConnected,
  net: "conv",
  batch: 50,
  hiddenDims: [100],
  batchnorm: false,
  keep: 1,
};

/** Filters of the stages of `conv-net`, each 3×3, batch-normalised and pooled. */
export const STAGES: readonly number[] = [32, 64, 128, 256];

const convNet: NetSpec = {
  ...fullyConnected,
  net: "conv-net",
  batch: 100,
  hiddenDims: [],
  keep: 1,
};

const parity: Target = { peer: native, ratio: 1, than: "numpy" };

/** All works, in the order of the table. */
export const works: readonly Work[] = [
  gemm("gemm64", "gemm 64³", [64, 64, 64]),
  gemm("gemm512", "gemm 512³", [512, 512, 512]),
  gemm("gemm1024", "gemm 1024³", [1024, 1024, 1024], [
    { peer: native, ratio: 1 / 0.9, than: "numpy" },
    { peer: wasm, gflopsPerThread: 30 },
    { peer: relaxed, gflopsPerThread: 30 },
  ]),
  gemm("affine", "100×3072 · 3072×100", [100, 3072, 100], [parity]),
  gemm("affine-dw", "(100×3072)ᵀ · 100×100", [3072, 100, 100], [parity], { transA: true }),
  gemm("affine-dx", "100×100 · (3072×100)ᵀ", [100, 100, 3072], [parity], { transB: true }),
  axpy("axpy-cache", "y += a·x, 1.2 MB each", 300_000),
  axpy("axpy-memory", "y += a·x, 256 MB each", 64 << 20),
  step("fc", "FC step", fullyConnected, [
    { peer: native, ratio: 0.3, than: "numpy" },
    { peer: native, ratio: 0.8, than: "torch" },
    { peer: wasm, ratio: 1.5, than: "numpy" },
  ]),
  courseStep("fc-course", fullyConnected),
  step("twolayer", "TwoLayerNet step", twoLayer, [
    { peer: native, ratio: 0.35, than: "numpy" },
    { peer: native, ratio: 0.8, than: "torch" },
    { peer: wasm, ratio: 2, than: "numpy" },
    { peer: relaxed, ratio: 2, than: "numpy" },
  ]),
  courseStep("twolayer-course", twoLayer),
  step("conv", "conv step", conv, [
    { peer: native, ratio: 0.15, than: "numpy" },
    { peer: native, ratio: 0.5, than: "torch" },
    { peer: wasm, ratio: 1, than: "numpy" },
  ]),
  step("conv-net", "ConvNet step", convNet, [{ peer: native, ratio: 0.55, than: "torch" }]),
  modulesStep("fc-modules", "FC step by modules", fullyConnected, "fc", 0.5),
  modulesStep("conv-net-modules", "ConvNet step by modules", convNet, "conv-net", 0.8),
  modelStep("rnn-captioning", "RNN captioning step", 50),
  modelStep("lstm-captioning", "LSTM captioning step", 50),
  modelStep("transformer-captioning", "Transformer captioning step", 50, 0.9),
  modelStep("vit", "ViT step", 64, 0.9),
  modelStep("gan", "GAN iteration", 128),
  modelStep("dcgan", "DCGAN iteration", 128),
  modelStep("simclr", "SimCLR step", 128),
  {
    name: "overhead",
    title: "FC step, kernels empty",
    unit: "ms",
    how: "run",
    spec: fullyConnected,
    only: ["nndl-empty"],
    targets: [{ peer: "nndl-empty", milliseconds: 0.06 }],
  },
  {
    name: "overhead-keep1",
    title: "same, without dropout",
    unit: "ms",
    how: "run",
    spec: { ...fullyConnected, keep: 1 },
    only: ["nndl-empty"],
    targets: [],
  },
  start("cold-import", "cold start: help or import"),
  start("cold-step", "cold start: net and one step"),
  {
    name: "memory",
    title: "peak memory, FC training",
    unit: "MB",
    how: "memory",
    spec: fullyConnected,
    targets: [],
  },
];

function axpy(name: string, title: string, size: number): Work {
  return {
    name,
    title,
    unit: "ms",
    how: "run",
    spec: { kind: "axpy", size },
    only: [native, wasm, "nndl-reference", "numpy", "torch"],
    flops: 2 * size,
    bytes: 12 * size,
    targets: [],
  };
}

function step(name: string, title: string, spec: NetSpec, targets: readonly Target[]): Work {
  return { name, title, unit: "ms", how: "run", spec, ...cost(spec), targets };
}

/** The same network composed of modules, beside the model written by hand. */
function modulesStep(
  name: string,
  title: string,
  net: NetSpec,
  byHand: string,
  ofTorch: number,
): Work {
  const work = step(name, title, { ...net, modules: true }, [
    { peer: native, ratio: 1.05, than: native, at: byHand },
    { peer: wasm, ratio: 1.05, than: wasm, at: byHand },
    { peer: native, ratio: ofTorch, than: "torch" },
  ]);
  return { ...work, only: MODEL_PEERS };
}

function modelStep(name: ModelName, title: string, batch: number, keep = 1): Work {
  const spec: ModelSpec = { kind: "model", model: name, batch, keep, checkRate: 1e-3, rate: 1e-7 };
  const targets: Target[] = [
    { peer: native, ratio: 1, than: "torch" },
    { peer: wasm, ratio: 6, than: native },
  ];
  return { name, title, unit: "ms", how: "run", spec, only: MODEL_PEERS, targets };
}

/** The step of a network as the course's layers do it: every one computes its input's gradient. */
function courseStep(name: string, net: NetSpec): Work {
  const spec = { ...net, imageGradient: true };
  const title = "same, with the images' gradient";
  return { name, title, unit: "ms", how: "run", spec, only: ["numpy"], targets: [] };
}

function start(name: string, title: string): Work {
  const only = [native, wasm, "numpy", "torch"];
  return { name, title, unit: "ms", how: "start", only, targets: [] };
}

/**
 * Arithmetic and least traffic of a training step. Only products count as arithmetic: everything
 * else is a few operations a value. The first layer needs no gradient of its input.
 */
function cost({ net, batch, hiddenDims, rule }: NetSpec): { flops: number; bytes: number } {
  const stages = net === "conv" ? [[32, 7]] : net === "conv-net" ? STAGES.map((f) => [f, 3]) : [];
  let [flops, values, weights, channels, side] = [0, 0, 0, 3, 32];
  stages.forEach(([filters, size], i) => {
    const [taps, maps] = [channels * size ** 2, filters * side ** 2];
    flops += 2 * batch * maps * taps * (i > 0 ? 3 : 2);
    // What comes in twice, and its gradient; the maps: written, pooled, and the same two ways back.
    values += batch * ((i > 0 ? 3 : 2) * channels * side ** 2 + 4 * maps);
    weights += filters * taps;
    [channels, side] = [filters, side / 2];
  });
  const widths = [channels * side ** 2, ...hiddenDims, 10];
  for (let i = 1; i < widths.length; i++) {
    const [d, m] = [widths[i - 1], widths[i]];
    const hasDx = i > 1 || stages.length > 0;
    flops += 2 * batch * d * m * (hasDx ? 3 : 2);
    values += batch * (d + m) * (hasDx ? 3 : 2);
    weights += d * m;
  }
  // Weights: forward, backward, gradient written; then what the update reads and writes.
  const perWeight = 3 + (rule === "adam" ? 7 : 3);
  return { flops, bytes: 4 * (values + perWeight * weights) };
}
