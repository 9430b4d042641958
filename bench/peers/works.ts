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
  readonly net: "fully-connected" | "two-layer" | "conv";
  readonly batch: number;
  readonly hiddenDims: readonly number[];
  readonly batchnorm: boolean;
  /** Probability with which dropout keeps a value. */
  readonly keep: number;
  readonly rule: "adam" | "sgd";
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

/** What a peer is asked to do. */
export type WorkSpec = GemmSpec | AxpySpec | NetSpec;

/** A figure to reach. */
export interface Target {
  /** Whose figure. */
  readonly peer: string;
  /** Limit of its time, as a part of the time of the peer `than`. */
  readonly ratio?: number;
  readonly than?: string;
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
  const isConv = net === "conv";
  const maps = 32 * 32 * 32;
  const widths = [isConv ? maps / 4 : 3072, ...hiddenDims, 10];
  let [flops, values, weights] = [0, 0, 0];
  for (let i = 1; i < widths.length; i++) {
    const [d, m] = [widths[i - 1], widths[i]];
    const hasDx = i > 1 || isConv;
    flops += 2 * batch * d * m * (hasDx ? 3 : 2);
    values += batch * (d + m) * (hasDx ? 3 : 2);
    weights += d * m;
  }
  if (isConv) {
    flops += 2 * batch * maps * 147 * 2;
    // The images twice; the maps: written, pooled, and the same two ways back.
    values += batch * (2 * 3072 + 4 * maps);
    weights += 32 * 147;
  }
  // Weights: forward, backward, gradient written; then what the update reads and writes.
  const perWeight = 3 + (rule === "adam" ? 7 : 3);
  return { flops, bytes: 4 * (values + perWeight * weights) };
}
