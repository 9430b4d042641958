/**
 * Says where the time of a training step goes: `deno run -A bench/train_step.ts`.
 *
 * The networks are those that are compared with other libraries: FullyConnectedNet of the dropout
 * assignment with batch norm, dropout and Adam, TwoLayerNet with SGD, ThreeLayerConvNet with Adam,
 * and a deeper and a wider net with batch norm, each on random images. A step is one loss with gradients in a workspace, and one update of
 * every parameter, as in the Solver.
 *
 * @module
 */
import process from "node:process";
import { parseArgs } from "node:util";
import { type BackendName, kernels, useBackend, Workspace } from "../kernels/mod.ts";
import {
  ConvNet,
  FullyConnectedNet,
  type Model,
  ThreeLayerConvNet,
  TwoLayerNet,
} from "../models/mod.ts";
import "../native_plugin/mod.ts";
import { asNDArray } from "../ndarray/mod.ts";
import { adam, type OptimConfig, sgd, sgdMomentum } from "../optim/mod.ts";
import { RandomState } from "../random/mod.ts";

const HELP = `Times a training step, kernel by kernel.

Usage: deno run -A bench/train_step.ts [flags]

  --net NAME      the network (fc):
                  fc        FullyConnectedNet 3072-100-100-100-10, batch norm, Adam, batch 100
                  twolayer  TwoLayerNet 3072-50-10, SGD, batch 200
                  conv      ThreeLayerConvNet, 32 filters 7×7, 100 hidden, Adam, batch 50
                  deep      ConvNet 32-64-128-256, 3×3, batch norm, momentum, batch 100
                  wide      FullyConnectedNet 3072-1024-1024-10, batch norm, Adam, batch 1000
  --backend NAME  kernel table: auto, reference, wasm or native (auto)
  --steps N       steps to measure (100)
  --warmup N      steps before (30)
  --keep P        probability with which dropout of fc keeps a value (0.9)
  --empty         make every kernel do nothing: what is left is the cost outside of kernels
  --help          this text`;

/** A network, and how it is trained. */
interface Work {
  readonly title: string;
  readonly batch: number;
  readonly rule: typeof adam | typeof sgd | typeof sgdMomentum;
  make(rng: RandomState, keep: number): Model;
}

const works: Readonly<Record<string, Work>> = {
  fc: {
    title: "FullyConnectedNet 3072-100-100-100-10, Adam",
    batch: 100,
    rule: adam,
    make: (rng, dropoutKeepRatio) =>
      new FullyConnectedNet([100, 100, 100], {
        normalization: "batchnorm",
        dropoutKeepRatio,
        rng,
      }),
  },
  twolayer: {
    title: "TwoLayerNet 3072-50-10, SGD",
    batch: 200,
    rule: sgd,
    make: (rng) => new TwoLayerNet({ hiddenDim: 50, rng }),
  },
  conv: {
    title: "ThreeLayerConvNet, 32 filters 7×7, 100 hidden units, Adam",
    batch: 50,
    rule: adam,
    make: (rng) => new ThreeLayerConvNet({ hiddenDim: 100, rng }),
  },
  deep: {
    title: "ConvNet 32-64-128-256, batch norm, momentum",
    batch: 100,
    rule: sgdMomentum,
    make: (rng) => {
      const pooled = [32, 64, 128].map((filters) => ({ filters, pool: true }));
      const conv = [...pooled, { filters: 256 }];
      return new ConvNet({ conv, globalAveragePool: true, normalization: "batchnorm", rng });
    },
  },
  wide: {
    title: "FullyConnectedNet 3072-1024-1024-10, batch norm, Adam",
    batch: 1000,
    rule: adam,
    make: (rng) => new FullyConnectedNet([1024, 1024], { normalization: "batchnorm", rng }),
  },
};

/** What one kernel took in the measured steps. */
interface Usage {
  calls: number;
  /** Milliseconds in the step that runs now. */
  current: number;
  /** Milliseconds in each step. */
  readonly steps: number[];
}

/** Replaces every kernel of the table by one that also counts and times, or only counts. */
function instrument(empty: boolean): Map<string, Usage> {
  const usages = new Map<string, Usage>();
  const table = kernels as unknown as Record<string, (...args: unknown[]) => unknown>;
  for (const [name, kernel] of Object.entries(table)) {
    const usage: Usage = { calls: 0, current: 0, steps: [] };
    usages.set(name, usage);
    table[name] = empty
      ? () => {
        usage.calls++;
        return 0;
      }
      : (...args) => {
        const start = performance.now();
        const result = kernel(...args);
        usage.current += performance.now() - start;
        usage.calls++;
        return result;
      };
  }
  return usages;
}

function makeStep({ batch, rule, make }: Work, keep: number): () => void {
  const rng = new RandomState(0);
  const net = make(rng, keep);
  const X = rng.randn(batch, 3, 32, 32).astype("float32");
  const y = asNDArray(new Int32Array(batch).map((_, i) => i % 10), [batch]);
  const workspace = new Workspace();
  const configs: Record<string, OptimConfig> = {};
  // So small that the network stays as it was drawn.
  for (const name of Object.keys(net.params)) configs[name] = { learningRate: 1e-7 };
  return () => {
    const [, grads] = net.loss(X, y, workspace);
    for (const [name, w] of Object.entries(net.params)) {
      [, configs[name]] = rule(w, grads[name], configs[name], w);
    }
  };
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

function main(): void {
  const { values } = parseArgs({
    args: Deno.args,
    options: {
      net: { type: "string", default: "fc" },
      backend: { type: "string", default: "auto" },
      steps: { type: "string", default: "100" },
      warmup: { type: "string", default: "30" },
      keep: { type: "string", default: "0.9" },
      empty: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) return console.log(HELP);
  const work = Object.hasOwn(works, values.net) ? works[values.net] : null;
  if (!work) {
    throw new RangeError(
      `--net must be one of ${Object.keys(works).join(", ")}, got ${values.net}`,
    );
  }
  const steps = wholeNumber("--steps", values.steps, 1);
  const warmup = wholeNumber("--warmup", values.warmup, 0);
  const { name, reason, threads } = useBackend(values.backend as BackendName | "auto");

  const usages = instrument(values.empty);
  const step = makeStep(work, Number(values.keep));
  for (let i = 0; i < warmup; i++) step();
  for (const usage of usages.values()) [usage.calls, usage.current] = [0, 0];

  const totals: number[] = [];
  const processor: number[] = [];
  for (let i = 0; i < steps; i++) {
    const [start, before] = [performance.now(), process.cpuUsage()];
    step();
    totals.push(performance.now() - start);
    const { user, system } = process.cpuUsage(before);
    processor.push((user + system) / 1000);
    for (const usage of usages.values()) {
      usage.steps.push(usage.current);
      usage.current = 0;
    }
  }

  console.log(`${name} kernels, ${threads} thread${threads === 1 ? "" : "s"}: ${reason}`);
  console.log(
    `${steps} steps of ${work.title}, batch ${work.batch}` +
      `${values.net === "fc" ? `, keep ${values.keep}` : ""}` +
      `${values.empty ? ", kernels empty" : ""}\n`,
  );
  report(usages, totals);
  // The least one, too: other programs take time from the caches, but none from this.
  const [middle, least] = [median(processor), Math.min(...processor)];
  console.log(
    `\nprocessor time a step, all threads: ${middle.toFixed(3)} ms, at least ${
      least.toFixed(3)
    } ms`,
  );
}

/** Prints the table of medians, largest first, and what is left outside of the kernels. */
function report(usages: ReadonlyMap<string, Usage>, totals: readonly number[]): void {
  const whole = median(totals);
  const print = (name: string, calls: string, ms: number) =>
    console.log(
      `${name.padEnd(20)} ${calls.padStart(7)} ${ms.toFixed(3).padStart(9)} ` +
        `${(100 * ms / whole).toFixed(1).padStart(6)} %`,
    );
  console.log(`${"kernel".padEnd(20)} ${"calls".padStart(7)} ${"ms".padStart(9)}  share`);
  const rows = [...usages]
    .filter(([, { calls }]) => calls > 0)
    .map(([name, usage]) => ({ name, calls: usage.calls, ms: median(usage.steps) }))
    .sort((a, b) => b.ms - a.ms);
  for (const { name, calls, ms } of rows) print(name, String(calls / totals.length), ms);
  const used = [...usages.values()];
  const outside = totals.map((total, i) => total - used.reduce((sum, u) => sum + u.steps[i], 0));
  print("outside kernels", "", median(outside));
  print("step", "", whole);
}

function wholeNumber(flag: string, text: string, least: number): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < least) {
    throw new RangeError(`${flag} must be a whole number of at least ${least}, got ${text}`);
  }
  return value;
}

main();
