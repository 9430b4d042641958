/**
 * Trains for many steps and looks whether memory stays flat, then in many short processes and looks
 * whether all of them end. Exits with 1 if not.
 *
 * ```
 * deno task soak [--steps N] [--processes N]
 * ```
 *
 * @module
 */
import { parseArgs } from "node:util";
import { activeBackend, Workspace } from "../../kernels/mod.ts";
import { ConvNet, FullyConnectedNet, type Model } from "../../models/mod.ts";
import type { NDArray } from "../../ndarray/mod.ts";
import { adam, type OptimConfig } from "../../optim/mod.ts";
import { RandomState } from "../../random/mod.ts";

const help = `Train for long, and often.

  --steps N      steps of training, by default 200000
  --processes N  processes that train for a moment, by default 500
  --help         show this text`;

/** What memory may grow by between the second tenth and the last, bytes. */
const allowance = 2_000_000;
/** Seconds that a short process may take. */
const patience = 60;

/** A net that trains on minibatches of ever other sizes. */
function trainer(net: Model, inputDim: readonly number[], rng: RandomState): () => void {
  const workspace = new Workspace();
  const configs: Record<string, OptimConfig> = {};
  const X = rng.randn(32, ...inputDim).astype("float32");
  const y = rng.randint(0, 10, 32) as NDArray;
  return () => {
    const size = rng.randint(1, 33) as number;
    const [, grads] = net.loss(X.slice(`:${size}`), y.slice(`:${size}`), workspace);
    for (const [name, w] of Object.entries(net.params)) {
      [, configs[name]] = adam(w, grads[name], configs[name], w);
    }
  };
}

function collectGarbage(): void {
  const { gc } = globalThis as { gc?: () => void };
  if (!gc) throw new Error("run it as deno task soak, which lets it collect garbage");
  gc();
}

/** Trains, and returns by how many bytes memory grew from the second tenth to the last. */
function soak(steps: number): { grown: number; most: number } {
  const rng = new RandomState(1);
  const normal = { normalization: "batchnorm", dropoutKeepRatio: 0.9, rng } as const;
  const dense = new FullyConnectedNet([40, 40], { ...normal, inputDim: 60 });
  const conv = new ConvNet({ ...normal, inputDim: [2, 8, 8], conv: [4, 8], hidden: [16] });
  const turns = [trainer(dense, [60], rng), trainer(conv, [2, 8, 8], rng)];
  const used: number[] = [];
  for (let tenth = 0; tenth < 10; tenth++) {
    for (let step = 0; step < steps / 10; step++) {
      // One step in eight is a convolution: they take longer.
      turns[step % 8 === 0 ? 1 : 0]();
    }
    collectGarbage();
    const { heapUsed, external } = Deno.memoryUsage();
    used.push(heapUsed + external);
  }
  return { grown: used[9] - used[1], most: Deno.memoryUsage().rss };
}

/** Trains in a process that starts helper threads, and returns what went wrong, if anything did. */
async function short(): Promise<string | null> {
  const program = `
    import { kernels } from ${JSON.stringify(import.meta.resolve("../../kernels/mod.ts"))};
    const [a, b, c] = [0, 0, 0].map(() => new Float32Array(512 * 512).fill(1));
    for (let i = 0; i < 12; i++) kernels.gemm(false, false, 512, 512, 512, a, b, 0, c);
    console.log(c[0], c[512 * 512 - 1]);`;
  const child = new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "--no-prompt",
      "--no-check",
      "--quiet",
      `data:application/typescript,${encodeURIComponent(program)}`,
    ],
    env: { NO_COLOR: "1" },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const timer = setTimeout(() => child.kill("SIGKILL"), 1000 * patience);
  const { code, signal, stdout, stderr } = await child.output();
  clearTimeout(timer);
  if (signal) return `it had not ended after ${patience} s`;
  const out = new TextDecoder().decode(stdout).trim();
  return code === 0 && out === "512 512" ? null : `${out} ${new TextDecoder().decode(stderr)}`;
}

function report(good: boolean, text: string): void {
  console.log(`${good ? "ok  " : "FAIL"} ${text}`);
  if (!good) Deno.exitCode = 1;
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      steps: { type: "string", default: "200000" },
      processes: { type: "string", default: "500" },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) return console.log(help);
  const [steps, processes] = [Number(values.steps), Number(values.processes)];
  const begun = performance.now();
  const { grown, most } = soak(steps);
  const seconds = ((performance.now() - begun) / 1000).toFixed(0);
  const megabytes = (bytes: number) => `${(bytes / 1e6).toFixed(1)} MB`;
  report(
    grown <= allowance,
    `${steps} steps on ${activeBackend().name} in ${seconds} s: memory in use grew by ` +
      `${megabytes(grown)} to a process of ${megabytes(most)}`,
  );

  const problems: string[] = [];
  const lane = async (first: number) => {
    for (let i = first; i < processes; i += 2) {
      const problem = await short();
      if (problem !== null) problems.push(problem);
    }
  };
  await Promise.all([lane(0), lane(1)]);
  report(
    problems.length === 0,
    `${processes} short processes: ${problems.length === 0 ? "all ended" : problems[0]}`,
  );
}

await main();
