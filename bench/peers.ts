/**
 * Times the same work in nndl, NumPy, PyTorch, JAX, TensorFlow.js and jax-js, side by side:
 * `deno task bench:peers`. What is measured and how: bench/README.md.
 *
 * @module
 */
import { parseArgs } from "node:util";
import { writeFileAtomic } from "../io/atomic.ts";
import { nearestName } from "../internal/suggest.ts";
import { describeMachine, load } from "./peers/machine.ts";
import { type Effort, Measurement } from "./peers/measure.ts";
import { groups, type PeerEntry, peers } from "./peers/peer_list.ts";
import { printReport } from "./peers/report.ts";
import type { Report } from "./peers/results.ts";
import { judge } from "./peers/targets.ts";
import { sweepChart, sweepTable, type ThreadRun } from "./peers/thread_sweep.ts";
import { saveChart } from "../plot/mod.ts";
import { type Work, works } from "./peers/works.ts";

const RESULTS = new URL("results.json", import.meta.url);

const HELP = `Times the same work in nndl and in other libraries, side by side.

Usage: deno run -A bench/peers.ts [flags]

  --quick         a short run with rough figures
  --only A,B      only these works: ${works.map(({ name }) => name).join(", ")}
  --peers A,B     only these peers: ${peers.map(({ name }) => name).join(", ")};
                  ${Object.keys(groups).join(" and ")} stand for all of theirs
  --repeats N     turns that every peer gets at every work (5, quick 2)
  --threads 1,2   a run for each of these numbers of threads, of the peers that follow it, then a
                  table of all; --figure FILE draws it (.svg, .png or .html)
  --json FILE     where to write the results (bench/results.json after a full run)
  -h, --help      this text

NNDL_PYTHON names the Python to use (python3). A peer that is not installed is left out with
the reason. The packages from npm are downloaded when they run for the first time.`;

const full: Effort = {
  rounds: 5,
  turn: 300,
  warmup: 400,
  most: 15_000,
  limit: 180_000,
  memorySteps: 200,
};
const quick: Effort = {
  rounds: 2,
  turn: 50,
  warmup: 100,
  most: 2000,
  limit: 20_000,
  memorySteps: 20,
};

/** A mistake of the person at the keyboard. */
class UsageError extends Error {}

/** The entries that a comma-separated list names, in their own order. */
function pick<T extends { readonly name: string }>(
  flag: string,
  text: string | undefined,
  all: readonly T[],
  groups: Readonly<Record<string, readonly string[]>> = {},
): readonly T[] {
  if (text === undefined) return all;
  const known = [...all.map(({ name }) => name), ...Object.keys(groups)];
  const wanted = text.split(",").flatMap((item) => {
    const name = item.trim();
    if (known.includes(name)) return groups[name] ?? name;
    const near = nearestName(name, known);
    throw new UsageError(
      `--${flag} takes ${known.join(", ")}, got "${name}"${near ? `; did you mean ${near}?` : ""}`,
    );
  });
  return all.filter(({ name }) => wanted.includes(name));
}

/** The peers that use as many threads as they are told. */
const FOLLOWS = [
  "nndl-native",
  "nndl-wasm",
  "nndl-relaxed",
  "numpy",
  "torch",
  "torch-compile",
  "jax",
];

interface Plan {
  readonly works: readonly Work[];
  readonly peers: readonly PeerEntry[];
  readonly effort: Effort;
  readonly quick: boolean;
  readonly json: string | URL | null;
  /** Numbers of threads to run with, one after another; null is what the peers choose. */
  readonly threads: readonly number[] | null;
  readonly figure: string | null;
}

function parse(args: string[]): Plan | null {
  let values;
  try {
    values = parseArgs({
      args,
      options: {
        quick: { type: "boolean", default: false },
        only: { type: "string" },
        peers: { type: "string" },
        repeats: { type: "string" },
        json: { type: "string" },
        threads: { type: "string" },
        figure: { type: "string" },
        help: { type: "boolean", short: "h" },
      },
    }).values;
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
  if (values.help) return null;
  const effort = values.quick ? quick : full;
  const rounds = Number(values.repeats ?? effort.rounds);
  if (!Number.isInteger(rounds) || rounds < 1) {
    throw new UsageError(`--repeats must be a whole number of at least 1, got "${values.repeats}"`);
  }
  const threads = values.threads === undefined ? null : threadCounts(values.threads);
  if (
    values.figure !== undefined && (threads === null || !/\.(svg|png|html)$/i.test(values.figure))
  ) {
    throw new UsageError(
      threads === null
        ? "--figure draws times against threads; give --threads, such as 1,2,4"
        : `--figure must end in .svg, .png or .html, got "${values.figure}"`,
    );
  }
  const chosen = pick("peers", values.peers, peers, groups);
  const taking = threads === null ? chosen : chosen.filter(({ name }) => FOLLOWS.includes(name));
  if (taking.length === 0) {
    throw new UsageError(`--threads needs one of the peers ${FOLLOWS.join(", ")}`);
  }
  const whole = !values.quick && values.only === undefined && values.peers === undefined &&
    threads === null;
  return {
    works: pick("only", values.only, works),
    peers: taking,
    threads,
    figure: values.figure ?? null,
    effort: { ...effort, rounds },
    quick: values.quick,
    json: values.json ?? (whole ? RESULTS : null),
  };
}

/** Rising numbers of threads. */
function threadCounts(text: string): readonly number[] {
  const counts = text.split(",").map(Number);
  const rises = counts.every((count, i) =>
    Number.isInteger(count) && count >= (i === 0 ? 1 : counts[i - 1] + 1) && count <= 1024
  );
  if (rises) return counts;
  throw new UsageError(`--threads takes rising numbers from 1 to 1024, got "${text}"`);
}

async function run(plan: Plan, threads: number | null = null): Promise<Report> {
  const report: Report = {
    format: "nndl-bench-peers-1",
    date: new Date().toISOString(),
    quick: plan.quick,
    machine: describeMachine(),
    peers: [],
    works: [],
  };
  await using measurement = await Measurement.open(plan.peers, plan.effort, threads);
  const interrupt = () => {
    measurement.abort();
    Deno.exit(130);
  };
  const signals: Deno.Signal[] = Deno.build.os === "windows" ? ["SIGINT"] : ["SIGINT", "SIGTERM"];
  for (const signal of signals) Deno.addSignalListener(signal, interrupt);
  try {
    const infos = await measurement.describe();
    for (const work of plan.works) {
      console.error(`${work.title} ...`);
      const { name, title, unit, flops, bytes } = work;
      const results = await measurement.run(work);
      if (Object.keys(results).length === 0) continue;
      const targets = judge(work, results, infos, report.works);
      report.works.push({ name, title, unit, flops, bytes, results, targets });
    }
    report.machine.loadAfter = load();
    return { ...report, peers: infos };
  } finally {
    for (const signal of signals) Deno.removeSignalListener(signal, interrupt);
  }
}

async function main(): Promise<void> {
  const plan = parse(Deno.args);
  if (plan === null) return console.log(HELP);
  const reports: Report[] = [];
  const runs: ThreadRun[] = [];
  for (const threads of plan.threads ?? [null]) {
    const report = await run(plan, threads);
    if (threads !== null) {
      console.log(`${runs.length ? "\n" : ""}Threads: ${threads}\n`);
      runs.push({ threads, report });
    }
    printReport(report);
    reports.push(report);
  }
  if (runs.length > 0) {
    console.log("\nMedians by number of threads, in brackets the part of ideal scaling\n");
    for (const line of sweepTable(runs)) console.log(line);
  }
  if (plan.figure !== null) {
    await saveChart(plan.figure, sweepChart(runs));
    console.log(`\nFigure written to ${plan.figure}`);
  }
  if (plan.json !== null) {
    const content = runs.length > 0 ? { format: "nndl-bench-threads-1", runs } : reports[0];
    const text = JSON.stringify(content, null, 2) + "\n";
    await writeFileAtomic(plan.json, new TextEncoder().encode(text));
    console.log(`\nResults written to ${plan.json}`);
  }
  const disagreeing = reports.flatMap(({ works }) => works).some(({ results }) =>
    Object.values(results).some((result) => "off" in result)
  );
  if (disagreeing) Deno.exitCode = 1;
}

try {
  await main();
} catch (error) {
  if (!(error instanceof UsageError)) throw error;
  console.error(`error: ${error.message}\nbench/peers.ts --help lists the flags`);
  Deno.exitCode = 2;
}
